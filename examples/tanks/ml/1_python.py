"""The hunter: goes for tanks and crates by the shortest way that it knows, and shoots at what it has in line."""

from collections import deque

STEPS = [(0, -1), (1, 0), (0, 1), (-1, 0)]  # facing 0 is up, 1 right, 2 down, 3 left


class MLPlay:
    def __init__(self, *args, **kwargs):
        self.walls, self.seen = set(), set()

    def update(self, scene_info):
        self.remember(scene_info)
        me = (scene_info["x"], scene_info["y"])
        facing = scene_info["facing"]
        tanks = [(x, y) for x, y, _ in scene_info["tanks"]]

        if scene_info["ammo"] > 0:
            for tank in tanks:
                wanted = self.line(me, tank)
                if wanted == facing:
                    return "SHOOT" if scene_info["reload"] <= 1 else "NONE"
                if wanted is not None:
                    return self.turn(facing, wanted)

        goals = set(map(tuple, scene_info["crates"]))
        if scene_info["ammo"] > 0:
            goals |= {cell for tank in tanks for cell in self.lines_to(tank)}
        step = self.first_step(me, goals, set(tanks)) if goals else None
        if step is None:
            step = self.first_step(me, None, set(tanks))  # nothing to hunt: look at a new place
        if step is None:
            return "TURN_LEFT"
        return "FORWARD" if step == facing else self.turn(facing, step)

    def remember(self, scene):
        self.width, self.height = scene["size"]
        self.walls |= set(map(tuple, scene["walls"]))
        near = range(-scene["sight"] + 2, scene["sight"] - 1)
        self.seen |= {(scene["x"] + dx, scene["y"] + dy) for dx in near for dy in near}
        if scene["frame"] % 150 == 149:
            self.seen = set()  # what was seen long ago is worth another look

    def free(self, cell):
        return 0 <= cell[0] < self.width and 0 <= cell[1] < self.height and cell not in self.walls

    def line(self, me, other):
        """Where to face to hit the other one from here, or None."""
        for facing, (dx, dy) in enumerate(STEPS):
            x, y = me
            while self.free((x := x + dx, y := y + dy)):
                if (x, y) == other:
                    return facing

    def lines_to(self, tank):
        for dx, dy in STEPS:
            x, y = tank
            for _ in range(4):
                x, y = x + dx, y + dy
                if not self.free((x, y)):
                    break
                yield x, y

    def first_step(self, me, goals, taken):
        """The first step of the shortest way to a goal, or to any place never seen; None where there is no way."""
        first = {me: None}
        todo = deque([me])
        while todo:
            cell = todo.popleft()
            if cell != me and (cell in goals if goals is not None else cell not in self.seen):
                return first[cell]
            for facing, (dx, dy) in enumerate(STEPS):
                after = cell[0] + dx, cell[1] + dy
                if after not in first and after not in taken and self.free(after):
                    first[after] = facing if cell == me else first[cell]
                    todo.append(after)
        return None

    def turn(self, facing, wanted):
        return "TURN_RIGHT" if (wanted - facing) % 4 in (1, 2) else "TURN_LEFT"

    def reset(self):
        self.walls, self.seen = set(), set()
