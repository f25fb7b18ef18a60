"""CPU and waiting time of one slash command on Discord, beside the smallest discord.py bot, in one run."""

import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import world
from bench.figures import median, percentile, table
from bench.process import Program
from tests.servers.discord import Channel, DiscordServer, Person

PEOPLE = 50
ROUNDS = 5
COMMANDS = 300
EACH_SECOND = 50


async def measure() -> str:
    """The table of the run."""
    found: dict[str, tuple[list[float], list[float]]] = {}
    for name, arguments, command in (
        ("echo (bare library)", ("bench.bare_discord",), "echo"),
        ("/vecka", ("bot", "run"), "vecka"),
    ):
        async with DiscordServer() as server:
            found[name] = await _program(server, arguments, command)
    bare = median(found["echo (bare library)"][0])
    rows = [
        (
            name,
            f"{median(cpu):.2f}",
            f"{median(cpu) / bare:.2f}",
            f"{percentile(waits, 0.5):.1f}",
            f"{percentile(waits, 0.99):.1f}",
        )
        for name, (cpu, waits) in found.items()
    ]
    return table(("one slash command", "CPU ms, median", "× bare", "p50 ms", "p99 ms"), rows)


async def _program(
    server: DiscordServer, arguments: tuple[str, ...], command: str
) -> tuple[list[float], list[float]]:
    guild = server.guild()
    channel = server.channel(guild)
    people = [server.person(f"Testa {number}", guild) for number in range(PEOPLE)]
    with TemporaryDirectory() as folder:
        await world.fill(Path(folder))
        environment = {
            "KALLELSE_DISCORD_TOKEN": server.token,
            "KALLELSE_DISCORD_API_URL": server.url,
            "KALLELSE_DATA_DIR": folder,
            "KALLELSE_WEB_PORT": str(world.free_port()),
        }
        async with Program(*arguments, environment=environment) as program:
            await server.ready(30)
            await server.until(lambda: command in people[0].commands(), 30, "the commands")
            await asyncio.sleep(3)
            await _round(program, server, people, channel, command)
            rounds = [await _round(program, server, people, channel, command) for _ in range(ROUNDS)]
    return [one[0] for one in rounds], [wait for one in rounds for wait in one[1]]


async def _round(
    program: Program, server: DiscordServer, people: list[Person], channel: Channel, command: str
) -> tuple[float, list[float]]:
    waits: list[float] = []
    cpu, began = program.cpu_seconds(), time.perf_counter()

    async def one(number: int) -> None:
        await asyncio.sleep(max(0.0, began + number / EACH_SECOND - time.perf_counter()))
        asked = time.perf_counter()
        act = people[number % PEOPLE].slash(command, channel)
        await server.until(lambda: act.answered, 10, "an answer")
        waits.append((time.perf_counter() - asked) * 1000)

    await asyncio.gather(*(one(number) for number in range(COMMANDS)))
    return (program.cpu_seconds() - cpu) / COMMANDS * 1000, waits
