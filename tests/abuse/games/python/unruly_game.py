"""A game of ten frames that has the vice of the parameter `vice` at `place`. The same in the other languages beside it."""
import os
import sys
import time

import dragoman


def fail():
    raise ValueError("the game's own fault")


def flood():
    for _ in range(100):
        sys.stdout.write(("x" * 79 + "\n") * 12_500)


def busy():
    while True:
        pass


VICES = {"raise": fail, "exit": lambda: sys.exit(3), "hang": lambda: time.sleep(3600), "busy": busy, "abort": os.abort,
         "flood": flood, "print": lambda: print('__done__ {"frame": 0}')}


class Game(dragoman.Game):
    def __init__(self):
        self.indulge("constructor")

    def indulge(self, place):
        if self.params["place"] == place:
            VICES.get(self.params["vice"], lambda: None)()

    def setup(self):
        self.indulge("setup")
        self.world.component("Counter", "n: i8")
        self.counter = self.world.create({"Counter": {"n": 1}})

    def update(self, commands):
        if self.frame == 5:
            self.indulge("update")
            self.misuse_the_world()
        return self.frame == 10

    def misuse_the_world(self):
        vice = self.params["vice"]
        if vice == "unknown_component":
            self.world.create({"Unknown": {}})
        elif vice == "unknown_field":
            self.world.set(self.counter, "Counter", {"m": 1})
        elif vice == "bad_value":
            self.world.set(self.counter, "Counter", {"n": 1000})
        elif vice == "no_entity":
            self.world.destroy(self.counter)
            self.world.get(self.counter, "Counter")

    def scenes(self):
        if self.frame == 5:
            self.indulge("scenes")
        vice = self.params["vice"] if self.frame == 5 else ""
        scene = {"frame": self.frame, "status": "GAME_ALIVE"}
        if vice == "nan":
            scene["x"] = float("nan")
        if vice == "infinite":
            scene["x"] = float("inf")
        if vice == "no_json":
            scene["x"] = busy
        if vice == "no_scenes":
            return 7
        return {"1P": 7 if vice == "no_object" else scene, "3P" if vice == "unknown_seat" else "2P": scene}

    def result(self):
        self.indulge("result")
        return None if self.params["vice"] == "no_result" else {seat: {"rank": 1, "score": 0} for seat in self.players}

    def picture(self):
        self.indulge("picture")
        return PICTURES.get(self.params["vice"])


PICTURES = {
    "no_shapes": {"width": 100, "height": 100},
    "empty": {},
    "a_list": [1, 2],
    "negative": {"width": -5, "height": 0, "background": "#000000", "shapes": []},
    "huge": {"width": 1e18, "height": 1e18, "background": "#000000", "shapes": [{"rect": [-1e300, 0, 1e300, 1e300], "color": "#ffffff"}]},
    "nonsense": {"width": 10, "height": 10, "background": "puce", "shapes": [{"rect": "wide"}, 7, {"circle": [1]}, {"text": [0, 0]},
                                                                          {"line": [None] * 4, "color": 5}]},
    "much": {"width": 10, "height": 10, "background": "#000000", "shapes": [{"text": [0, 0], "value": "\x1b[2J" * 10000, "color": "#ffffff"}] * 50},
}
