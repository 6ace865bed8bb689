"""What all tests in Python share. `./dev test` sets DRAGOMAN to the command under test, which may be the sanitized one."""
import os
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config):
    config.addinivalue_line("markers", "sanitize: run once more against the command built with sanitizers")


@pytest.fixture
def short_folder():
    """For a control socket, whose path has 108 bytes."""
    with tempfile.TemporaryDirectory(prefix="ctl-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def dragoman():
    """The command's path."""
    path = Path(os.environ.get("DRAGOMAN", ROOT / "build/dragoman"))
    if not path.exists():
        pytest.fail(f"{path} is not there: ./dev build", pytrace=False)
    return path
