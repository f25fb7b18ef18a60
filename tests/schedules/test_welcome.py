"""Newcomers of one minute are welcomed together, silently, once."""

from datetime import timedelta

from sqlalchemy import select, update

from chat.markup import plain
from chat.request import Event
from db.models import Arrival, Delivery
from schedules import welcome
from tests import given as there
from tests.room import ADA, BEN, Room
from tests.schedules.ticking import posts, tick


async def bound(room: Room) -> None:
    """The group is bound to an association."""
    association = await there.association(room, "Provstad")
    await there.bound_chat(room, association_id=association)


async def test_a_minute_after_the_first_everybody_is_welcomed_at_once(room):
    """Ten joins are one message, without a name and without a sound."""
    await bound(room)
    await room.happens(Event.JOINED, by=ADA)
    room.passes(timedelta(seconds=30))
    await room.happens(Event.JOINED, by=BEN)

    await tick(room, welcome.run, after=timedelta(seconds=29))
    early = await there.waiting_in(room)
    await tick(room, welcome.run, after=timedelta(seconds=1))

    (message,) = await there.waiting_in(room)
    assert early == []
    assert message.silent
    assert plain(message.text).startswith("Välkomna, alla nya!")
    assert "Ada" not in message.text


async def test_nobody_is_welcomed_twice(room):
    """Who leaves and returns is not new."""
    await bound(room)
    await room.happens(Event.JOINED, by=ADA)
    await tick(room, welcome.run, after=timedelta(minutes=2))
    await room.happens(Event.LEFT, by=ADA)
    await room.happens(Event.JOINED, by=ADA)

    await tick(room, welcome.run, after=timedelta(minutes=2))

    assert len(await posts(room, "welcome")) == 1


async def test_the_next_newcomers_get_their_own_welcome(room):
    """The second week's newcomers are as welcome as the first."""
    await bound(room)
    await room.happens(Event.JOINED, by=ADA)
    await tick(room, welcome.run, after=timedelta(minutes=2))
    await room.happens(Event.JOINED, by=BEN)

    await tick(room, welcome.run, after=timedelta(minutes=2))

    first, second = await there.waiting_in(room)
    assert "Ada" in first.text
    assert "Ben" in second.text


async def test_the_name_is_forgotten_once_the_welcome_is_sent(room):
    """A first name is kept to greet with, not to be kept."""
    await bound(room)
    await room.happens(Event.JOINED, by=ADA)
    await tick(room, welcome.run, after=timedelta(minutes=2))
    await tick(room, welcome.run, after=timedelta(seconds=5))
    (waits,) = await posts(room, "welcome")
    async with room.database.write() as session:
        await session.execute(update(Delivery).values(state="sent"))

    await tick(room, welcome.run, after=timedelta(seconds=5))

    assert "Ada" in waits.group
    assert await posts(room, "welcome") == []
    async with room.database.read() as session:
        assert list(await session.scalars(select(Arrival.first_name))) == [None]
