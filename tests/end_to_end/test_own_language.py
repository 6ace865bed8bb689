"""A user's own language: a folder, no C++, no rebuild."""
import os
import shutil

import pytest

PERL = '''name       = "perl"
title      = "Perl"
extensions = [".pl"]
needs      = [{ program = "perl", package = "perl-base" }]
version    = ["{perl}", "-e", "print $^V"]

[run]
command     = ["{perl}", "{language}/run.pl", "{script}"]
environment = { GREETING = "hello" }
'''
PERL_CLIENT = '''# The least that a client is: the classic level, and a function `update` of the script's.
$| = 1;
require $ARGV[0];
while (<STDIN>) {
    if (/^__init__/) { print "$ENV{GREETING} from perl\\n__command__ READY\\n"; next; }
    my ($frame) = /"frame": (\\d+)/;
    print "__command__ ", update($frame), "\\n";
}
'''
PERL_SCRIPT = 'sub update { my ($frame) = @_; return $frame * 2; }\n1;\n'

SHELL = '''name       = "shell"
title      = "shell"
extensions = [".sh"]
needs      = [{ program = "sh", package = "dash" }]

[run]
command = ["{sh}", "{script}"]
'''
SHELL_SCRIPT = '''while read -r header scene; do
    case $header in
        __init__) echo "__command__ READY" ;;
        *) scene=${scene#*'"frame": '}; echo "__command__ $((${scene%%,*} * 3))" ;;
    esac
done
'''

# A language for which a template says too little: the build is a program of its own.
SHOUT = 'name = "shout"\ntitle = "Shout"\nextensions = [".shout"]\n'
SHOUT_COMPILER = '''#!/usr/bin/python3
import json, os, sys
job = json.load(sys.stdin)
words = open(job["script"]).read().split()
if not words:
    sys.exit(job["script"] + ":1: nothing to shout")
program = os.path.join(job["build"], "program")
with open(program, "w") as file:
    file.write("echo __command__ READY; read -r init; while read -r scene; do echo '__command__ \\"" + words[0].upper() + "\\"'; done")
print(json.dumps(["/bin/sh", program]))
'''


@pytest.fixture
def game(echo_game, small):
    folder = echo_game(**{"languages/perl/language.toml": PERL, "languages/perl/run.pl": PERL_CLIENT, "languages/shell/language.toml": SHELL,
                          "languages/shout/language.toml": SHOUT, "languages/shout/compile_script": SHOUT_COMPILER,
                          "ml/a.pl": PERL_SCRIPT, "ml/b.sh": SHELL_SCRIPT, "ml/c.shout": "hey you\n", "ml/d.py": small[".py"]})
    (folder / "languages/shout/compile_script").chmod(0o755)
    return folder


def plays(command, game, one, other, **options):
    ended = command("run", game, "-i", game / "ml" / one, "-i", game / "ml" / other, "--json", **options).ended_with(0)
    for seat in ("1P", "2P"):
        ended.unharmed(seat, 11)
    return ended


@pytest.mark.skipif(not shutil.which("perl"), reason="there is no perl")
def test_perl_of_the_games_own_plays_against_python(command, game):
    ended = plays(command, game, "a.pl", "d.py")
    assert ended.report["result"]["1P"]["commands"] == [2 * frame for frame in range(10)]
    assert ended.player("1P")["language"] == "perl" and "hello from perl" in ended.stderr


def test_a_shell_script_of_the_games_own_plays_against_python(command, game):
    ended = plays(command, game, "b.sh", "d.py")
    assert ended.report["result"]["1P"]["commands"] == [3 * frame for frame in range(10)]


def test_a_compile_script_decides_how_a_script_is_run(command, game):
    assert plays(command, game, "c.shout", "d.py").report["result"]["1P"]["commands"] == ["HEY"] * 10


def test_what_a_compile_script_says_is_shown(command, game):
    (game / "ml/c.shout").write_text("\n")
    ended = command("run", game, "-i", game / "ml/c.shout", "-i", game / "ml/d.py", "--json").ended_with(4)
    ended.lost("1P", "compile_error", "nothing to shout")


def test_a_language_of_the_users_configuration_is_found(command, game, tmp_path):
    config = tmp_path / "config"
    shutil.copytree(game / "languages", config / "dragoman/languages")
    shutil.rmtree(game / "languages")
    plays(command, game, "b.sh", "d.py", environment={"XDG_CONFIG_HOME": str(config)})


def test_the_games_own_language_comes_before_the_built_in_one(command, game):
    (game / "languages/python").mkdir()
    (game / "languages/python/language.toml").write_text(SHELL.replace('"shell"', '"python"', 1).replace(".sh", ".py"))
    (game / "ml/b.py").write_text(SHELL_SCRIPT)
    (game / "echo.py").unlink()  # the game's own script would be one for the shell too
    assert "echo.py" in command("run", game, "-i", game / "ml/b.py").ended_with(2).stderr


def test_languages_shows_it(command, game):
    said = command("languages", "--game", game).ended_with(0).stdout
    assert ".sh" in said and ".shout" in said and ".py" in said
    assert os.path.exists(game / "ml")
