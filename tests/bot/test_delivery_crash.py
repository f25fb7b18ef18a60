"""Every point at which the process can die while it sends: nobody lost, twice only by policy."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from chat.address import Platform
from chat.sending import Outgoing
from db.models import PostKind
from db.session import Database
from tests.bot.outbox_world import World, until
from tests.keeping import Keeper
from tests.room import open_room

PEOPLE = 2


@dataclass(slots=True)
class Watcher:
    """Keeps what a crash would leave behind: the committed database, and what the platform had got by then."""

    source: Path
    folder: Path
    platform: Keeper
    points: list[tuple[Path, tuple[Outgoing, ...]]] = field(default_factory=list)

    def look(self, *_: object) -> None:
        """Here the process could die."""
        copy = self.folder / f"{len(self.points)}.db"
        with closing(sqlite3.connect(self.source)) as before, closing(sqlite3.connect(copy)) as after:
            before.backup(after)
        self.points.append((copy, tuple(self.platform.kept)))

    @contextmanager
    def watching(self, database: Database) -> Iterator[None]:
        """Looks just before every commit."""
        engine = database.engine.sync_engine
        event.listen(engine, "commit", self.look)
        yield
        event.remove(engine, "commit", self.look)


@dataclass(slots=True)
class Watched(Keeper):
    """A platform that lets the watcher look before and after it takes a message."""

    watcher: Watcher | None = None

    async def send(self, outgoing: Outgoing) -> str:
        """As a Keeper."""
        assert self.watcher is not None
        self.watcher.look()
        sent = await Keeper.send(self, outgoing)
        self.watcher.look()
        await asyncio.sleep(0)
        return sent


async def crash_points(
    tmp_path: Path, platform: Platform, kind: PostKind
) -> list[tuple[Path, tuple[Outgoing, ...]]]:
    """Every point of one post on its way to three people."""
    async with open_room(tmp_path) as room:
        sender = Watched(platform)
        world = World(room.database)
        setattr(world, platform.value, sender)
        sender.watcher = Watcher(tmp_path / "kallelse.db", tmp_path, sender)
        for number in range(PEOPLE):
            await world.person(number, platform=platform)
        await world.post(kind=kind)
        with sender.watcher.watching(room.database):
            async with world.delivering():
                await world.reached(*["sent"] * PEOPLE)
        return sender.watcher.points


async def after(point: Path, platform: Platform) -> tuple[list[Outgoing], list[str]]:
    """What is sent by a process that starts with what the crash left, and how the deliveries stand then."""
    database = Database(f"sqlite+aiosqlite:///{point}")
    world = World(database)

    async def at_rest() -> bool:
        world.now += timedelta(seconds=1)
        return set(await world.states()) <= {"sent", "held"}

    async with world.delivering() as delivery:

        async def awake() -> bool:
            delivery.wake()
            return await at_rest()

        await until(awake)
    states = await world.states()
    await database.close()
    return getattr(world, platform.value).kept, states


@pytest.mark.parametrize(
    ("platform", "kind", "most"),
    [
        (Platform.TELEGRAM, PostKind.CALL, 2),
        (Platform.TELEGRAM, PostKind.DIGEST, 1),
        (Platform.DISCORD, PostKind.CALL, 1),
        (Platform.DISCORD, PostKind.DIGEST, 1),
    ],
)
async def test_a_crash_loses_nobody_and_doubles_only_by_policy(tmp_path, platform, kind, most):
    """Whenever it dies: each person has it, or an organiser can see that they may not."""
    points = await crash_points(tmp_path, platform, kind)

    assert len(points) > 2 * PEOPLE
    for point, before in points:
        again, states = await after(point, platform)
        kept = [*before, *again]
        # Discord takes messages with the same nonce for one.
        seen = {one.nonce: one for one in kept}.values() if platform is Platform.DISCORD else kept
        copies = Counter(one.address.id for one in seen)
        assert len(copies) + states.count("held") >= PEOPLE
        assert all(count <= most for count in copies.values())
