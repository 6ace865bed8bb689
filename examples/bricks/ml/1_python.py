"""The careful one: knows where the ball will come down, and changes its way only when a round takes too long."""


class MLPlay:
    def __init__(self, *args, **kwargs):
        self.reset()

    def update(self, scene_info):
        x, y = scene_info["ball"]
        bricks = len(scene_info["bricks"]) + len(scene_info["hard_bricks"])
        if bricks != self.bricks:
            self.bricks, self.bounces = bricks, 0

        dx, dy = x - self.last[0], y - self.last[1]
        self.last = (x, y)
        if scene_info["frame"] < 10:
            return "NONE"
        if y == 395 and dy >= 0:
            self.bounces += 1
            if dy == 0:
                return "SERVE_TO_LEFT" if x > 100 else "SERVE_TO_RIGHT"

        me = scene_info["platform"][0] + 20
        target = self.landing(x, y, dx, dy) if dy > 0 else 100
        if dy > 0 and 395 - y <= dy and self.bounces >= 3:
            return "MOVE_RIGHT" if dx > 0 else "MOVE_LEFT"  # a slice, out of the same old path
        if abs(target - me) < 5:
            return "NONE"
        return "MOVE_LEFT" if target < me else "MOVE_RIGHT"

    def landing(self, x, y, dx, dy):
        """Where the ball comes down, if no brick is in the way: behind the walls its path goes on in a mirror."""
        x = (x + dx * -(-(395 - y) // dy)) % 390
        return min(x, 390 - x) + 2

    def reset(self):
        self.last = (0, 0)
        self.bricks = self.bounces = 0
