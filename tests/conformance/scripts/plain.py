"""A player without hooks, and with one attribute that is no plain data: see ../README.md."""


class MLPlay:
    def __init__(self):
        self.seen = 0
        self.tags = ["a", {"b": None}]
        self.unfit = lambda: self.seen

    def update(self, scene):
        self.seen += 1
        return self.unfit()

    def reset(self):
        pass
