"""Several processes speak to one platform: together never faster than it bears, and hardly slower."""

from __future__ import annotations

import asyncio
import re
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count, repeat
from time import monotonic

import pytest
from sqlalchemy import select, text

from bot.pacing import MOST_AHEAD, Limit, Limits, SharedPace, shared
from bot.pacing.gates import Turns
from chat.address import Address, Platform
from db import migrations, pace, workers
from db.models import Pace
from db.session import Database
from tests.bot.test_pacing import most_within
from tests.room import KEYS

pytestmark = pytest.mark.postgres

EACH_SECOND = 20
EACH_PERSON = Limit(3, 1)
ANYBODY = Address(Platform.TELEGRAM, "1")


class Process:
    """One of several: its pace, and the moments at which it sent."""

    def __init__(self, database):
        """Nothing is sent."""
        self.database = database
        self.pace = SharedPace(database, KEYS, {Platform.TELEGRAM: Limits(EACH_SECOND, EACH_PERSON)})
        self.sent: list[float] = []

    async def sends(self, numbers):
        """Message after message, to whom these numbers say, until cancelled."""
        for number in numbers:
            address = Address(Platform.TELEGRAM, str(number))
            turn = await self.pace.take(address, private=True)
            if turn:
                self.sent.append(turn.free_at)  # when it was given: a busy machine resumes us later
            else:
                await asyncio.sleep(self.pace.delay(address))

    @asynccontextmanager
    async def sending(self, numbers=None):
        """Five are on their way at any time, to somebody else each time unless these numbers say to whom."""
        numbers = numbers or count(1)
        tasks = [asyncio.create_task(self.sends(numbers)) for _ in range(5)]
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


@pytest.fixture
async def two(postgres_url):
    """Two processes, each with connections of its own."""
    databases = [Database(postgres_url) for _ in range(2)]
    await migrations.upgrade(databases[0])
    yield [Process(database) for database in databases]
    for database in databases:
        await database.close()


async def test_two_together_keep_the_limit_and_use_it(two):
    """In any second at most what the platform bears; over all, at least nine tenths of it."""
    first, second = two
    async with first.sending(), second.sending():
        await asyncio.sleep(3)

    sent = sorted(first.sent + second.sent)
    assert most_within(sent, 1) <= EACH_SECOND
    assert len(sent) >= 0.9 * EACH_SECOND * (sent[-1] - sent[0])
    assert min(len(first.sent), len(second.sent)) >= len(sent) / 4


async def test_two_who_write_to_one_person_keep_what_one_chat_bears(two):
    """In any stretch of its length not one too many, whoever sends it; and as many as it bears."""
    first, second = two
    async with first.sending(repeat(1)), second.sending(repeat(1)):
        await asyncio.sleep(2.5)

    sent = sorted(first.sent + second.sent)
    assert most_within(sent, 0.8 * EACH_PERSON.seconds) <= EACH_PERSON.most
    assert len(sent) >= 2 * EACH_PERSON.most


async def test_the_answers_of_one_fill_the_chat_for_the_other(two):
    """Who presses is answered at once, and what the others have for that person waits; others' does not."""
    talks, sends = two
    for _ in range(EACH_PERSON.most + 1):
        await talks.pace.before_reply(ANYBODY)
    await asyncio.sleep(3 * shared.ANSWERS_SECONDS)

    assert await sends.pace.take(ANYBODY, private=True) is None
    assert 0 < sends.pace.delay(ANYBODY) < EACH_PERSON.seconds
    assert await sends.pace.take(Address(Platform.TELEGRAM, "2"), private=True)


async def test_the_seats_name_nobody_and_are_forgotten(two):
    """Only who has the keys could tell whose chat it was, and soon nobody."""
    first, _ = two
    await first.pace.take(ANYBODY, private=True)

    async with first.database.write() as session:
        rows = list(await session.scalars(select(Pace.platform)))
        await pace.forget_old(session, now=datetime.now(UTC) + timedelta(hours=2))  # noqa: TID251 - the database's
        left = list(await session.scalars(select(Pace.platform)))

    (seat,) = set(rows) - {"telegram"}
    assert re.fullmatch("[0-9a-f]{64} 0", seat)
    assert left == []


@pytest.mark.long
@pytest.mark.parametrize("senders", [1, 3])
async def test_the_outbox_of_all_gives_way_to_the_answers_of_one(two, senders):
    """The platform counts both, however many turns the workers have reserved ahead."""
    talks, first = two
    sending = [first, *(Process(first.database) for _ in range(senders - 1))]
    async with AsyncExitStack() as stack:
        for one in (talks, *sending):
            await stack.enter_async_context(_worker(one.database))
        for one in sending:
            await stack.enter_async_context(one.sending())
        await asyncio.sleep(0.5)
        began, told = monotonic(), 0
        while (seconds := monotonic() - began) < 3:
            await talks.pace.before_reply(ANYBODY)
            told += 1
            await asyncio.sleep(0.1)

    sent = sum(began <= moment < began + seconds for one in sending for moment in one.sent)
    assert told + sent <= seconds * EACH_SECOND + MOST_AHEAD + shared.AT_ONCE * senders
    assert sent >= seconds * EACH_SECOND * 0.2


@asynccontextmanager
async def _worker(database):
    """One more worker is on the list."""
    async with database.engine.connect() as connection:
        await workers.enlist(connection)
        await connection.commit()
        yield
        await connection.invalidate()


@pytest.mark.long
async def test_a_rest_that_the_platform_asks_of_one_holds_for_both_and_once(two):
    """Of many messages in the air each may be refused with the same word: the rest is not added up."""
    refused, other = two
    async with refused.sending(), other.sending():
        await asyncio.sleep(0.5)
        for _ in range(10):
            refused.pace.pause(ANYBODY, 1.0, everywhere=True)
            await asyncio.sleep(0.02)
        paused = monotonic()
        await asyncio.sleep(2.5)

    both = sorted(refused.sent + other.sent)
    at_rest = [one for one in both if paused < one < paused + 0.8]
    assert len(at_rest) <= shared.AT_ONCE  # turns that the other had reserved before
    for process in two:
        assert [one for one in process.sent if paused + 0.8 < one < paused + 1.6]


@pytest.mark.long
async def test_without_the_database_nothing_goes_and_then_it_goes_on(two, postgres_url, postgres_server):
    """Nobody knows what the others send meanwhile."""
    first, _ = two
    name = postgres_url.rpartition("/")[2]
    admin = Database(postgres_server)
    async with first.sending():
        await asyncio.sleep(0.5)
        await _allow(admin, name, connections=False)
        away = monotonic()
        await asyncio.sleep(1.5)
        sent = len(first.sent)
        await _allow(admin, name, connections=True)
        back = monotonic()
        await asyncio.sleep(shared.PAUSE_SECONDS + 1)
    await admin.close()

    assert first.sent[0] < away
    assert sum(one > away for one in first.sent[:sent]) <= shared.AT_ONCE
    assert [one for one in first.sent if one > back]


async def _allow(admin, name, *, connections):
    """Nobody is connected to that database, or may be again."""
    end = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
    async with admin.engine.connect() as opened:
        connection = await opened.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {connections}"))
        if not connections:
            await connection.execute(end, {"name": name})


def test_a_turn_that_nobody_was_ready_for_is_over():
    """Used later it would come on top of a turn of another process's."""
    turns = Turns(EACH_SECOND)
    turns.reserved.extend([10.0, 10.0 + turns.interval, 20.0])

    turns.forget_missed(10.0 + 1.5 * turns.interval)
    late = turns.opens_at
    turns.forget_missed(19.0)

    assert late == 10.0 + turns.interval  # late by less than a turn: still its own
    assert turns.opens_at == 20.0
