"""clang-tidy over the project's sources, several of them in one translation unit.

Half of what clang-tidy costs is reading the libraries' headers, and most of the rest is looking through them once more
for each file: so files of a folder that are compiled alike are included one after the other into one. Where two of them
do not go together (two anonymous namespaces with the same name), each is looked at by itself.
"""
import itertools
import json
import re
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sources import ROOT, cpp_files

PARTS = ("protocol", "ecs", "compilers", "broker")
BATCH = 12  # files; more of them make few units, and the last processor waits
TIDY = "clang-tidy-14"
OURS = rf"^{re.escape(str(ROOT))}/({'|'.join(PARTS)})/.*\.[ch]pp$"


def as_clang_reads_it(command):
    """The options that a file is compiled with: no compiler, nor what launches it, no input and output."""
    words = shlex.split(command)
    kept = []
    words = iter(words[next(i for i, word in enumerate(words) if word.endswith("++")) + 1:])
    for word in words:
        if word in ("-o", "-c"):
            next(words)
        else:
            kept.append(word)
    return tuple(kept)


def sources_of(entry):
    """What an entry compiles: a source, or several of them that the build has united."""
    file = Path(entry["file"])
    return re.findall(r'^#include "(.*)"$', file.read_text(), re.M) if "/Unity/unity_" in entry["file"] else [str(file)]


def compiled_files(build):
    """(path, options) of those sources that the build compiles, sorted by path."""
    chosen = {str(ROOT / file) for file in cpp_files(PARTS)}
    found = {source: as_clang_reads_it(entry["command"]) for entry in json.loads((build / "compile_commands.json").read_text())
             for source in sources_of(entry) if source in chosen}
    return sorted(found.items())


def batches(files):
    """Lists of paths in one folder that are compiled with the same options, and those options."""
    def alike(file):
        path, options = file
        return path.rsplit("/", 1)[0], options

    for (_, options), group in itertools.groupby(sorted(files, key=alike), key=alike):
        paths = [path for path, _ in group]
        units = -(-len(paths) // BATCH)
        for first in range(units):
            yield paths[first::units], options


def look_through(unit, options):
    done = subprocess.run([TIDY, "--quiet", f"--header-filter={OURS}", str(unit), "--", *options],
                          cwd=ROOT, capture_output=True, text=True)
    return done.returncode == 0, "" if done.returncode == 0 else done.stdout + done.stderr


def look_at_batch(unit, paths, options):
    """(path, is clean, findings) of each file; findings of a header belong to whichever file includes it."""
    if len(paths) > 1:
        unit.write_text("".join(f'#include "{path}"  // NOLINT(bugprone-suspicious-include)\n' for path in paths))
        clean, output = look_through(unit, options)
        if clean:
            return [(path, True, "") for path in paths]
        if "[clang-diagnostic-" not in output:
            named = [path for path in paths if f"{path}:" in output] or paths
            return [(path, path not in named, output if path == named[0] else "") for path in paths]
    return [(path, *look_through(path, options)) for path in paths]


def verdicts(build, jobs):
    """Yields (path, is clean, findings) of all files."""
    folder = build / "tidy"
    folder.mkdir(exist_ok=True)
    units = [(folder / f"{number}.cpp", *batch) for number, batch in enumerate(batches(compiled_files(build)))]
    with ThreadPoolExecutor(jobs) as pool:
        for found in pool.map(lambda unit: look_at_batch(*unit), units):
            yield from found
