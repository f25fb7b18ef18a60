"""From due to outbox: one at a time, 5,000 in the same second, and with 1,000,000 that wait."""

import asyncio
import gc
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select, text

from bench import world
from bench.figures import percentile, table
from bot.clock import Clock
from db import reminders
from db.installation import Installation
from db.models import Account, Activity, Delivery, Person, Post, Reminder, Signup
from db.session import Database
from schedules import JOBS

SINGLE = 200  # reminders due one by one
SAME_SECOND = 5_000
PENDING = 1_000_000
ASKED = 2_000
AHEAD = timedelta(seconds=3)
INSTALLATION = Installation(world.ORGANISATION, "sv", ZoneInfo(world.ZONE), "")
COPIES = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :copies)
    INSERT INTO activity (association_id, kind, state, open, title, text, place, bring, read, starts_local, zone,
        starts_at, reminders, cancel_reason, revision, invented, created_at)
    SELECT association_id, kind, state, open, title, text, place, bring, read, starts_local, zone,
        starts_at, reminders, cancel_reason, revision, invented, created_at
    FROM activity, n WHERE activity.id = 1
"""
FAR = """
    INSERT INTO reminder (activity_id, rule, version, due_at)
    SELECT id, rule, 1, datetime('now', '+' || (10 + id % 500) || ' days')
    FROM activity, (SELECT 'week_before' AS rule UNION SELECT 'day_before') WHERE activity.id > :first
"""


def now() -> datetime:
    """The real clock: the clock that is measured asks it too."""
    return datetime.now(UTC)  # noqa: TID251 - as above


class House:
    """A database with people and activities, and the clock over it."""

    def __init__(self, database: Database) -> None:
        """Empty."""
        self.database = database
        self.queued_at: list[datetime] = []

    async def people(self, many: int) -> list[int]:
        """The ids of that many who can be reached on Telegram."""
        async with self.database.write() as session:
            first = await session.scalar(select(func.coalesce(func.max(Person.id), 0))) or 0
            ids = range(first + 1, first + 1 + many)
            await session.execute(insert(Person), [{"id": i, "language": "sv", "created_at": now()} for i in ids])
            await session.execute(insert(Account), [_account(i) for i in ids])
        return list(ids)

    async def activities(self, many: int) -> list[int]:
        """The ids of that many, which begin next week."""
        async with self.database.write() as session:
            first = await session.scalar(select(func.max(Activity.id))) or 0
            await session.execute(text(COPIES), {"copies": many})
            ids = range(first + 1, first + 1 + many)
            return list(ids)

    async def due(self, moments: dict[int, datetime], comers: dict[int, list[int]]) -> None:
        """Each of these activities has a reminder due then, and these people come to it."""
        rows = [{"activity_id": i, "rule": "two_hours", "version": 1, "due_at": at} for i, at in moments.items()]
        signups = [_signup(i, person) for i, coming in comers.items() for person in coming]
        async with self.database.write() as session:
            await session.execute(insert(Signup), signups)
            await session.execute(insert(Reminder), rows)

    @asynccontextmanager
    async def ticking(self) -> AsyncIterator[None]:
        """The clock runs."""
        self.queued_at = []
        clock = Clock(
            self.database,
            INSTALLATION,
            clock=now,
            on_queued=lambda: self.queued_at.append(now()),
            on_tick=lambda: None,
        )
        gc.collect()  # as the running process does it at its start
        gc.freeze()
        clock.start(job for job in JOBS if job.name == "reminders")
        try:
            yield
        finally:
            await clock.stop()

    async def swept(self, until: datetime) -> None:
        """Nothing is due until then or earlier."""
        while True:
            async with self.database.glance() as session:
                due_at = await reminders.next_due(session)
            if due_at is None or due_at > until:
                return
            await asyncio.sleep(0.05)

    async def waits(self, moments: dict[int, datetime]) -> list[float]:
        """How many milliseconds after its time each reminder was committed to the outbox."""
        async with self.database.read() as session:
            made = dict(
                (
                    await session.execute(
                        select(Post.activity_id, Post.created_at).where(Post.activity_id.in_(moments))
                    )
                )
                .tuples()
                .all()
            )
        # A look's posts have one creation, and each look that made some was followed by one call after its commit.
        committed = dict(zip(sorted(set(made.values())), self.queued_at, strict=True))
        return [(committed[made[i]] - at).total_seconds() * 1000 for i, at in moments.items()]


def _account(person_id: int) -> dict[str, object]:
    same = {"platform": "telegram", "opened": True, "consent": "yes", "created_at": now()}
    return {"person_id": person_id, "address": str(person_id), "address_index": person_id.to_bytes(8), **same}


def _signup(activity_id: int, person_id: int) -> dict[str, object]:
    same = {"answer": "coming", "name": "Testa", "answered_at": now() - timedelta(days=1)}
    return {"activity_id": activity_id, "person_id": person_id, **same}


async def measure() -> str:
    """The tables of the run."""
    with TemporaryDirectory() as folder:
        await world.fill(Path(folder), activities=1)
        database = Database(f"sqlite+aiosqlite:///{folder}/kallelse.db")
        async with database.write() as session:
            await session.execute(text("UPDATE activity SET starts_at = datetime('now', '+7 days')"))
        tables = await _tables(House(database))
        await database.close()
    return tables


async def _tables(house: House) -> str:
    crowd = await house.people(SAME_SECOND)
    rows = [
        await one_by_one(house, crowd[:10], "one at a time, 10 come to each"),
        await same_second(house, 1, crowd, "one to which 5,000 come"),
        await same_second(house, 50, crowd, "50 in one second, 100 come to each"),
        await same_second(house, SAME_SECOND, crowd, "5,000 in one second, one comes to each"),
    ]
    before = _memory()
    await far_ahead(house.database)
    rows.append(await one_by_one(house, crowd[:10], "one at a time, among 1,000,000 that wait"))
    asked = await next_due(house.database)
    figures = (
        f"{percentile(asked, 0.5):.2f}",
        f"{percentile(asked, 0.99):.2f}",
        f"{before:.0f}",
        f"{_memory():.0f}",
    )
    second = table(
        ("reminders that wait", "next due, p50 ms", "p99 ms", "MiB before", "MiB with them"),
        [(f"{PENDING:,}", *figures)],
    )
    return f"{table(('reminders due', 'deliveries', 'p50 ms', 'p99 ms', 'max ms'), rows)}\n\n{second}"


async def one_by_one(house: House, crowd: list[int], name: str) -> tuple[object, ...]:
    """Each due 40 ms after the one before."""
    ids = await house.activities(SINGLE)
    first = now() + AHEAD
    moments = {one: first + timedelta(milliseconds=40 * place) for place, one in enumerate(ids)}
    return await _measured(house, name, moments, dict.fromkeys(ids, crowd))


async def same_second(house: House, many: int, crowd: list[int], name: str) -> tuple[object, ...]:
    """All due at the same moment; the crowd is shared out among them."""
    ids = await house.activities(many)
    at, each = now() + AHEAD, len(crowd) // many
    shares = {one: crowd[place * each : (place + 1) * each] for place, one in enumerate(ids)}
    return await _measured(house, name, dict.fromkeys(ids, at), shares)


async def _measured(
    house: House, name: str, moments: dict[int, datetime], comers: dict[int, list[int]]
) -> tuple[object, ...]:
    await house.due(moments, comers)
    async with house.ticking():
        await house.swept(max(moments.values()))
        await asyncio.sleep(0.2)
    waits = await house.waits(moments)
    async with house.database.read() as session:
        made = select(func.count()).select_from(Delivery).join(Post, Post.id == Delivery.post_id)
        found = await session.scalar(made.where(Post.activity_id.in_(moments)))
    return (
        name,
        f"{found:,}",
        *(f"{one:.0f}" for one in (percentile(waits, 0.5), percentile(waits, 0.99), max(waits))),
    )


async def far_ahead(database: Database) -> None:
    """A million reminders wait, of half a million activities."""
    async with database.write() as session:
        first = await session.scalar(select(func.max(Activity.id)))
        await session.execute(text(COPIES), {"copies": PENDING // 2})
        await session.execute(text(FAR), {"first": first})


async def next_due(database: Database) -> list[float]:
    """Milliseconds of each of many questions what is due next."""
    waits = []
    for _ in range(ASKED):
        began = time.perf_counter()
        async with database.glance() as session:
            await reminders.next_due(session)
        waits.append((time.perf_counter() - began) * 1000)
    return waits


def _memory() -> float:
    """MiB of this process in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
