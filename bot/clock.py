"""The clock: looks every so often at what is due, and once more the moment something is."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.logs import brief
from db.backup import Place
from db.installation import Installation
from db.session import Database
from schedules.job import Chore, Job

log = logging.getLogger(__name__)

TICK = timedelta(seconds=1)
PATIENCE_SECONDS = 8.0  # for one look; the watchdog waits ten
TURN_SECONDS = 0.01


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
        is_ours: Callable[[], bool] = lambda: True,
    ) -> None:
        """`is_ours` tells whether this process does the clock's work.

        `on_queued` hears of commits that put something into the outbox, `on_tick` that time goes by.
        """
        self._database = database
        self._installation = installation
        self._clock = clock
        self._on_queued = on_queued
        self._on_tick = on_tick
        self._is_ours = is_ours
        self._stopped = False
        self._jobs: tuple[Job, ...] = ()
        self._chores: tuple[Chore, ...] = ()
        self._place: Place | None = None
        self._seen = clock()
        self._looks: dict[str, asyncio.Task[None]] = {}
        self._due: dict[str, asyncio.TimerHandle] = {}
        # No grace: a look that comes late is better than none.
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)

    def start(self, jobs: Iterable[Job], chores: Iterable[Chore] = (), place: Place | None = None) -> None:
        """The first look is now. `place`: where chores work."""
        self._jobs, self._chores, self._place = tuple(jobs), tuple(chores), place
        self._scheduler.start()
        self._schedule()
        self._mind_the_wall()

    def _schedule(self) -> None:
        self._every(TICK, "tick", self._tick)
        every_one: tuple[Job | Chore, ...] = (*self._jobs, *self._chores)
        for job in every_one:
            self._every(job.every, job.name, self._scheduled, job)
            self._begin(job)

    def _every(
        self, span: timedelta, name: str, work: Callable[..., Awaitable[None]], *arguments: Job | Chore
    ) -> None:
        trigger = IntervalTrigger(seconds=span.total_seconds(), timezone=UTC)
        self._scheduler.add_job(work, trigger, arguments, id=name, replace_existing=True)

    def _mind_the_wall(self) -> None:
        """The clock on the wall that is put back does not make the scheduler wait until it is as late again.

        Looked at by the loop's clock, which nobody sets. One that is put forward only makes us look at once.
        """
        now = self._clock()
        if now < self._seen:
            log.warning("the clock was put back by %d seconds", (self._seen - now).total_seconds())
            self._schedule()
        self._seen = now
        self._minding = asyncio.get_running_loop().call_later(TICK.total_seconds(), self._mind_the_wall)

    async def stop(self) -> None:
        """No look begins any more, and those under way are over; chores are called off."""
        self._stopped = True
        for timer in (self._minding, *self._due.values()):
            timer.cancel()
        # The scheduler cancels what it runs, also in the middle of a transaction: looks are tasks of our own,
        # and what only begins one has a turn of the loop to be over, or it would be called an error.
        self._scheduler.pause()
        await asyncio.sleep(TURN_SECONDS)
        self._scheduler.shutdown(wait=False)
        for chore in self._chores:
            if chore.name in self._looks:
                self._looks[chore.name].cancel()
        if self._looks:
            await asyncio.wait(self._looks.values())

    async def _tick(self) -> None:
        self._on_tick()

    async def _scheduled(self, job: Job | Chore) -> None:
        self._begin(job)

    def _begin(self, job: Job | Chore) -> None:
        """A look begins, unless one is under way: that one finds out itself what is due next."""
        running = self._looks.get(job.name)
        if not self._stopped and self._is_ours() and (running is None or running.done()):
            work = self._look(job) if isinstance(job, Job) else self._chore(job)
            self._looks[job.name] = asyncio.create_task(work)

    async def _chore(self, chore: Chore) -> None:
        assert self._place is not None, "whoever starts chores says where"
        try:
            await chore.run(self._place, now=self._clock())
        except Exception as error:  # noqa: BLE001 - as above
            log.error("%s failed: %s", chore.name, brief(error))

    async def _look(self, job: Job) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                due_at = await self._run(job)
        except Exception as error:  # noqa: BLE001 - whatever one job throws, the others go on
            log.error("%s failed: %s", job.name, brief(error))
            return
        if due_at is not None and due_at < self._clock() + job.every:
            # Counted from our own clock: the scheduler's is another one.
            seconds = max(0.0, (due_at - self._clock()).total_seconds())
            self._due[job.name] = asyncio.get_running_loop().call_later(seconds, self._begin, job)

    async def _run(self, job: Job) -> datetime | None:
        if job.next_due is not None:
            async with self._database.glance() as session:
                due_at = await job.next_due(session)
            if due_at is None or due_at > self._clock():
                return due_at
        async with self._database.write() as session:
            due_at = await job.run(session, now=self._clock(), installation=self._installation)
            queued = session.info.get("wake", False)
        if queued:
            self._on_queued()
        return due_at
