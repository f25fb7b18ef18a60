"""Memory of the running process while 200,000 deliveries go out, platform's limits off."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import outbox
from bench.deliveries import WITHIN_SECONDS, environment
from bench.figures import table
from bench.lean_telegram import LeanTelegram
from bench.process import Program

STEPS = (10_000, 25_000, 50_000, 75_000, 100_000, 150_000, 200_000)


async def measure(steps: Sequence[int] = STEPS) -> str:
    """The table of the run."""
    rows: list[tuple[object, ...]] = []
    with TemporaryDirectory() as folder:
        database = await outbox.filled(Path(folder), range(1, steps[-1] + 1))
        async with (
            LeanTelegram() as server,
            Program("bench.unpaced", environment=environment(server, folder)) as program,
        ):
            await asyncio.wait_for(server.polled.wait(), WITHIN_SECONDS)
            rows.append((0, f"{program.memory_mib():.0f}"))
            await outbox.queue(database, "bench:memory")
            for step in steps:
                await server.has(step, WITHIN_SECONDS)
                rows.append((f"{step:,}", f"{program.memory_mib():.0f}"))
        await database.close()
    return table(("deliveries so far", "MiB (PSS)"), rows)
