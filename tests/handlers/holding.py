"""Messages of which nobody knows whether they arrived."""

from __future__ import annotations

from datetime import timedelta

from markupsafe import Markup
from sqlalchemy import select, update

from chat.message import Message
from db import digest, outbox
from db.digest import Profile
from db.models import Delivery, Post, PostKind, Priority, State
from db.outbox import Quiet
from schedules import held
from tests import given
from tests.handlers.calling import said_yes
from tests.room import BEN, CEM, STOCKHOLM, Room, Someone
from tests.schedules.ticking import tick

QUIET = Quiet(STOCKHOLM, "21-08")


async def held_digest(room: Room, association_id: int | None) -> int:
    """The id of a digest to that association, now Ben's and Cem's too: nobody knows whether it arrived."""
    for someone in (BEN, CEM):
        await said_yes(room, someone, association_id)
    profile = Profile(association_id, 0)
    async with room.database.write() as session:
        post_id = await outbox.queue_post(
            session,
            digest.key("2026-W48", profile, invented=False),
            PostKind.DIGEST,
            private={"sv": Message(Markup("Veckan"))},
            priority=Priority.DIGEST,
            now=room.now,
            expires_at=room.now + timedelta(hours=9),
        )
        assert post_id is not None
        people = digest.people_of(profile, invented=False)
        assert await outbox.queue_to_people(session, post_id, people, now=room.now, quiet=QUIET) >= 2
    await is_held(room, post_id)
    return post_id


async def is_held(room: Room, post_id: int) -> None:
    """Its deliveries were tried, and nobody saw the end."""
    values = {"state": State.HELD.value, "reason": "uncertain", "attempt": 1, "sent_at": room.now}
    async with room.database.write() as session:
        await session.execute(update(Delivery).where(Delivery.post_id == post_id).values(**values))


async def asked(room: Room, someone: Someone) -> list[Message]:
    """What that organiser is asked, when the clock has looked."""
    await tick(room, held.run, after=timedelta(minutes=1))
    posts = await given.queued(room, to=someone)
    return [outbox.unpack(one.private)[someone.language] for one in posts if one.key.startswith("held:")]


async def deliveries(room: Room, post_id: int) -> list[Delivery]:
    """The post's deliveries."""
    async with room.database.read() as session:
        query = select(Delivery).where(Delivery.post_id == post_id).order_by(Delivery.id)
        return list(await session.scalars(query))


async def question_now(room: Room) -> list[Post]:
    """Every question that was ever asked."""
    async with room.database.read() as session:
        return list(await session.scalars(select(Post).where(Post.key.startswith("held:")).order_by(Post.id)))
