"""The clock: looks every so often at what is due, and once more the moment something is."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.logs import brief
from db.installation import Installation
from db.session import Database
from schedules.job import Job

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 8.0  # for one look; the watchdog waits ten
EVERY, SOON = "", ":soon"


class Clock:
    """Runs the jobs of `schedules`. A look that fails is logged, and the next one comes."""

    def __init__(
        self,
        database: Database,
        installation: Installation,
        *,
        clock: Callable[[], datetime],
        on_queued: Callable[[], None],
        on_tick: Callable[[], None],
    ) -> None:
        """`on_queued` hears of commits that put something into the outbox, `on_tick` that time goes by."""
        self._database = database
        self._installation = installation
        self._clock = clock
        self._on_queued = on_queued
        self._on_tick = on_tick
        self._busy: dict[str, asyncio.Lock] = {}
        self._due: dict[str, asyncio.TimerHandle] = {}
        # No grace: a look that comes late is better than none.
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)

    def start(self, jobs: Iterable[Job]) -> None:
        """The first look is now."""
        self._scheduler.start()
        self._scheduler.add_job(self._tick, IntervalTrigger(seconds=1, timezone=UTC))
        for job in jobs:
            self._busy[job.name] = asyncio.Lock()
            every = IntervalTrigger(seconds=job.every.total_seconds(), timezone=UTC)
            self._scheduler.add_job(self._look, every, [job], id=job.name + EVERY)
            self._look_soon(job)

    async def stop(self) -> None:
        """No look begins any more, and those under way are over."""
        for timer in self._due.values():
            timer.cancel()
        self._scheduler.shutdown(wait=False)
        for lock in self._busy.values():
            async with lock:
                pass

    async def _tick(self) -> None:
        self._on_tick()

    async def _look(self, job: Job) -> None:
        async with self._busy[job.name]:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    due_at = await self._run(job)
            except Exception as error:  # noqa: BLE001 - whatever one job throws, the others go on
                log.error("%s failed: %s", job.name, brief(error))
                return
        if due_at is not None and due_at < self._clock() + job.every:
            seconds = max(0.0, (due_at - self._clock()).total_seconds())
            self._due[job.name] = asyncio.get_running_loop().call_later(seconds, self._look_soon, job)

    def _look_soon(self, job: Job) -> None:
        # Our clock and the scheduler's may differ: it is only ever told "now".
        self._scheduler.add_job(self._look, args=[job], id=job.name + SOON, replace_existing=True)

    async def _run(self, job: Job) -> datetime | None:
        async with self._database.write() as session:
            due_at = await job.run(session, now=self._clock(), installation=self._installation)
            queued = session.info.get("wake", False)
        if queued:
            self._on_queued()
        return due_at
