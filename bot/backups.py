"""Backups as the operator meets them: made beside a running bot, and put back while none runs."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr

from bot.errors import OperatorError, WrongInputError
from bot.health import minute
from bot.lock import locked
from bot.opening import BELONGS, Opened, OpenError, existing_keys, opened, sqlite_file
from bot.settings import Settings
from db import backup, restored
from db.backup import BackupError, Place
from db.keys import Keys
from db.sealing import SealError, read_header, unseal
from handlers.privacy import forget_again

FOLDER = "backups"
OFF = "off"


def place(settings: Settings, keys: Keys) -> Place | None:
    """What is backed up and where to; None on PostgreSQL, whose own tools do it."""
    database = sqlite_file(settings)
    return Place(database, settings.data_dir / FOLDER, keys) if database else None


def state(settings: Settings, *, now: datetime, since: datetime | None = None) -> str:
    """Whether there is a backup of late: "ok", "off" or a reason. `since`: when the process began to make them."""
    database = sqlite_file(settings)
    if database is None or not database.exists():
        return OFF
    return backup.state(settings.data_dir / FOLDER, now=now, since=since)


def back_up(settings: Settings, file: Path | None, *, now: datetime) -> Path:
    """A new backup, at `file` or beside those that the clock makes. Errors: OperatorError."""
    database = sqlite_file(settings)
    if database is None:
        raise WrongInputError("The database is PostgreSQL: pg_dump makes its backups. docs/running.md says how.")
    if not database.exists():
        raise OperatorError(f"There is no database yet: {database} is made at the first start.")
    target = _target(settings, file, now)
    try:
        backup.make(Place(database, settings.data_dir / FOLDER, existing_keys(settings)), target, made_at=now)
    except BackupError as error:
        raise OperatorError(f"No backup was made: {error}") from error
    return target


def _target(settings: Settings, file: Path | None, now: datetime) -> Path:
    if file is None or file.is_dir():
        target = (file or settings.data_dir / FOLDER) / backup.name_of(now, by_hand=True)
    else:
        target = file
    if target.exists():
        raise WrongInputError(f"{target} is there already. Choose another name.")
    if file is not None and not target.parent.is_dir():
        raise WrongInputError(f"There is no folder {target.parent}.")
    return target


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many had been forgotten and are so again. `is_known`: what people took back since was there to read."""

    again: int
    is_known: bool


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did. `aside`: where the database is now that was there."""

    made_at: datetime
    aside: Path | None
    forgotten: Forgotten


async def restore(
    settings: Settings, file: Path, *, may_replace: Callable[[Path], bool], now: datetime
) -> Restored:
    """The database is as it was in the backup, on HOLD. Errors: OperatorError; then nothing is changed."""
    database = sqlite_file(settings)
    if database is None:
        raise WrongInputError(
            "The database is PostgreSQL: pg_restore puts its backups back, then run "
            "./kallelse hold --after-restore. docs/running.md says how."
        )
    made_at = _made_at(file)
    with locked(settings.data_dir):
        try:
            with backup.workshop(database.parent) as work:
                copy = work / database.name
                _unseal(file, copy, _keys(settings))
                if database.exists() and not may_replace(database):
                    raise WrongInputError(f"{database} is there. With --yes it is put aside, and nothing is lost.")
                forgotten = await _settle(settings, copy, database, made_at, now)
                return Restored(made_at, _replace(database, copy, now), forgotten)
        except OSError as error:
            raise OperatorError(f"Nothing was restored: {error.strerror}.") from error


def _made_at(file: Path) -> datetime:
    try:
        with file.open("rb") as source:
            return read_header(source).made_at
    except SealError as error:
        raise WrongInputError(f"{file} {error}") from error
    except OSError as error:
        raise WrongInputError(f"{file} cannot be read: {error.strerror}.") from error


def _keys(settings: Settings) -> Keys:
    try:
        return existing_keys(settings)
    except OpenError as error:
        raise WrongInputError(str(error)) from error


def _unseal(file: Path, copy: Path, keys: Keys) -> None:
    """`copy` is a sound database."""
    try:
        with file.open("rb") as source, copy.open("wb") as target:
            unseal(source, keys, target)
        with closing(backup.connect(copy)) as connection:
            backup.verify(connection)
    except SealError as error:
        raise WrongInputError(f"{file} {error}") from error
    except (BackupError, sqlite3.Error) as error:
        raise WrongInputError(f"{file} holds no database that can be used: {error}") from error


async def _settle(settings: Settings, copy: Path, database: Path, made_at: datetime, now: datetime) -> Forgotten:
    """The copy has the tables of today, is on HOLD, and knows who has said no since; who was forgotten is."""
    aimed = settings.model_copy(update={"database_url": SecretStr(f"sqlite+aiosqlite:///{copy}")})
    try:
        async with opened(aimed) as house:
            forgotten = await _settle_in(house, database, made_at, now)
    except OpenError as error:
        raise WrongInputError(f"Nothing was restored. {error}") from error
    with copy.open("rb") as file:
        os.fsync(file.fileno())
    return forgotten


async def _settle_in(house: Opened, database: Path, made_at: datetime, now: datetime) -> Forgotten:
    known = restored.withdrawn(database, key_check=house.keys.code_hash(BELONGS).hex())
    async with house.database.write() as session:
        await restored.settle(session, now=now, backup_at=made_at)
        if known is not None:
            await restored.withdraw(session, known)
        again = await forget_again(session, house.keys, installation=house.installation, now=now)
        return Forgotten(again, is_known=known is not None)


def _replace(database: Path, copy: Path, now: datetime) -> Path | None:
    """The copy stands where the database was, from one moment to the next; where that one is now."""
    aside = database.with_name(f"{database.name}.before-restore-{now:{backup.MOMENT}}")
    if database.exists():
        with suppress(sqlite3.Error), closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        aside.hardlink_to(database)
    for ending in ("-wal", "-shm"):  # of another database they would be read into this one
        left = Path(f"{database}{ending}")
        if left.exists():
            left.replace(f"{aside}{ending}")
    copy.replace(database)
    backup.sync_folder(database.parent)
    return aside if aside.exists() else None


def told(found: Restored) -> list[str]:
    """What the operator must know now."""
    lines = [f"Restored as of {minute(found.made_at)}."]
    if found.aside:
        lines.append(f"The database that was there is now {found.aside}; remove it when all is well.")
    if not found.forgotten.is_known:
        lines.append("Who has used /glommig or /stopp since is not known: see docs/running.md.")
    if found.forgotten.again:
        lines.append(f"{found.forgotten.again} had used /glommig since, and are forgotten here as well.")
    return [*lines, "On HOLD: questions are answered, nothing else is sent. ./kallelse release ends it."]
