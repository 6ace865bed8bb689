"""./dev itself: what it promises without building anything."""
import os
import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def dev(*arguments, **environment):
    return subprocess.run([ROOT / "dev", *arguments], cwd="/", stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env={**os.environ, **environment})


def installed_by_dev():
    table = (ROOT / "dev").read_text().split("<<'TABLE'\n")[1].split("\nTABLE")[0]
    words = re.sub(r"#.*", "", table).split()
    return {name for word in words for name in re.split(r"[|]", re.sub(r">=[^|]*", "", word.lstrip("?")))}


def test_help_names_every_command():
    listed = dev("help")
    assert listed.returncode == 0
    for command in ("setup", "build", "demo", "test", "fuzz", "bench", "format", "lint", "clean"):
        assert f"  {command} " in listed.stdout


def test_an_unknown_command_is_refused():
    refused = dev("fly")
    assert refused.returncode == 1
    assert "no such command: fly" in refused.stderr


def test_fuzzing_for_no_time_is_refused():
    refused = dev("fuzz", "soon")
    assert refused.returncode == 1
    assert "a number of seconds" in refused.stderr


def test_setup_installs_what_every_built_in_language_needs():
    for manifest in (ROOT / "compilers").glob("*/language.toml"):
        for need in tomllib.loads(manifest.read_text()).get("needs", []):
            missing = set(need["package"].split()) - installed_by_dev()
            assert not missing, f"{manifest.parent.name} needs more than ./dev setup --languages=all installs"
