"""The house: what the style guide promises of every file, where no linter looks."""

import ast
import re
import statistics
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import VERSION

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "chat", "db", "handlers", "schedules", "texts", "web")
FILES = sorted(
    path
    for room in (*ROOMS, "bench", "tests")
    for path in (ROOT / room).rglob("*.py")
    if "versions" not in path.parts
)
LOCKS = ("requirements.lock", "requirements-test.lock", "requirements-bench.lock")
LONGEST_FUNCTION = 30  # lines
LONGEST_FILE = 270  # lines; about 250


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _here(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_function_is_longer_than_a_screen():
    """One thing in about ten lines; the longest has thirty."""
    long = [
        f"{_here(path)}:{node.lineno} {node.name} has {_length(node)} lines"
        for path in FILES
        for node in _functions(path)
        if _length(node) > LONGEST_FUNCTION
    ]

    assert not long


def test_most_functions_are_short():
    """The middle one has fewer than ten lines."""
    lengths = [
        _length(node) for room in ROOMS for path in (ROOT / room).rglob("*.py") for node in _functions(path)
    ]

    assert statistics.median(lengths) < 10


def test_no_file_is_longer_than_a_feature():
    """A feature that outgrows its file becomes a folder of that name. All tables stay in one file."""
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    long = {_here(path) for path in files if len(path.read_text().splitlines()) > LONGEST_FILE}

    assert long - {"db/models.py"} - {_here(path) for path in (ROOT / "db/migrations/versions").iterdir()} == set()


def test_every_test_says_why_it_matters():
    """A failing test is read by somebody who did not write it."""
    silent = [
        f"{_here(path)}:{node.lineno} {node.name}"
        for path in FILES
        if path.name.startswith("test_")
        for node in _functions(path)
        if node.name.startswith("test_") and not ast.get_docstring(node)
    ]

    assert not silent


def test_every_ignored_rule_has_its_reason_beside_it():
    """Whoever meets an exception can judge whether it still holds."""
    silenced = re.compile(r"# (noqa|type: ignore)")
    reasoned = re.compile(r"# noqa: [A-Z0-9, ]+ - \w|# type: ignore\[[a-z-]+\]  # \w")
    found = [
        f"{_here(path)}:{number}"
        for path in [*FILES, ROOT / "kallelse", ROOT / "check", ROOT / "audit"]
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if silenced.search(line) and not reasoned.search(line) and "re.compile" not in line
    ]

    assert not found


@pytest.mark.parametrize("lock", [*LOCKS, "requirements-audit.lock"])
def test_requirements_are_locked_with_hashes_and_without_addresses(lock):
    """The same libraries everywhere, from whatever index is trusted there."""
    text = (ROOT / lock).read_text()
    entries = re.split(r"\n(?=\S)", text.strip())

    assert "://" not in text
    assert "index" not in text
    assert all("--hash=sha256:" in entry for entry in entries if not entry.startswith("#"))


def test_the_environments_of_tests_and_bench_hold_what_the_product_runs_on():
    """All share one environment and must not undo each other."""
    product, *others = ({*re.findall(r"(?m)^(\S+==\S+)", (ROOT / lock).read_text())} for lock in LOCKS)

    assert product
    assert all(product < other for other in others)


def test_the_version_is_told_once():
    """What `./kallelse version` shows is what is released."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert project["version"] == VERSION


def test_the_licence_is_there_in_full():
    """Whoever runs a changed one owes its users the code: the AGPL says how."""
    text = (ROOT / "LICENSE").read_text()

    assert text.lstrip().startswith("GNU AFFERO GENERAL PUBLIC LICENSE\n                       Version 3")
    assert "13. Remote Network Interaction" in text
    assert len(text.encode()) == 34523


def test_the_starters_need_nothing_but_python():
    """They run before anything is installed."""
    for name in ("kallelse", "check", "audit"):
        file = ROOT / name
        assert file.read_text().startswith("#!/usr/bin/env python3\n")
        assert file.stat().st_mode & 0o111
