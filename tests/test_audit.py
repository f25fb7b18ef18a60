"""./audit: what it says of what the list of known faults answers. It is not asked here."""

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

WELL = {"name": "wheel", "version": "1.0", "vulns": []}
FAULTY = {"name": "oldlib", "version": "0.1", "vulns": [{"id": "PYSEC-2026-1"}]}
UNKNOWN = {"name": "ownlib", "skip_reason": "Dependency not found on PyPI"}


@pytest.fixture
def told():
    """What the command says at its end; its exit code."""
    spec = spec_from_loader("audit", SourceFileLoader("audit", "audit"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.told


@pytest.mark.parametrize(
    ("libraries", "code", "words"),
    [
        ([WELL], 0, "1 libraries: no fault is known."),
        ([WELL, FAULTY], 1, "oldlib 0.1: PYSEC-2026-1"),
        ([WELL, UNKNOWN], 2, "Nothing could be learnt about 1 of 2: ownlib"),
        ([FAULTY, UNKNOWN], 1, "Nothing could be learnt about 1 of 2: ownlib"),
    ],
)
def test_silence_is_not_taken_for_all_is_well(told, capsys, libraries, code, words):
    """The tool itself ends with 0 when it could learn nothing at all."""
    assert told(libraries) == code
    assert words in "".join(capsys.readouterr())


def test_check_does_not_need_the_network():
    """A fault that becomes known overnight must not turn the same code red."""
    assert "audit" not in Path("check").read_text(encoding="utf-8")
