"""Durable deliveries a second from one, two and four processes on one PostgreSQL, platform's limits off."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select

from bench import outbox
from bench.deliveries import WITHIN_SECONDS, environment
from bench.figures import median, table
from bench.lean_telegram import LeanTelegram
from bench.process import Program
from bot.opening import KEY_FILE
from db import migrations
from db.keys import load_keys, use_keys
from db.models import Worker
from db.session import Database
from tests.postgres import postgres

PEOPLE = 5_000
ROUNDS = 3
WORKERS = (1, 2, 4)


async def measure(people: int = PEOPLE, rounds: int = ROUNDS, workers: Sequence[int] = WORKERS) -> str:
    """The table of the run."""
    rows: list[tuple[object, ...]] = []
    with postgres(durable=True) as address, TemporaryDirectory() as folder:
        database = Database(address)
        keys = load_keys(Path(folder) / KEY_FILE)
        use_keys(keys)
        await migrations.upgrade(database)
        await outbox.add_people(database, keys, range(1, people + 1))
        async with LeanTelegram() as server:
            told = environment(server, folder) | {"KALLELSE_DATABASE_URL": address}
            for count in workers:
                speeds, wrong = await _together(server, database, told, count, people=people, rounds=rounds)
                rows.append((count, f"{median(speeds):,.0f}", wrong))
        await database.close()
    return table(("processes", "messages/s, median", "not exactly once"), rows)


async def _together(
    server: LeanTelegram, database: Database, told: dict[str, str], count: int, *, people: int, rounds: int
) -> tuple[list[float], int]:
    """Messages a second of each round, and how many came not once, by so many processes."""
    speeds, wrong = [], 0
    async with AsyncExitStack() as stack:
        for number in range(count):
            roles = {"KALLELSE_ROLES": "worker" if number else "gateway,clock,worker"}
            await stack.enter_async_context(Program("bench.unpaced", environment=told | roles))
        await _at_work(database, count)
        for number in range(rounds + 1):
            speed = await _round(server, database, f"bench:{count}:{number}", people)
            wrong += sum(server.arrived[one] != 1 for one in range(1, people + 1))
            speeds += [speed] if number else []  # the first warms up
    return speeds, wrong


async def _at_work(database: Database, count: int) -> None:
    """So many workers have said that they live."""
    async with asyncio.timeout(WITHIN_SECONDS):
        found = 0
        while found != count:
            await asyncio.sleep(0.1)
            async with database.read() as session:
                found = await session.scalar(select(func.count()).select_from(Worker)) or 0


async def _round(server: LeanTelegram, database: Database, key: str, people: int) -> float:
    """Messages a second, once all of them are acknowledged."""
    before = await outbox.sent(database)
    server.forget()
    await outbox.queue(database, key)
    await server.has(people, WITHIN_SECONDS)
    while await outbox.sent(database) < before + people:  # noqa: ASYNC110 - a state of the database
        await asyncio.sleep(0.005)
    return people / (time.perf_counter() - server.first_at)
