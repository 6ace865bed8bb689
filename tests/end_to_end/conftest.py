"""Whole matches and the command line, as a user has them."""
import pytest
from running import cache, command  # noqa: F401  (fixtures)


@pytest.fixture(params=["python", "lua", "cpp"])
def language(request):
    return request.param


@pytest.fixture
def folder_with(tmp_path):
    """Makes a folder of texts: {"game.py": ..., "ml/a.py": ...}."""

    def make(files, name="made"):
        for file, text in files.items():
            path = tmp_path / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path / name

    return make


# A game for any number of seats: the result repeats each seat's commands and init args.
ECHO = '''
import dragoman


class Game(dragoman.Game):
    def setup(self):
        self.commands = {seat: [] for seat in self.players}
        self.world.component("Counter", "n: i32")
        self.counter = self.world.create({"Counter": {"n": 0}})

    def update(self, commands):
        for seat in self.players:
            self.commands[seat].append(commands[seat])
        self.world.set(self.counter, "Counter", {"n": self.frame + self.round * 1000 + self.random.randrange(9) * 10**6})
        return self.frame >= self.params["ticks"]

    def scenes(self):
        status = "GAME_OVER" if self.frame >= self.params["ticks"] else "GAME_ALIVE"
        return {seat: {"frame": self.frame, "status": status, "round": self.round} for seat in self.players}

    def result(self):
        return {seat: {"rank": 1 + number, "score": number, "commands": self.commands[seat]} for number, seat in enumerate(self.players)}

    def picture(self):
        return {"width": 20, "height": 10, "background": "#000000", "shapes": [{"rect": [self.frame % 20, 2, 4, 4], "color": "#ffffff"}]}
'''


@pytest.fixture
def echo_game(folder_with):
    """A folder with that game: `seats` seats, `more` lines of dragoman.toml, and files."""

    def make(seats=2, more="", ticks=10, players="", **files):
        names = ", ".join(f'"{number}P"' for number in range(1, seats + 1))
        toml = (f'script = "echo.py"\n[players]\nnames = [{names}]\n{players}\n[limits]\ntick_timeout = "10s"\nstart_timeout = "60s"\n'
                f'[params.ticks]\ndefault = {ticks}\n{more}\n')
        return folder_with({"dragoman.toml": toml, "echo.py": ECHO, **files}, name="echo")

    return make


# The smallest players: each answers with its frame.
SMALL = {
    ".py": 'class MLPlay:\n    def update(self, scene_info):\n        return scene_info["frame"]\n\n    def reset(self):\n        pass\n',
    ".lua": "MLPlay = { update = function(scene) return scene.frame end }\n",
    ".cpp": '#include <ml_play.hpp>\n\nclass MLPlay : public AbstractMLPlay {\npublic:\n    MLPlay(json) {}\n'
            '    json update(json scene_info) { return scene_info["frame"]; }\n    void reset() {}\n};\n',
}


@pytest.fixture
def small():
    return SMALL
