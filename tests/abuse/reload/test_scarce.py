"""Disks that are full, and limits that are reached."""
import shutil
import subprocess

import pytest
from reloading import fresh, raw
from watched import player


def test_without_room_for_versions_scripts_are_reloaded_and_cannot_be_brought_back(watch, small_disk):
    disk = small_disk(8)
    (disk / "full").write_bytes(b"x" * 8192)
    with watch({"1P.py": player(".py")}, environment={"TMPDIR": str(disk)}) as match:
        match.play(fresh(".py"), seen=1)
        match.plays_on()


def test_a_save_on_a_full_disk_is_half_written_and_told(watch, small_disk):
    with watch({"1P.py": player(".py")}, folder=small_disk(128) / "game") as match:
        with pytest.raises(OSError):
            match.script.write_text(player(".py") + "x = (1,\n" * 30_000)
        assert match.fails()["outcome"] == "compile_error"
        match.play(fresh(".py"), seen=1)
        match.plays_on()


COPIED = """name = "odd"
title = "Odd"
extensions = [".odd"]
[compile]
commands = [["/bin/sh", "-c", "cat '{script}' > '{output}'"]]
[run]
command = ["/usr/bin/python3", "-u", "-I", "{output}"]
"""


def test_on_a_full_disk_a_compiler_s_words_are_told(watch, small_disk):
    disk = small_disk(256)
    with watch({"1P.odd": raw("ready(); play()")}, environment={"XDG_CACHE_HOME": str(disk), "TMPDIR": str(disk)},
               extra={"languages/odd/language.toml": COPIED}) as match:
        match.suffix = ".odd"
        match.script.write_text(raw("ready(); play()") + "#" * 1_000_000)
        failure = match.fails()
        assert failure["outcome"] == "compile_error" and "space" in failure["message"], failure
        match.play(raw("ready(); play()"))
        match.plays_on()


def test_the_kernel_s_limit_of_watches_is_named_with_its_sysctl(watch):
    limited = ["unshare", "--user", "--map-root-user", "sh", "-c", 'echo 1 > /proc/sys/user/max_inotify_watches && exec "$@"', "sh"]
    if not shutil.which("unshare") or subprocess.run([*limited, "true"], capture_output=True).returncode:
        pytest.skip("user namespaces, or their limits, are not to be had here")
    with watch({"1P.py": player(".py")}, "--sandbox=off", before=limited) as match:
        match.plays_on()
    assert "max_user_watches" in match.stderr or "max_inotify_watches" in match.stderr, match
    assert "sysctl" in match.stderr, match
