"""Systems of our own clients that do wrong: the outcome and the sentence, the honest script plays on, and what was replaced is as it was."""
import signal

import pytest
from worlds import TICKS

CPP = """#include <dragoman/systems.hpp>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <unistd.h>
struct Own { std::int32_t a = 0, b = 0; };
DRAGOMAN_COMPONENT(Own, a, b)
struct Count { double n = 0; };
DRAGOMAN_COMPONENT(Count, n)
"""
# In tick 2: what it does.
AROUND = {
    "py": """import dragoman
{before}
@dragoman.system({access}creates=5)
def bad(tables, dt):
    for t in tables:
        if tables.tick == 2:
{code}
""",
    "lua": """{before}
dragoman.system {{ name = "bad", {access} creates = 5,
    run = function(tables, dt)
        for t in tables do
            if tables.tick == 2 then
{code}
            end
        end
    end }}
""",
    "cpp": CPP.replace("{", "{{").replace("}", "}}") + """{before}
void bad(dragoman::Tables tables, double) {{
    for (auto& t : tables)
        if (dragoman::tick() == 2) {{
{code}
            (void)t;
        }}
}}
DRAGOMAN_SYSTEM(bad){access}.creates(5);
""",
}
ACCESS = {"py": 'write=["Own"], read=["Count"], ', "lua": 'write = { "Own" }, read = { "Count" },', "cpp": ".writes<Own>().reads<Count>()"}


def script(language, code, before="", access=None):
    indent = {"py": 12, "lua": 16, "cpp": 12}[language]
    code = "\n".join(" " * indent + line for line in code.splitlines())
    return AROUND[language].format(code=code, before=before, access=ACCESS[language] if access is None else access)


@pytest.fixture
def does(bad):
    """A script that does this in tick 2; the honest one is well."""

    def run(language, code, *options, before="", access=None, **made):
        return bad.honest_was_well(bad({f"bad.{language}": script(language, code, before, access)}, *options, **made))

    return run


@pytest.fixture
def loses(does):
    def check(language, code, outcome, saying, *options, **more):
        ended = does(language, code, *options, **more)
        failure = ended.lost(f"bad.{language}", outcome, saying, tick=2)
        assert ended.code == 3, ended
        return ended, failure

    return check


@pytest.fixture(scope="session")
def alone():
    return {}


@pytest.fixture
def untouched(bad, alone):
    """The world in which the same system has changed nothing when it goes. (In C++ it declares components itself: they come in another
    order then, which is part of the hash.)"""

    def hashes(language):
        like = "cpp" if language == "cpp" else "lua"
        if like not in alone:
            leaves = {"cpp": "_exit(0);", "lua": "os.exit(0)"}[like]
            alone[like] = bad.honest_was_well(bad({f"bad.{like}": script(like, leaves)})).hashes
        return alone[like]

    return hashes


# --- what was declared as read ---


DENIED = "denied: wrote Count, which it declared as read"
WRITES = {
    "py": 'ctypes.c_double.from_address(address_of(t.Count)).value = 7.0',
    "lua": 'local ffi = require("ffi")\nffi.cast("double*", t.Count.data)[0] = 7',
    "cpp": "const_cast<double&>(t.column<const Count>()[0].n) = 7;",
}
# Where the bytes of a read-only buffer lie: CPython's Py_buffer begins with their address.
ADDRESS = """import ctypes
def address_of(column):
    view = memoryview(column.raw)
    buffer = (ctypes.c_void_p * 16)()
    ctypes.pythonapi.PyObject_GetBuffer(ctypes.py_object(view), ctypes.byref(buffer), 0)
    return buffer[0]
"""


@pytest.mark.sanitize
@pytest.mark.parametrize("language", WRITES)
def test_a_write_around_the_declaration_is_denied_and_told(loses, untouched, language):
    ended, failure = loses(language, WRITES[language], "denied", DENIED, before=ADDRESS if language == "py" else "")
    assert ended.hashes == untouched(language), ended
    assert failure["signal"] == signal.SIGSEGV, failure


@pytest.mark.parametrize("language, code, saying", [
    ("py", "t.Count[0].n = 7", "Count"), ("py", "memoryview(t.Count.n)[0] = 7.0", "read-only|Count"), ("py", "dragoman.kernels.fill(t.Count, 1)", "Count.*read"),
    ("lua", "t.Count[0].n = 7", "wrote Count, which bad declared as read"), ("lua", "dragoman.kernels.fill(t.Count, 1)", "bad did not declare that it writes Count")])
def test_an_honest_try_is_an_error_with_a_name(loses, untouched, language, code, saying):
    ended, failure = loses(language, code, "raised", saying)
    assert ended.hashes == untouched(language) and failure["line"] > 0, ended


def test_in_cpp_it_does_not_compile(bad):
    ended = bad({"bad.cpp": script("cpp", "t.column<const Count>()[0].n = 7;")}, ticks=2)
    ended.lost("bad.cpp", "compile_error", "read-only|const")
    bad.honest_was_well(ended, 2)


# --- names, types, entities ---


@pytest.mark.parametrize("language, code, saying", [
    ("py", "t.Trail", "Trail"), ("lua", "local x = t.Trail", "Trail"), ("py", "t.Own.c", "c"), ("lua", "t.Own[0].c = 1", "c"), ("py", "t.Own[5000]", "Own has 1000 rows"), ("lua", "local x = t.Own[5000]", "Own.5000.: there are 1000 rows"),
    ("py", 't.Own[0].a = "x"', "a"), ("py", "t.Own[0].a = 2**40", "1099511627776 does not fit|Own.a"), ("py", 'dragoman.create_entity(Nowhere={})', "Nowhere"), ("lua", "dragoman.create_entity { Nowhere = {} }", "Nowhere"),
    ("py", 'dragoman.create_entity(Own={"c": 1})', "c"), ("lua", "dragoman.create_entity { Own = { c = 1 } }", "c"), ("py", 'dragoman.create_entity(Own={"a": "x"})', "a"),
    ("py", "dragoman.create_many(6, Own={})", "5"), ("lua", "dragoman.create_many(6, { Own = {} })", "5"), ("cpp", "dragoman::create_many<Own>(6, {});", "5"),
    ("py", "e = t.entities[0]\ne.destroy()\ne.destroy()", "not live|destroyed|does not"), ("lua", "local e = t.entities[0] e:destroy() e:destroy()", "not live|destroyed|does not"), ("cpp", "auto e = t.entities()[0]; e.destroy(); e.destroy();", "not live|destroyed|does not"),
    ("py", "dragoman.Entity(3 * 2**32 + 1).get_component('Own')", "not live|does not"), ("lua", "dragoman.Entity(3 * 2^32 + 1):get_component('Own')", "not live|does not"), ("cpp", "dragoman::Entity(3ull << 32 | 1).get<Own>();", "not live|does not"),
    ("py", "t.entities[0].remove_component('Frozen')", "Frozen"), ("py", "dragoman.kernels.axpy(t.Own, t.Count, 1)", "axpy")],
    ids=lambda value: value if len(value) < 4 else "")
def test_what_cannot_be_is_raised_with_its_name(loses, untouched, language, code, saying):
    ended, _ = loses(language, code, "raised", saying)
    assert ended.hashes == untouched(language), ended


def test_a_column_that_is_kept_over_a_tick_is_an_error(loses):
    loses("py", "kept[0][0].a = 1", "raised", "RuntimeError", before="kept = []\n@dragoman.system(write=['Own'])\ndef keeps(tables, dt):\n    for t in tables:\n        kept.append(t.Own)\n")


def test_outside_of_a_run_there_is_no_world(bad):
    ended = bad({"bad.py": script("py", "pass", before="dragoman.create_entity()")}, ticks=2)
    ended.lost("bad.py", "raised", "run")
    bad.honest_was_well(ended, 2)


def test_the_worlds_room_is_said_with_its_number(bad):
    """Rows of 64 KiB, more than the 2 GiB that a world may take: nothing of them is made, and no memory is taken for them."""
    text = """import dragoman
dragoman.component("Big", "data: u8[65536]")
@dragoman.system(creates=40000)
def bad(tables, dt):
    if tables.tick == 2:
        dragoman.create_many(40000, Big={})
"""
    ended = bad.honest_was_well(bad({"bad.py": text}))
    ended.lost("bad.py", "protocol_error", "cannot be made: command 1 .create_many.*[0-9]+", tick=2)


def test_another_idea_of_a_component_names_the_field(bad):
    ended = bad({"z.cpp": "#include <dragoman/systems.hpp>\nstruct Own { std::int32_t a = 0; double b = 0; };\nDRAGOMAN_COMPONENT(Own, a, b)\nvoid z(Own& o) { o.a = 1; }\nDRAGOMAN_SYSTEM(z);\n",
                 "z.lua": 'dragoman.component("Own", "a: i32", "b: f32")\ndragoman.system { name = "zl", write = "Own", run = function() end }\n'}, ticks=2)
    for name in ("z.cpp", "z.lua"):
        ended.lost(name, "compile_error", "Own .*field b")
    bad.honest_was_well(ended, 2)


# --- garbage, ends, floods ---


@pytest.mark.parametrize("language, code", [
    ("py", "memoryview(t.Own.raw).cast('B')[:] = b'\\xff' * (t.rows * 8)"), ("lua", 'local ffi = require("ffi") ffi.fill(t.Own.data, t.rows * 8, 0xa5)'), ("cpp", "for (Own& o : t.column<Own>()) o = {-1, 0x7fc00000};")])
def test_garbage_in_its_own_column_is_its_own(does, untouched, language, code):
    ended = does(language, code)
    assert ended.code == 0 and ended.script(f"bad.{language}")["outcomes"] == {"ok": TICKS}, ended
    assert ended.hashes[:2] == untouched(language)[:2] and ended.hashes[2] != untouched(language)[2], ended


ENDS = {
    "raise-py": ("py", "t.Own[0].a = 1\nraise ValueError('in mid-write')", "raised", "in mid-write"),
    "raise-lua": ("lua", "t.Own[0].a = 1 error('in mid-write')", "raised", "in mid-write"),
    "raise-cpp": ("cpp", "t.column<Own>()[0].a = 1; throw std::runtime_error(\"in mid-write\");", "raised", "in mid-write"),
    "exit-py": ("py", "t.Own[0].a = 1\nimport os; os._exit(7)", "exited", "code 7"),
    "exit-lua": ("lua", "t.Own[0].a = 1 os.exit(7)", "exited", "code 7"),
    "exit-cpp": ("cpp", "t.column<Own>()[0].a = 1; _exit(7);", "exited", "code 7"),
    "segfault-cpp": ("cpp", "t.column<Own>()[0].a = 1; *static_cast<volatile int*>(nullptr) = 1;", "crashed", "signal 11"),
    "abort-cpp": ("cpp", "t.column<Own>()[0].a = 1; std::abort();", "crashed", "signal 6"),
    "sleep-py": ("py", "t.Own[0].a = 1\nimport time; time.sleep(60)", "late", "no answer"),
    "loop-lua": ("lua", "t.Own[0].a = 1 while true do end", "late", "no answer"),
    "fork-py": ("py", "t.Own[0].a = 1\nimport os; os.fork()", "process_limit", "denied: fork"),
    "flood-py": ("py", "t.Own[0].a = 1\nwhile True: print('x' * 10000)", "output_limit", "16MiB"),
    "memory-py": ("py", "t.Own[0].a = 1\nx = bytearray(8 << 30)", "memory_limit", "memory"),
    "unmap-lua": ("lua", 'local ffi = require("ffi") ffi.cdef("int munmap(void*, size_t);") ffi.C.munmap(ffi.cast("void*", bit.band(ffi.cast("uintptr_t", t.Own.data), -4096ull)), 1048576) t.Own[0].a = 1', "crashed", "signal"),
}


@pytest.mark.sanitize
@pytest.mark.parametrize("what", ENDS)
def test_what_it_wrote_before_its_end_is_not_in_the_world(does, untouched, what):
    language, code, outcome, saying = ENDS[what]
    timeout = ("--tick-timeout", "2s") if outcome == "late" else ()
    ended = does(language, code, *timeout)
    assert ended.failure(f"bad.{language}")["outcome"] in outcome.split("|"), ended
    ended.lost(f"bad.{language}", ended.failure(f"bad.{language}")["outcome"], saying, tick=2)
    assert ended.hashes == untouched(language), ended


@pytest.mark.parametrize("language, code", [
    ("py", "import os; os.closerange(3, 200)"), ("lua", 'local ffi = require("ffi") ffi.cdef("int close(int);") for i = 3, 200 do ffi.C.close(i) end'), ("cpp", "for (int i = 3; i < 200; ++i) close(i);")])
def test_who_closes_its_descriptors_hurts_itself_only(does, language, code):
    ended = does(language, code, "--tick-timeout", "2s")
    failure = ended.script(f"bad.{language}")["failure"]
    assert failure is None or failure["outcome"] in ("late", "raised", "exited", "crashed", "protocol_error"), ended


def test_who_computes_between_ticks_is_charged_and_nobody_waits(does):
    """A thread that goes on when the system is done."""
    ended = does("py", "threading.Thread(target=spin, daemon=True).start()", before="import threading\ndef spin():\n    while True: pass\n")
    assert ended.script("bad.py")["failure"] is None, ended
