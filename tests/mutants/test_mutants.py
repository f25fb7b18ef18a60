"""Tests that cannot fail prove nothing: with each fault in the product, its tests fail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from tests.mutants.faults import FAULTS, Fault
from tests.postgres import GIVEN

ROOT = Path(__file__).parents[2]
COPIED = ("bot", "chat", "db", "handlers", "schedules", "texts", "web", "tests", "docs", "pyproject.toml")
NONE_OF_THEM = 5  # pytest's exit code when all were left out
SECONDS = 120  # a fault that makes its tests hang is noticed too
PLAIN = ("-p", "no:cacheprovider", "-n", "0", "-o", "faulthandler_timeout=0")  # some faults end in a standstill


def test_every_fault_still_has_its_place():
    """Code moves on; a fault that no longer fits would test nothing."""
    places = {(fault.file, fault.name): (ROOT / fault.file).read_text().count(fault.old) for fault in FAULTS}

    assert [place for place, times in places.items() if times != 1] == []
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 20


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the product and its tests."""
    made = tmp_path_factory.mktemp("faulty")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, made / name, ignore=shutil.ignore_patterns("__pycache__", "*.png"))
        else:
            shutil.copy(ROOT / name, made / name)
    return made


@pytest.fixture(scope="session")
def run(tree: Path, postgres_server: str):
    """Runs tests in the copy; gives back pytest's exit code and what it said."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", GIVEN: postgres_server}

    def one(tests: str, *more: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "pytest", "-x", "-q", *PLAIN, *more]
        ended = subprocess.run(
            [*command, *tests.split()],
            cwd=tree,
            env=environment,
            timeout=SECONDS,
            capture_output=True,
            text=True,
            check=False,
        )
        return ended.returncode, ended.stdout

    subprocess.run([sys.executable, "-m", "compileall", "-q", "."], cwd=tree, check=False)
    return one


@contextmanager
def put_in(fault: Fault, tree: Path) -> Iterator[None]:
    """The copy has the fault."""
    file = tree / fault.file
    sound = file.read_text()
    Path(cache_from_source(str(file))).unlink(missing_ok=True)
    file.write_text(sound.replace(fault.old, fault.new))
    yield
    file.write_text(sound)


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.parametrize("tests", sorted({fault.tests.split()[0] for fault in FAULTS}))
def test_without_a_fault_they_pass(run, tests):
    """Else the faults below would be caught by anything."""
    code, said = run(tests, "-m", "not long")

    assert code in {0, NONE_OF_THEM}, said  # long ones are run as they are, beside these


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_fault_is_caught(run, tree, fault):
    """Whoever makes this mistake is told by a test."""
    with put_in(fault, tree):
        try:
            code, said = run(fault.tests)
        except subprocess.TimeoutExpired:
            return

    assert code == 1, f"{fault.name} survives {fault.tests}:\n{said[-2000:]}"
