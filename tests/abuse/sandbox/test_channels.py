"""Two scripts that would like to talk past the broker: nothing that both can reach carries a word."""
import pytest

TALK = """
import ctypes, fcntl, os, socket, struct, time
libc = ctypes.CDLL(None, use_errno=True)
def attempt(function):
    try: return function()
    except (OSError, AttributeError, ValueError) as error: return f"<{error}>"
def c(name, *arguments):
    value = getattr(libc, name)(*arguments)
    if value == -1: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return value
"""
# {channel: (what 1P does at its scene, what 2P does five scenes later and says)}
CHANNELS = {
    "abstract socket": ("s = socket.socket(socket.AF_UNIX); s.bind('\\0dragoman-abuse'); s.listen()", "s = socket.socket(socket.AF_UNIX); s.connect('\\0dragoman-abuse'); return 'heard'"),
    "socket of a path": ("s = socket.socket(socket.AF_UNIX); s.bind('/tmp/dragoman-abuse'); s.listen()", "s = socket.socket(socket.AF_UNIX); s.connect('/tmp/dragoman-abuse'); return 'heard'"),
    "network": ("s = socket.socket(); s.bind(('127.0.0.1', 34567)); s.listen()", "socket.create_connection(('127.0.0.1', 34567), 0.1); return 'heard'"),
    "name service": ("pass", "socket.getaddrinfo('localhost', 80); return 'heard'"),
    "datagram": ("socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 34567))", "socket.socket(socket.AF_INET, socket.SOCK_DGRAM); return 'heard'"),
    "flock": ("global f; f = open(SHARED); fcntl.flock(f, fcntl.LOCK_EX)", "f = open(SHARED)\n    try: fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)\n    except BlockingIOError: return 'heard'"),
    "lock": ("global f; f = open(SHARED); fcntl.fcntl(f, fcntl.F_SETLK, struct.pack('hhqqi4x', fcntl.F_RDLCK, 0, 0, 0, 0))", "f = open(SHARED); answer = fcntl.fcntl(f, fcntl.F_GETLK, struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 0, 0, 0)); return 'heard' if struct.unpack('hhqqi4x', answer)[0] != fcntl.F_UNLCK else 'free'"),
    "open file lock": ("global f; f = open(SHARED); fcntl.fcntl(f, 37, struct.pack('hhqqi4x', fcntl.F_RDLCK, 0, 0, 0, 0))", "f = open(SHARED); answer = fcntl.fcntl(f, 36, struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 0, 0, 0)); return 'heard' if struct.unpack('hhqqi4x', answer)[0] != fcntl.F_UNLCK else 'free'"),
    "lease": ("global f; f = open(SHARED); fcntl.fcntl(f, fcntl.F_SETLEASE, fcntl.F_RDLCK)", "f = open(SHARED); fcntl.fcntl(f, fcntl.F_SETLEASE, fcntl.F_WRLCK); return 'heard'"),
    "System V memory": ("c('shmget', 0x64726167, 4096, 0o1666)", "c('shmget', 0x64726167, 4096, 0o666); return 'heard'"),
    "System V queue": ("c('msgget', 0x64726167, 0o1666)", "c('msgget', 0x64726167, 0o666); return 'heard'"),
    "System V semaphore": ("c('semget', 0x64726167, 1, 0o1666)", "c('semget', 0x64726167, 1, 0o666); return 'heard'"),
    "POSIX queue": ("ctypes.CDLL('librt.so.1').mq_open(b'/dragoman-abuse', os.O_CREAT | os.O_RDWR, 0o666, 0)", "if ctypes.CDLL('librt.so.1').mq_open(b'/dragoman-abuse', os.O_RDWR) != -1: return 'heard'"),
    "POSIX memory": ("open('/dev/shm/dragoman-abuse', 'w').write('x')", "open('/dev/shm/dragoman-abuse').read(); return 'heard'"),
    "file in tmp": ("open('/tmp/dragoman-abuse', 'w').write('x')", "open('/tmp/dragoman-abuse').read(); return 'heard'"),
    "file beside": ("open('dragoman-abuse', 'w').write('x')", "open('dragoman-abuse').read(); return 'heard'"),
    "access time": ("open(SHARED).read()", "return 'heard' if os.stat(SHARED).st_atime > time.time() - 3 else 'still'"),
    "notification": ("pass", "c('inotify_init1', 0); return 'heard'"),
    "signals": ("pass", "for pid in range(2, 5000):\n        if pid != os.getpid():\n            try: os.kill(pid, 0)\n            except OSError: continue\n            return 'heard'"),
    "keys": ("libc.syscall(248, b'user', b'dragoman-abuse', b'x', 1, -4)", "if libc.syscall(249, b'user', b'dragoman-abuse', None, -4) > 0: return 'heard'"),
    "process list": ("pass", "return 'heard' if any(name.isdigit() and int(name) != os.getpid() for name in os.listdir('/proc')) else 'none'"),
    "pipe of a name": ("os.mkfifo('/tmp/dragoman-abuse')", "os.stat('/tmp/dragoman-abuse'); return 'heard'"),
    "terminal": ("open('/dev/ptmx', 'r+b')", "open('/dev/ptmx', 'r+b'); return 'heard'"),
}
PLAYER = """{talk}
SHARED = {shared!r}
def act():
    {code}
class MLPlay:
    def __init__(self, *args, **kwargs): pass
    def update(self, scene, *args): return attempt(act) if scene["frame"] == {frame} else scene["frame"]
    def reset(self): pass
"""


@pytest.mark.parametrize("channel", CHANNELS)
def test_two_scripts_have_no_way_to_talk(pit, channel):
    ground = pit.ground
    speaks, hears = (ground.source(f"player{seat}.py", PLAYER.format(talk=TALK, shared="/usr/bin/env", code=code, frame=frame), seat=str(seat))
                     for seat, code, frame in [(1, CHANNELS[channel][0], 2), (2, CHANNELS[channel][1], 7)])
    game = ground.game({})
    ended = pit("run", game, "-i", speaks, "-i", hears, "--json", "--tick-timeout", "20s", *pit.in_tier())
    assert ended.code == 0, ended
    said = ended.report["result"]["2P"]["commands"].get("f7")
    if channel == "access time" and said == "heard":
        pytest.skip("this file system notes each access time: mount it with relatime or noatime")
    assert said != "heard", ended
