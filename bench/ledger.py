"""The ledger alone, claim to acknowledgement, with a platform that takes everything at once; and long queues."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from bench import outbox, world
from bench.figures import median, table
from bot.delivery import Delivery
from bot.pacing import LIMITS, Limits, Pace
from chat.address import Platform
from chat.sending import Outgoing
from db import migrations
from db.installation import Installation
from db.keys import Keys, use_keys
from db.models import Priority
from db.session import Database
from tests.postgres import postgres

PEOPLE = 100_000
SENT = 20_000  # of these the speed is taken
URGENT = 10  # times that something urgent comes in between
WITHIN_SECONDS = 120
UNPACED = {platform: Limits() for platform in Platform}


@dataclass(slots=True)
class Sink:
    """A Sender that takes everything at once and tells when something urgent came."""

    platform: Platform = Platform.TELEGRAM
    numbers: "count[int]" = field(default_factory=lambda: count(1))
    taken: int = 0
    urgent: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, outgoing: Outgoing) -> str:
        """The number of the message."""
        self.taken += 1
        if outgoing.message == outbox.urgent():
            self.urgent.set()
        return str(next(self.numbers))

    async def edit(self, outgoing: Outgoing, message_id: str) -> None:
        """Nothing is edited here."""


@dataclass(frozen=True, slots=True)
class Found:
    """Seconds to queue for everybody, deliveries a second, and seconds until something urgent was out."""

    queued: float
    each_second: float
    urgent_unpaced: list[float]
    urgent_paced: list[float]


@asynccontextmanager
async def delivering(
    database: Database, keys: Keys, sink: Sink, limits: dict[Platform, Limits]
) -> AsyncIterator[Delivery]:
    """The product's delivery runs over the database."""
    installation = Installation(world.ORGANISATION, "sv", ZoneInfo(world.ZONE), "")
    delivery = Delivery(database, keys, installation, {sink.platform: sink}, Pace(limits), clock=outbox.now)
    running = asyncio.create_task(delivery.run())
    try:
        yield delivery
    finally:
        await delivery.stop()
        await running


async def one(database: Database, people: int, sent: int, urgent: int) -> Found:
    """What that database does."""
    keys = Keys.fresh()
    use_keys(keys)
    await migrations.upgrade(database)
    await outbox.add_people(database, keys, range(1, people + 1))
    began = time.perf_counter()
    assert await outbox.queue(database, "bench:backlog", priority=Priority.DIGEST) == people
    queued = time.perf_counter() - began
    sink = Sink()
    async with delivering(database, keys, sink, dict(LIMITS)) as delivery:
        paced = [await _overtakes(database, delivery, sink, people - n) for n in range(urgent)]
    async with delivering(database, keys, sink, UNPACED) as delivery:
        unpaced = [await _overtakes(database, delivery, sink, people - urgent - n) for n in range(urgent)]
        speed = await _speed(database, sink, min(sink.taken + sent, people + 2 * urgent))
    return Found(queued, speed, unpaced, paced)


async def _overtakes(database: Database, delivery: Delivery, sink: Sink, person_id: int) -> float:
    """Seconds from the commit of something urgent for one person until it is out, while the others wait."""
    sink.urgent.clear()
    await outbox.queue_urgent(database, person_id, f"bench:urgent:{person_id}")
    began = time.perf_counter()
    delivery.wake()
    await asyncio.wait_for(sink.urgent.wait(), WITHIN_SECONDS)
    return time.perf_counter() - began


async def _speed(database: Database, sink: Sink, taken: int) -> float:
    """Deliveries a second that are acknowledged on disk, until the platform has taken so many."""
    before, began = await outbox.sent(database), time.perf_counter()
    while sink.taken < taken:  # noqa: ASYNC110 - a count that rises
        await asyncio.sleep(0.01)
    seconds = time.perf_counter() - began
    return (await outbox.sent(database) - before) / seconds


async def measure(people: int = PEOPLE, sent: int = SENT, urgent: int = URGENT) -> str:
    """The table of the run."""
    found: dict[str, Found] = {}
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{Path(folder) / 'kallelse.db'}")
        found["SQLite, `synchronous=FULL`"] = await one(database, people, sent, urgent)
        await database.close()
    with postgres(durable=True) as address:
        database = Database(address)
        found["PostgreSQL, `fsync=on`"] = await one(database, people, sent, urgent)
        await database.close()
    head = (
        "database",
        "deliveries/s",
        f"{people:,} queued, s",
        "urgent overtakes, s: at the limits",
        "without limits",
    )
    return table(head, [_row(name, one) for name, one in found.items()])


def _row(name: str, one: Found) -> tuple[object, ...]:
    def spread(values: list[float]) -> str:
        return f"{median(values):.2f} (at most {max(values):.2f})"

    return (
        name,
        f"{one.each_second:,.0f}",
        f"{one.queued:.2f}",
        spread(one.urgent_paced),
        spread(one.urgent_unpaced),
    )
