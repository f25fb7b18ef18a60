"""`./kallelse keys rotate`: a new encryption key, beside a running bot, which takes it up by itself."""

import asyncio
import fcntl
import logging
import os
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.backups import FOLDER
from bot.errors import OperatorError
from bot.lock import locked
from bot.opening import KEY_FILE, Opened, sqlite_file
from bot.settings import Settings
from db import backup, rotation, workers
from db.keys import KeyFileError, Keys, read_keys, save_keys, use_keys
from db.rotation import newest

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
TAKEN_UP_SECONDS = 3.0  # a running bot has looked, and what it was writing under the old key is committed
PATIENCE_SECONDS = 60.0


class RotationError(OperatorError):
    """Not everything is under the new key."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did. `is_new`: with a new key; else an earlier one was brought to its end."""

    is_new: bool
    values: int
    kept: int  # older keys that backups need
    dropped: int


async def follow(keys: Keys, path: Path) -> None:
    """What another process adds to the key file is known here within a second, and used. Runs until cancelled.

    The keys of buttons and blind indexes stay those of the start.
    """
    seen = None
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if (mark := _mark(path)) == seen:
            continue
        seen = mark
        try:
            found = read_keys(path)
        except KeyFileError:
            log.warning("the key file cannot be read any more; the keys of before are used")
            continue
        keys.encryption.update(found.encryption)
        use_keys(found)


def _mark(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


async def rotate(
    settings: Settings, house: Opened, *, drop_old: bool, clock: Callable[[], datetime], afresh: bool = False
) -> Rotated:
    """Everything is under a new key, or under the one of a rotation that had not come to its end.

    `drop_old`: older keys go at once, and with them what backups of before hold; the bot has to be stopped, for
    what a process that has not looked yet writes under one could not be read any more.
    `afresh`: a new key in any case, and a new one for the buttons, in force at the next start.
    Errors: OperatorError; it may be run again.
    """
    path = settings.data_dir / KEY_FILE
    with _alone(settings.data_dir), locked(settings.data_dir) if drop_old else nullcontext():
        if drop_old:
            await _refuse_beside_others(house)
        keys = read_keys(path)
        async with house.database.read() as session:
            is_new = afresh or not await rotation.older(session, newest(keys))
        if is_new:
            keys = rotation.with_new_key(keys)
        if afresh:
            keys = replace(keys, buttons=secrets.token_bytes(32))
        save_keys(path, keys)
        use_keys(keys)
        await asyncio.sleep(TAKEN_UP_SECONDS)
        found = await _renewed(house, newest(keys))
        keys = rotation.retire(keys, found, now=clock())
        fewer = _dropped(keys, settings, drop_old=drop_old, now=clock())
        save_keys(path, fewer)
    dropped = len(keys.encryption) - len(fewer.encryption)
    return Rotated(is_new, found.total(), len(fewer.encryption) - 1, dropped)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else rotates or restores meanwhile. Errors: RotationError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise RotationError(
            "Keys are rotated, or a backup is restored, at this moment. Try again later."
        ) from error
    finally:
        os.close(handle)


async def _refuse_beside_others(house: Opened) -> None:
    async with house.database.read() as session:
        others = await workers.living(await session.connection())
    if others:
        raise RotationError(
            f"{others} processes are on the list of those that share this PostgreSQL, and may write with an older "
            "key. Stop all of them, then run this again (one that was killed goes from the list when another is "
            "started and stopped). Without --drop-old nothing has to be stopped."
        )


async def _renewed(house: Opened, key_id: bytes) -> Counter[bytes]:
    """How many values were under which older key; none is any more. Errors: RotationError."""
    found: Counter[bytes] = Counter()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found += await rotation.renew(house.database, key_id)
        async with house.database.read() as session:
            left = await rotation.older(session, key_id)
        if not left:
            return found
        if time.monotonic() > deadline:
            raise RotationError(
                f"{left} rows are still written with an older key. Where a bot runs on another machine, copy "
                f"{KEY_FILE} there; then run this again."
            )
        await asyncio.sleep(LOOK_SECONDS)


def _dropped(keys: Keys, settings: Settings, *, drop_old: bool, now: datetime) -> Keys:
    if drop_old:
        return rotation.without(keys, keys.retired)
    if sqlite_file(settings) is None:  # who knows where the backups of PostgreSQL are
        return keys
    return rotation.needed(keys, backup.made(settings.data_dir / FOLDER).values(), now=now)


def told(done: Rotated, keys: Path) -> list[str]:
    """What the operator must know now; `keys` is the file that holds them."""
    what = "A new key encrypts" if done.is_new else "The rotation that was begun is at its end"
    lines = [
        f"{what}: {_many(done.values, 'value was', 'values were')} encrypted anew. A running bot has taken it up.",
        f"Copy {keys} to where you keep its copy: the one there does not open what is written from now on.",
    ]
    if done.kept:
        lines.append(
            f"{_many(done.kept, 'older key stays', 'older keys stay')} in it for earlier backups; "
            "a later rotation drops what none needs."
        )
    if done.dropped:
        lines.append(f"{_many(done.dropped, 'older key was', 'older keys were')} dropped from it.")
    return lines


def _many(n: int, one: str, other: str) -> str:
    return f"{n} {one if n == 1 else other}"
