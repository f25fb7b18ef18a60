"""Durable deliveries a second from one process, and their CPU beside a bare `send_message` loop, in one run."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import outbox, world
from bench.figures import median, table
from bench.lean_telegram import TOKEN, LeanTelegram
from bench.process import Program
from db.session import Database

PEOPLE = 5_000
ROUNDS = 5
BARE = 1_000  # messages a round of the bare loop
WITHIN_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Round:
    """Messages a second, CPU milliseconds a message, and how many came not once."""

    each_second: float
    cpu: float
    wrong: int


async def bare(server: LeanTelegram, people: int) -> Round:
    """The loop sends to so many; it has more to do when it is measured."""
    server.forget()
    environment = {"KALLELSE_TELEGRAM_TOKEN": TOKEN, "KALLELSE_TELEGRAM_API_URL": server.url}
    arguments = ("bench.bare_sender", "plain", "1", str(people * 2))
    async with Program(*arguments, environment=environment) as program:
        await server.has(1, WITHIN_SECONDS)
        cpu, began = program.cpu_seconds(), time.perf_counter()
        await server.has(people, WITHIN_SECONDS)
        return _round(server, people, time.perf_counter() - began, program.cpu_seconds() - cpu)


async def ours(server: LeanTelegram, database: Database, program: Program, key: str, people: int) -> Round:
    """A call to everybody goes out; it is over when the last message has been acknowledged."""
    before = await outbox.sent(database)
    server.forget()
    cpu = program.cpu_seconds()
    await outbox.queue(database, key)
    await server.has(people, WITHIN_SECONDS)
    while await outbox.sent(database) < before + people:  # noqa: ASYNC110 - a state of the database
        await asyncio.sleep(0.005)
    return _round(server, people, time.perf_counter() - server.first_at, program.cpu_seconds() - cpu)


def _round(server: LeanTelegram, people: int, seconds: float, cpu: float) -> Round:
    wrong = sum(server.arrived[one] != 1 for one in range(1, people + 1))
    return Round(people / seconds, cpu / people * 1000, wrong)


async def measure(people: int = PEOPLE, rounds: int = ROUNDS, bare_people: int = BARE) -> str:
    """The table of the run."""
    found: dict[str, list[Round]] = {"bare `send_message` loop": [], "Kallelse, each durable": []}
    with TemporaryDirectory() as folder:
        database = await outbox.filled(Path(folder), range(1, people + 1))
        async with LeanTelegram() as server:
            for _ in range(rounds):
                found["bare `send_message` loop"].append(await bare(server, bare_people))
            async with Program("bench.unpaced", environment=environment(server, folder)) as program:
                await asyncio.wait_for(server.polled.wait(), WITHIN_SECONDS)
                for number in range(rounds + 1):
                    one = await ours(server, database, program, f"bench:{number}", people)
                    found["Kallelse, each durable"] += [one] if number else []  # the first warms up
        await database.close()
    return table(
        ("one process", "messages/s, median", "CPU ms a message", "× bare", "not exactly once"), _rows(found)
    )


def environment(server: LeanTelegram, folder: str) -> dict[str, str]:
    """What the product is told."""
    return {
        "KALLELSE_TELEGRAM_TOKEN": TOKEN,
        "KALLELSE_TELEGRAM_API_URL": server.url,
        "KALLELSE_DATA_DIR": folder,
        "KALLELSE_ORGANISATION": world.ORGANISATION,
        "KALLELSE_QUIET_HOURS": "",
    }


def _rows(found: dict[str, list[Round]]) -> list[tuple[object, ...]]:
    bare_cpu = median([one.cpu for one in next(iter(found.values()))])
    rows: list[tuple[object, ...]] = []
    for name, some in found.items():
        speed, cpu = median([one.each_second for one in some]), median([one.cpu for one in some])
        rows.append((name, f"{speed:,.0f}", f"{cpu:.2f}", f"{cpu / bare_cpu:.2f}", sum(one.wrong for one in some)))
    return rows
