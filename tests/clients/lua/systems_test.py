#!/usr/bin/env python3
"""Scripts with systems, run by a fake broker (fake_broker.py): systems_test.py PATH/TO/dragoman-lua [NAME...]"""

import importlib
import sys
import tempfile
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "systems"))

from support import CASES, Place  # noqa: E402


def main(host, *names):
    for file in sorted(Path(__file__).resolve().parent.glob("systems/*.py")):
        importlib.import_module(file.stem)
    failed = 0
    wanted = [(name, *about) for name, about in CASES.items() if not names or name in names]
    runs = [(name, function, mode) for name, function, modes in wanted for mode in modes]
    for name, function, mode in runs:
        with tempfile.TemporaryDirectory() as folder:
            place = Place(host, Path(folder), mode)
            try:
                function(place)
            except Exception:
                failed += 1
                print(f"--- {name} ({mode})")
                traceback.print_exc(limit=-3, file=sys.stdout)
            place.close()
    print(f"{len(runs) - failed} of {len(runs)} good")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
