"""Pong: two platforms and a ball that gets faster and faster, as in MLGame's pingpong."""

from random import Random

import dragoman

WIDTH, HEIGHT = 200, 500
BALL = 5
PLATFORM = (40, 30)
BLOCKER = (30, 20)
TOP = {"1P": 420, "2P": 50, "blocker": 240}
OTHER = {"1P": "2P", "2P": "1P"}
STEP = 5                    # what a platform and the blocker move in one frame
FIRST_SPEED, LAST_SPEED = 7, 40
SPEED_UP_EVERY = 30         # frames
SERVE_WITHIN = 150          # frames; then the ball is served for the sleeper
SLICE = 3                   # what a platform that moves with the ball adds to its sideways speed

MOVES = {"MOVE_LEFT": -STEP, "MOVE_RIGHT": STEP}
SERVES = {"SERVE_TO_LEFT": -FIRST_SPEED, "SERVE_TO_RIGHT": FIRST_SPEED}


class Game(dragoman.Game):
    def setup(self):
        self.world.component("Body", "name: text", "x: i32", "y: i32", "dx: i32", "dy: i32")
        self.world.component("Rally", "number: i32", "frame: i32", "status: text", "score_1P: i32", "score_2P: i32")
        self.world.create({"Rally": {"number": 0, "status": "GAME_ALIVE"}})
        for name in self.names():
            self.world.create({"Body": {"name": name, **self.start(0)[name]}})

    def names(self):
        return ["ball", "1P", "2P"] + (["blocker"] if self.params["difficulty"] == "HARD" else [])

    def start(self, rally):
        """Where everything stands when a rally begins. It follows from the seed and the rally's number alone."""
        dice = Random(f"{self.seed} {self.round} {rally}")
        server = self.server(rally)
        start = {name: {"x": STEP * dice.randint(0, 32), "y": top, "dx": 0, "dy": 0} for name, top in TOP.items()}
        start["blocker"]["dx"] = dice.choice([-STEP, STEP])
        start["ball"] = {"x": 0, "y": 0, "dx": 0, "dy": 0}
        stick(start["ball"], start[server], server)
        return start

    def server(self, rally):
        return "1P" if (self.seed + rally) % 2 == 0 else "2P"

    def look(self):
        """Everything there is, in one round trip: {name: entity}, {name: body}, the rally's entity, the rally."""
        rows, [[entity, rally]] = self.world.batch([
            ["query", {"components": ["Body"]}],
            ["query", {"components": ["Rally"]}],
        ])
        return {body["name"]: e for e, body in rows}, {body["name"]: body for _, body in rows}, entity, rally

    # one tick

    def update(self, commands):
        entities, bodies, rally_entity, rally = self.look()

        if rally["status"] != "GAME_ALIVE":
            rally.update(number=rally["number"] + 1, frame=0, status="GAME_ALIVE")
            for name, place in self.start(rally["number"]).items():
                bodies.get(name, {}).update(place)
        else:
            rally["frame"] += 1
            self.move_platforms(bodies, commands)
            self.move_ball(bodies, commands, rally)
            rally["status"] = self.status(bodies)
            for seat in self.players:
                rally["score_" + seat] += rally["status"] in (f"GAME_{seat}_WIN", "GAME_DRAW")

        self.world.set(rally_entity, "Rally", rally)
        for name, body in bodies.items():
            self.world.set(entities[name], "Body", body)
        return self.over(rally)

    def move_platforms(self, bodies, commands):
        for seat in self.players:
            platform = bodies[seat]
            before = platform["x"]
            platform["x"] = min(max(before + choice(MOVES, commands[seat], 0), 0), WIDTH - PLATFORM[0])
            platform["dx"] = platform["x"] - before
        if blocker := bodies.get("blocker"):
            if not 0 <= blocker["x"] + blocker["dx"] <= WIDTH - BLOCKER[0]:
                blocker["dx"] = -blocker["dx"]
            blocker["x"] += blocker["dx"]

    def move_ball(self, bodies, commands, rally):
        ball, server = bodies["ball"], self.server(rally["number"])
        if ball["dy"] == 0:
            stick(ball, bodies[server], server)
            late = FIRST_SPEED if rally["frame"] >= SERVE_WITHIN else 0
            ball["dx"] = choice(SERVES, commands[server], late)
            ball["dy"] = -abs(ball["dx"]) if server == "1P" else abs(ball["dx"])
            return

        if rally["frame"] % SPEED_UP_EVERY == 0:
            ball["dx"] += sign(ball["dx"])
            ball["dy"] += sign(ball["dy"])
        before = ball["y"]
        ball["x"] += ball["dx"]
        ball["y"] += ball["dy"]
        bounce_off_walls(ball)
        for name, size in (("1P", PLATFORM), ("2P", PLATFORM), ("blocker", BLOCKER)):
            if name in bodies and bounce_off(ball, before, bodies[name], size):
                if name != "blocker" and self.params["difficulty"] != "EASY":
                    slice_ball(ball, bodies[name]["dx"])
                break

    # what the players, the referee and the spectators see

    def status(self, bodies):
        ball = bodies["ball"]
        if len(self.lost) == 2 or abs(ball["dy"]) > LAST_SPEED:
            return "GAME_DRAW"
        if "1P" in self.lost or ball["y"] > TOP["1P"] + PLATFORM[1]:
            return "GAME_2P_WIN"
        if "2P" in self.lost or ball["y"] + BALL < TOP["2P"]:
            return "GAME_1P_WIN"
        return "GAME_ALIVE"

    def over(self, rally):
        enough = self.params["score"]
        return rally["score_1P"] >= enough or rally["score_2P"] >= enough or bool(self.lost)

    def scenes(self):
        _, bodies, _, rally = self.look()
        ball = bodies["ball"]
        scene = {
            "frame": rally["frame"],
            "status": rally["status"],
            "ball": [ball["x"], ball["y"]],
            "ball_speed": [ball["dx"], ball["dy"]],
            "platform_1P": [bodies["1P"]["x"], bodies["1P"]["y"]],
            "platform_2P": [bodies["2P"]["x"], bodies["2P"]["y"]],
        }
        if "blocker" in bodies:
            scene["blocker"] = [bodies["blocker"]["x"], bodies["blocker"]["y"]]
        return {seat: scene for seat in self.players}

    def result(self):
        _, _, _, rally = self.look()
        score = {seat: rally["score_" + seat] for seat in self.players}
        strength = {seat: (seat not in self.lost, score[seat]) for seat in self.players}
        return {seat: {"rank": 1 if strength[seat] >= strength[OTHER[seat]] else 2, "score": score[seat]}
                for seat in self.players}

    def picture(self):
        _, bodies, _, rally = self.look()
        sizes = {"1P": PLATFORM, "2P": PLATFORM, "blocker": BLOCKER}
        colors = {"1P": "#4f9dff", "2P": "#ff6b5e", "blocker": "#8a8f98"}
        shapes = [{"line": [0, 250, WIDTH, 250], "color": "#3a4258"}]
        shapes += [{"rect": [body["x"], body["y"], *sizes[name]], "color": colors[name]}
                   for name, body in bodies.items() if name in sizes]
        ball = bodies["ball"]
        shapes.append({"circle": [ball["x"] + 2, ball["y"] + 2, 8], "color": "#ffe08a"})
        shapes.append({"text": [4, 8], "value": f"2P  {rally['score_2P']}", "color": colors["2P"]})
        shapes.append({"text": [4, 475], "value": f"1P  {rally['score_1P']}", "color": colors["1P"]})
        shapes.append({"text": [120, 8], "value": f"speed {abs(ball['dy'])}", "color": "#8a8f98"})
        return {"width": WIDTH, "height": HEIGHT, "background": "#10131a", "shapes": shapes}


def choice(table, command, otherwise):
    """A command may be any JSON value: only text can be in the table."""
    return table.get(command, otherwise) if isinstance(command, str) else otherwise


def sign(number):
    return -1 if number < 0 else 1


def stick(ball, platform, seat):
    ball["x"] = platform["x"] + (PLATFORM[0] - BALL) // 2
    ball["y"] = platform["y"] - BALL if seat == "1P" else platform["y"] + PLATFORM[1]


def bounce_off_walls(ball):
    if ball["x"] < 0:
        ball["x"], ball["dx"] = -ball["x"], -ball["dx"]
    elif ball["x"] > WIDTH - BALL:
        ball["x"], ball["dx"] = 2 * (WIDTH - BALL) - ball["x"], -ball["dx"]


def bounce_off(ball, before, box, size):
    """Turns the ball around when it crossed the box's upper or lower edge in this frame, however fast it is."""
    if not box["x"] - BALL < ball["x"] < box["x"] + size[0]:
        return False
    above, below = box["y"] - BALL, box["y"] + size[1]
    if before <= above < ball["y"]:
        ball["y"] = above
    elif before >= below > ball["y"]:
        ball["y"] = below
    else:
        return False
    ball["dy"] = -ball["dy"]
    return True


def slice_ball(ball, platform_dx):
    """A platform that moves with the ball drives it sideways; one that moves against it sends it back."""
    speed = abs(ball["dy"])
    if platform_dx == 0:
        ball["dx"] = sign(ball["dx"]) * speed
    elif platform_dx * ball["dx"] > 0:
        ball["dx"] = sign(ball["dx"]) * (speed + SLICE)
    else:
        ball["dx"] = -ball["dx"]
