"""A backup an hour, on SQLite; on PostgreSQL its own tools make them."""

import asyncio
import logging
import threading
from datetime import datetime, timedelta

from db import backup
from db.backup import BackupError, Place

log = logging.getLogger(__name__)

JUST_MADE = timedelta(minutes=30)  # who starts the bot again and again does not fill the disk


async def run(place: Place, *, now: datetime) -> None:
    """There is a new backup, and those that are old enough are gone."""
    last = backup.newest(place.folder)
    if last is not None and timedelta(0) <= now - last < JUST_MADE:
        return
    called_off = threading.Event()
    try:
        await asyncio.to_thread(_make, place, now, called_off)
    except BackupError as error:
        log.error("no backup was made: %s", error)
    finally:
        called_off.set()  # the thread does not outlive a process that ends


def _make(place: Place, now: datetime, called_off: threading.Event) -> None:
    target = place.folder / backup.name_of(now)
    backup.make(place, target, made_at=now, should_stop=called_off.is_set)
    backup.remove_old(place.folder)
    log.info("backup made: %d bytes", target.stat().st_size)
