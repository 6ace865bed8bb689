"""Scripts that are symbolic links."""
import os

import pytest


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
