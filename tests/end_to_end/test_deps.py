"""`dragoman deps FILE`: which scripts of a game use a file, and which files a script uses."""

import pytest

PLAYER = "class MLPlay:\n    def update(self, scene_info):\n        return scene_info[\"frame\"]\n"
TOML = 'script = "game.py"\n[players]\nnames = ["1P", "2P"]\n'
GAME = '''
import rules
import dragoman


class Game(dragoman.Game):
    def update(self, commands):
        return True

    def scenes(self):
        return {}
'''


@pytest.fixture
def game(folder_with):
    return folder_with({
        "dragoman.toml": TOML,
        "game.py": GAME,
        "rules.py": "SPEED = 7\n",
        "ml/1P.py": "import helper\n" + PLAYER,
        "ml/2P.lua": "local tools = require 'tools'\nMLPlay = { update = function(scene) return scene.frame end }\n",
        "ml/3P.cpp": '#include <ml_play.hpp>\n#include "ball.hpp"\nclass MLPlay : public AbstractMLPlay {\npublic:\n    MLPlay(json) {}\n'
                     "    json update(json) { return speed; }\n    void reset() {}\n};\n",
        "ml/helper.py": "from kit import deep\n",
        "ml/kit/deep.py": "import helper\n",  # in a circle
        "ml/tools.lua": "return {}\n",
        "ml/ball.hpp": "inline const int speed = 3;\n",
    })


def deps(command, file, *arguments, code=0):
    return command("deps", file, *arguments).ended_with(code)


def test_a_module_names_the_scripts_that_use_it_directly_or_through_others(command, game):
    ended = deps(command, game / "ml/kit/deep.py")
    assert ended.stdout == "ml/kit/deep.py is used by\n  ml/1P.py\n  ml/helper.py\n"
    assert ended.stderr == ""  # that helper.py and tools.lua are no players is no failure


def test_each_language_tells_and_a_script_names_what_it_uses(command, game):
    found = deps(command, game / "ml/3P.cpp", "--json").report
    assert found["uses"] == [str(game / "ml/ball.hpp")]
    assert found["used_by"] == [] and found["failed"] == []
    assert found["game"] == str(game)
    assert deps(command, game / "ml/2P.lua").stdout == "no script of the game uses ml/2P.lua\nml/2P.lua uses\n  ml/tools.lua\n"


def test_a_game_uses_files_too(command, game):
    assert deps(command, game / "rules.py").stdout == "rules.py is used by\n  game.py\n"


def test_a_script_that_does_not_start_is_named_and_the_rest_is_told(command, game):
    (game / "ml/2P.lua").write_text("error('not today')\n")
    ended = deps(command, game / "ml/helper.py", code=3)
    assert ended.stdout.startswith("ml/helper.py is used by\n  ml/1P.py\n")
    assert "ml/2P.lua does not start, so what it uses is not all known: raised: ml/2P.lua:1: " in ended.stderr
    assert "not today" in ended.stderr


def test_a_file_that_nobody_uses_is_no_error_and_one_that_is_not_there_is(command, game, tmp_path):
    (game / "notes.txt").write_text("")
    assert deps(command, game / "notes.txt").stdout == "no script of the game uses notes.txt\n"
    assert "there is no file" in deps(command, game / "nothing.py", code=2).stderr
    (tmp_path / "alone.py").write_text(PLAYER)
    assert "lies in no game" in deps(command, tmp_path / "alone.py", code=2).stderr
    assert deps(command, tmp_path / "alone.py", "--game", game).stdout.endswith("alone.py uses no other file\n")
