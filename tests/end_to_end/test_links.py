"""Scripts that are symbolic links."""
import os
import tempfile

import pytest
from watched import WatchedRun, judged_game, player


@pytest.mark.parametrize("name", ["linked.py", "linked.cpp"])
def test_a_link_to_what_not_everybody_may_read_is_not_shown_to_a_script(command, tmp_path, name):
    secret = tmp_path / "secret.txt"
    secret.write_text("TOKEN-OF-THE-USER\n")
    secret.chmod(0o600)
    folder = tmp_path / "ml"
    folder.mkdir()
    (folder / name).symlink_to(secret)
    ended = command("check", folder / name)
    assert ended.code in (3, 4), ended
    assert "is a link to" in ended.stdout + ended.stderr, ended
    assert "TOKEN-OF-THE-USER" not in ended.stdout + ended.stderr, ended


def test_a_link_to_what_everybody_may_read_plays(command, tmp_path):
    script = tmp_path / "kept" / "player.py"
    script.parent.mkdir()
    script.write_text("class MLPlay:\n    def update(self, scene, *args, **kwargs):\n        return 'NONE'\n    def reset(self):\n        pass\n")
    script.chmod(0o644)
    link = tmp_path / "linked.py"
    os.symlink(script, link)
    ended = command("check", link)
    assert ended.code == 0, ended


PLAYER = "class MLPlay:\n    def update(self, scene, *args, **kwargs):\n        return 'NONE'\n    def reset(self):\n        pass\n"


@pytest.mark.parametrize("linked", ["game", "ml"])
def test_a_game_folder_or_its_ml_may_be_a_link(command, tmp_path, linked):
    game = judged_game(tmp_path / "real", {"1P.py": player(".py"), "2P.cpp": player(".cpp")})
    if linked == "game":
        (tmp_path / "linked").symlink_to(game)
        game = tmp_path / "linked"
    else:
        (game / "ml").rename(tmp_path / "players")
        (game / "ml").symlink_to(tmp_path / "players")
    ended = command("run", game, "--ticks", "3")
    assert ended.code == 0, ended


def test_a_folder_that_becomes_a_link_is_played_from_there(dragoman, tmp_path):
    game = judged_game(tmp_path / "game", {"1P.py": player(".py")})
    with WatchedRun(dragoman, game) as run:
        (game / "ml").rename(tmp_path / "elsewhere")
        (game / "ml").symlink_to(tmp_path / "elsewhere")
        run.save("1P.py", player(".py", "two"))
        run.wait_said("now", version="two")
    assert run.missed == [], run


def test_a_save_in_a_linked_game_is_one_version(dragoman, tmp_path):
    judged_game(tmp_path / "game", {"1P.py": player(".py")})
    (tmp_path / "link").symlink_to("game")
    with WatchedRun(dragoman, tmp_path / "link") as run:
        run.save("1P.py", player(".py", "two"))
        run.wait_step("settled")
    assert run.steps() == ["begun", "swapped", "settled"], run


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="there is no /dev/shm")
def test_what_lies_in_dev_is_refused_with_the_reason(command):
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        script = os.path.join(folder, "player.py")
        with open(script, "w") as file:
            file.write(PLAYER)
        ended = command("check", script)
    assert ended.code == 3 and "have a /dev of their own" in ended.stdout + ended.stderr, ended
