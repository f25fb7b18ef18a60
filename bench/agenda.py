"""The week among 100,000 activities of ten years."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import world
from bench.figures import percentile, table
from db import agenda
from db.session import Database

ACTIVITIES = 100_000
YEARS = 10
ASKED = 2_000


async def measure() -> str:
    """The table of the run."""
    with TemporaryDirectory() as folder:
        await world.fill(Path(folder), activities=ACTIVITIES, years=YEARS)
        database = Database(f"sqlite+aiosqlite:///{folder}/kallelse.db")
        now = datetime.now(UTC)  # noqa: TID251 - the world was made around it
        viewer = agenda.Viewer(invented=False)
        waits, found = [], 0
        for _ in range(ASKED):
            began = time.perf_counter()
            async with database.read() as session:
                rows = await agenda.entries(session, viewer, now=now, since=now, until=now + timedelta(days=7))
            waits.append((time.perf_counter() - began) * 1000)
            found = len(rows)
        await database.close()
    row = (f"{ACTIVITIES:,}", found, f"{percentile(waits, 0.5):.2f}", f"{percentile(waits, 0.99):.2f}")
    return table(("activities", "in the week, shown", "p50 ms", "p99 ms"), [row])
