"""Several workers on one PostgreSQL and one outbox: what each takes, and the work of the dead."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, update

from bot.lease import Office, Shared
from chat.address import Address, Platform
from db import deliveries, workers
from db.models import Delivery as Row
from db.models import PostKind, Worker
from tests.bot.outbox_world import World, until
from tests.room import room_on

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
