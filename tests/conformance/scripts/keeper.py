"""A player that keeps what it has seen: see ../README.md."""

import dragoman


class MLPlay:
    def __init__(self):
        self.seen = 0
        self.give = "state"

    def update(self, scene):
        if "call" in scene:
            dragoman.call(scene["call"])
        self.give = scene.get("give", self.give)
        self.seen += 1
        return self.seen

    def reset(self):
        self.seen = 0

    def __dragoman_preserve_state__(self):
        if self.give == "raise":
            raise ValueError("raised in giving")
        if self.give == "long":
            return {"text": "x" * (17 << 20)}
        if self.give == "nonsense":
            return {"seen": float("nan")}
        return {"seen": self.seen}

    def __dragoman_restore_state__(self, data):
        if "raise" in data:
            raise ValueError(data["raise"])
        self.seen = data["seen"]
