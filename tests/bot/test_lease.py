"""Processes that share a database: who is safe, who is elected, and who is missed."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from time import monotonic

import pytest
from sqlalchemy import select, text

from bot.lease import Alone, Office, Shared
from db import migrations, workers
from db.models import Worker
from db.session import Database
from tests.postgres import end_connections
from tests.stories.seen import within

pytestmark = pytest.mark.postgres

LEASE_SECONDS = 3.0
TAKEN_OVER_SECONDS = LEASE_SECONDS * 35 / 30  # as promised for the usual lease of 30 seconds


@pytest.fixture
async def database(postgres_url):
    """With the tables, for a look from outside."""
    opened = Database(postgres_url)
    await migrations.upgrade(opened)
    yield opened
    await opened.close()


@pytest.fixture
def process(database, postgres_url):
    """Makes processes that stand for these offices, each with connections of its own."""

    @asynccontextmanager
    async def one(*offices):
        own = Database(postgres_url)
        lease = Shared(own, LEASE_SECONDS, offices)
        running = asyncio.create_task(lease.run())
        await within(5, _true(lambda: lease.is_safe and lease.living))
        try:
            yield lease, running
        finally:
            running.cancel()
            await asyncio.wait({running})
            await own.close()

    return one


def _true(look):
    async def found():
        return look()

    return found


async def living(database):
    """The ids of the workers that the database knows."""
    async with database.read() as session:
        return set(await session.scalars(select(Worker.id)))


async def test_who_ends_in_order_is_followed_at_once_and_leaves_no_name(process, database):
    """A restart is no outage."""
    async with process(Office.CLOCK) as (first, running), process(Office.CLOCK) as (second, _):
        await within(LEASE_SECONDS, _true(lambda: first.holds(Office.CLOCK)))
        assert not second.holds(Office.CLOCK)
        assert await living(database) == {first.worker, second.worker}

        running.cancel()
        await asyncio.wait({running})

        assert not first.holds(Office.CLOCK)
        assert await living(database) == {second.worker}
        await within(LEASE_SECONDS / 2, _true(lambda: second.holds(Office.CLOCK)))


async def test_who_wakes_up_late_holds_nothing_before_it_is_heard_again(process):
    """A machine that slept: the others may have taken over, and the lease is only looked at a moment later."""
    async with process(Office.CLOCK) as (lease, _):
        await within(LEASE_SECONDS, _true(lambda: lease.holds(Office.CLOCK)))

        time.sleep(LEASE_SECONDS / 3 + 0.05)  # noqa: ASYNC251 - the whole process stands still

        assert not lease.is_safe
        assert not lease.holds(Office.CLOCK)
        await within(LEASE_SECONDS, _true(lambda: lease.holds(Office.CLOCK)))


async def test_who_stands_still_is_followed_within_the_promised_time(process, database):
    """Its connection lives on and holds its locks, as when a process is stopped: the others end it."""
    async with database.engine.connect() as opened, process(Office.CLOCK) as (second, _):
        still = await opened.execution_options(isolation_level="AUTOCOMMIT")
        await within(LEASE_SECONDS, _true(lambda: second.holds(Office.CLOCK)))
        worker = await workers.enlist(still)
        assert await workers.elect(still, Office.GATEWAY)
        began = monotonic()

        async with process(Office.GATEWAY) as (third, _):
            assert not third.holds(Office.GATEWAY)
            await within(TAKEN_OVER_SECONDS + 1, _true(lambda: third.holds(Office.GATEWAY)))

        assert LEASE_SECONDS * 0.9 <= monotonic() - began <= TAKEN_OVER_SECONDS + 1
        assert worker not in await living(database)
        await still.invalidate()


async def test_a_connection_that_was_cut_off_keeps_no_office(database):
    """The network forgot it, PostgreSQL did not: the process speaks on another one, and wants its locks back."""
    async with AsyncExitStack() as stack:
        cut_off, other = [await _connection(stack, database) for _ in range(2)]
        worker = await workers.enlist(cut_off)
        assert await workers.elect(cut_off, Office.CLOCK)
        assert not await workers.elect(other, Office.CLOCK)

        await workers.end_former(other, worker)

        assert await workers.beat(other, worker)
        assert await workers.elect(other, Office.CLOCK)


async def test_who_gives_up_another_and_dies_itself_leaves_no_lock_behind(database):
    """The connection of the dead is ended before its name is forgotten: else nobody would look for it again."""
    async with AsyncExitStack() as stack:
        still, other, third = [await _connection(stack, database) for _ in range(3)]
        worker = await workers.enlist(still)
        assert await workers.elect(still, Office.CLOCK)
        async with database.write() as session:  # the name cannot be taken off the list yet
            await session.execute(text("SELECT 1 FROM worker WHERE id = :id FOR UPDATE"), {"id": worker})

            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await workers.give_up(other, silent_for=timedelta(0))

        assert await workers.elect(third, Office.CLOCK)


async def _connection(stack, database):
    """A connection as a lease has it."""
    opened = await stack.enter_async_context(database.engine.connect())
    stack.push_async_callback(opened.invalidate)
    return await opened.execution_options(isolation_level="AUTOCOMMIT")


async def test_who_cannot_reach_the_database_is_safe_for_a_third_of_a_lease(process, database, postgres_url):
    """After that the others may soon take over what it has claimed."""
    async with process(Office.CLOCK) as (lease, _):
        await within(LEASE_SECONDS, _true(lambda: lease.holds(Office.CLOCK)))
        async with database.write() as session:  # nobody can write that he lives
            await session.execute(text("LOCK TABLE worker IN EXCLUSIVE MODE"))
            began = asked = monotonic()
            while lease.is_safe:  # when asked; a slow machine asks later, and nothing is safe for longer by that
                assert asked - began <= LEASE_SECONDS / 3
                await asyncio.sleep(0.01)
                asked = monotonic()
            assert not lease.holds(Office.CLOCK)

        assert lease.send_seconds + LEASE_SECONDS / 3 < LEASE_SECONDS
        await within(TAKEN_OVER_SECONDS, _true(lambda: lease.holds(Office.CLOCK)))


async def test_who_was_given_up_comes_back_under_another_name(process, database):
    """What was claimed under the old one is looked after by others already."""
    async with process(Office.CLOCK) as (lease, _):
        names = [lease.worker]
        for _ in range(3):
            async with database.write() as session:
                await session.execute(text("DELETE FROM worker"))
            await within(LEASE_SECONDS, _true(lambda: lease.worker != names[-1]))
            names.append(lease.worker)

    assert len(set(names)) == len(names)
    assert await living(database) == set()


async def test_work_ends_with_the_office_and_begins_anew_with_it(process, postgres_url):
    """Two that hear one platform would answer twice; one that lost its office for a moment goes on later."""
    events = []

    async def work():
        events.append("begun")
        try:
            await asyncio.Event().wait()
        finally:
            events.append("ended")

    async with process(Office.GATEWAY) as (lease, _):
        for turn in (1, 2):
            holding = asyncio.create_task(lease.while_holding(Office.GATEWAY, work))
            await within(LEASE_SECONDS, _true(lambda turn=turn: events.count("begun") == turn))
            await end_connections(postgres_url)
            await asyncio.wait_for(holding, LEASE_SECONDS)
            assert events == ["begun", "ended"] * turn

        waiting = asyncio.create_task(lease.while_holding(Office.CLOCK, work))
        await asyncio.sleep(LEASE_SECONDS / 2)
        waiting.cancel()
        await asyncio.wait({waiting})
    assert events == ["begun", "ended"] * 2


async def test_what_the_work_throws_comes_through(process):
    """A part that fails is begun again by who began it, not by the lease."""

    async def fails():
        raise ZeroDivisionError

    async def ends():
        return

    async with process(Office.GATEWAY) as (lease, _):
        with pytest.raises(ZeroDivisionError):
            await asyncio.wait_for(lease.while_holding(Office.GATEWAY, fails), LEASE_SECONDS)
        await asyncio.wait_for(lease.while_holding(Office.GATEWAY, ends), LEASE_SECONDS)
        assert lease.holds(Office.GATEWAY)


async def test_alone_is_always_safe():
    """On SQLite nobody else is there."""
    lease = Alone()

    assert lease.is_safe
    assert all(lease.holds(office) for office in Office)
    assert lease.worker != Alone().worker
