"""Several workers on one PostgreSQL and one outbox: what each takes, and the work of the dead."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from time import monotonic

import pytest
from sqlalchemy import func, update

from bot.delivery import Delivery
from bot.dispatch import Dispatch
from bot.lease import Alone, Office, Shared
from bot.pacing import SharedPace
from bot.telegram_bot import TelegramBot
from chat.address import Address, Platform
from chat.sending import Outgoing
from db import deliveries, workers
from db.models import Delivery as Row
from db.models import PostKind, Priority, Worker
from db.session import Database
from handlers.feature import Routes
from tests.bot.outbox_world import World, said, until
from tests.room import KEYS, NOW, room_on
from tests.servers.telegram import TelegramServer

pytestmark = pytest.mark.postgres

LEASE_SECONDS = 1.2
TELEGRAM = Address(Platform.TELEGRAM, "1")


@asynccontextmanager
async def kept(lease):
    """The lease, kept while the block runs."""
    running = asyncio.create_task(lease.run())
    try:
        await until(lambda: _is(lambda: lease.is_safe and lease.worker))
        yield lease
    finally:
        running.cancel()
        await asyncio.wait({running})


async def _is(met):
    return bool(met())


@asynccontextmanager
async def silent(database):
    """A worker that holds the clock and says nothing more; its connection."""
    async with database.engine.connect() as opened:
        connection = await opened.execution_options(isolation_level="AUTOCOMMIT")
        worker = await workers.enlist(connection)
        assert await workers.elect(connection, Office.CLOCK)
        yield worker
        await connection.invalidate()


@pytest.fixture
async def world(on_postgres):
    """An empty outbox on PostgreSQL."""
    async with room_on(on_postgres):
        yield World(on_postgres)


async def test_two_claim_at_once_and_never_the_same(world):
    """A worker does not wait for another's transaction, and does not take what it takes."""
    for number in range(6):
        await world.person(number)
    await world.post()
    claim = {"now": world.now, "most": 3}

    async with asyncio.timeout(5), world.database.write() as one, world.database.write() as other:
        mine = await deliveries.claim(one, "telegram", 1, owner="one", **claim)
        theirs = await deliveries.claim(other, "telegram", 1, owner="other", **claim)

    assert sorted(mine + theirs) == [1, 2, 3, 4, 5, 6]


async def test_the_work_of_the_dead_is_taken_over_while_others_work(world):
    """Claimed: sent by another. In the air: decided by kind. In the hands of the living: untouched."""
    for number in range(4):
        await world.person(number)
    await world.post(kind=PostKind.DIGEST)
    async with silent(world.database) as dead, silent_too(world.database) as alive:
        for one, (state, owner) in enumerate(
            [("claimed", dead), ("sending", dead), ("claimed", alive), ("sending", alive)], start=1
        ):
            values = {"state": state, "owner": owner, "attempt": int(state == "sending")}
            query = update(Row).where(Row.id == one).values(**values)
            await world.does(lambda session, query=query: session.execute(query))
        lease = Shared(world.database, LEASE_SECONDS, list(Office))
        async with kept(lease), world.delivering(lease=lease):
            first = await world.states()
            await until(lambda: _has_taken_over(world))

    assert first == ["claimed", "sending", "claimed", "sending"]
    assert await world.states() == ["sent", "held", "claimed", "sending"]
    assert world.telegram.addresses == ["0"]


@asynccontextmanager
async def silent_too(database):
    """A worker whose next word is a minute ahead: it lives as long as the test."""
    async with database.engine.connect() as opened:
        connection = await opened.execution_options(isolation_level="AUTOCOMMIT")
        worker = await workers.enlist(connection)
        ahead = func.clock_timestamp() + timedelta(minutes=1)
        await connection.execute(update(Worker).where(Worker.id == worker).values(beat_at=ahead))
        yield worker


async def _has_taken_over(world):
    return (await world.states())[:2] == ["sent", "held"]


class Hand(TelegramBot):
    """One worker's way to Telegram; it knows what it was given."""

    given = 0

    async def send(self, outgoing):
        """As the product sends."""
        self.given += 1
        return await super().send(outgoing)


def ready(server, name):
    """Somebody who can be written to."""
    one = server.person(name)
    one.has_started = True
    return one


@asynccontextmanager
async def worker_to(server, url, world):
    """One of two workers that empty the outbox in that database, each with connections of its own."""
    began, database, place = monotonic(), Database(url), world.installation

    def clock():
        return NOW + timedelta(seconds=monotonic() - began)

    dispatch = Dispatch(database, KEYS, Routes([]), place, clock=clock, on_queued=lambda: None)
    hand, lease = Hand(dispatch, server.token, api_url=server.url), Alone()
    lease.living = 2
    await world.enlist(lease.worker)
    somebody = ready(server, "Prova")
    await hand.send(
        Outgoing(Address(Platform.TELEGRAM, str(somebody.id)), True, said("Hej"), "n")
    )  # it is connected
    pace, hands = SharedPace(database, KEYS), {Platform.TELEGRAM: hand}
    delivery = Delivery(database, KEYS, place, hands, pace, clock=clock, lease=lease)
    running = asyncio.create_task(delivery.run())
    try:
        yield hand
    finally:
        await delivery.stop()
        await running
        await hand.close()
        await database.close()


@pytest.mark.long
async def test_many_posts_for_one_person_never_burst_and_hold_up_nobody(world, postgres_url):
    """Two workers send them; Telegram has nothing to refuse, and what is urgent, or for others, overtakes."""
    async with TelegramServer(limits=True) as server, AsyncExitStack() as stack:
        hands = [await stack.enter_async_context(worker_to(server, postgres_url, world)) for _ in range(2)]
        testa, *others = [ready(server, f"Testa {number}") for number in range(21)]
        person_id = await world.person(testa.id)
        for number in range(20):
            await world.post(f"call:{number}")
        for one in others:
            await world.person(one.id)
        await until(lambda: _is(lambda: len(testa.inbox) >= 3))
        urgent = await world.post("urgent", PostKind.CANCELLATION, priority=Priority.URGENT)
        await until(lambda: _has(world, urgent, person_id))

        assert server.limits.refused == 0
        assert 3 < len(testa.inbox) <= 13
        assert all(len(one.inbox) == 1 for one in others)
        assert min(one.given for one in hands) > 1


async def _has(world, post_id, person_id):
    """That person has it."""
    rows = [row for row in await world.rows() if (row.post_id, row.person_id) == (post_id, person_id)]
    return [row.state for row in rows] == ["sent"]
