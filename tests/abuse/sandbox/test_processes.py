"""Processes, threads and signals."""
import pytest

SYSCALL = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def call(*arguments):
    value = libc.syscall(*map(ctypes.c_long, arguments))
    return value if value >= 0 else -ctypes.get_errno()
"""
FORK_LOOPS = {
    "python": """
import os
def vice():
    while True:
        try: os.fork()
        except OSError: pass
""",
    "lua": """
local ffi = require "ffi"
ffi.cdef "int fork(void);"
function vice() while true do ffi.C.fork() end end
""",
    "c": "#include <unistd.h>\nstatic json_t* vice(void) { for (;;) fork(); }",
}


def test_one_process_too_many_is_told_with_its_name(pit):
    pit.plays("python", "import os\ndef vice(): os.fork()").loses("process_limit", r"fork\(\)")


@pytest.mark.parametrize("language", FORK_LOOPS)
def test_a_fork_bomb(pit, language):
    """Each fork is refused, so it is a busy loop."""
    pit.plays(language, FORK_LOOPS[language]).loses(["process_limit", "late"])


@pytest.mark.parametrize("how", ["system", "popen", "posix_spawn", "execve", "multiprocessing"])
def test_a_program_is_not_started(pit, how):
    starts = {"system": "print(os.system('echo %s'))", "popen": "print(os.popen('echo %s').read())",
              "posix_spawn": "os.posix_spawn('/bin/echo', ['echo', '%s'], {})", "execve": "os.execv('/bin/echo', ['echo', '%s'])",
              "multiprocessing": "import multiprocessing; multiprocessing.Process(target=print, args=('%s',)).start()"}
    ended = pit.plays("python", f"import os\ndef vice():\n    {starts[how] % 'was-started'}\n    raise SystemExit(1)", "--tick-timeout", "20s")
    ended.loses(["process_limit", "denied", "exited", "raised"])
    assert "was-started" not in ended.player("1P")["stdout_tail"], ended


def test_kinds_of_clone(pit):
    """fork, vfork, clone without CLONE_THREAD, clone3, with each namespace: none makes a process."""
    said = pit.plays("python", SYSCALL + """
FORK, VFORK, CLONE, CLONE3 = 57, 58, 56, 435
def vice():
    said = {}
    def attempt(name, *arguments):
        pid = call(*arguments)
        if pid == 0: os._exit(0)
        said[name] = pid
    attempt("fork", FORK)
    attempt("vfork", VFORK)
    for name, flags in {"clone": 17, "vm": 0x100 | 17, "vm+vfork": 0x4100 | 17, "parent": 0x8000 | 17, "ns": 0x20000, "uts": 0x4000000,
                        "ipc": 0x8000000, "user": 0x10000000, "pid": 0x20000000, "net": 0x40000000, "cgroup": 0x2000000,
                        "thread+user": 0x10f00 | 0x10000000, "high": 1 << 32 | 17, "pidfd": 0x1000 | 17}.items():
        attempt(name, CLONE, flags, 0, 0, 0, 0)
    attempt("clone3", CLONE3, 0, 0)
    return said
""").goes_on()
    assert len(said) == 17 and all(value < 0 for value in said.values()), said


def test_ten_thousand_threads(pit):
    failure = pit.plays("python", """
import threading, time
def vice():
    for _ in range(10_000): threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
""", "--tick-timeout", "5s", limits={"threads": 8}).loses(["process_limit", "memory_limit", "raised", "late"])
    if pit.tier != "landlock":
        assert failure["outcome"] == "process_limit", failure


def test_threads_of_c_are_counted(pit):
    said = pit.plays("c", """
#include <pthread.h>
#include <unistd.h>
static void* waits(void* nothing) { for (;;) pause(); return nothing; }
static json_t* vice(void) {
    pthread_t thread;
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    int count = 0;
    while (count < 10000 && pthread_create(&thread, &small, waits, 0) == 0) ++count;
    return json_integer(count);
}
""", "--tick-timeout", "5s", limits={"threads": 16, "memory": "256MiB"}).goes_on()
    assert 1 <= said <= (15 if pit.tier != "landlock" else 5000), said


def test_what_threads_are_left_ends_with_the_script(pit):
    pit.plays("python", """
import os, threading, time
def vice():
    for _ in range(5): threading.Thread(target=lambda: [None for _ in iter(int, 1)]).start()
    os._exit(3)
""", "--tick-timeout", "20s").loses("exited", "code 3")


# --- signals ---


@pytest.mark.parametrize("target", ["0", "-1", "1", "os.getppid()", "-os.getpgrp()", "-2"])
@pytest.mark.parametrize("number", [9, 19])
def test_a_signal_reaches_nobody_else(pit, target, number):
    """At most the script itself."""
    ended = pit.plays("python", f"""
import os
def vice():
    try: os.kill({target}, {number})
    except OSError as error: return error.strerror
""")
    if ended.player("1P")["failure"]:
        ended.loses(["crashed", "late", "denied"])
    else:
        ended.goes_on()


@pytest.mark.one_hold
def test_no_pid_at_all_can_be_killed(pit):
    ended = pit.plays("c", """
#include <signal.h>
#include <unistd.h>
static json_t* vice(void) {
    int hit = 0;
    for (int pid = 1; pid < 100000; ++pid)
        if (pid != getpid() && kill(pid, SIGKILL) == 0) ++hit;
    return json_integer(hit);
}
""", "--tick-timeout", "60s")
    assert ended.goes_on() <= 1, ended  # 1: the minder, which the kernel shields


@pytest.mark.parametrize("code, outcomes", [
    ("os.kill(os.getpid(), signal.SIGSTOP)", "late"), ("os.kill(os.getpid(), signal.SIGTSTP)", ["late", "crashed"]),
    ("os.abort()", "crashed"), ("os.kill(os.getpid(), signal.SIGKILL)", "crashed"), ("os.kill(os.getpid(), signal.SIGSYS)", ["crashed", "denied"]),
    ("ctypes.CFUNCTYPE(None)(0)()", "crashed"), ("signal.raise_signal(signal.SIGILL)", "crashed"),
    ("signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals()); time.sleep(99)", "late")],
    ids=["SIGSTOP", "SIGTSTP", "abort", "SIGKILL", "SIGSYS", "null call", "SIGILL", "all blocked"])
def test_what_a_script_does_to_itself(pit, code, outcomes):
    pit.plays("python", f"import ctypes, os, signal, time\ndef vice():\n    {code}").loses(outcomes)


def test_an_illegal_instruction(pit):
    pit.plays("c", 'static json_t* vice(void) { __asm__("ud2"); return 0; }').loses("crashed", "signal 4", signal_name="SIGILL")


def test_who_ignores_every_signal_is_ended_all_the_same(pit):
    pit.plays("python", """
import signal, time
def vice():
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}: signal.signal(number, signal.SIG_IGN)
    while True: time.sleep(3600)
""").loses("late")


# --- with processes of its own allowed, the tree is held as a whole ---

TREES = {
    "daemon by double fork": """
import os, time
def vice():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(3600)
        os._exit(0)
    os.wait()
""",
    "orphans": """
import os, signal, time
def vice():
    for _ in range(3):
        if os.fork() == 0:
            for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}: signal.signal(number, signal.SIG_IGN)
            time.sleep(3600)
""",
    "groups": """
import os, time
def vice():
    for _ in range(3):
        if os.fork() == 0:
            os.setpgid(0, 0)
            while True: pass
""",
}


@pytest.mark.parametrize("tree", TREES)
def test_what_a_script_with_processes_starts_ends_with_it(pit, tree):
    pit.plays("python", TREES[tree], limits={"processes": 8}).honest_plays_on()


@pytest.mark.holds("bubblewrap", "cage")
def test_a_fork_bomb_with_some_processes_allowed(pit):
    pit.plays("python", """
import os
def vice():
    while True:
        try: os.fork()
        except OSError: pass
""", limits={"processes": 8}).loses(["process_limit", "late", "output_limit", "protocol_error"])
