"""The project's own C++ files, one a line: what is formatted and looked through."""
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("protocol", "ecs", "compilers", "broker", "clients", "examples", "tests")
# Scripts that are wrong on purpose, and other people's that must stay as they are.
LEFT_ALONE = ("tests/abuse/", "tests/mlgame/")


def cpp_files(parts=PARTS):
    """Paths relative to the root, sorted."""
    found = (path.relative_to(ROOT) for part in parts for path in (ROOT / part).rglob("*"))
    return sorted(
        path for path in found
        if path.suffix in (".cpp", ".hpp") and not path.as_posix().startswith(LEFT_ALONE)
    )


if __name__ == "__main__":
    for file in cpp_files():
        print(ROOT / file)
