"""`dragoman doctor`: which sandbox there is, what it lacks, and what to do where there is none."""
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TIERS = ["bubblewrap", "cage", "landlock"]
NOBODY = 65534


@pytest.fixture
def without_namespaces(dragoman, tmp_path):
    """Runs it as an ordinary user in a user namespace that allows no others."""

    def run(*arguments):
        script = 'echo 0 >/proc/sys/user/max_user_namespaces || exit 99; exec "$@"'
        drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
        ended = subprocess.run([*drop, "unshare", "--user", f"--map-user={NOBODY}", "--keep-caps", "sh", "-c", script, "sh", dragoman, *arguments],
                               capture_output=True, text=True, timeout=60, env={**os.environ, "HOME": str(tmp_path)})
        if ended.returncode in (99, 126, 127) or "unshare" in ended.stderr:
            pytest.skip(f"no such user namespace here: {ended.stderr.strip()}")
        return ended

    return run


def test_every_tier_is_tried_and_the_strongest_that_works_is_taken(command):
    found = command("doctor", "--json").report
    assert [each["tier"] for each in found["tiers"]] == TIERS
    assert found["root"] == (os.geteuid() == 0)
    for each in found["tiers"]:
        assert each["works"] == (each["why_not"] is None) and each["holds"], each
    works = [each["tier"] for each in found["tiers"] if each["works"]]
    assert found["tier"] == (works[0] if works else None)


def test_a_person_is_told_the_same(command):
    found, told = command("doctor", "--json").report, command("doctor")
    assert told.code == (0 if found["tier"] else 1)
    for each in found["tiers"]:
        assert re.search(rf"^{'works  ' if each['works'] else 'refused'} {each['tier']}:", told.stdout, re.M), told
        for lack in each["lacks"]:
            assert f"lacks: {lack}" in told.stdout, told


def test_without_namespaces_it_says_so_and_how_to_have_them(without_namespaces):
    told = without_namespaces("doctor").stdout
    assert "refused cage" in told and "making a user namespace for scripts failed" in told, told
    assert "to enable: user namespaces are switched off: sysctl -w user.max_user_namespaces" in told, told


def test_where_a_tier_cannot_be_had_nothing_runs(without_namespaces):
    script = ROOT / "examples/guess/ml"
    ended = without_namespaces("check", next(script.glob("*.py")), "--sandbox=strict")
    assert ended.returncode == 1 and "no script is started" in ended.stderr, ended


def test_the_man_page_and_the_completion_know_every_command_and_every_mode(command):
    share = ROOT / "broker/command/share"
    page, completion = (share / "dragoman.1").read_text(), (share / "completion.bash").read_text()
    commands = re.findall(r"^  ([a-z]+) ", command("--help").stdout.split("Subcommands:")[1].split("\n\n")[0], re.M)
    assert "doctor" in commands
    for each in commands:
        assert f".B dragoman {each}\n" in page and f".B {each}\n" in page, each
    for mode in ("auto", "strict", "off", *TIERS):
        assert mode in re.search(r"^\.BR .*sandbox.*$", page, re.M)[0], mode
        assert mode in re.search(r"^ *--sandbox\).*$", completion, re.M)[0], mode
