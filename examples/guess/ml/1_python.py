class MLPlay:
    """Halves what is left."""

    def __init__(self):
        self.low, self.high, self.guess = 1, 1000, 0

    def update(self, scene_info):
        if scene_info["hint"] == "HIGHER":
            self.low = self.guess + 1
        else:
            self.high = self.guess - 1
        self.guess = (self.low + self.high) // 2
        return self.guess

    def reset(self):
        self.__init__()
