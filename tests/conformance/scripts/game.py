"""The counter game of the conversations: see ../README.md."""

import dragoman


class Game(dragoman.Game):
    def setup(self):
        self.world.component("Count", "n: i32")
        self.n = self.params.get("start", 0)
        self.entity = self.world.create({"Count": {"n": self.n}})
        self.over = False

    def update(self, commands):
        command = commands["1P"]
        if command is None:
            if "1P" in self.absent:
                self.n = -2
        elif isinstance(command, int):
            self.n = self.world.get(self.entity, "Count")["n"] + command
            self.world.set(self.entity, "Count", {"n": self.n})
        else:
            getattr(self, command)()
        return self.over

    def check(self):
        self.world.set(self.entity, "Count", {"n": 100})
        self.n = self.world.get(self.entity, "Count")["n"]

    def query(self):
        self.n = sum(count["n"] for _, count in self.world.query("Count"))

    def one(self):
        _, count = self.world.one("Count")
        self.n = count["n"]

    def batch(self):
        here = {"entity": self.entity, "component": "Count"}
        self.n = self.world.batch([["set", here | {"values": {"n": 5}}], ["get", here]])[1]["n"]

    def missing(self):
        try:
            self.world.get(self.entity, "Missing")
        except dragoman.CallError:
            self.n = -1

    def more(self):
        self.world.create({"Count": {"n": 1}})

    def move(self):
        self.world.remove(self.entity, "Count")
        self.world.add(self.entity, "Count", {"n": 9})
        self.n = int(self.world.has(self.entity, "Count"))

    def destroy(self):
        self.world.destroy(self.entity)
        self.n = int(self.world.alive(self.entity))

    def log(self):
        dragoman.log("info", "tick")

    def fail(self):
        raise ValueError("raised in update")

    def end(self):
        self.over = True

    def scenes(self):
        status = "GAME_OVER" if self.over else "GAME_ALIVE"
        return {"1P": {"frame": self.frame, "status": status, "n": self.n, "round": self.round}}

    def result(self):
        return {"1P": {"rank": 1, "score": self.n}}

    def picture(self):
        shape = {"text": [0, 0], "value": str(self.n), "color": "#ffffff"}
        return {"width": 100, "height": 100, "background": "#000000", "shapes": [shape]}
