"""An invented district to measure on: its database, filled before the program starts."""

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.opening import KEY_FILE
from db import associations, migrations
from db.installation import district
from db.keys import load_keys, use_keys
from db.models import Activity, ActivityKind
from db.session import Database

ORGANISATION = "Exempeldistriktet"
OPEN_ACTIVITY = "Öppet möte"
ZONE = "Europe/Stockholm"
ALL_OPEN = 10  # the first ones; of the rest a third is internal


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def fill(folder: Path, *, people: int = 0, activities: int = 10, years: int = 0) -> Database:
    """A database in the folder with activities from tomorrow on, or spread over so many years around now."""
    use_keys(load_keys(folder / KEY_FILE))
    database = Database(f"sqlite+aiosqlite:///{folder / 'kallelse.db'}")
    await migrations.upgrade(database)
    now = datetime.now(UTC)  # noqa: TID251 - the program that is measured asks the real clock
    async with database.write() as session:
        own = await district(session, ORGANISATION, invented=False, now=now)
        ids = [own] + [
            await associations.add_association(session, f"Exempelby {n}", invented=False, now=now)
            for n in range(8)
        ]
        span = timedelta(days=365 * years) if years else timedelta(days=7)
        first = now - span / 2 if years else now + timedelta(hours=20)
        session.add_all(
            _activity(first + span * n / activities, ids[n % len(ids)], n, now) for n in range(activities)
        )
    await database.close()
    return database


def _activity(starts_at: datetime, association_id: int, number: int, now: datetime) -> Activity:
    local = starts_at.astimezone(ZoneInfo(ZONE)).replace(second=0, microsecond=0)
    return Activity(
        association_id=association_id,
        kind=ActivityKind.MEETING.value,
        open=number < ALL_OPEN or number % 3 > 0,
        title=OPEN_ACTIVITY if number == 0 else f"Träff {number}",
        place="Provstad",
        starts_local=f"{local:%Y-%m-%dT%H:%M}",
        zone=ZONE,
        starts_at=local,
        created_at=now,
    )
