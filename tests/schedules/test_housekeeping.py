"""What has served its purpose is forgotten, and nothing else."""

from dataclasses import replace
from datetime import timedelta

from markupsafe import Markup
from sqlalchemy import select

from chat.address import Address, Platform
from chat.message import Message
from db import arrivals, chats, codes, outbox, reach, try_out
from db.models import Arrival, Code, Delivery, Draft, Post, PostKind, Priority, SeenUpdate
from schedules import housekeeping, jobs
from tests import given as there
from tests.room import ADA, GROUP, KEYS, Room
from tests.schedules.ticking import tick


async def kept(room: Room) -> dict[str, int]:
    """How many rows each table holds."""
    async with room.database.read() as session:
        tables = (Code, Draft, SeenUpdate, Post, Delivery)
        return {table.__tablename__: len((await session.execute(select(table))).all()) for table in tables}


async def test_nothing_is_kept_for_ever(room):
    """Deliveries thirty days, codes a day after their end, updates as long as they may come twice."""
    await room.says("/vecka", by=ADA)
    await there.person(room, ADA)
    content = {"sv": Message(Markup("Hej"))}
    async with room.database.write() as session:
        await codes.new_code(session, KEYS, "admin", valid=timedelta(hours=1), now=room.now)
        post = await outbox.queue_post(
            session, "a", PostKind.PERSONAL, private=content, priority=Priority.CALL, now=room.now,
            expires_at=room.now + timedelta(days=1),
        )  # fmt: skip
        assert post is not None
        await outbox.queue_to_people(session, post, reach.one_person(1), now=room.now, quiet=None)

    await tick(room, housekeeping.run, after=timedelta(days=2))
    soon = await kept(room)
    async with room.database.read() as session:
        state = await session.scalar(select(Delivery.state))
    await tick(room, housekeeping.run, after=timedelta(days=31))

    assert soon == {"code": 0, "draft": 0, "seen_update": 1, "post": 1, "delivery": 1}
    assert state == "expired"
    assert set((await kept(room)).values()) == {0}


async def test_what_was_typed_on_the_page_is_kept_a_month(room):
    """Somebody may have tried it with a real name."""
    async with room.database.write() as session:
        await try_out.add_message(session, "medlem", "medlem", "{}", now=room.now)

    left = []
    for days in (29, 2):
        await tick(room, housekeeping.run, after=timedelta(days=days))
        async with room.database.read() as session:
            left.append(len(await try_out.messages(session, "medlem", viewer="medlem")))

    assert left == [1, 0]


async def test_who_came_is_remembered_a_year_and_a_month_where_the_bot_is_gone(room):
    """So long nobody is welcomed twice; longer would be a list of who was there."""
    stays = await there.bound_chat(room)
    left = await there.bound_chat(room, replace(GROUP, address=Address(Platform.TELEGRAM, "-2002")))
    async with room.database.write() as session:
        for chat in (stays, left):
            await arrivals.mark_known(session, KEYS, chat, [ADA.address], now=room.now)
        await chats.leave(session, left)

    remembered = []
    for days in (29, 2, 333, 2):
        await tick(room, housekeeping.run, after=timedelta(days=days))
        async with room.database.read() as session:
            remembered.append(set(await session.scalars(select(Arrival.chat_id))))

    assert remembered == [{stays, left}, {stays}, {stays}, set()]


def test_every_job_has_its_own_name():
    """Two with one name would lock each other out."""
    names = [job.name for job in jobs(KEYS)]

    assert len(set(names)) == len(names)
