"""Those who come are reminded, once, of things as they are; nobody else is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from chat.message import Button
from db import people, reminders
from db.models import Activity, Answer, Delivery, Person, Reminder, Signup
from db.outbox import Quiet
from handlers.reminders import is_real_place
from schedules import reminders as schedule
from tests import given as there
from tests.room import ADA, BEN, CEM, DORIS, NOW, STOCKHOLM, Room, Someone, text
from tests.schedules.ticking import deliveries, posts, tick

QUIET = Quiet(STOCKHOLM, "21-08")
SATURDAY = "2026-11-28 14:00"
FRIDAY_AT_SIX = datetime(2026, 11, 27, 18, 0, tzinfo=STOCKHOLM)
MIDNIGHT = datetime(2026, 11, 28, 0, 0, tzinfo=STOCKHOLM)
SATURDAY_AT_NOON = datetime(2026, 11, 28, 12, 0, tzinfo=STOCKHOLM)


async def planned(room: Room, at: str = SATURDAY, **values: object) -> int:
    """The id of an activity whose reminders are planned."""
    association = await there.association(room, "Exempelby")
    activity = await there.activity(room, "Demonstration", association, at, kind="demonstration")
    await change(room, activity, **values)
    return activity


async def change(room: Room, activity: int, **values: object) -> None:
    """The activity has these values now, and its reminders follow."""
    async with room.database.write() as session:
        if values:
            await session.execute(update(Activity).where(Activity.id == activity).values(**values))
        await reminders.plan(session, activity, now=room.now, quiet=QUIET)


async def waiting(room: Room) -> dict[str, datetime]:
    """Each reminder that is still to come."""
    async with room.database.read() as session:
        rows = await session.scalars(select(Reminder).where(Reminder.done_at.is_(None)))
        return {row.rule: row.due_at for row in rows}


async def test_the_evening_before_those_who_come_are_reminded(room):
    """The main job's last step: who said yes remembers it."""
    activity = await planned(room, place="Stortorget, Exempelby", text="Samling vid fontänen.")
    await there.signup(room, ADA, activity)
    await there.signup(room, BEN, activity, Answer.NO)
    await there.signup(room, CEM, activity, Answer.MAYBE)

    await tick(room, schedule.run, after=FRIDAY_AT_SIX - NOW)

    (post,) = await posts(room, "reminder")
    (message,) = await there.waiting(room, to=ADA)
    assert text(message).splitlines() == [
        "I morgon: Demonstration, lördag 28 november kl. 14.00, Stortorget, Exempelby.",
        "Samling vid fontänen.",
        "Från Exempelby.",
    ]
    assert post.expires_at == MIDNIGHT
    assert len(await deliveries(room, post)) == 1


async def test_a_reminder_has_a_way_out_and_a_map(room):
    """Who cannot come says so with one press."""
    activity = await planned(room, place="Stortorget, Exempelby")
    await there.signup(room, ADA, activity)

    await tick(room, schedule.run, after=FRIDAY_AT_SIX - NOW)

    (message,) = await there.waiting(room, to=ADA)
    assert message.buttons == (
        Button("Kan inte", "signup.answer", f"{activity}:no"),
        Button("Karta", url="https://www.openstreetmap.org/search?query=Stortorget%2C%20Exempelby"),
        Button("Fråga", "question.ask", str(activity)),
    )


async def test_a_hidden_reminder_is_shown_as_things_are_at_the_press(room):
    """Who hides content on the lock screen must not go to the old place; the day is the one it was said on."""
    activity = await planned(room, place="Stortorget")
    await there.signup(room, ADA, activity)
    await tick(room, schedule.run, after=FRIDAY_AT_SIX - NOW)
    (post,) = await posts(room, "reminder")
    await change(room, activity, place="Folkets hus")
    room.passes(timedelta(hours=12))

    shown = await room.presses(Button("Visa", "post.show", str(post.id)), by=ADA)

    assert text(shown).startswith("I morgon: Demonstration, lördag 28 november kl. 14.00, Folkets hus.")


async def test_a_training_says_what_to_bring_and_read(room):
    """Nobody sits there without a pencil, and nobody stays at home for not having read."""
    activity = await planned(room, kind="training", place="biblioteket", bring="penna", read="Häftet, 20 minuter")
    await there.signup(room, ADA, activity)

    await tick(room, schedule.run, after=FRIDAY_AT_SIX - NOW)

    (message,) = await there.waiting(room, to=ADA)
    assert text(message).splitlines() == [
        "I morgon kl. 14.00: Demonstration, biblioteket.",
        "Ta med: penna. Läs gärna innan: Häftet, 20 minuter. Hann du inte? Kom ändå. Från Exempelby.",
    ]


async def test_a_reminder_goes_out_once(room):
    """A clock that looks twice, or starts again, must not remind twice."""
    activity = await planned(room)
    await there.signup(room, ADA, activity)

    for _ in range(3):
        await tick(room, schedule.run, after=timedelta(days=2))

    assert len(await posts(room, "reminder")) == 1
    assert len(await there.waiting(room, to=ADA)) == 1


async def test_the_clock_knows_when_to_look_again(room):
    """A reminder is not late by a whole look."""
    await planned(room)

    assert await tick(room, schedule.run) == FRIDAY_AT_SIX


async def test_what_has_been_said_is_not_looked_at_again(room):
    """A clock that finds the same thing due at every look does nothing else."""
    await planned(room)

    following = await tick(room, schedule.run, after=FRIDAY_AT_SIX - NOW)

    assert following is not None
    assert following > room.now


async def test_cancelled_is_not_reminded_of(room):
    """Nobody is called to something that is called off, also when the plan was still there."""
    activity = await planned(room)
    await there.signup(room, ADA, activity)
    async with room.database.write() as session:
        await session.execute(update(Activity).values(state="cancelled"))

    await tick(room, schedule.run, after=FRIDAY_AT_SIX - NOW)

    assert await posts(room, "reminder") == []
    await change(room, activity)
    assert await waiting(room) == {}


async def test_a_moved_activity_moves_its_reminders(room):
    """The old moment says nothing, the new one says the new time."""
    activity = await planned(room)
    start = datetime(2026, 11, 29, 15, 0, tzinfo=STOCKHOLM)

    await change(room, activity, starts_at=start, starts_local="2026-11-29T15:00", revision=2)

    assert await waiting(room) == {
        "day_before": datetime(2026, 11, 28, 18, 0, tzinfo=STOCKHOLM),
        "two_hours": datetime(2026, 11, 29, 13, 0, tzinfo=STOCKHOLM),
    }


async def test_a_rule_turned_off_and_on_again_is_planned(room):
    """The organiser changed their mind twice."""
    activity = await planned(room)

    await change(room, activity, reminders="two_hours")
    only = set(await waiting(room))
    await change(room, activity, reminders="day_before,two_hours")

    assert only == {"two_hours"}
    assert set(await waiting(room)) == {"day_before", "two_hours"}


async def test_who_has_just_been_confirmed_is_not_reminded_too(room):
    """A late signup: the confirmation said it a moment ago; but the last reminder is for everybody."""
    activity = await planned(room)
    await there.signup(room, ADA, activity)
    await there.signup(room, BEN, activity)
    await _answered(room, BEN, FRIDAY_AT_SIX - timedelta(minutes=4))

    await tick(room, schedule.run, after=FRIDAY_AT_SIX - NOW)
    first = [len(await there.waiting(room, to=one)) for one in (ADA, BEN)]
    await _answered(room, BEN, SATURDAY_AT_NOON - timedelta(minutes=4))
    await tick(room, schedule.run, after=SATURDAY_AT_NOON - FRIDAY_AT_SIX)

    assert first == [1, 0]
    assert [len(await there.waiting(room, to=one)) for one in (ADA, BEN)] == [2, 1]


async def _answered(room: Room, someone: Someone, at: datetime) -> None:
    async with room.database.write() as session:
        known = await people.get_person(session, room.dispatch.keys, someone.address)
        assert known is not None
        await session.execute(update(Signup).where(Signup.person_id == known.id).values(answered_at=at))


async def test_who_wants_no_reminders_gets_none(room):
    """The setting is kept."""
    activity = await planned(room)
    await there.signup(room, ADA, activity)
    async with room.database.write() as session:
        await session.execute(update(Person).values(reminders=False))

    await tick(room, schedule.run, after=FRIDAY_AT_SIX - NOW)

    assert await there.waiting(room, to=ADA) == []


async def test_a_morning_activity_is_reminded_of_before_the_night(room):
    """Two hours before half past eight is no time to wake anybody."""
    await planned(room, "2026-11-28 08:30", reminders="two_hours")

    assert await waiting(room) == {"two_hours": datetime(2026, 11, 27, 20, 45, tzinfo=STOCKHOLM)}


async def test_two_reminders_of_one_evening_are_one(room):
    """The one at six already said it."""
    await planned(room, "2026-11-28 08:30")

    assert set(await waiting(room)) == {"day_before"}


async def test_own_quiet_hours_do_not_swallow_a_reminder(room):
    """Who asked to be reminded and sleeps until it begins would otherwise never hear."""
    activity = await planned(room, "2026-11-28 09:00", reminders="day_before")
    await there.signup(room, ADA, activity)
    async with room.database.write() as session:
        await session.execute(update(Person).values(quiet_hours="17-11"))

    await tick(room, schedule.run, after=FRIDAY_AT_SIX - NOW)

    (post,) = await posts(room, "reminder")
    (row,) = await deliveries(room, post)
    assert row.not_before == FRIDAY_AT_SIX


@pytest.mark.parametrize(
    ("place", "real"),
    [
        ("Stortorget, Exempelby", True),
        ("", False),
        ("På nätet", False),
        ("online", False),
        ("Inte klart än", False),
        ("https://mote.example/rum", False),
    ],
)
def test_a_map_is_offered_for_places_only(place, real):
    """A map of "on the net" leads nowhere."""
    assert is_real_place(place) is real


def test_the_week_before_can_be_asked_for():
    """An activity that needs a longer run-up has a rule of its own."""
    start = datetime(2026, 12, 5, 13, 0, tzinfo=UTC)

    due = reminders.due_times(["week_before"], start, ZoneInfo("Europe/Stockholm"), now=NOW, quiet=QUIET)

    assert due == {"week_before": datetime(2026, 11, 28, 18, 0, tzinfo=STOCKHOLM)}


async def test_who_cannot_come_after_all_is_not_reminded_of_it_later(room):
    """What waits for the end of somebody's quiet hours is not sent against their answer."""
    activity = await planned(room)
    await there.signup(room, ADA, activity)
    async with room.database.write() as session:
        await session.execute(update(Person).values(quiet_hours="17-20"))
    await tick(room, schedule.run, after=FRIDAY_AT_SIX - NOW)
    (waits,) = await there.waiting(room, to=ADA)

    await room.presses(waits, "Kan inte", by=ADA)

    assert await there.waiting(room, to=ADA) == []


async def test_everybody_is_reminded_in_their_own_language(room):
    """A person who reads English is reminded in English."""
    activity = await planned(room)
    for one in (ADA, DORIS):
        await there.signup(room, one, activity)

    await tick(room, schedule.run, after=FRIDAY_AT_SIX - NOW)

    said = [text(message) for one in (ADA, DORIS) for message in await there.waiting(room, to=one)]
    assert [words.split(":")[0] for words in said] == ["I morgon", "Tomorrow"]


@pytest.mark.parametrize(("state", "said"), [("ready", 1), ("claimed", 1), ("expired", 1), ("sent", 0)])
async def test_what_was_not_sent_on_its_day_is_said_on_the_next(room, state, said):
    """Delivery may be about to see that the evening's words are over, while the clock looks who lacks them."""
    activity = await planned(room, reminders="day_before")
    await there.signup(room, ADA, activity)
    await tick(room, schedule.run, after=FRIDAY_AT_SIX - NOW)
    async with room.database.write() as session:
        await session.execute(update(Delivery).values(state=state))

    await tick(room, schedule.run, after=MIDNIGHT + timedelta(hours=9) - FRIDAY_AT_SIX)

    _, *anew = await posts(room, "reminder")
    told = [row for post in anew for row in await deliveries(room, post)]
    assert len(told) == said
