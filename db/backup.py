"""Backups of an SQLite database: copied while it is in use, verified, sealed, and kept for a while."""

import fcntl
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from db.keys import Keys
from db.sealing import seal, unseal

HOURLY, DAILY = 24, 30  # how many of each are kept
HOUR = timedelta(hours=1)
STALE = 4 * HOUR
PAGES = 256  # a megabyte a step: in between a copy can be called off
NAME = re.compile(r"kallelse-(?:by-hand-)?(\d{8}T\d{6}Z)\.backup")
MOMENT = "%Y%m%dT%H%M%SZ"

never: Callable[[], bool] = lambda: False  # noqa: E731 - a default that says what it means


class BackupError(Exception):
    """No backup was made; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is backed up, where to, and with whose keys."""

    database: Path
    folder: Path
    keys: Keys


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database holds: its revision, and the rows of each table."""

    revision: str
    rows: Mapping[str, int]


def name_of(made_at: datetime, *, by_hand: bool = False) -> str:
    """What a backup of that moment is called. Those made by hand are never removed."""
    return f"kallelse-{'by-hand-' if by_hand else ''}{made_at.astimezone(UTC):{MOMENT}}.backup"


def make(place: Place, target: Path, *, made_at: datetime, should_stop: Callable[[], bool] = never) -> None:
    """`target` is a verified backup, whole or not there at all. Errors: BackupError."""
    try:
        with workshop(place.folder) as work:
            copy = work / "copy.db"
            _copy(place.database, copy, should_stop)
            _seal(copy, target, place.keys, made_at)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(_sentence(error)) from error


def _sentence(error: OSError | sqlite3.Error) -> str:
    if isinstance(error, OSError):
        return f"{error.strerror or type(error).__name__}."
    return f"{error}."


@contextmanager
def workshop(folder: Path) -> Iterator[Path]:
    """A folder of our own in that one, alone there: what an earlier one left when it was killed is gone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for left in folder.glob(".making-*"):
            shutil.rmtree(left, ignore_errors=True)
        for part in folder.glob(".kallelse-*.backup.*"):
            part.unlink(missing_ok=True)
        with tempfile.TemporaryDirectory(prefix=".making-", dir=folder) as work:
            yield Path(work)
    finally:
        os.close(handle)  # the lock goes with it, also when the process is killed


def _copy(database: Path, copy: Path, should_stop: Callable[[], bool]) -> None:
    """`copy` is the database as it was at one moment, and was compared with it. The bot writes on meanwhile."""

    def step(*_: int) -> None:
        if should_stop():
            raise BackupError("The copy was called off.")

    with closing(connect(database)) as source, closing(sqlite3.connect(copy, isolation_level=None)) as target:
        # While this transaction is open the source stands still for us; else each write would begin the copy anew.
        source.execute("BEGIN")
        there = contents(source)
        target.execute("PRAGMA synchronous=OFF")  # only what is sealed in the end must outlive a power cut
        source.backup(target, pages=PAGES, progress=step)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, without a -wal beside it
        verify(target, there)


def connect(database: Path) -> sqlite3.Connection:
    """A connection that only reads, and makes no database where none is."""
    connection = sqlite3.connect(
        f"{database.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=10
    )
    connection.execute("PRAGMA query_only=ON")
    return connection


def contents(connection: sqlite3.Connection) -> Contents:
    """What the database holds, as the connection's transaction sees it."""
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    names = [name for (name,) in connection.execute(tables)]
    counts = {}
    for name in names:
        [counts[name]] = connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # noqa: S608 - our own tables
    if "alembic_version" not in counts:
        raise BackupError("It has none of the tables of Kallelse.")
    [revision] = connection.execute("SELECT version_num FROM alembic_version").fetchone() or [""]
    return Contents(revision, counts)


def verify(connection: sqlite3.Connection, wanted: Contents | None = None) -> Contents:
    """What the database holds, which is sound, and as `wanted`. Errors: BackupError."""
    problems = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
    if problems != ["ok"]:
        raise BackupError("The database is damaged.")
    found = contents(connection)
    if wanted is not None and found != wanted:
        raise BackupError("The copy does not hold what the database holds.")
    return found


def _seal(copy: Path, target: Path, keys: Keys, made_at: datetime) -> None:
    """`target` is the copy, sealed and read back, on the disk under its name from one moment to the next."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # mode 0600
    part = Path(name)
    try:
        with copy.open("rb") as source, os.fdopen(handle, "w+b") as file:
            seal(source, file, keys, size=copy.stat().st_size, made_at=made_at)
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            unseal(file, keys)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """The names in the folder outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def made(folder: Path) -> dict[Path, datetime]:
    """The backups in the folder with the moments they are of; files with other names are none."""
    if not folder.is_dir():
        return {}
    named = ((path, NAME.fullmatch(path.name)) for path in folder.iterdir())
    return {path: _moment(match[1]) for path, match in named if match}


def _moment(name: str) -> datetime:
    return datetime.strptime(name, MOMENT).replace(tzinfo=UTC)


def newest(folder: Path) -> datetime | None:
    """Of when the newest backup is."""
    return max(made(folder).values(), default=None)


def remove_old(folder: Path) -> None:
    """Of the last 24 hours that have backups the newest of each stays, and of the last 30 days likewise."""
    ours = {path: moment for path, moment in made(folder).items() if path.name == name_of(moment)}
    stays = kept(ours.values())
    for path, moment in ours.items():
        if moment not in stays:
            path.unlink(missing_ok=True)


def kept(moments: Iterable[datetime]) -> set[datetime]:
    """Those of these backups that stay. Hours and days without a backup do not count: a rest removes nothing."""
    hours: dict[str, datetime] = {}
    days: dict[str, datetime] = {}
    for moment in sorted(moments, reverse=True):
        if len(hours) < HOURLY:
            hours.setdefault(f"{moment:%Y%m%d%H}", moment)
        if len(days) < DAILY:
            days.setdefault(f"{moment:%Y%m%d}", moment)
    return {*hours.values(), *days.values()}


def state(folder: Path, *, now: datetime, since: datetime | None = None) -> str:
    """How old the newest backup is, when that is a reason to look; else "ok". `since`: when making them began.

    Where none is made and none is: "off".
    """
    last = newest(folder)
    if last is None and since is None:
        return "off"
    if any(moment and now - moment <= STALE for moment in (last, since)):
        return "ok"
    return f"the newest is {(now - last) // HOUR} hours old; the log says why" if last else "there is none"
