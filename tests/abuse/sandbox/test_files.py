"""Files: what a script may read is its own folder and the system's programs; it may write nowhere."""
import os
import time
from pathlib import Path

import pytest
from holding import Match
from running import control

READ = """
import os
def said(path):
    try:
        with open(path, 'rb') as file: return file.read(200).decode(errors='replace')
    except OSError as error: return '<' + error.strerror + '>'
def listed(path):
    try: return sorted(os.listdir(path))
    except OSError as error: return '<' + error.strerror + '>'
"""
FORBIDDEN = ["/etc/passwd", "/etc/shadow", "/etc/group", "/etc/hostname", "/etc/resolv.conf", "/etc/ssh/ssh_config", "/root/.bashrc", "/proc/1/environ",
             "/proc/self/environ", "/proc/self/maps", "/proc/1/cmdline", "/proc/cmdline", "/proc/meminfo", "/proc/self/mountinfo", "/proc/kallsyms",
             "/sys/class/net", "/sys/kernel/notes", "/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/tty", "/dev/pts/0", "/dev/fuse", "/dev/kvm",
             "/dev/shm", "/var/log/dpkg.log", "/run/systemd/notify", "/boot", "/home", "/root", "/var/lib/dpkg/status", "/etc/machine-id"]


def test_what_is_not_a_scripts_own_cannot_be_read(pit):
    secret = pit.ground.secret
    paths = [*FORBIDDEN, str(secret), f"../../{secret.relative_to(pit.ground.folder)}", str(pit.home / ".profile"), str(pit.cache),
             str(pit.ground.dragoman), "..", "../..", str(pit.ground.folder), str(pit.ground.honest["lua"])]
    said = pit.plays("python", READ + f"def vice(): return {{path: [said(path), listed(path)] for path in {paths!r}}}").goes_on()
    # The folders above a script's own are made for it and show nothing else.
    own = pit.ground.folder.parts
    for path, (text, names) in said.items():
        assert text.startswith("<"), (path, text)
        assert isinstance(names, str) or set(names) <= {*own, "scripts"} or path in ("..",), (path, names)


def test_the_denial_is_told_to_the_author(pit):
    ended = pit.plays("python", "def vice(): open('/etc/passwd').read()")
    ended.loses(["denied"], r'open\("/etc/passwd')


def test_the_environment_tells_nothing(pit):
    said = pit.plays("python", "import os\ndef vice(): return [dict(os.environ), os.uname().nodename, os.getcwd()]",
                     environment={"SECRET_OF_MINE": pit.ground.token, "LD_PRELOAD": "", "PYTHONPATH": "/x"}).goes_on()
    assert set(said[0]) <= {"PATH", "LANG", "HOME", "TZ", "TMPDIR", "LC_CTYPE", "DRAGOMAN_OUTPUT", "PYTHONDONTWRITEBYTECODE", "JOBLIB_MULTIPROCESSING"}, said
    if pit.tier != "landlock":
        assert said[1] == "dragoman", said


WRITES = """
import os
def vice():
    said = {}
    def attempt(name, function):
        try: said[name] = ["done", str(function())]
        except OSError as error: said[name] = ["refused", error.strerror]
    own = os.path.dirname(os.path.abspath(__file__))
    for folder in (own, ".", "..", "/", "/tmp", "/var/tmp", "/dev", "/dev/shm", "/run", "/etc", "/usr", "/usr/lib", "/usr/local/lib", "/home", "/root", HOME, CACHE):
        attempt("open " + folder, lambda: open(folder + "/written-by-a-script", "w"))
        attempt("mkdir " + folder, lambda: os.mkdir(folder + "/written-by-a-script"))
        attempt("mkfifo " + folder, lambda: os.mkfifo(folder + "/written-by-a-script"))
        attempt("symlink " + folder, lambda: os.symlink("/etc/passwd", folder + "/written-by-a-script"))
        attempt("tmpfile " + folder, lambda: os.open(folder, os.O_TMPFILE | os.O_RDWR))
    for name, function in {
        "append": lambda: open(__file__, "a"), "truncate": lambda: os.truncate(__file__, 0), "chmod": lambda: os.chmod(__file__, 0o777),
        "unlink": lambda: os.unlink(__file__), "rename": lambda: os.rename(__file__, __file__ + "x"), "link": lambda: os.link(__file__, own + "/x"),
        "utime": lambda: os.utime(__file__), "xattr": lambda: os.setxattr(__file__, "user.x", b"x"), "chown": lambda: os.chown(__file__, 0, 0),
        "mknod": lambda: os.mknod(own + "/x"), "device": lambda: os.mknod("/tmp/x", 0o60666, os.makedev(8, 0)), "read-write": lambda: os.open(__file__, os.O_RDWR),
        "create only": lambda: os.open(own + "/x", os.O_CREAT), "truncate only": lambda: os.open(__file__, os.O_TRUNC),
        "python": lambda: open("/usr/bin/python3", "r+b"), "flock": lambda: __import__("fcntl").flock(open(__file__), 2)}.items():
        attempt(name, function)
    return {name: how for name, how in said.items() if how[0] == "done"}
"""


def test_nothing_is_written_anywhere(pit):
    assert pit.plays("python", f"HOME, CACHE = {str(pit.home)!r}, {str(pit.cache)!r}\n{WRITES}", "--tick-timeout", "5s").goes_on() == {}


def test_games_with_links_and_dots(pit):
    """Links that lie in its folder lead nowhere that it could not go."""
    ground = pit.ground
    script = ground.script("python", READ + f"def vice(): return [said(name) for name in ('link', 'folder/secret.txt', 'far', './../../secret/secret.txt', '/proc/self/root{ground.secret}', '/proc/self/cwd/../../secret/secret.txt')]", "links")
    for name, to in {"link": ground.secret, "folder": ground.secret.parent, "far": "../../secret/secret.txt"}.items():
        if not (script.parent / name).is_symlink():
            os.symlink(to, script.parent / name)
    said = pit.match(script).goes_on()
    assert all(text.startswith("<") for text in said), said


def test_a_script_that_is_a_link_is_read_alone(pit):
    """What the link leads to is shown; what lies beside it there is not."""
    ground = pit.ground
    real = ground.write("elsewhere/real.py", ground.script("python", READ + f"def vice(): return said({str(ground.folder / 'elsewhere/beside.txt')!r})").read_text())
    ground.write("elsewhere/beside.txt", ground.token)
    link = ground.folder / "links" / "script.py"
    if not link.is_symlink():
        ground.write("links/x", "")
        link.symlink_to(real)
    assert pit.match(link).goes_on().startswith("<")


def test_the_scripts_of_other_seats_cannot_be_read(pit):
    """They lie in one folder, as in a game's ml/."""
    ground = pit.ground
    evil = ground.script("python", READ + "def vice(): return [said('honest.lua'), said('./honest.lua'), said(__file__)[:6], said('beside.txt')]", "reads")
    honest = ground.write(f"{evil.parent.relative_to(ground.folder)}/honest.lua", ground.honest["lua"].read_text() + f"-- {ground.token}\n")
    ground.write(f"{evil.parent.relative_to(ground.folder)}/beside.txt", "a table of openings")
    said = pit.match(evil, honest=honest).goes_on()
    assert said[3] == "a table of openings" and said[2] == "\nimpor", said
    assert said[0].startswith("<") and said[1].startswith("<"), said


@pytest.mark.parametrize("kind", ["hard link", "link", "upper folder"])
def test_the_scripts_of_other_seats_have_no_second_name(pit, kind):
    """A hard link is another name of the same file: nobody but the owner of the folder can make one."""
    ground = pit.ground
    evil = ground.script("python", READ + f"def vice(): return [said(name) for name in ('other', 'inner/other', '../{kind.replace(' ', '-')}/honest.lua')]", kind.replace(" ", "-"))
    folder = evil.parent.relative_to(ground.folder)
    honest = ground.write(f"{folder}/honest.lua", ground.honest["lua"].read_text() + f"-- {ground.token}\n")
    if kind == "link" and not (evil.parent / "other").is_symlink():
        (evil.parent / "other").symlink_to("honest.lua")
    said = pit.match(evil, honest=honest).goes_on()
    assert all(ground.token not in text and "MLPlay" not in text for text in said), said


def test_an_elf_is_not_run_from_anywhere(pit):
    """There is no place to write it; one that lies beside the script is refused by exec."""
    ground = pit.ground
    script = ground.script("python", "import os\ndef vice():\n    os.execv('./program', ['program'])", "runs")
    program = ground.write(f"{script.parent.relative_to(ground.folder)}/program", "#!/bin/sh\necho was-started\n")
    program.chmod(0o755)
    ended = pit.match(script)
    ended.loses(["denied", "raised"])  # Python's own message does not say which file it was
    assert "was-started" not in str(ended)


def test_a_setuid_program_makes_nobody_root(pit):
    said = pit.plays("python", """
import os
def vice():
    said = []
    for program in ("/usr/bin/su", "/usr/bin/passwd", "/usr/bin/mount", "/usr/bin/newgrp"):
        try: os.execv(program, [program])
        except OSError as error: said.append(error.strerror)
    for take in (os.setuid, os.seteuid, os.setgid, lambda uid: os.setresuid(uid, uid, uid), lambda _: os.setgroups([0]), lambda uid: os.setreuid(uid, uid)):
        try: said.append(take(0))
        except OSError as error: said.append(error.strerror)
    return [said, os.getuid(), os.geteuid(), os.getgid(), os.getgroups()]
""").goes_on()
    assert None not in said[0] and len(said[0]) == 10, said
    assert 0 not in said[1:4] and said[4] in ([], [65534]), said


def test_only_the_expected_descriptors_are_open(pit):
    said = pit.plays("c", """
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
static json_t* vice(void) {
    json_t* said = json_object();
    for (int number = 0; number < 70000; ++number) {
        struct stat facts;
        if (fstat(number, &facts) != 0) continue;
        char name[16], kind[16];
        snprintf(name, sizeof name, "%d", number);
        snprintf(kind, sizeof kind, "%o", facts.st_mode & S_IFMT);
        json_object_set_new(said, name, json_string(kind));
    }
    return said;
}
""").goes_on()
    assert set(said) <= {str(number) for number in range(7)}, said
    pipe, socket, device = "10000", "140000", "20000"
    assert set(said.values()) <= {pipe, socket, device}, said


def test_descriptors_are_bounded(pit):
    said = pit.plays("python", """
import os
def vice():
    count = 0
    try:
        while count < 100000: os.dup(0); count += 1
    except OSError as error: return [count, error.strerror]
""", limits={"open_files": 40}).goes_on()
    assert said[0] < 40 and "Too many" in said[1], said


def test_a_private_tmp_where_it_is_allowed(pit):
    """It has the size that was allowed, is empty at the start, and is gone afterwards."""
    if pit.tier == "landlock":
        pytest.skip("no /tmp of its own without namespaces")
    said = pit.plays("python", """
import os
def vice():
    before = os.listdir("/tmp")
    size = 0
    try:
        with open("/tmp/filled", "wb", buffering=0) as file:
            while size < 1 << 30: size += file.write(bytes(65536))
    except OSError: pass
    os.truncate("/tmp/filled", 0)
    files = 0
    try:
        while files < 100000: open(f"/tmp/{files}", "w").close(); files += 1
    except OSError: pass
    return [before, size, files]
""", "--tick-timeout", "20s", limits={"scratch": "2MiB"}).goes_on()
    # But for the folders on the way to what it is shown, where dragoman itself lies there.
    on_the_way = {place.parts[2] for place in [Path(os.environ["DRAGOMAN"]).resolve()] if place.parts[1] == "tmp"} if "DRAGOMAN" in os.environ else set()
    assert set(said[0]) <= on_the_way and 1 << 20 <= said[1] <= 2 << 20 and said[2] < 20000, said


LOOKS = """
import os, time
def vice():
    seen, until = set(), time.monotonic() + 0.6
    while time.monotonic() < until:
        for name in {"honest.lua", *os.listdir(".")} - {os.path.basename(__file__)}:
            try:
                with open(name, "rb") as file: text = file.read()
            except OSError: continue
            if b"function MLPlay" in text: seen.add(name)
    return sorted(seen)
"""


@pytest.mark.parametrize("how", ["renamed over it", "deleted and made anew", "written beside it", "linked beside it"])
def test_another_seats_script_stays_hidden_while_it_is_saved(pit, how):
    """The new file is not the one that was hidden when the script started."""
    ground = pit.ground
    evil = ground.script("python", READ + LOOKS, "saved-" + how.replace(" ", "-"))
    text = ground.honest["lua"].read_text() + f"-- {ground.token}\n"
    honest = ground.write(f"{evil.parent.relative_to(ground.folder)}/honest.lua", text)
    beside = evil.parent / ".new-name"
    socket = pit.home / "c"
    running = pit.begin("run", ground.game({}), "-i", evil, "-i", honest, "--json", "--paused", "--control", socket, "--tick-timeout", "5s", *pit.in_tier())
    control(socket, "pause")  # comes back when all have started
    control(socket, "resume")
    saves = 0
    while running.process.poll() is None:
        if how == "deleted and made anew":
            honest.unlink()
            honest.write_text(text)
        elif how == "linked beside it":
            os.link(honest, beside)
            beside.unlink()
        else:
            beside.write_text(text)
            if how == "renamed over it":
                beside.replace(honest)
            else:
                beside.unlink()
        saves += 1
        time.sleep(0.002)
    ended = Match(running.ends())
    assert saves >= 3 and ended.goes_on() == [], (saves, ended)
    assert ground.token not in ended.stdout + ended.stderr, ended
