"""The real clock and the real delivery over one outbox, by a wall clock that the test sets."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import datetime, timedelta

from bot.clock import Clock
from db import reminders
from db.models import State
from schedules import JOBS
from schedules.job import Job
from tests.bot.outbox_world import QUIET, World, until
from tests.room import STOCKHOLM

OFTEN = timedelta(milliseconds=50)
ADA, BEN = 1, 2


def at(said: str) -> datetime:
    """A moment in November 2026: "27 18:00" by the clock on the wall."""
    day, clock = said.split()
    return datetime.fromisoformat(f"2026-11-{day}T{clock}").replace(tzinfo=STOCKHOLM)


class House:
    """Runs, is killed and runs again; `beats` counts the ticks."""

    def __init__(self, world: World) -> None:
        """Nothing runs."""
        self.world = world
        self.beats = 0
        self._stack = AsyncExitStack()

    async def march(self, starts_at: str = "28 14:00", **values: object) -> int:
        """Something to which Ada comes, who has no quiet hours, with its reminders planned."""
        person = await self.world.person(ADA, quiet_hours="")
        activity = await self.world.activity(starts_in=at(starts_at) - self.world.now, **values)
        await self.world.signup(activity, person)
        await self.plan(activity)
        return activity

    async def plan(self, activity: int) -> None:
        """Its reminders are planned as things are now."""
        await self.world.does(lambda s: reminders.plan(s, activity, now=self.world.now, quiet=QUIET))

    async def start(self, clock: str, *, with_delivery: bool = True) -> None:
        """The process starts when the clock on the wall shows that; without delivery nothing leaves it."""
        self.world.now = at(clock)
        wake = (await self._stack.enter_async_context(self.world.delivering())).wake if with_delivery else _nothing
        made = Clock(
            self.world.database,
            self.world.installation,
            clock=lambda: self.world.now,
            on_queued=wake,
            on_tick=self._beat,
        )
        [job] = [one for one in JOBS if one.name == "reminders"]
        made.start([Job(job.name, OFTEN, job.run, job.next_due)])
        self._stack.push_async_callback(made.stop)
        await until(self._has_sent if with_delivery else self._has_looked)

    def _beat(self) -> None:
        self.beats += 1

    async def stop(self) -> None:
        """The process is gone."""
        await self._stack.aclose()

    async def shows(self, clock: str) -> None:
        """The clock on the wall shows that, and all that follows from it has been done."""
        self.world.now = at(clock)
        await until(self._has_sent)

    async def _has_looked(self) -> bool:
        async with self.world.database.read() as session:
            due_at = await reminders.next_due(session)
        return due_at is None or due_at > self.world.now

    async def _has_sent(self) -> bool:
        if not await self._has_looked():
            return False
        rows = await self.world.rows()
        waits = [row for row in rows if row.state == State.READY and row.not_before <= self.world.now]
        flying = [row for row in rows if row.state in {State.CLAIMED, State.SENDING}]
        return not waits and not flying

    @property
    def said(self) -> list[str]:
        """How each message that arrived begins."""
        return [text.split(":")[0] for text in self.world.telegram.texts]


def _nothing() -> None:
    """Nobody listens."""


async def a_moment() -> None:
    """Long enough for several looks."""
    await asyncio.sleep(4 * OFTEN.total_seconds())
