"""Every example in docs/ecs.md is a whole script, which runs in the page's world."""
import re
import subprocess
from pathlib import Path

import pytest
from running import ROOT

PAGE = (ROOT / "docs/ecs.md").read_text()
BLOCK = re.compile(r"(?:^    .*\n|^\n)+", re.M)
NAMED = re.compile(r"\s*(?:#|--|//) systems/([\w.]+)\n")
TICKS = 80


def examples():
    """{"Python: movement.py": its text}, by the section in which it stands."""
    found = {}
    for section in re.split(r"^(?=## )", PAGE, flags=re.M):
        for block in BLOCK.findall(section):
            text = re.sub("^    ", "", block, flags=re.M).lstrip("\n")
            if name := NAMED.match(text):
                title = section.split("\n", 1)[0].lstrip("# ")
                key = f"{title}: {name[1]}"
                while key in found:
                    key += "'"
                found[key] = name[1], text
    return found


EXAMPLES = examples()
WORLD = next(text for file, text in EXAMPLES.values() if file == "a_world.py")
HEADER = next(text for file, text in EXAMPLES.values() if file == "components.hpp")
SCRIPTS = {key: example for key, example in EXAMPLES.items() if example[0] not in ("a_world.py", "components.hpp")}
FAILS = {"cheat.cpp": "wrote Velocity, which it declared as read"}


@pytest.fixture
def run(command, folder_with):
    def run(**scripts):
        files = {"dragoman.toml": f"ticks = {TICKS}\n", "systems/a_world.py": WORLD, "systems/components.hpp": HEADER, **scripts}
        return command("run", folder_with(files), "--tick-timeout", "30s", "--start-timeout", "60s", "--json")

    return run


@pytest.fixture(scope="module")
def empty():
    return []


@pytest.mark.parametrize("key", SCRIPTS)
def test_an_example_of_the_page_runs(run, empty, key):
    """It changes the world, prints, or fails as the page says."""
    if not empty:
        empty.append(run().ended_with(0).report["world_hash"])
    file, text = SCRIPTS[key]
    if "import numpy" in text:
        pytest.importorskip("numpy")
    ended = run(**{f"systems/{file}": text})
    report = ended.report
    script = next(script for script in report["system_scripts"] if script["name"] == f"systems/{file}")
    if file in FAILS:
        assert script["failure"]["outcome"] == "denied" and FAILS[file] in script["failure"]["message"], ended
        return
    ended.ended_with(0)
    mine = [system for system in report["systems"] if system["script"] == script["name"]]
    assert mine and all(system["runs"] > 0 for system in mine), ended
    assert report["world_hash"] != empty[0] or f"systems/{file}|" in ended.stderr or script["stdout_tail"], ended


def test_the_page_has_an_example_of_each_thing():
    for needed in ("@dragoman.system", "dragoman.system {", "DRAGOMAN_SYSTEM", "create_many", "destroy", "add_component", "spawn(",
                   "wait_until", "optional=", "without=", "changed=", "kernels.Grid", "register_system", "batch_update", "const_cast"):
        assert any(needed in text for _, text in SCRIPTS.values()), needed


def test_each_script_on_the_page_has_a_file_name():
    """Blocks that are no script: one line of a shell, or dragoman.toml."""
    for block in BLOCK.findall(PAGE):
        first = block.strip("\n").strip()
        if re.match(r"import dragoman|dragoman\.system|#include|DRAGOMAN_", first):
            pytest.fail(f"no file name in: {first[:80]}")


# Without the piece that embeds the broker, which takes long to compile: examples/embed does that.
IN_CPP = [piece for piece in re.findall(r"^```cpp\n(.*?)^```", (ROOT / "docs/ecs-in-cpp.md").read_text(), re.M | re.S) if "broker/" not in piece]


def test_the_page_on_the_world_in_cpp_is_a_program(dragoman, folder_with):
    """Its pieces, one behind the other, in one function."""
    outside = re.compile(r"^(?:#include|using namespace).*\n", re.M)
    pieces = "".join(IN_CPP)
    # what the page takes from elsewhere
    given = "float dt = 0.1F;\nvoid prepare(Entity) {}\n"
    program = ("#include <fstream>\n" + "".join(outside.findall(pieces)) + given + "int main() {\n" + outside.sub("", pieces)
               + "return other.hash() == world.hash() && other.statistics().entities == 501 ? 0 : 1;\n}\n")
    library = Path(dragoman).parent / "ecs/libdragoman_ecs.a"
    if not library.exists():
        pytest.skip("the library does not lie beside the command")
    folder = folder_with({"page.cpp": program})
    subprocess.run(["g++", "-std=c++20", "-I", ROOT, "page.cpp", "-o", "page", library, "-lxxhash", "-ltbb"], cwd=folder, check=True)
    subprocess.run([folder / "page"], cwd=folder, check=True, timeout=60)
