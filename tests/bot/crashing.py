"""Where a process can die, and what is found then: every commit and every send, on both databases."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import event, select, update

from bot.lease import Alone, Lease
from chat.address import Address, Platform
from chat.request import Chat, Kind, Request
from chat.sending import Outgoing
from db import outbox, reach, reminders
from db.audiences import Audience
from db.keys import use_keys
from db.models import Activity, PostKind, Priority, Signup
from db.models import Post as PostRow
from db.session import Database
from schedules import reminders as sweep
from tests.bot.ground import Ground, with_tables
from tests.bot.outbox_world import QUIET, World, said, until
from tests.keeping import Keeper
from tests.room import ADA, KEYS, room_on

PEOPLE = 2
AT_REST = {"sent", "held", "cancelled"}


@dataclass(slots=True)
class Watched(Keeper):
    """A platform that tells before and after it takes a message; there the process could die."""

    look: Callable[[], None] = lambda: None

    async def send(self, outgoing: Outgoing) -> str:
        """As a Keeper."""
        self.look()
        sent = await Keeper.send(self, outgoing)
        self.look()
        await asyncio.sleep(0)
        return sent


@contextmanager
def watching(database: Database, look: Callable[[], None]) -> Iterator[None]:
    """Looks just before every commit."""

    def before(*_: object) -> None:
        look()

    event.listen(database.engine.sync_engine, "commit", before)
    yield
    event.remove(database.engine.sync_engine, "commit", before)


@dataclass(frozen=True, slots=True)
class Point:
    """What a death here leaves: all that is committed, and what the platform had got.

    Two that are equal have the same future: whoever comes next knows nothing else.
    """

    rows: Hashable
    kept: tuple[Outgoing, ...]
    deaths: int = 1


@dataclass(slots=True)
class Watcher:
    """Keeps the points of a life, each once."""

    ground: Ground
    platform: Watched
    born: Point
    points: dict[Point, None] = field(default_factory=dict)

    def look(self) -> None:
        """Here the process could die."""
        kept = (*self.born.kept, *self.platform.kept)
        self.points[Point(self.ground.taken(), kept, self.born.deaths + 1)] = None


@dataclass(frozen=True, slots=True)
class Story:
    """What happens. `goes` comes again after a crash: an update that was not confirmed, a tick, a second press.

    `most`: how often one may have it, at worst.
    """

    platform: Platform
    kind: PostKind
    most: int
    begins: Callable[[World], Awaitable[None]]
    goes: Callable[[World], Awaitable[None]]
    holds: Callable[[World, tuple[Outgoing, ...], tuple[Outgoing, ...]], Awaitable[None]]

    async def runs(self, world: World, lease: Lease | None = None) -> None:
        """The story goes its way, until everything rests."""
        async with world.delivering(lease=lease) as delivery:
            await self.goes(world)

            async def at_rest() -> bool:
                world.now += timedelta(seconds=1)
                delivery.wake()
                return set(await world.states()) <= AT_REST

            await until(at_rest)

    async def kept_its_promises(
        self, world: World, before: tuple[Outgoing, ...], after: tuple[Outgoing, ...]
    ) -> None:
        """Nobody lost, nobody more often than the policy says."""
        kept = [*before, *after]
        # Discord takes messages with the same nonce for one.
        seen = {one.nonce: one for one in kept}.values() if self.platform is Platform.DISCORD else kept
        copies = Counter((one.address.id, one.message.text) for one in seen)
        rows = await world.rows()
        assert all(count <= self.most for count in copies.values()), copies
        assert len(rows) >= PEOPLE
        assert {row.state for row in rows} <= AT_REST
        assert all(row.state == "sent" or row.reason for row in rows)
        assert len({one.nonce for one in kept}) >= sum(row.state == "sent" for row in rows)
        await self.holds(world, before, after)


async def people_there(world: World) -> None:
    """Those who are to get it."""
    for number in range(PEOPLE):
        await world.person(number, platform=world.only)


def queued(kind: PostKind) -> Callable[[World], Awaitable[None]]:
    """Something of that kind is said to everybody; said already, it is not said again."""

    async def goes(world: World) -> None:
        async with world.database.write() as session:
            content = {"sv": said("Demonstration")}
            post_id = await outbox.queue_post(
                session, "call:1", kind, private=content, group=content, priority=Priority.CALL, now=world.now
            )
            everybody = reach.reached(Audience(invented=False))
            if post_id is not None:
                await outbox.queue_to_people(session, post_id, everybody, now=world.now, quiet=QUIET)

    return goes


async def nothing_more(_world: World, _before: tuple[Outgoing, ...], _after: tuple[Outgoing, ...]) -> None:
    """What holds of every story is enough."""


async def coming(world: World) -> None:
    """Those who come to something that begins in two hours, at noon."""
    await people_there(world)
    activity = await world.activity(starts_in=timedelta(hours=5))
    for person in range(1, PEOPLE + 1):
        await world.signup(activity, person)
    async with world.database.write() as session:
        await reminders.plan(session, activity, now=world.now - timedelta(days=1), quiet=QUIET)


async def the_clock_looks(world: World) -> None:
    """It is time for the reminder."""
    world.now += timedelta(hours=3)
    async with world.database.write() as session:
        await sweep.run(session, now=world.now, installation=world.installation)


async def called(world: World) -> None:
    """A call that everybody is to get, to something that will be called off."""
    await people_there(world)
    activity = await world.activity()
    await world.post(activity_id=activity)


async def calls_off(world: World) -> None:
    """As the handler does it, while the call is on its way; a second press finds it done."""
    async with world.database.write() as session:
        post = await session.scalar(select(PostRow.id).where(PostRow.key == "call:1"))
        await session.execute(update(Activity).values(state="cancelled"))
        await outbox.cancel_unsent(session, [post or 0], reason="cancelled")
        content = {"sv": said("Inställt")}
        made = await outbox.queue_post(
            session, "off:1", PostKind.CANCELLATION, private=content, priority=Priority.URGENT, now=world.now
        )
        everybody = reach.reached(Audience(invented=False))
        if made is not None:
            await outbox.queue_to_people(session, made, everybody, now=world.now, quiet=None)


async def no_call_after(world: World, before: tuple[Outgoing, ...], after: tuple[Outgoing, ...]) -> None:
    """Once a process has started with the cancellation on disk, no call begins: it went before, or never."""
    told = [one for one in (*before, *after) if "Inställt" in one.message.text]
    held = (await world.states()).count("held")  # in the air at two deaths
    assert len({one.address.id for one in told}) + held >= PEOPLE
    last_call = max((place for place, one in enumerate(after) if "Inställt" not in one.message.text), default=-1)
    first_told = min((place for place, one in enumerate(after) if "Inställt" in one.message.text), default=99)
    assert last_call < first_told
    if any("Inställt" in one.message.text for one in before):
        assert last_call == -1


async def called_with_a_card(world: World) -> None:
    """A call whose card counts who comes; the first of them has a conversation with the bot."""
    await people_there(world)
    await world.activity()
    await world.post(activity_id=1)
    async with room_on(world.database):
        pass


async def answers(world: World) -> None:
    """A press that the platform repeats until it is confirmed."""
    chat = Chat(Address(ADA.address.platform, "0"), private=True)
    press = Request(
        kind=Kind.PRESS, route="signup.answer", argument="1:coming", chat=chat, sender=chat.address,
        sender_name="Testa", update="7",
    )  # fmt: skip
    async with room_on(world.database) as room:
        await room.gives(press)


async def answered_once(world: World, _before: tuple[Outgoing, ...], _after: tuple[Outgoing, ...]) -> None:
    """The press had its effect, once."""
    async with world.database.read() as session:
        assert list(await session.scalars(select(Signup.answer))) == ["coming"]
        assert await session.scalar(select(PostRow.counts).where(PostRow.key == "call:1")) == 1


STORIES = {
    "a call": Story(Platform.TELEGRAM, PostKind.CALL, 2, people_there, queued(PostKind.CALL), nothing_more),
    "a digest": Story(Platform.TELEGRAM, PostKind.DIGEST, 1, people_there, queued(PostKind.DIGEST), nothing_more),
    "a call on Discord": Story(
        Platform.DISCORD, PostKind.CALL, 1, people_there, queued(PostKind.CALL), nothing_more
    ),
    "a digest on Discord": Story(
        Platform.DISCORD, PostKind.DIGEST, 1, people_there, queued(PostKind.DIGEST), nothing_more
    ),
    "a reminder": Story(Platform.TELEGRAM, PostKind.REMINDER, 2, coming, the_clock_looks, nothing_more),
    "a cancellation": Story(Platform.TELEGRAM, PostKind.CANCELLATION, 2, called, calls_off, no_call_after),
    "a press": Story(Platform.TELEGRAM, PostKind.CALL, 2, called_with_a_card, answers, answered_once),
}


@dataclass(frozen=True, slots=True)
class Trial:
    """A story on a database on which its crashes are tried, one after the other."""

    story: Story
    ground: Ground
    database: Database

    async def begins(self) -> Point:
        """Before anything has happened."""
        use_keys(KEYS)
        await self.story.begins(World(self.database, only=self.story.platform))
        return Point(self.ground.taken(), (), 0)

    @asynccontextmanager
    async def _life(self, point: Point) -> AsyncIterator[tuple[World, Watched, Lease]]:
        self.ground.put_back(point.rows)
        world, sender, lease = (
            World(self.database, only=self.story.platform),
            Watched(self.story.platform),
            Alone(),
        )
        setattr(world, self.story.platform.value, sender)
        lease.worker = f"worker {point.deaths}"  # a name that nobody had before
        await world.enlist(lease.worker)
        yield world, sender, lease

    async def deaths_after(self, point: Point) -> list[Point]:
        """Where the process could die from that point on, when it does not."""
        async with self._life(point) as (world, sender, lease):
            watcher = Watcher(self.ground, sender, point)
            sender.look = watcher.look
            with watching(world.database, watcher.look):
                await self.story.runs(world, lease)
            await self.story.kept_its_promises(world, point.kept, tuple(sender.kept))
        return list(watcher.points)

    async def goes_on_after(self, point: Point) -> None:
        """A process starts with what the crash left, and everything is well at its end."""
        async with self._life(point) as (world, sender, lease):
            await self.story.runs(world, lease)
            await self.story.kept_its_promises(world, point.kept, tuple(sender.kept))


@asynccontextmanager
async def tried(story: Story, place: Path | str) -> AsyncIterator[Trial]:
    """The story in that file or in the empty database at that address."""
    ground = await with_tables(place)
    database = Database(ground.url)
    yield Trial(story, ground, database)
    await database.close()
    ground.close()
