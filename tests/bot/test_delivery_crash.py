"""Every point at which the process can die: nobody lost, twice only by policy, and a press has its effect once."""

from __future__ import annotations

import asyncio
import gc
import tempfile
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import delete, make_url, text
from sqlalchemy.exc import SAWarning
from sqlalchemy.ext.asyncio import create_async_engine

from bot.lease import Alone
from chat.sending import Outgoing
from db import migrations
from db.keys import use_keys
from db.models import Base, Worker
from db.session import Database
from tests.bot.crashing import (
    MEMORY,
    PEOPLE,
    STORIES,
    Point,
    Story,
    Watched,
    deaths_after,
    goes_on_after,
    on_file,
    watching,
)
from tests.bot.outbox_world import World
from tests.postgres import end_connections
from tests.room import KEYS


async def beginning(story: Story, folder: Path) -> Point:
    """Before anything has happened."""
    use_keys(KEYS)
    file = folder / "s.db"
    async with on_file(file, story) as (world, _):
        async with world.database.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        await story.begins(world)
    return Point(file, ())


@pytest.fixture
def folder():
    """In memory where there is such a place: hundreds of databases are on disk there at once."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as made:
        yield Path(made)


@pytest.mark.parametrize("name", STORIES)
async def test_a_crash_loses_nobody_and_doubles_only_by_policy(folder, name):
    """Whenever it dies: each person has it, or an organiser can see that they may not."""
    story = STORIES[name]
    points = await deaths_after(await beginning(story, folder), story, folder)

    assert len(points) > 2 * PEOPLE
    for point in points:
        await goes_on_after(point, story)


@pytest.mark.long
@pytest.mark.parametrize("name", STORIES)
async def test_a_crash_while_recovering_from_a_crash(folder, name):
    """All pairs: the second death at any point of what follows the first."""
    story = STORIES[name]
    for first in await deaths_after(await beginning(story, folder), story, folder):
        for second in await deaths_after(first, story, folder):
            await goes_on_after(second, story)


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
    """The dead are given up, and whoever comes next finishes what they left."""
    world, sender = World(Database(url), only=story.platform), Watched(story.platform)
    setattr(world, story.platform.value, sender)
    await nobody_lives(url)
    await story.runs(world)
    await story.kept_its_promises(world, before, tuple(sender.kept))
    await world.database.close()


async def nobody_lives(url: str) -> None:
    """All workers are given up."""
    database = Database(url)
    await World(database).does(lambda session: session.execute(delete(Worker)))
    await database.close()


async def copy_of(url: str) -> str:
    """The address of a database like that one."""
    engine = create_async_engine(make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")
    name = f"crash_{uuid4().hex}"
    async with engine.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {make_url(url).database}"))
    await engine.dispose()
    return make_url(url).set(database=name).render_as_string(hide_password=False)


async def begun(story: Story, url: str) -> None:
    """The tables are there, and those whom the story is about."""
    use_keys(KEYS)
    world = World(Database(url), only=story.platform)
    await migrations.upgrade(world.database)
    await story.begins(world)
    await world.database.close()


# A worker that dies in the middle of a statement leaves its connection to the garbage collector.
LEAVES_CONNECTIONS = pytest.mark.filterwarnings("ignore:The garbage collector is trying:sqlalchemy.exc.SAWarning")


@LEAVES_CONNECTIONS
@pytest.mark.postgres
@pytest.mark.parametrize(
    ("name", "step"), [("a call", 5), *(pytest.param(one, 1, marks=pytest.mark.long) for one in STORIES)]
)
async def test_a_worker_that_dies_on_postgresql(postgres_url, name, step):
    """Its backends end with it; the next one finds every point as SQLite's next process does."""
    story, at = STORIES[name], 0
    await begun(story, postgres_url)

    while True:
        url = await copy_of(postgres_url)
        died, kept = await dies(story, url, at)
        await another_takes_over(story, url, kept)
        if not died:
            break
        at += step

    assert at > 2 * PEOPLE


@LEAVES_CONNECTIONS
@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.parametrize("name", ["a call", "a digest"])
async def test_two_workers_that_die_one_after_the_other(postgres_url, name):
    """Every other first death with some of the second ones: the point moves on with both."""
    story, at = STORIES[name], 0
    await begun(story, postgres_url)

    died = True
    while died:
        for second in range(at % 5, 14, 5):
            url = await copy_of(postgres_url)
            died, kept = await dies(story, url, at)
            await nobody_lives(url)
            _, more = await dies(story, url, second)
            await another_takes_over(story, url, (*kept, *more))
        at += 2

    assert at > 2 * PEOPLE
