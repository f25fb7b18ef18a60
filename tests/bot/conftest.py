"""The operator's commands on data directories of their own."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.bot.commanding import ROOT
from tests.stories.process import free_port

MEMORY = Path("/dev/shm")  # noqa: S108 - only as the parent of folders with names of their own


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def place(request):
    """An empty database, on both in turn: a file, in memory where there is such a place, or an address."""
    if request.param == "postgresql":
        yield request.getfixturevalue("postgres_url")
        return
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as made:
        yield Path(made) / "kallelse.db"


@pytest.fixture
def command(tmp_path):
    """Runs a command of the operator's on a data directory of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KALLELSE_")}
    own = {"DATA_DIR": str(tmp_path / "data"), "ENV_FILE": "", "WEB_PORT": str(free_port())}

    def run(*arguments, **settings):
        ours = {f"KALLELSE_{name}": value for name, value in (own | settings).items()}
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=ROOT, env=kept | ours, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    return run


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A data directory as the first command leaves it."""
    folder = tmp_path_factory.mktemp("made") / "data"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KALLELSE_")}
    own = {"KALLELSE_DATA_DIR": str(folder), "KALLELSE_ENV_FILE": ""}
    subprocess.run([sys.executable, "-m", "bot", "admin-code"], cwd=ROOT, env=kept | own, check=True)
    return folder


@pytest.fixture
def data(made, tmp_path):
    """Such a directory, to spoil."""
    return Path(shutil.copytree(made, tmp_path / "data"))
