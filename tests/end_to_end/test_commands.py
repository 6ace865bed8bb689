"""`check`, `languages`, `new`, `compile`, `--help`: what a person types."""
import json
import re
import shutil

import pytest
from running import ROOT, UNRULY

EXTENSIONS = {"python": ".py", "lua": ".lua", "cpp": ".cpp"}


@pytest.mark.sanitize
def test_a_new_script_plays(command, tmp_path, language):
    script = tmp_path / f"mine{EXTENSIONS[language]}"
    assert str(script) in command("new", language, script).ended_with(0).stdout
    assert len(script.read_text().splitlines()) > 5
    command("check", script, "--ticks", "3").ended_with(0)
    ended = command("run", ROOT / "examples/pong", "-i", script, "--ticks", "100", "--json").ended_with(0)
    ended.unharmed("1P", 100)


def test_a_new_game_plays(command, folder_with, small, language):
    folder = folder_with({"ml/a.py": small[".py"]})
    script = folder / f"game{EXTENSIONS[language]}"
    command("new", language, script, "--role", "game").ended_with(0)
    (folder / "dragoman.toml").write_text(f'script = "{script.name}"\n[players]\nnames = ["1P", "2P"]\n')
    report = command("run", folder, "--ticks", "50", "--json").ended_with(0).report
    assert report["game_failure"] is None and report["ticks"] > 0


def test_new_overwrites_nothing(command, tmp_path):
    script = tmp_path / "mine.py"
    script.write_text("precious")
    assert "mine.py" in command("new", "python", script).ended_with(2).stderr
    assert script.read_text() == "precious"


def test_new_in_a_folder_that_is_not_there_says_so(command, tmp_path):
    assert "nowhere" in command("new", "python", tmp_path / "nowhere/mine.py").ended_with(2).stderr


def test_check_tells_the_steps(command, tmp_path, small, language):
    script = tmp_path / f"a{EXTENSIONS[language]}"
    script.write_text(small[EXTENSIONS[language]])
    said = command("check", script, "--ticks", "3").ended_with(0).stdout
    assert "READY" in said and "tick 2: 2" in said and said.rstrip().endswith("ok"), said


def test_check_plays_the_game_that_the_script_lies_in(command):
    ended = command("check", ROOT / "examples/pong/ml/1_python.py", "--ticks", "4").ended_with(0)
    assert "pong" in ended.stdout and "tick 2" in ended.stdout, ended


@pytest.mark.parametrize("vice, code, outcome", [("raise", 3, "raised"), ("exit", 3, "exited"), ("hang", 3, "not_ready")])
def test_check_tells_a_failure_and_its_exit_code(command, language, vice, code, outcome):
    init = json.dumps({"args": [], "kwargs": {}})
    game = ROOT / "tests/abuse/game"
    ended = command("check", UNRULY / f"unruly{EXTENSIONS[language]}", "--game", game, "--init", init, "--json")
    assert ended.report["outcome"] == "ok", ended
    script = {"raise": "raise ValueError('no')", "exit": "import sys; sys.exit(3)", "hang": "import time; time.sleep(99)"}[vice]
    if language == "python":
        (command.folder / "bad.py").write_text(f"class MLPlay:\n    def __init__(self):\n        {script}\n    def update(self, scene):\n        pass\n")
        limit = ["--start-timeout", "3s"] if vice == "hang" else []
        ended = command("check", command.folder / "bad.py", *limit, "--json").ended_with(code)
        assert ended.report["outcome"] == outcome and ended.report["failure"]["message"], ended


def test_check_speaks_the_classic_level_when_asked(command, tmp_path):
    script = tmp_path / "a.py"
    script.write_text("import dragoman\n\n\nclass MLPlay:\n    def update(self, scene_info):\n        return sorted(dragoman.get_init_args())\n")
    assert '["args", "kwargs"]' in command("check", script, "--classic").ended_with(0).stdout
    assert "dragoman" in command("check", script).ended_with(0).stdout


def test_languages_lists_version_or_package(command):
    said = command("languages").ended_with(0).stdout
    for part in (".py", ".lua", ".cpp", "python", "cpp"):
        assert part in said
    rows = {row["name"]: row for row in json.loads(command("languages", "--json").ended_with(0).stdout)}
    for name in EXTENSIONS:
        assert rows[name]["usable"] and rows[name]["version"], rows[name]
    for row in rows.values():
        assert row["usable"] or row["install"] or row["problem"], row


def test_languages_without_a_program_names_the_package(command, tmp_path):
    """javascript's programs may be there or not; a language of one's own surely lacks them."""
    folder = tmp_path / "config/dragoman/languages/odd"
    folder.mkdir(parents=True)
    (folder / "language.toml").write_text('name = "odd"\nextensions = [".odd"]\nneeds = [{ program = "oddc-9000", package = "odd-tools" }]\n'
                                          '[run]\ncommand = ["{oddc-9000}", "{script}"]\n')
    said = command("languages", environment={"XDG_CONFIG_HOME": str(tmp_path / "config")}).ended_with(0).stdout
    assert "odd-tools" in said, said


def test_compile_says_how_a_script_is_run(command, tmp_path, small, language):
    script = tmp_path / f"a{EXTENSIONS[language]}"
    script.write_text(small[EXTENSIONS[language]])
    document = json.loads(command("compile", script, "--json").ended_with(0).stdout)
    assert document["language"] == language and document["channel"] in ("stdio", "private") and document["command"][0].startswith("/")


def test_a_script_is_compiled_once(command, tmp_path, small):
    script = tmp_path / "once.cpp"
    script.write_text(small[".cpp"] + "// once\n")
    first, again = (json.loads(command("compile", script, "--json").ended_with(0).stdout) for _ in range(2))
    assert not first["from_cache"] and again["from_cache"] and first["command"] == again["command"]
    script.write_text(small[".cpp"] + "// twice\n")
    assert not json.loads(command("compile", script, "--json").ended_with(0).stdout)["from_cache"]


def test_a_changed_header_beside_a_script_is_compiled_anew(command, tmp_path, small, echo_game):
    game = echo_game()
    (tmp_path / "a.cpp").write_text('#include "help.hpp"\n' + small[".cpp"].replace('scene_info["frame"]', "answer"))
    for answer in ("1", "2"):
        (tmp_path / "help.hpp").write_text(f"const int answer = {answer};\n")
        result = command("run", game, "-i", tmp_path / "a.cpp", "--json").ended_with(0).report["result"]
        assert result["1P"]["commands"] == [int(answer)] * 10


@pytest.mark.parametrize("words", [[], ["run"], ["check"], ["languages"], ["new"], ["compile"]])
def test_help_has_examples(command, words):
    said = command(*words, "--help").ended_with(0).stdout
    assert "dragoman" in said and ("xample" in said or words in (["languages"], ["compile"])), said


def test_the_version_is_told(command):
    assert "dragoman " in command("--version").ended_with(0).stdout


@pytest.mark.parametrize("extension, script, line, message", [
    (".cpp", "#include <ml_play.hpp>\nclass MLPlay : public AbstractMLPlay {\npublic:\n    MLPlay(json) {}\n    json update(json) { return 1; }\n    void reset() {}\n\n",
     6, "its end is missing"),
    (".cpp", "#include <dragoman.hpp>\nint x", 2, "its end is missing.*expected initializer"),
    (".cpp", "int x;\n", None, "^this script defines no class MLPlay"),
    (".c", "#include <dragoman.h>\nint x", 2, "at end of input")], ids=["no brace", "no semicolon", "no class", "C"])
def test_what_a_script_lacks_at_its_end_is_said_of_the_script(command, tmp_path, extension, script, line, message):
    """And not of the lines that dragoman puts behind it."""
    path = tmp_path / f"half{extension}"
    path.write_text(script)
    failure = json.loads(command("check", path, "--json").ended_with(4).stdout)["failure"]
    assert (failure["file"], failure["line"]) == (str(path), line) and re.search(message, failure["message"]), failure


def test_a_language_whose_compiler_plays_is_usable(command):
    """Java's looks for files in /etc before it tells its version."""
    rows = {row["name"]: row for row in json.loads(command("languages", "--json").ended_with(0).stdout)}
    for name, needs in (("java", "javac"), ("go", "go"), ("rust", "rustc"), ("javascript", "node"), ("c", "gcc")):
        assert rows[name]["usable"] or not shutil.which(needs), rows[name]
