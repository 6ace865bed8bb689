#!/usr/bin/env python3
"""Checks the map: which part may include which, and that nothing else lies at the top level.

An arrow is an #include of our own file, or a dragoman_<part> target in a part's CMakeLists.txt.
"""
import re
import subprocess
import sys
from pathlib import Path

from sources import PARTS, ROOT, cpp_files

# A part may always include itself. "part/folder" allows that folder of the part only.
MAY_INCLUDE = {
    "protocol": (),
    "ecs": (),
    "compilers": (),
    "broker": ("protocol", "ecs", "compilers"),
    "clients": ("protocol", "ecs/layout"),
    "examples": ("clients", "broker/broker.hpp", "broker/systems/systems.hpp", "broker/reload/reloader.hpp"),
    "tests": PARTS,
}
TOP_LEVEL = {*PARTS, "docs", "dev", "CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE", "CHANGELOG.md",
             "CONTRIBUTING.md"}

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
TARGET = re.compile(r"\bdragoman_(protocol|ecs|compilers|broker)\b")


def ours(file, name, quoted):
    """The file of ours that an include means, relative to the root, or None."""
    folders = [(ROOT / file).parent] if quoted else []
    for folder in (*folders, ROOT, *(ROOT / "clients").glob("*/include")):
        candidate = (folder / name).resolve()
        if candidate.is_file() and candidate.is_relative_to(ROOT):
            return candidate.relative_to(ROOT)
    return None


def allowed(part, target):
    def within(place):
        stem = target.with_suffix("").as_posix()
        return target.as_posix() == place or stem == place or target.as_posix().startswith(place + "/")

    return target.parts[0] == part or any(within(place) for place in MAY_INCLUDE[part])


def part_of(file):
    """A language's folder holds no part of ours but what `dragoman new` hands out: scripts, as the examples are."""
    in_language = file.parts[0] == "compilers" and len(file.parts) > 2
    return "examples" if in_language else file.parts[0]


def wrong_includes():
    for file in cpp_files():
        part = part_of(file)
        for number, line in enumerate((ROOT / file).read_text(errors="replace").splitlines(), 1):
            found = INCLUDE.match(line)
            target = found and ours(file, found[1] or found[2], quoted=bool(found[1]))
            if target and target.parts[0] in MAY_INCLUDE and not allowed(part, target):
                yield f"{file}:{number}: {part} may not include {target}"


def wrong_targets():
    for part in PARTS:
        for file in sorted((ROOT / part).rglob("CMakeLists.txt")):
            for number, line in enumerate(file.read_text().splitlines(), 1):
                for target in TARGET.findall(line.split("#")[0]):
                    if not allowed(part, Path(target) / "x") and part != "examples":
                        yield f"{file.relative_to(ROOT)}:{number}: {part} may not use dragoman_{target}"


def strangers():
    git = subprocess.run(["git", "-c", "safe.directory=*", "-C", ROOT, "ls-files", "-z"], capture_output=True, text=True)
    names = {line.split("/")[0] for line in git.stdout.split("\0") if line} or {path.name for path in ROOT.iterdir()} - {"build"}
    for name in sorted(names - TOP_LEVEL):
        if not name.startswith("."):
            yield f"{name}: not one of the top-level names ({', '.join(sorted(TOP_LEVEL))})"


def main():
    wrong = [*wrong_includes(), *wrong_targets(), *strangers()]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"arrows: {len(cpp_files())} files, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
