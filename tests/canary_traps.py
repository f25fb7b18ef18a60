"""Where a canary could have flown: log lines, errors, pages, and the bytes of the database."""

from __future__ import annotations

import contextlib
import io
import logging
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from bot import logs

PIECES = 8  # bytes of a whole number as SQLite keeps large ones, and of the same without its leading zeros


class Heard(logging.Handler):
    """What our own rooms log, before anything is taken out of it, and what their errors say."""

    def __init__(self) -> None:
        """Nothing yet."""
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """The line is kept, with its error word by word."""
        self.lines.append(record.getMessage())
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            self.lines.append(in_words(error))


def in_words(error: BaseException) -> str:
    """All that an error and its causes say of themselves."""
    return "".join(traceback.format_exception(error))


@contextlib.contextmanager
def logging_as_run(secrets: Iterable[str], patch: pytest.MonkeyPatch) -> Iterator[tuple[io.StringIO, Heard]]:
    """What stands on standard error while the process logs at DEBUG, and what our rooms said before redaction."""
    root, err, heard = logging.getLogger(), io.StringIO(), Heard()
    names = ("", *logs.ROOMS, *logs.QUIET)
    before = root.handlers[:], {name: logging.getLogger(name).level for name in names}
    for owner, hook in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        patch.setattr(owner, hook, getattr(owner, hook))
    root.handlers = []  # pytest's own are not to be closed
    with patch.context() as on:
        on.setattr(sys, "stderr", err)
        logs.start("DEBUG", secrets)
    for room in logs.ROOMS:
        logging.getLogger(room).addHandler(heard)
    try:
        yield err, heard
    finally:
        logging.captureWarnings(False)
        root.handlers = before[0]
        for room in logs.ROOMS:
            logging.getLogger(room).removeHandler(heard)
        for name, level in before[1].items():
            logging.getLogger(name).setLevel(level)


def bytes_of(folder: Path) -> bytes:
    """All bytes of the database and of what is beside it."""
    return b"".join(one.read_bytes() for one in sorted(folder.glob("*.db*")))


def found_in_bytes(kept: bytes, canary: str) -> bool:
    """True when the canary is there as text, or as a number."""
    forms = [canary.encode(), canary.encode("utf-16-le")]
    if canary.lstrip("-").isdecimal():
        whole = int(canary).to_bytes(PIECES, "big", signed=True)
        forms += [whole, whole[2:]]
    return any(form in kept for form in forms)


def found_in_text(text: str, canaries: Iterable[str]) -> list[str]:
    """Those of the canaries that are in the text, however they are capitalised."""
    said = text.casefold()
    return [one for one in canaries if one.casefold() in said]
