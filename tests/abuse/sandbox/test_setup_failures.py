"""Each system call of the sandbox's set-up made to fail in turn: the script is not started, or held by a lower tier that says so."""
import errno
import subprocess

import pytest
from holding import HERE

CLONE = {"CLONE_NEWUSER": 0x10000000, "CLONE_NEWNS": 0x20000, "CLONE_NEWNET": 0x40000000, "CLONE_NEWIPC": 0x8000000, "CLONE_NEWUTS": 0x4000000, "CLONE_NEWCGROUP": 0x2000000, "CLONE_NEWPID": 0x20000000}
EPERM, ENOSYS, EINVAL, ENOSPC = errno.EPERM, errno.ENOSYS, errno.EINVAL, errno.ENOSPC
# What the cage needs: {name: words of refuse_call}.
NEEDED = {
    **{f"unshare {name}": ["unshare", ENOSPC, 0, flag, flag] for name, flag in CLONE.items() if name not in ("CLONE_NEWPID",)}, **{f"clone {name}": ["clone", EPERM, 0, CLONE[name], CLONE[name]] for name in ("CLONE_NEWNS", "CLONE_NEWPID")},
    "unshare": ["unshare", EPERM], "mount": ["mount", EPERM], "open_tree": ["open_tree", ENOSYS], "mount_setattr": ["mount_setattr", ENOSYS], "move_mount": ["move_mount", EPERM], "pivot_root": ["pivot_root", EPERM], "umount2": ["umount2", EPERM],
    "sethostname": ["sethostname", EPERM], "setdomainname": ["setdomainname", EPERM], "capset": ["capset", EPERM], "setrlimit": ["setrlimit", EPERM], "prlimit64": ["prlimit64", EPERM, 1, 4], "prlimit64 data": ["prlimit64", EPERM, 1, 2], "prlimit64 files": ["prlimit64", EPERM, 1, 7],
    "close_range": ["close_range", ENOSYS], "seccomp": ["seccomp", ENOSYS], "seccomp EPERM": ["seccomp", EPERM], "landlock_restrict_self": ["landlock_restrict_self", EPERM], "landlock_add_rule": ["landlock_add_rule", EPERM],
    "landlock_create_ruleset": ["landlock_create_ruleset", EPERM, 2, 0], "setpgid": ["setpgid", EPERM], "dup3": ["dup3", EPERM], "dup2": ["dup2", EPERM], "sendmsg": ["sendmsg", EPERM], "chdir": ["chdir", EPERM],
    "prctl securebits": ["prctl", EPERM, 0, 28], "prctl parent's death": ["prctl", EPERM, 0, 1], "prctl dumpable": ["prctl", EPERM, 0, 4], "prctl no new privileges": ["prctl", EPERM, 0, 38],
    "socketpair": ["socketpair", EPERM], "rt_sigprocmask": ["rt_sigprocmask", EPERM],
}
ONLY_ROOT = {"setresuid": ["setresuid", EPERM], "setresgid": ["setresgid", EPERM], "setgroups": ["setgroups", EPERM]}
# Its failure takes away one layer that another one doubles, and the report says so.
MAY_LACK = {"landlock_create_ruleset ENOSYS": ["landlock_create_ruleset", ENOSYS], "landlock_create_ruleset off": ["landlock_create_ruleset", errno.EOPNOTSUPP]}

# bubblewrap 0.8 makes these calls itself, and leaves a process behind where one of them fails.
OF_BUBBLEWRAP = {"capset", "prctl parent's death", "prctl dumpable", "prctl no new privileges"}

MARKER = "the-script-has-run"
SCRIPT = f"""
import os, sys
def reach(what):
    try: what()
    except OSError: return False
    return True
got = [name for name, what in {{"passwd": lambda: open("/etc/passwd"), "fork": os.fork, "socket": lambda: __import__("socket").socket(), "write": lambda: open("/var/tmp/was-run", "w"),
       "root": lambda: os.listdir("/root"), "uid": lambda: os.setuid(0)}}.items() if reach(what)]
print("{MARKER}", got, flush=True)
def vice(): pass
"""


@pytest.fixture(scope="session")
def refuse_call(ground):
    program = ground.folder / "refuse_call"
    done = subprocess.run(["gcc", "-O1", HERE / "scripts/refuse_call.c", "-o", program, "-lseccomp"], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"refuse_call does not compile (libseccomp-dev?): {done.stderr}")
    program.chmod(0o755)
    return program


def run_with(pit, refuse_call, words, *options):
    game, script = pit.ground.game({}), pit.ground.script("python", SCRIPT)
    return pit("run", game, "-i", script, "-i", pit.ground.honest["lua"], "--json", "--start-timeout", "5s", *options, before=[refuse_call, *words, "--"], seconds=60)


def is_refused(ended):
    """Nothing of the script's was executed, and the reason is told."""
    assert MARKER not in ended.stdout + ended.stderr, ended
    assert ended.code in (1, 3), ended
    if ended.code == 1:
        assert ended.stderr.strip(), ended
    else:
        failures = [ended.report["game_failure"], *(player["failure"] for player in ended.report["players"])]
        assert all(failure["message"] for failure in failures if failure) and any(failures), ended


@pytest.mark.holds("cage")
@pytest.mark.parametrize("call", [*NEEDED, *ONLY_ROOT])
def test_a_step_that_fails_refuses_the_start(pit, refuse_call, call):
    if call in ONLY_ROOT and pit.is_nobody:
        pytest.skip("root only")
    ended = run_with(pit, refuse_call, {**NEEDED, **ONLY_ROOT}[call], "--sandbox=cage")
    if MARKER in ended.stdout + ended.stderr:  # this step was not needed here: all walls have to stand
        assert f"{MARKER} []" in ended.stderr + ended.stdout and call in ("setrlimit", "sendmsg", "socketpair", "dup2"), ended
    else:
        is_refused(ended)


@pytest.mark.holds("cage")
@pytest.mark.parametrize("call", MAY_LACK)
def test_without_landlock_the_mounts_hold_and_the_report_says_so(pit, refuse_call, call):
    ended = run_with(pit, refuse_call, MAY_LACK[call], "--sandbox=cage")
    if MARKER in ended.stderr:
        assert f"{MARKER} []" in ended.stderr, ended
    else:
        is_refused(ended)


@pytest.mark.holds("cage")
@pytest.mark.parametrize("call", [call for call in [*NEEDED, *ONLY_ROOT, *MAY_LACK] if call not in OF_BUBBLEWRAP])
def test_the_strongest_tier_that_is_left_holds(pit, refuse_call, call):
    """auto: what runs at all runs behind a tier that is named."""
    ended = run_with(pit, refuse_call, {**NEEDED, **ONLY_ROOT, **MAY_LACK}[call], "--sandbox=auto")
    if MARKER in ended.stdout + ended.stderr:
        assert f"{MARKER} []" in ended.stderr, ended
        assert ended.report["sandbox"] in ("bubblewrap", "cage", "landlock"), ended
    else:
        is_refused(ended)


@pytest.mark.holds("landlock")
@pytest.mark.parametrize("call", ["landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self", "seccomp", "prctl no new privileges", "capset", "setresuid", "close_range", "dup3"])
def test_the_lowest_tier_needs_all_that_it_has(pit, refuse_call, call):
    if call in ONLY_ROOT and pit.is_nobody:
        pytest.skip("root only")
    is_refused(run_with(pit, refuse_call, {**NEEDED, **ONLY_ROOT}[call], "--sandbox=landlock"))
