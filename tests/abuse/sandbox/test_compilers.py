"""Source text as an attack on its compiler: it sees no file but its own folder and the toolchain, and is ended by its limits."""
import os
import shutil
import time

import pytest

from players import player

MISSING = {"c": "gcc", "cpp": "g++", "go": "go", "rust": "rustc", "java": "javac"}


@pytest.fixture(autouse=True)
def there(request):
    language = request.node.callspec.params.get("language") if hasattr(request.node, "callspec") else None
    if language and shutil.which(MISSING[language]) is None:
        pytest.skip(f"no {MISSING[language]}")


def compiled(pit, language, code, **beside):
    """Compiles a player with this code in it; what was said."""
    extension, text = player(language, code.replace("SECRET", str(pit.ground.secret)))
    path = pit.ground.source("evil" + extension, text.replace("MLPlay {{", "MLPlay {"), **beside)
    return path, pit("check", path, "--json", *pit.in_tier())


# Whose text would become a part of the program, or of a message.
INCLUDES = {
    "c": {"include": '#include "SECRET"\nstatic json_t* vice(void) { return 0; }', "relative": '#include "../../secret/secret.txt"\nstatic json_t* vice(void) { return 0; }',
          "up": '#include "./../../../../../..SECRET"\nstatic json_t* vice(void) { return 0; }', "imacros": '#pragma GCC dependency "SECRET"\n#include "SECRET"\nstatic json_t* vice(void) { return 0; }',
          "include_next": '#include_next "SECRET"\nstatic json_t* vice(void) { return 0; }', "system": '#include <SECRET>\nstatic json_t* vice(void) { return 0; }',
          "incbin": '__asm__(".data\\nstolen: .incbin \\"SECRET\\"\\n.byte 0\\n.text");\nextern const char stolen[];\nstatic json_t* vice(void) { return json_string(stolen); }',
          "assembler include": '__asm__(".include \\"SECRET\\"");\nstatic json_t* vice(void) { return 0; }', "passwd": '#include "/etc/passwd"\nstatic json_t* vice(void) { return 0; }',
          "shadow": '#include "/etc/shadow"\nstatic json_t* vice(void) { return 0; }', "environ": '#include "/proc/self/environ"\nstatic json_t* vice(void) { return 0; }',
          "stdin": '#include "/dev/stdin"\n#error nothing\nstatic json_t* vice(void) { return 0; }', "has_include": '#if __has_include("SECRET")\nstatic json_t* vice(void) { return 0; }\n#else\n#error hidden\n#endif',
          "macro": '#define FILE_NAME "SECRET"\n#include FILE_NAME\nstatic json_t* vice(void) { return 0; }'},
    "cpp": {"include": '#include "SECRET"\nstatic void vice() {}', "shadow": '#include "/etc/shadow"\nstatic void vice() {}',
            "incbin": 'asm(".data\\nstolen: .incbin \\"SECRET\\"\\n.text");\nextern "C" const char stolen[];\nstatic void vice() { throw stolen[0]; }'},
    "rust": {"include": 'include!("SECRET");\nfn vice() {}', "include_str": 'fn vice() { panic!("{}", include_str!("SECRET")); }', "include_bytes": 'fn vice() { std::hint::black_box(include_bytes!("SECRET")); }',
             "path": '#[path = "SECRET"]\nmod stolen;\nfn vice() {}', "relative": 'fn vice() { panic!("{}", include_str!("../../secret/secret.txt")); }', "passwd": 'fn vice() { panic!("{}", include_str!("/etc/passwd")); }',
             "assembler": 'std::arch::global_asm!(".data", "stolen: .incbin \\"SECRET\\"", ".text");\nfn vice() {}'},
    "go": {"embed": 'import _ "embed"\n//go:embed SECRET\nvar stolen string\nfunc vice() { panic(stolen) }', "embed up": 'import _ "embed"\n//go:embed ../../secret/secret.txt\nvar stolen string\nfunc vice() { panic(stolen) }',
           "cgo": '// #cgo LDFLAGS: -Wl,-T,SECRET\n// #cgo CFLAGS: -fplugin=/tmp/x.so -include SECRET\n// #include "SECRET"\nimport "C"\nfunc vice() {}', "import": 'import "../../secret"\nfunc vice() {}', "fetch": 'import "github.com/google/uuid"\nvar x = uuid.New\nfunc vice() {}'},
}
EACH = [pytest.param(language, name, marks=() if language == "c" else pytest.mark.one_hold, id=f"{language}-{name}") for language, all in INCLUDES.items() for name in all]


@pytest.mark.parametrize("language, name", EACH)
def test_a_file_outside_cannot_be_included(pit, language, name):
    """The secret is in nothing that is said (see Pit), nor in anything that the compiler leaves; the error names the file."""
    path, ended = compiled(pit, language, INCLUDES[language][name])
    assert ended.code == 4 and ended.report["failure"]["outcome"] == "compile_error", ended
    assert path.name in ended.stdout or "secret.txt" in ended.stdout, ended  # an assembler's messages do not name the source
    assert "root:x:0" not in ended.stdout + ended.stderr, ended
    left = [file for file in pit.cache.rglob("*") if file.is_file() and pit.ground.token.encode() in file.read_bytes()]
    assert not left, left


@pytest.mark.all_holds
def test_what_lies_beside_may_be_included(pit):
    _, ended = compiled(pit, "c", '#include "mine.h"\nstatic json_t* vice(void) { return json_integer(MINE); }', **{"mine.h": "#define MINE 7\n"})
    assert ended.code == 0, ended


@pytest.mark.parametrize("language, code", [
    ("c", '__asm__(".section .rodata\\n.globl stolen\\nstolen: .incbin \\"FOLDER/honest.lua\\"\\n.byte 0\\n.text");\nextern const char stolen[];\nstatic json_t* vice(void) { return json_string(stolen); }'),
    ("rust", 'fn vice() { eprintln!("{}", include_str!("honest.lua")); panic!(); }')], ids=["c", "rust"])
@pytest.mark.one_hold
def test_the_scripts_of_other_seats_are_no_source(pit, language, code):
    """A compiler sees no more of its script's folder than the script will: not the other players."""
    ground = pit.ground
    extension, text = player(language, code.replace("FOLDER", str(ground.folder / "other-seats" / language)))
    evil = ground.write(f"other-seats/{language}/evil{extension}", text)
    honest = ground.write(f"{evil.parent.relative_to(ground.folder)}/honest.lua", ground.honest["lua"].read_text() + f"-- {ground.token}\n")
    failure = pit.match(evil, honest=honest).loses("compile_error")
    assert "honest.lua" in failure["message"] + (failure["trace"] or ""), failure


BOMBS = {
    "c": {"include of itself": '#include "evil.c"\nstatic json_t* vice(void) { return 0; }', "macros": "".join(f"#define A{n} A{n - 1} A{n - 1} A{n - 1} A{n - 1}\n" for n in range(1, 26)) + "#define A0 +1\nstatic json_t* vice(void) { return json_integer(0 A25); }",
          "repeated bytes": '__asm__(".rept 2000000000\\n.byte 1\\n.endr");\nstatic json_t* vice(void) { return 0; }', "nested repeats": '__asm__(".rept 100000\\n.rept 100000\\n.byte 1\\n.endr\\n.endr");\nstatic json_t* vice(void) { return 0; }',
          "fill": '__asm__(".data\\n.fill 3000000000, 1, 1\\n.text");\nstatic json_t* vice(void) { return 0; }', "array": "char much[3u << 30] = {1};\nstatic json_t* vice(void) { return json_integer(much[1]); }",
          "zero device": '#include "/dev/zero"\nstatic json_t* vice(void) { return 0; }', "random device": '#include "/dev/urandom"\nstatic json_t* vice(void) { return 0; }'},
    "cpp": {"templates": "template <int N, int M> struct A { static const int value = A<N - 1, M * 2>::value + A<N - 1, M * 2 + 1>::value; };\ntemplate <int M> struct A<0, M> { static const int value = M; };\nstatic void vice() { throw A<27, 1>::value; }",
            "types": "template <class T> struct A { typedef typename A<A<T>>::type type; };\ntypedef A<int>::type x;\nstatic void vice() {}",
            "constexpr": "constexpr int f(long n) { return n <= 0 ? 1 : f(n - 1) + f(n - 2) * 2; }\nconstexpr int x = f(99);\nstatic void vice() { throw x; }",
            "tuple": "#include <tuple>\n#include <utility>\ntemplate <std::size_t... I> auto f(std::index_sequence<I...>) { return std::make_tuple(((void)I, std::make_tuple(I))...); }\nstatic void vice() { throw f(std::make_index_sequence<5000>()); }"},
    "rust": {"macros": "macro_rules! a { ($($x:tt)*) => { a!($($x)* $($x)*) } }\nfn vice() { a!(1) }", "constant": "const fn f(n: u64) -> u64 { if n < 2 { n } else { f(n - 1) + f(n - 2) } }\nconst X: u64 = f(60);\nfn vice() { panic!(\"{}\", X); }"},
    "go": {"constant": "const x = 1 << 400000000\nfunc vice() {}", "array": "var x = [1 << 33]byte{1 << 33 - 1: 1}\nfunc vice() { println(x[0]) }"},
}
SOME_BOMBS = [pytest.param(language, name, marks=pytest.mark.one_hold, id=f"{language}-{name}") for language, all in BOMBS.items() for name in all]


@pytest.mark.parametrize("language, name", SOME_BOMBS)
def test_a_compiler_that_would_never_end_is_ended(pit, language, name):
    began = time.monotonic()
    extension, text = player(language, BOMBS[language][name])
    # A time-out of the language's own is a minute; here three seconds, in a copy of the language in the user's folder.
    path = pit.ground.source("evil" + extension, text)
    ended = pit("check", path, "--json", *pit.in_tier(), environment=with_short_timeout(pit, language), seconds=60)
    assert ended.code == 4 and ended.report["failure"]["outcome"] == "compile_error", ended
    assert time.monotonic() - began < 40, ended
    large = [file for file in pit.cache.rglob("*") if file.is_file() and file.stat().st_blocks * 512 > 600 << 20]
    assert not large, large


def with_short_timeout(pit, language):
    """A configuration folder whose language is the built-in one with another time-out."""
    home = next(place for place in (pit.path.parent / "share/dragoman", pit.path.parent.parent / "share/dragoman") if place.exists())
    config = pit.ground.folder / "config"
    folder = config / "dragoman/languages" / language
    if not folder.exists():
        pit.ground.write(f"config/dragoman/languages/{language}/x", "")
        shutil.copytree(home / "compilers" / language, folder, dirs_exist_ok=True)
        lines = [line for line in (folder / "language.toml").read_text().splitlines() if not line.startswith("timeout")]
        if "[compile]" not in lines:
            lines.insert(lines.index("[run]"), "[compile]")
        lines.insert(lines.index("[compile]") + 1, 'timeout = "3s"')
        (folder / "language.toml").write_text("\n".join(lines) + "\n")
    return {"XDG_CONFIG_HOME": str(config)}


BESIDE = {
    "c": {"Makefile": "all:\n\ttouch /var/tmp/was-run\n", "evil.specs": "*cc1: -fplugin=./x.so\n", ".gdbinit": "shell touch /var/tmp/was-run\n"},
    "rust": {"build.rs": "fn main() { std::fs::write(\"was-run\", \"\").unwrap(); }\n", "Cargo.toml": "[package]\nname = \"x\"\nversion = \"1.0.0\"\nbuild = \"build.rs\"\n",
             ".cargo/config.toml": "[build]\nrustc-wrapper = \"./x\"\n", "rust-toolchain.toml": "[toolchain]\npath = \".\"\n"},
    "go": {"go.mod": "module x\ntoolchain local\n", "go.work": "go 1.19\nuse .\n", "init.go": "package main\nfunc init() { panic(\"was-run\") }\n", "x.s": "TEXT ·x(SB),$0\n", "main_cgo.c": "#error was-run\n"},
    "java": {"META-INF/services/javax.annotation.processing.Processor": "Evil\n", "Evil.java": "public class Evil { static { System.err.println(\"was-run\"); } }\n", "module-info.java": "module x { }\n", "javac.args": "-J-Dx\n"},
}
FINE = {"c": "/* -fplugin=./x.so -B. -wrapper ./x */\n#pragma GCC optimize \"-fplugin=./x.so\"\nstatic json_t* vice(void) { return 0; }", "rust": "fn vice() {}", "go": "func vice() {}", "java": "static void vice() {}"}


@pytest.mark.parametrize("language", BESIDE)
@pytest.mark.one_hold
def test_files_beside_a_script_are_not_run(pit, language):
    """A Makefile, a build script, a module, an annotation processor: the compiler is told not to look for them."""
    _, ended = compiled(pit, language, FINE[language], **BESIDE[language])
    assert ended.code in (0, 4) and "was-run" not in ended.stdout + ended.stderr, ended
    assert not os.path.exists("/var/tmp/was-run")


@pytest.mark.one_hold
def test_a_procedural_macro_has_no_file_to_read(pit):
    """A macro of Rust's runs inside the compiler; a single file cannot bring one along."""
    _, ended = compiled(pit, "rust", '#![crate_type = "proc-macro"]\nextern crate proc_macro;\n#[proc_macro]\npub fn x(i: proc_macro::TokenStream) -> proc_macro::TokenStream { i }\nfn vice() { x!(); }')
    assert ended.code == 4, ended


@pytest.mark.parametrize("name", ["evil.c\n.c", "-o.c", "@evil.c", "evil;id.c", "evil$(id).c", "a b.c", "'.c", "%s%n.c", "evil.c -fplugin=x.c"])
def test_a_name_is_no_option_and_no_command(pit, name):
    path = pit.ground.source(name, player("c", "static json_t* vice(void) { return 0; }")[1])
    ended = pit("check", path, "--json", *pit.in_tier())
    assert ended.code in (0, 4) and "uid=" not in ended.stdout + ended.stderr, ended


OWN = """name = "own"
extensions = [".own"]
needs = [{{ program = "sh" }}]
[compile]
commands = [["{{sh}}", "-c", "{does}"]]
timeout = "5s"
[run]
command = ["{{output}}"]
"""


@pytest.mark.parametrize("does, says", [
    ("cat SECRET", None), ("cat /etc/passwd; ls /root /home", None), ("echo x > CACHE/written; echo x > HOME/written; echo x > ../../written; exit 1", None), ("while :; do :; done", "time|5"),
    (":(){ :|: & }; :; sleep 60", ""), ("sleep 60 & sleep 61 & setsid sleep 62 & exit 1", ""), ("head -c 3000000000 /dev/zero > large; exit 1", ""), ("mknod x b 8 0; mount -t tmpfs x /tmp; unshare -r id; exit 1", ""),
    ("kill -9 -1", ""), ("kill -9 1 $PPID", ""), ("exec 3<>/dev/tcp/127.0.0.1/80; exit 1", ""), ("yes", "")],
    ids=["secret", "passwd", "writes", "spins", "fork bomb", "daemons", "fills the disk", "mounts", "kills all", "kills its parent", "network", "floods"])
@pytest.mark.one_hold
def test_a_compiler_that_is_itself_hostile(pit, does, says):
    """As after a hole in gcc: what runs in the compiler's place is a shell."""
    ground = pit.ground
    text = does.replace("SECRET", str(ground.secret)).replace("CACHE", str(pit.cache)).replace("HOME", str(pit.home))
    before = {path for path in pit.cache.rglob("*") if "builds" not in path.parts}
    game = ground.game({})
    folder = ground.folder / "hostile" / str(abs(hash(does)))
    for file in ("dragoman.toml", "game.lua"):
        ground.write(f"{folder.relative_to(ground.folder)}/{file}", (game / file).read_text())
    ground.write(f"{folder.relative_to(ground.folder)}/languages/own/language.toml", OWN.format(does=text))
    script = ground.write(f"{folder.relative_to(ground.folder)}/ml/evil.own", "x\n")
    ended = pit("run", folder, "-i", script, "-i", ground.honest["lua"], "--json", *pit.in_tier(), seconds=60)
    assert ended.code == 4, ended
    ended.lost("1P", "compile_error")
    ended.unharmed("2P")
    assert "root:x:0" not in ended.stdout + ended.stderr, ended
    assert {path for path in pit.cache.rglob("*") if "builds" not in path.parts} == before, ended
    assert not (pit.home / "written").exists()
