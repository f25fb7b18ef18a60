"""One process a data directory: SQLite has one writer, and an outbox must not be emptied twice."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import OperatorError

NAME = "lock"
PATIENCE_SECONDS = 2.0  # a process that was just killed may need a moment to be gone
PAUSE_SECONDS = 0.05


class LockError(OperatorError):
    """The data directory cannot be had."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """`folder` exists, is private, and is ours alone until the end. Errors: LockError."""
    handle = _open(folder)
    try:
        if not _taken(handle):
            raise LockError(
                f"Kallelse already runs with {folder}. Stop it first, or choose another KALLELSE_DATA_DIR."
            )
        yield
    finally:
        os.close(handle)  # the lock goes with it, also when the process is killed


def _open(folder: Path) -> int:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise LockError(f"KALLELSE_DATA_DIR {folder} cannot be written: {error.strerror}.") from error


def _taken(handle: int) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(PAUSE_SECONDS)
        else:
            return True
