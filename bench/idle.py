"""Memory at rest, and how soon a later start asks for updates."""

import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import world
from bench.figures import median, table
from bench.process import Program
from tests.servers.discord import DiscordServer
from tests.servers.telegram import TelegramServer

REST_SECONDS = 8  # both libraries have settled by then
STARTS = 5


async def measure() -> str:
    """The table of the run."""
    async with TelegramServer(strict=False) as telegram, DiscordServer() as discord:
        discord.guild()
        with TemporaryDirectory() as folder:
            await world.fill(Path(folder))
            environment = {
                "KALLELSE_TELEGRAM_TOKEN": telegram.token,
                "KALLELSE_TELEGRAM_API_URL": telegram.url,
                "KALLELSE_DISCORD_TOKEN": discord.token,
                "KALLELSE_DISCORD_API_URL": discord.url,
                "KALLELSE_DATA_DIR": folder,
                "KALLELSE_WEB_PORT": str(world.free_port()),
            }
            bare = await _rest(telegram, discord, "bench.bare_both", environment=environment)
            ours = [await _rest(telegram, discord, "bot", "run", environment=environment) for _ in range(STARTS)]
    memory, start = median([one[0] for one in ours]), median([one[1] for one in ours])
    return table(
        ("at rest, both platforms", "MiB", "× bare", "first getUpdates, s"),
        [
            ("both libraries, bare", f"{bare[0]:.0f}", "1.00", f"{bare[1]:.2f}"),
            (f"Kallelse, median of {STARTS}", f"{memory:.0f}", f"{memory / bare[0]:.2f}", f"{start:.2f}"),
        ],
    )


async def _rest(
    telegram: TelegramServer, discord: DiscordServer, *arguments: str, environment: dict[str, str]
) -> tuple[float, float]:
    """Memory in MiB once both platforms are up, and seconds from the start to the first getUpdates."""
    telegram.counts.clear()
    began = time.perf_counter()
    async with Program(*arguments, environment=environment) as program:
        await telegram.until(lambda: telegram.counts["getUpdates"], 30)
        first = time.perf_counter() - began
        await discord.ready(30)
        await asyncio.sleep(REST_SECONDS)
        return program.memory_mib(), first
