"""Memory: whatever way it is asked for, a script gets no more than its limit, and is told so."""
import pytest

LIMIT = {"memory": "96MiB"}
# Node and Java take more before the script's first line.
LIMIT_OF = {"javascript": {"memory": "192MiB"}, "java": {"memory": "512MiB"}, "go": {"memory": "128MiB"}}
MORE = {
    "python": "def vice():\n    kept = []\n    while True: kept.append([0] * 100_000)",
    "lua": "function vice() local kept = {} for i = 1, 1e9 do kept[i] = ('x'):rep(100000) .. i end end",
    "javascript": "function vice() { const kept = []; for (;;) kept.push(new Array(10000).fill(1.5)); }",
    "cpp": "#include <vector>\nstatic void vice() { std::vector<std::vector<double>> kept; for (;;) kept.emplace_back(100000, 1.0); }",
    "c": "#include <stdlib.h>\n#include <string.h>\nstatic json_t* vice(void) { for (;;) memset(malloc(1 << 20), 1, 1 << 20); }",
    "go": "var kept [][]byte\nfunc vice() { for { one := make([]byte, 1<<20); for i := range one { one[i] = 1 }; kept = append(kept, one) } }",
    "rust": "fn vice() { let mut kept = vec![]; loop { kept.push(vec![1u8; 1 << 20]); } }",
    "java": "static void vice() { var kept = new java.util.ArrayList<int[]>(); while (true) kept.add(new int[100000]); }",
}
SLOW = [pytest.param(language, marks=pytest.mark.one_hold) if language in ("cpp", "go", "rust") else language for language in MORE if language != "java"]
SLOW.append(pytest.param("java", marks=pytest.mark.one_hold))


@pytest.mark.parametrize("language", SLOW)
def test_ever_more_memory_in_each_language(pit, language):
    pit.plays(language, MORE[language], "--tick-timeout", "20s", limits=LIMIT_OF.get(language, LIMIT)).loses("memory_limit", "memory")


def test_one_piece_that_is_too_large(pit):
    pit.plays("python", "def vice(): return len(bytearray(1 << 30))", limits=LIMIT).loses("memory_limit", "96 ?MiB.*memory")


@pytest.mark.parametrize("code", ["const kept = []; for (;;) kept.push(Buffer.alloc(1 << 24, 1));",
                                  "const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536 }); for (;;) { memory.grow(256); new Uint8Array(memory.buffer).fill(1); }",
                                  "const kept = []; for (;;) kept.push(new SharedArrayBuffer(1 << 24)) && new Uint8Array(kept.at(-1)).fill(1);",
                                  "let text = 'x'; for (;;) text += text + text.length;"],
                         ids=["buffers", "wasm", "shared", "text"])
def test_memory_of_javascripts_own_kinds(pit, code):
    """A range error is the script's own exception: it had what it was allowed, and no more."""
    pit.plays("javascript", f"function vice() {{ {code} }}", "--tick-timeout", "20s", limits=LIMIT_OF["javascript"]).loses(["memory_limit", "raised"])


def test_a_static_array_that_is_too_large_is_never_started(pit):
    code = "volatile char much[1 << 28];\nstatic json_t* vice(void) { for (int i = 0; i < 1 << 28; i += 4096) much[i] = 1; return 0; }"
    pit.plays("c", code, limits=LIMIT).loses(["memory_limit", "not_ready", "crashed"])


@pytest.mark.parametrize("language, code", [
    ("c", "static int deeper(volatile int n) { volatile char room[4096]; room[0] = n; return deeper(n + 1) + room[0]; }\nstatic json_t* vice(void) { return json_integer(deeper(0)); }"),
    ("python", "import sys\nsys.setrecursionlimit(10**9)\ndef vice():\n    class A:\n        def __repr__(self): return repr(self)\n    return repr(A())"),
    ("python", "def vice(): return vice()"), ("lua", "function vice() return 1 + vice() end"), ("javascript", "function vice() { return 1 + vice(); }")],
    ids=["c", "python-limitless", "python", "lua", "javascript"])
def test_recursion_without_end(pit, language, code):
    pit.plays(language, code, "--tick-timeout", "20s").loses(["raised", "crashed", "memory_limit"])


WAYS = """
#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { piece = 1 << 20, pieces = 512 };
static int touch(char* memory) {
    if (memory == MAP_FAILED || memory == 0) return 0;
    memset(memory, 1, piece);
    return 1;
}
static char* map(int protection, int flags, int file) { return mmap(0, piece, protection, flags, file, 0); }

static int by_private(void) { return touch(map(3, MAP_PRIVATE | MAP_ANONYMOUS, -1)); }
static int by_shared(void) { return touch(map(3, MAP_SHARED | MAP_ANONYMOUS, -1)); }
static int by_growing_down(void) { return touch(map(3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1)); }
static int by_locked(void) { return touch(map(3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1)); }
static int by_huge(void) { return touch(map(3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1)); }
static int by_droppable(void) { return touch(map(3, 8 | MAP_ANONYMOUS, -1)); }
static int by_protection(void) {
    char* memory = map(0, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    return memory != MAP_FAILED && mprotect(memory, piece, 3) == 0 && touch(memory);
}
static int by_file(void) {
    static int file;
    if (file == 0) file = open("/dev/zero", O_RDONLY);
    return touch(map(3, MAP_PRIVATE, file));
}
static int by_zero_shared(void) {
    const int file = open("/dev/zero", O_RDWR);
    return file >= 0 && touch(map(3, MAP_SHARED, file));
}
static int by_break(void) {
    char* memory = sbrk(piece);
    return memory != (char*)-1 && touch(memory);
}
static int by_memory_file(void) {
    const int file = syscall(SYS_memfd_create, "x", 0);
    return file >= 0 && ftruncate(file, piece) == 0 && touch(map(3, MAP_SHARED, file));
}
static int by_secret_memory(void) {
    const int file = syscall(447, 0);
    return file >= 0 && ftruncate(file, piece) == 0 && touch(map(3, MAP_SHARED, file));
}
static int by_system_v(void) {
    const int memory = shmget(IPC_PRIVATE, piece, 0600);
    if (memory < 0) return 0;
    const int done = touch(shmat(memory, 0, 0));
    shmctl(memory, IPC_RMID, 0);
    return done;
}
static int by_remapping(void) {
    static char* memory;
    static size_t size;
    if (memory == 0) memory = map(3, MAP_PRIVATE | MAP_ANONYMOUS, -1), size = piece;
    char* more = mremap(memory, size, size + piece, MREMAP_MAYMOVE);
    if (more == MAP_FAILED) return 0;
    memory = more;
    return touch(memory + size), size += piece, 1;
}

static json_t* vice(void) { return json_pack("{s:i, s:i}", "MiB", 0, "x", 0); }
"""
KINDS = ["private", "shared", "growing_down", "locked", "huge", "droppable", "protection", "file", "zero_shared", "break", "memory_file",
         "secret_memory", "system_v", "remapping"]


def test_no_way_of_getting_memory_evades_the_limit(pit):
    """Each in turn asks for 512 MiB, gives nothing back, and says how many it got: all together are within the limit."""
    kinds = "\n".join(f'    for (got = 0; got < pieces && by_{kind}(); ++got);\n    json_object_set_new(said, "{kind}", json_integer(got));' for kind in KINDS)
    code = WAYS.rsplit("static json_t* vice", 1)[0] + f"static json_t* vice(void) {{\n    json_t* said = json_object();\n    int got;\n{kinds}\n    return said;\n}}\n"
    said = pit.plays("c", code, "--tick-timeout", "20s", limits=LIMIT).goes_on()
    assert set(said) == set(KINDS) and sum(said.values()) <= 96, said
    for kind in ("shared", "growing_down", "locked", "huge", "droppable", "zero_shared", "memory_file", "secret_memory", "system_v"):
        assert said[kind] == 0, said


def test_the_kernels_buffers_are_bounded(pit):
    """Pipes and pairs of sockets, filled: as many as there are descriptors."""
    said = pit.plays("python", """
import fcntl, os, socket
def fill(write):
    size = 0
    try:
        while True: size += write(bytes(65536))
    except OSError: return size
def vice():
    size, kept = 0, []
    for make in (socket.socketpair, os.pipe) * 1000:
        try: ends = make()
        except OSError: break
        kept.append(ends)
        if make == os.pipe:
            os.set_blocking(ends[1], False)
            try: fcntl.fcntl(ends[1], fcntl.F_SETPIPE_SZ, 1 << 20)
            except OSError: pass
            size += fill(lambda data: os.write(ends[1], data))
        else:
            for end in ends:
                try: end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 30)
                except OSError: pass
                end.setblocking(False)
            size += fill(ends[0].send) + fill(ends[1].send)
    return {"bytes": size, "pairs": len(kept)}
""", "--tick-timeout", "20s", limits={"open_files": 64}).goes_on()
    assert 0 < said["pairs"] < 32 and said["bytes"] < 16 << 20, said


@pytest.mark.one_hold
def test_page_tables_are_bounded(pit):
    """64 GiB that are only read take no memory of RLIMIT_DATA, but 128 MiB of page tables."""
    got = pit.plays("c", """
#include <sys/mman.h>
static json_t* vice(void) {
    long gib = 0;
    for (; gib < 256; ++gib) {
        char* memory = mmap(0, 1ul << 30, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED) break;
        for (volatile char* at = memory; at < memory + (1ul << 30); at += 1 << 21) (void)*at;
    }
    return json_integer(gib);
}
""", "--tick-timeout", "20s", limits=LIMIT).goes_on()
    assert got <= 16, got
