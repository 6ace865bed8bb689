"""A game that keeps its number: see ../README.md."""

import dragoman


class Game(dragoman.Game):
    def setup(self):
        self.n = 0

    def update(self, commands):
        self.n += commands["1P"] or 0

    def scenes(self):
        return {"1P": {"frame": self.frame, "status": "GAME_ALIVE", "n": self.n}}

    def result(self):
        return {"1P": {"rank": 1, "score": self.n}}

    def __dragoman_preserve_state__(self):
        return {"n": self.n}

    def __dragoman_restore_state__(self, data):
        self.n = data["n"]
