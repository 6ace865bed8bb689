"""Answers with all that a script can find out about the process that it is."""

import ctypes
import gc
import locale
import os
import posix
import resource
import signal
import site
import sys
import threading
import time

LOADED = sorted(sys.modules)
libc = ctypes.CDLL(None)


def tried(what, *arguments):
    try:
        return repr(what(*arguments))
    except OSError as error:
        return f"{type(error).__name__} {error.errno}"


def comm():
    name = ctypes.create_string_buffer(16)
    libc.prctl(16, name)
    return name.value.decode()


def descriptors():
    found = {}
    for number in range(1024):
        try:
            found[number] = f"{os.fstat(number).st_mode:o} inheritable: {os.get_inheritable(number)} {libc.fcntl(number, 3)}"
        except OSError:
            pass
    return found


def look():
    main = sys.modules["__main__"]
    return {
        "users": [os.getresuid(), os.getresgid(), os.getgroups()],
        "group": os.getpgid(0) == os.getpid(),
        "parent": os.getppid() > 0,
        "folder": [os.getcwd(), os.listdir(".")],
        "umask": os.umask(0o022),
        "environment": [dict(os.environ), sorted(map(str, posix.environ.items())), str(ctypes.c_char_p(libc.getenv(b"NO")).value)],
        "descriptors": descriptors(),
        "limits": {name: resource.getrlimit(getattr(resource, name)) for name in dir(resource) if name.startswith("RLIMIT_")},
        "refused": {
            "read": tried(os.open, "/etc/passwd", os.O_RDONLY),
            "write": tried(os.open, "new", os.O_WRONLY | os.O_CREAT),
            "mkdir": tried(os.mkdir, "/tmp/new"),
            "fork": tried(os.fork),
            "exec": tried(os.execv, "/usr/bin/ls", ["ls"]),
            "setuid": tried(os.setuid, 0),
            "kill": tried(os.kill, 1, 0),
            "root": tried(os.listdir, "/root"),
            "proc": tried(os.listdir, "/proc"),
            "seccomp": libc.prctl(22, 1, 0, 0, 0),
        },
        "nice": [os.getpriority(os.PRIO_PROCESS, 0), sorted(os.sched_getaffinity(0)), os.sched_getscheduler(0)],
        "prctl": {number: libc.prctl(number, 0, 0, 0, 0) for number in (3, 21, 23, 27, 39)},
        "names": [comm(), os.uname()[1], __name__],
        "argv": [sys.argv, sys.orig_argv, sys.path, str(sys.flags), str(sys.implementation)],
        "prefixes": [sys.executable, sys.prefix, sys.exec_prefix, sys.base_prefix, sys.platlibdir],
        "main": {
            name: value if isinstance(value, (str, dict, type(None))) else type(value).__name__
            for name, value in sorted(vars(main).items())
            if name != "__builtins__"
        },
        "loader": [main.__loader__.name, main.__loader__.path, str(main.__builtins__)],
        "client": [name for name in dir(sys.modules["dragoman"]) if name not in ("failure", "player", "_dragoman")],
        "signals": {int(number): str(signal.getsignal(number)) for number in signal.valid_signals()},
        "mask": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "timers": [signal.getitimer(which) for which in range(3)],
        "stdio": [
            [str(file), file.line_buffering, file.write_through, file.errors, file.isatty(), file.seekable(), type(file.buffer).__name__]
            for file in (sys.stdin, sys.stdout, sys.stderr)
        ],
        "own stdio": [sys.stdin is sys.__stdin__, sys.stdout is sys.__stdout__, sys.stderr is sys.__stderr__],
        "gc": [gc.isenabled(), gc.get_threshold(), gc.get_debug()],
        "threads": [threading.active_count(), threading.main_thread() is threading.current_thread(), threading.stack_size(),
                    threading.get_native_id() == os.getpid()],
        "interpreter": [sys.getrecursionlimit(), sys.getswitchinterval(), sys.gettrace(), sys.getprofile(), sys.warnoptions,
                        sys._xoptions, str(sys.excepthook), len(sys.meta_path), len(sys.path_hooks), sys.dont_write_bytecode],
        "locale": [locale.setlocale(locale.LC_ALL), sys.getfilesystemencoding(), locale.getpreferredencoding(), time.tzname],
        "site": [site.USER_SITE, site.USER_BASE, site.ENABLE_USER_SITE],
        "loaded": LOADED,
    }


SEEN = look()


class MLPlay:
    def update(self, scene):
        return SEEN

    def reset(self):
        pass
