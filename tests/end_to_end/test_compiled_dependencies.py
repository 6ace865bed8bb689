"""What is compiled into a script counts as a part of it: a change of it is never answered from the cache."""
import json
import shutil

import pytest

RUST = """mod helper;
const TEXT: &str = include_str!("text.txt");
fn main() { println!("{} {}", helper::value(), TEXT.trim()); }
"""
RUST_PLAYER = """mod helper;
pub struct MLPlay;
impl dragoman::MLPlay for MLPlay {
    fn new(_: &dragoman::Json) -> Self { MLPlay }
    fn update(&mut self, _: &dragoman::Json) -> dragoman::Json { helper::value().into() }
    fn reset(&mut self) {}
}
"""
GO = 'package main\n\nimport "dragoman"\n\nfunc main() { dragoman.ClientReady() }\n'
JAVA = "public class Script { public static void main(String[] arguments) {} }\n"


def test_a_changed_helper_of_a_rust_script_is_compiled_in(command, folder_with):
    if not shutil.which("rustc"):
        pytest.skip("no rustc")
    files = {"a script.rs": RUST, "1P.rs": RUST_PLAYER, "helper.rs": "pub fn value() -> i32 { 1 }", "text.txt": "one"}
    folder = folder_with(files)
    compiled = lambda name: json.loads(command("compile", folder / name, "--json").ended_with(0).stdout)  # noqa: E731
    assert not compiled("a script.rs")["from_cache"]
    assert not compiled("1P.rs")["from_cache"]
    (folder / "text.txt").write_text("two")
    assert not compiled("a script.rs")["from_cache"]
    assert compiled("1P.rs")["from_cache"], "it does not include the text"
    (folder / "helper.rs").write_text("pub fn value() -> i32 { 2 }")
    assert not compiled("a script.rs")["from_cache"]
    assert not compiled("1P.rs")["from_cache"]


@pytest.mark.parametrize("name, needs, text", [("script.go", "go", GO), ("script.java", "javac", JAVA)], ids=["go", "java"])
def test_a_neighbour_of_a_script_that_is_one_file_is_no_part_of_it(command, folder_with, name, needs, text):
    if not shutil.which(needs):
        pytest.skip(f"no {needs}")
    neighbour = "neighbour" + name.removeprefix("script")
    folder = folder_with({name: text, neighbour: "this is ( no"})
    compiled = lambda: json.loads(command("compile", folder / name, "--json").ended_with(0).stdout)  # noqa: E731
    assert not compiled()["from_cache"]
    (folder / neighbour).write_text("this is ) another")
    assert compiled()["from_cache"]
