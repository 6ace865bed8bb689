"""Which tiers and users each case is run with: see ../README.md."""
import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from holding import AS_NOBODY, TIERS, Ground, Pit, adopt_orphans  # noqa: E402

FULL = os.environ.get("DRAGOMAN_ABUSE") == "full"
ALL = [(tier, user) for tier in TIERS for user in ("root", "nobody")]
SOME = [("bubblewrap", "nobody"), ("cage", "root"), ("landlock", "nobody")]  # each tier, each user
ONE = [("bubblewrap", "nobody")]


def pytest_configure(config):
    config.addinivalue_line("markers", "one_hold: slow; run in one tier as one user unless DRAGOMAN_ABUSE=full")
    config.addinivalue_line("markers", "holds(*tiers): only in these tiers")
    config.addinivalue_line("markers", "all_holds: in each tier as each user, always")


def pytest_generate_tests(metafunc):
    if "pit" not in metafunc.fixturenames:
        return
    holds = ALL if FULL else SOME
    if metafunc.definition.get_closest_marker("all_holds"):
        holds = ALL
    if only := metafunc.definition.get_closest_marker("holds"):
        holds = [hold for hold in holds if hold[0] in only.args]
    metafunc.parametrize("pit", holds, indirect=True, ids="-".join)


def pytest_collection_modifyitems(config, items):
    """A mark of a single parameter is known only now."""
    kept = [item for item in items if FULL or not item.get_closest_marker("one_hold") or item.callspec.params["pit"] in ONE]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


@pytest.fixture(scope="session")
def ground(dragoman):
    adopt_orphans()
    ground = Ground(dragoman)
    yield ground
    ground.remove()


@pytest.fixture(scope="session")
def why_not(ground):
    """Why a tier cannot be had as a user here; kept, since each is asked for many times."""
    kept = {}

    def ask(tier, user):
        if user == "root" and os.geteuid() != 0:
            return "not root"
        if user == "nobody" and os.geteuid() == 0:
            seen = subprocess.run([*AS_NOBODY, "test", "-x", ground.dragoman])
            if seen.returncode != 0:
                return f"nobody may not run {ground.dragoman}"
        ended = Pit(ground, tier, user)("check", ground.honest["lua"], *Pit(ground, tier, user).in_tier())
        return "" if ended.code == 0 else f"no {tier} as {user}: {ended.stderr}"

    return lambda *hold: kept[hold] if hold in kept else kept.setdefault(hold, ask(*hold))


@pytest.fixture
def pit(request, ground, why_not):
    tier, user = request.param
    if reason := why_not(tier, user):
        pytest.skip(reason)
    return Pit(ground, tier, user)
