"""Every point at which the process can die: nobody lost, twice only by policy, and a press has its effect once.

What others can see changes only by a commit or a send. So a death at any await leaves what one at the next commit
or send leaves, and those are the points; two points with the same rows and messages have the same future, and are
tried once. So these are all deaths and all pairs of them, for the order in which the tasks of a life took turns.
"""

from __future__ import annotations

import asyncio
import gc
import warnings
from dataclasses import dataclass, field

import pytest
from sqlalchemy.exc import SAWarning

from bot.lease import Alone
from chat.sending import Outgoing
from db.session import Database
from tests.bot.crashing import PEOPLE, STORIES, Story, Watched, tried, watching
from tests.bot.outbox_world import World
from tests.postgres import end_connections


@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
async def test_a_crash_loses_nobody_and_doubles_only_by_policy(place, name):
    """Whenever it dies: each person has it, or an organiser can see that they may not."""
    async with tried(STORIES[name], place) as trial:
        points = await trial.deaths_after(await trial.begins())

        assert len(points) > 2 * PEOPLE
        for point in points:
            await trial.goes_on_after(point)


@pytest.mark.long
@pytest.mark.parametrize("name", STORIES)
async def test_a_crash_while_recovering_from_a_crash(place, name):
    """All pairs: the second death at any point of what follows the first."""
    async with tried(STORIES[name], place) as trial:
        pairs = {
            second: first
            for first in await trial.deaths_after(await trial.begins())
            for second in await trial.deaths_after(first)
        }

        assert len(pairs) > len(set(pairs.values())) > 2 * PEOPLE
        for point in pairs:
            await trial.goes_on_after(point)


@dataclass(slots=True)
class Mortal:
    """Dies at that point: from then on it neither writes nor sends, and nothing of it is tidied up."""

    at: int
    seen: int = 0
    dead: asyncio.Event = field(default_factory=asyncio.Event)

    def look(self) -> None:
        """The point, or one behind it."""
        self.seen += 1
        if self.seen > self.at:
            self.dead.set()
            raise asyncio.CancelledError


async def dies(story: Story, url: str, at: int) -> tuple[bool, tuple[Outgoing, ...]]:
    """Whether the worker died at that point, or came to its end before; and what its platform got."""
    world, sender, mortal = World(Database(url), only=story.platform), Watched(story.platform), Mortal(at)
    setattr(world, story.platform.value, sender)
    lease = Alone()
    await world.enlist(lease.worker)
    sender.look = mortal.look
    others = asyncio.all_tasks()
    with watching(world.database, mortal.look):
        living = asyncio.create_task(story.runs(world, lease))
        dying = asyncio.create_task(mortal.dead.wait())
        await asyncio.wait({living, dying}, return_when=asyncio.FIRST_COMPLETED)
        while left := asyncio.all_tasks() - others:
            for task in left:
                task.cancel()
            await asyncio.wait(left)
    await end_connections(url)
    await world.database.close()
    bury_connections()
    return mortal.dead.is_set(), tuple(sender.kept)


def bury_connections() -> None:
    """Those in whose middle a worker died are found now, and not as a warning in some later test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        gc.collect()


async def another_takes_over(story: Story, url: str, before: tuple[Outgoing, ...]) -> None:
    """Whoever comes next finishes what the dead left."""
    world, sender = World(Database(url), only=story.platform), Watched(story.platform)
    setattr(world, story.platform.value, sender)
    await story.runs(world)
    await story.kept_its_promises(world, before, tuple(sender.kept))
    await world.database.close()


# A worker that dies in the middle of a statement leaves its connection to the garbage collector.
LEAVES_CONNECTIONS = pytest.mark.filterwarnings("ignore:The garbage collector is trying:sqlalchemy.exc.SAWarning")


@LEAVES_CONNECTIONS
@pytest.mark.postgres
@pytest.mark.long
@pytest.mark.parametrize(("name", "step"), [("a call", 5), *((one, 1) for one in STORIES)])
async def test_a_worker_that_dies_on_postgresql(postgres_url, name, step):
    """Its backends end with it; the next one finds every point as SQLite's next process does."""
    story, at, died = STORIES[name], 0, True
    async with tried(story, postgres_url) as trial:
        beginning = await trial.begins()

        while died:
            trial.ground.put_back(beginning.rows)
            died, kept = await dies(story, postgres_url, at)
            trial.ground.script("DELETE FROM worker")
            await another_takes_over(story, postgres_url, kept)
            at += step

    assert at > 2 * PEOPLE
