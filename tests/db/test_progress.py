"""How a post gets on: what waits until when, what is held, and how long it still takes."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert

from db import models, progress
from db.progress import Flow
from tests.room import NOW, Room

TURN = {"state": "ready", "not_before": NOW}


def sent(seconds_ago: float) -> dict[str, object]:
    """What a delivery says that arrived so long ago."""
    return {"state": "sent", "sent_at": NOW - timedelta(seconds=seconds_ago)}


async def flow(room: Room, *deliveries: tuple[int, str, dict[str, object]]) -> Flow:
    """How a post gets on that has so many deliveries on that lane that stand so."""
    rows = [one | {"lane": lane} for number, lane, one in deliveries for _ in range(number)]
    async with room.database.write() as session:
        post = models.Post(key="call:1", kind="call", private="{}", group="{}", priority=1, created_at=NOW)
        people = [models.Person(language="sv", created_at=NOW) for _ in rows]
        session.add_all([post, *people])
        await session.flush()
        for person, row in zip(people, rows, strict=True):
            fixed = {"post_id": post.id, "person_id": person.id, "priority": 1, "not_before": NOW}
            await session.execute(insert(models.Delivery).values(**(fixed | row)))
        return await progress.flow(session, post.id, now=NOW)


async def test_nothing_on_its_way_has_no_flow(room):
    """What is over has no time left, and nothing to name a clock for."""
    assert await flow(room, (3, "telegram", sent(2)), (1, "telegram", {"state": "dead"})) == Flow()


async def test_time_left_is_what_waits_by_the_pace_of_the_last_half_minute(room):
    """Twenty arrived in ten seconds, sixty are left: half a minute."""
    found = await flow(room, (20, "telegram", sent(10)), (5, "telegram", sent(300)), (60, "telegram", TURN))

    assert (found.on_turn, found.seconds_left) == (60, 30.0)


async def test_the_slowest_platform_decides(room):
    """All is done when the last has it."""
    found = await flow(
        room,
        (20, "telegram", sent(10)),
        (10, "telegram", TURN),
        (5, "discord", sent(10)),
        (5, "discord", {"state": "sending"}),
        (5, "discord", {"state": "claimed"}),
    )

    assert (found.on_turn, found.seconds_left) == (20, 20.0)


async def test_no_time_is_named_where_there_is_no_pace(room):
    """A platform on which nothing has arrived for half a minute, or that has only just begun."""
    stands_still = await flow(room, (9, "telegram", sent(10)), (1, "discord", TURN), (4, "discord", sent(31)))

    assert stands_still.seconds_left is None


async def test_it_has_only_just_begun(room):
    """The first second says nothing of the pace."""
    found = await flow(room, (9, "telegram", sent(0.5)), (100, "telegram", TURN))

    assert (found.on_turn, found.seconds_left) == (100, None)


async def test_what_waits_has_no_part_in_the_time_left(room):
    """Quiet hours are named by the clock; a retry in a moment is on its turn."""
    morning, later = NOW + timedelta(hours=9), NOW + timedelta(hours=11)

    def waits(until: datetime, attempt: int = 0) -> dict[str, object]:
        return {"state": "ready", "not_before": until, "attempt": attempt}

    found = await flow(
        room,
        (2, "telegram", waits(morning)),
        (1, "discord", waits(later)),
        (1, "telegram", waits(morning, attempt=2)),
        (1, "telegram", waits(NOW + timedelta(seconds=20), attempt=1)),
        (2, "telegram", {"state": "held"}),
        (1, "discord", {"state": "expired"}),
    )

    assert found == Flow(waiting=4, untried=3, first_at=morning, last_at=later, held=2, on_turn=1)
