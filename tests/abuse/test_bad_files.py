"""What is wrong before a script runs: files, languages, compilers, caches."""
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from abusing import GAME, HERE, plays_on
from running import UNRULY, Command

BROKEN = {"python": ("broken.py", "x = 1\ndef f(:\n    pass\n", 2), "lua": ("broken.lua", "local x = 1\nlocal y = = 2\n", 2),
          "cpp": ("broken.cpp", "#include <ml_play.hpp>\n\nclass MLPlay {\n    int x = ;\n};\n", 4)}


@pytest.fixture
def script(tmp_path):
    def make(name, text):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return make


# --- usage: exit code 2, nothing is started ---


@pytest.mark.sanitize
def test_a_file_that_is_not_there(command):
    ended = command("run", GAME, "-i", "nowhere.py", "--json").ended_with(2)
    assert "nowhere.py" in ended.stderr and not ended.stdout, ended
    ended = command("check", "nowhere.py").ended_with(2)
    assert "nowhere.py" in ended.stdout + ended.stderr, ended


def test_an_unknown_extension_lists_the_known_ones(command, script, steady):
    unknown = script("a.xyz", "?")
    for ended in (command("run", GAME, "-i", unknown, "-i", steady), command("check", unknown), command("compile", unknown)):
        said = ended.stdout + ended.stderr
        assert all(word in said for word in (".xyz", ".py", ".lua", ".cpp")), ended
        assert ended.code in (2, 4), ended


def test_a_script_without_extension_lists_the_known_ones(command, script):
    ended = command("check", script("plain", "?"))
    assert ended.code == 2 and ".lua" in ended.stdout + ended.stderr, ended


def test_more_scripts_than_seats_are_too_many(command, steady):
    ended = command("run", GAME, *["-i", steady] * 3).ended_with(2)
    assert "3 scripts" in ended.stderr and "2 seats" in ended.stderr, ended


def test_with_too_few_scripts_the_last_plays_the_open_seats(command, steady):
    ended = command("run", GAME, "-i", steady, "--json").ended_with(0)
    ended.unharmed("1P")
    plays_on(ended)


def test_a_game_without_scripts_says_where_they_go(command):
    assert "ml" in command("run", GAME).ended_with(2).stderr


@pytest.mark.parametrize("arguments, saying", [
    (["run"], "game"), (["run", "/nowhere"], "/nowhere"), (["run", GAME, "--ticks", "-5"], "ticks"), (["run", GAME, "--fps", "0"], "fps"),
    (["run", GAME, "--json", "--jsonl"], "json"), (["run", GAME, "-i", "cmd:true", "--param", "colour=3"], "ticks"), (["run", GAME, "-i", "cmd:true", "--param", "ticks=many"], "whole number"),
    (["run", GAME, "-i", "cmd:true", "--param", "vice={"], "JSON"), (["run", GAME, "-i", "cmd:"], "cmd"), (["run", GAME, "-i", "cmd:'a"], "quote"),
    (["run", GAME, "-i", "cmd:true", "--tick-timeout", "soon"], "50ms"), (["explode"], "explode"), ([], "subcommand"), (["run", GAME, "--seed", "x"], "seed"),
    (["run", GAME, "-i", "cmd:true", "--tick-timeout", "-1s"], "50ms"), (["run", GAME, "-i", "cmd:true", "--tick-timeout", "0s"], "tick-timeout"),
    (["new", "cobol", "a.cob"], "cobol"), (["check", GAME / "game.py", "--scenes", "/nowhere"], "/nowhere")],
    ids=lambda value: None if isinstance(value, str) else " ".join(map(str, value)).replace(str(GAME), "GAME") or "nothing")
def test_wrong_usage_is_told_and_ends_with_2(command, arguments, saying):
    ended = command(*arguments, seconds=20).ended_with(2)
    assert saying in ended.stderr + ended.stdout, ended


@pytest.mark.parametrize("text, saying", [
    ("script = 'nowhere.py'", "nowhere.py"), ("script = 7", "script"), ("", "script"), ("script = 'game.py'\nscirpt = 1", "scirpt"), ("[players", "1"),
    ("script = 'game.py'\n[players]\nnames = ['1P', '1P']", "same name"), ("script = 'game.py'\n[players]\nmin = 9", "1 to"),
    ("script = 'game.py'\n[params]\nx = 3", "x"), ("script = 'game.py'\nfps = -1", "fps"), ("script = 'game.py'\n[limits]\ntick_timeout = 'soon'", "50ms")])
def test_a_wrong_dragoman_toml_is_told_with_its_key(command, folder_with, steady, text, saying):
    folder = folder_with({"dragoman.toml": text + "\n", "game.py": ""})
    ended = command("run", folder, "-i", steady).ended_with(2)
    assert "dragoman.toml" in ended.stderr and saying in ended.stderr, ended


# --- compiling ---


@pytest.mark.sanitize
def test_a_syntax_error_is_a_compile_error_with_file_and_line(command, language, script, steady):
    name, text, line = BROKEN[language]
    ended = command("run", GAME, "-i", script(name, text), "-i", steady, "--json").ended_with(4)
    failure = ended.lost("1P", "compile_error")
    assert failure["file"].endswith(name) and failure["line"] == line and failure["message"], failure
    plays_on(ended)


def test_check_shows_a_syntax_error_with_file_and_line(command, language, script):
    name, text, line = BROKEN[language]
    ended = command("check", script(name, text)).ended_with(4)
    assert f"{name}:{line}" in ended.stdout + ended.stderr, ended


@pytest.mark.parametrize("name, text", [("empty.py", ""), ("empty.lua", ""), ("empty.cpp", ""), ("no_player.py", "x = 1\n"),
                                        ("no_player.lua", "local x = 1\n"), ("no_player.cpp", "int x = 1;\n"), ("nul.py", "x = 1\0\n"),
                                        ("main.cpp", "int main() {}\n")])
def test_a_script_that_is_no_player_does_not_compile(command, script, steady, name, text):
    ended = command("run", GAME, "-i", script(name, text), "-i", steady, "--json").ended_with(4)
    ended.lost("1P", "compile_error", ".")
    plays_on(ended)


def test_a_folder_a_device_and_an_unreadable_link_are_no_scripts(command, tmp_path, steady):
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "null.py").symlink_to("/dev/null")
    (tmp_path / "loop.py").symlink_to("loop.py")
    os.mkfifo(tmp_path / "pipe.py")
    for name in ("folder.py", "null.py", "loop.py", "pipe.py"):
        ended = command("run", GAME, "-i", tmp_path / name, "-i", steady, "--json", "--start-timeout", "2s", seconds=20)
        assert ended.code in (2, 3, 4), (name, ended)


def language(needs="", compile="", run='["/bin/cat"]'):
    return f'name = "odd"\ntitle = "Odd"\nextensions = [".odd"]\n{needs}\n{compile}\n[run]\ncommand = {run}\n'


@pytest.fixture
def odd(command, folder_with, steady):
    """Plays with a script of a language of the game's own."""

    def play(manifest, *options, environment=None, **files):
        folder = folder_with({"languages/odd/language.toml": manifest, "ml/a.odd": "x", **files}, copy_of=GAME)
        return command("run", folder, "-i", folder / "ml/a.odd", "-i", steady, "--json", *options, environment=environment)

    return play


def test_a_missing_compiler_is_told_with_its_package(odd):
    ended = odd(language(needs='needs = [{ program = "oddc-9000", package = "odd-tools" }]')).ended_with(4)
    ended.lost("1P", "compile_error", "oddc-9000.*odd-tools|odd-tools.*oddc-9000")
    plays_on(ended)


def test_a_compiler_that_says_no_is_believed(odd):
    ended = odd(language(compile='[compile]\ncommands = [["/bin/sh", "-c", "echo a.odd:3: odd indeed >&2; exit 1"]]')).ended_with(4)
    failure = ended.lost("1P", "compile_error", "odd indeed")
    assert failure["line"] == 3, failure


def test_a_compiler_that_hangs_is_stopped(odd):
    ended = odd(language(compile='[compile]\ncommands = [["/bin/sleep", "1000"]]\ntimeout = "500ms"')).ended_with(4)
    ended.lost("1P", "compile_error", "500 ?ms")
    plays_on(ended)


def test_a_compiler_that_leaves_nothing_is_told(odd):
    ended = odd(language(compile='[compile]\ncommands = [["/bin/true"]]', run='["{output}"]'))
    assert ended.code in (3, 4), ended
    assert ended.failure("1P")["message"], ended
    plays_on(ended)


def test_a_compiler_that_crashes_is_told(odd):
    odd(language(compile='[compile]\ncommands = [["/bin/sh", "-c", "kill -SEGV $$"]]')).ended_with(4).lost("1P", "compile_error", "signal|SEGV|crash")


def test_a_compiler_that_prints_for_ever_is_stopped(odd):
    ended = odd(language(compile='[compile]\ncommands = [["/bin/sh", "-c", "yes odd >&2"]]\ntimeout = "1s"')).ended_with(4)
    ended.lost("1P", "compile_error")
    assert len(ended.stdout) < 3_000_000, len(ended.stdout)


def test_a_program_that_cannot_be_executed_is_told(odd):
    ended = odd(language(run='["/nowhere/odd"]')).ended_with(4)
    ended.lost("1P", "compile_error", "/nowhere/odd.*not found")
    plays_on(ended)


def test_a_command_that_is_not_there_is_told(command, steady):
    ended = command("run", GAME, "-i", "cmd:no-such-program-9000 x", "-i", steady, "--json").ended_with(3)
    ended.lost("1P", "not_ready", "could not be started.*no-such-program-9000")
    plays_on(ended)


def test_a_program_of_the_wrong_kind_is_told(odd, script):
    program = script("program", "\x7fELF but not really")
    program.chmod(0o755)
    ended = odd(language(run=f'["{program}"]')).ended_with(3)
    ended.lost("1P", "not_ready", "could not be started.*[Ee]xec")
    plays_on(ended)


def test_a_wrong_language_folder_is_told_and_the_others_work(command, folder_with, steady):
    folder = folder_with({"languages/odd/language.toml": "name = [", "languages/empty/readme": ""}, copy_of=GAME)
    ended = command("run", folder, "-i", steady, "--json").ended_with(0)
    assert "odd/language.toml" in ended.stderr, ended


# --- the cache ---

COPIED = language(compile='[compile]\ncommands = [["/bin/cp", "{script}", "{output}"]]', run='["/usr/bin/python3", "-u", "{output}", "steady", "0"]')
PROGRAM = (HERE / "scripts/bare.py").read_text() + "#" * 100_000


def plays_with_cache(odd, cache):
    return odd(COPIED, environment={"XDG_CACHE_HOME": str(cache)}, **{"ml/a.odd": PROGRAM})


@pytest.mark.parametrize("kind", ["a file", "/proc", "read-only"])
def test_a_cache_that_cannot_be_written_is_done_without(odd, tmp_path, kind):
    cache = Path("/proc") if kind == "/proc" else tmp_path / "cache"
    if kind == "a file":
        cache.write_text("")
    if kind == "read-only":
        if os.geteuid() == 0:
            pytest.skip("root writes everywhere")
        cache.mkdir(mode=0o555)
    ended = plays_with_cache(odd, cache).ended_with(0)
    ended.unharmed("1P")
    plays_on(ended)


@pytest.fixture
def full_disk(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", disk], capture_output=True).returncode != 0:
        pytest.skip("mounting is not allowed here")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk_under_the_cache_is_done_without_or_told(odd, full_disk):
    ended = plays_with_cache(odd, full_disk)
    if ended.code != 0:
        ended.ended_with(4).lost("1P", "compile_error", "space")
    plays_on(ended)


# --- not root ---


def test_a_user_without_rights_plays_and_leaves_nothing(dragoman, bare_program, language):
    """As nobody, with a home that is not there."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("only root can be somebody else")
    drop = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    players = {"python": UNRULY / "unruly.py", "lua": UNRULY / "unruly.lua", "cpp": HERE / "scripts/small.cpp"}
    if subprocess.run([*drop, "test", "-r", str(GAME / "game.py")]).returncode != 0:
        pytest.skip("the source tree cannot be read by others")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for path in (folder, folder / "runs"):
            path.mkdir(exist_ok=True)
            path.chmod(0o777)
        shutil.copy(bare_program, folder)
        nobody = Command(dragoman, folder / "runs", folder / "cache")
        ended = nobody("run", GAME, "-i", players[language], "-i", f"cmd:'{folder}/bare' daemon 5", "--json", before=drop,
                       environment={"HOME": "/nonexistent", "TMPDIR": str(folder)})
        ended.ended_with(0).unharmed("1P")
        plays_on(ended)
