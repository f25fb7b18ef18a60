"""Settings: each changed by a press, in place, and in force at once."""

from datetime import datetime, timedelta

import pytest
from markupsafe import Markup
from sqlalchemy import select

from chat.message import Button, Message
from db import outbox, people, reach
from db.audiences import Audience
from db.models import Delivery, Person, PostKind, Priority
from tests import given
from tests.room import ADA, DORIS, GROUP, KEYS, NOW, STOCKHOLM, labels, text


async def kept(room, someone):
    """The person's row as it is kept."""
    async with room.database.read() as session:
        known = await people.get_person(session, KEYS, someone.address)
        assert known is not None
        return await session.get(Person, known.id)


async def test_all_settings_are_in_one_message(room):
    """One sees at a glance what holds, and changes it beside."""
    await given.person(room, ADA, association_id=await given.association(room, "Provstad"))

    answer = await room.says("/installningar", by=ADA)

    assert text(answer) == (
        "Inställningar\n"
        "Språk: Svenska\n"
        "Min förening: Provstad\n"
        "Påminnelser: på\n"
        "Veckans aktiviteter på måndagar: på\n"
        "Utskick: även hit\n"
        "Tysta timmar: 21–08\n"
        "Får jag skriva hit: inte frågat än"
    )


@pytest.mark.parametrize(
    ("off", "on", "column"),
    [
        ("Inga påminnelser", "Påminn mig", "reminders"),
        ("Inget måndagsutskick", "Måndagsutskick, tack", "digest"),
        ("Utskick bara i gruppen", "Utskick även hit", "private_copies"),
    ],
)
async def test_a_switch_is_changed_and_changed_back(room, off, on, column):
    """Each press says what will be; a second press of the same changes nothing."""
    first = await room.says("/installningar", by=ADA)

    changed = await room.presses(first, off, by=ADA)
    again = await room.presses(first, off, by=ADA)
    switched_off = getattr(await kept(room, ADA), column)
    await room.presses(changed, on, by=ADA)

    assert text(changed) == text(again)
    assert (switched_off, getattr(await kept(room, ADA), column)) == (False, True)


@pytest.mark.parametrize(
    ("off", "kind"),
    [
        ("Inga påminnelser", PostKind.REMINDER),
        ("Inget måndagsutskick", PostKind.DIGEST),
        ("Utskick bara i gruppen", PostKind.CALL),
        ("Utskick bara i gruppen", PostKind.ANNOUNCEMENT),
    ],
)
async def test_what_waits_until_the_morning_is_not_sent_after_a_no(room, off, kind):
    """A setting changed at night holds at eight, and touches nothing else."""
    number = await given.person(room, ADA)
    async with room.database.write() as session:
        for one in (kind, PostKind.PERSONAL):
            post = await outbox.queue_post(
                session, one.value, one, private={"sv": Message(Markup("Hej"))}, priority=Priority.CALL, now=NOW
            )
            assert post is not None
            await outbox.queue_to_people(session, post, reach.one_person(number), now=NOW, quiet=None)

    await room.presses(await room.says("/installningar", by=ADA), off, by=ADA)

    assert [post.kind for post in await given.queued(room, to=ADA)] == ["personal"]


async def test_a_message_to_those_who_come_does_not_need_private_copies(room, exempelby):
    """Whoever signed up wants to hear of it, wherever calls go."""
    march = await given.activity(room, "Demonstration", exempelby, "2026-11-28 14:00")
    await given.signup(room, ADA, march)
    coming = Audience(invented=False, coming_to=march)
    async with room.database.write() as session:
        kind, words = PostKind.ANNOUNCEMENT, {"sv": Message(Markup("Ta med vatten"))}
        post = await outbox.queue_post(
            session, "write:1", kind, private=words, priority=Priority.CALL, now=NOW, activity_id=march,
            audience=coming,
        )  # fmt: skip
        assert post is not None
        await outbox.queue_to_people(session, post, reach.reached(coming), now=NOW, quiet=None)

    await room.presses(await room.says("/installningar", by=ADA), "Utskick bara i gruppen", by=ADA)

    assert [text(one) for one in await given.waiting(room, to=ADA)] == ["Ta med vatten"]


async def test_the_language_changes_at_once(room):
    """The answer to the press is in the new language, and so is the menu."""
    answer = await room.presses(await room.says("/installningar", by=ADA), "English", by=ADA)

    assert text(answer).startswith("Settings\nLanguage: English")
    assert answer.refresh_menu
    assert text(await room.says("/week", by=ADA)).startswith("Nothing is planned")
    assert "Språk: Svenska" in text(await room.presses(answer, "Svenska", by=ADA))


@pytest.mark.parametrize(("words", "first"), [("English please", "Settings"), ("på svenska", "Inställningar")])
async def test_a_language_can_be_asked_for_in_words(room, words, first):
    """Who cannot read the buttons writes what they speak."""
    assert text(await room.says(words, by=ADA)).startswith(first)


async def quiet_hours(room, typed):
    """What is said to these quiet hours."""
    await room.presses(await room.says("/installningar", by=ADA), "Tysta timmar", by=ADA)
    return await room.says(typed, by=ADA)


@pytest.mark.parametrize(
    ("typed", "shown", "value"),
    [
        ("22-07", "22–07", "22-07"),
        ("21:30 – 8", "21:30–8", "21:30-8"),
        ("inga", "inga", ""),
        ("10-10", "inga", ""),
    ],
)
async def test_quiet_hours_are_ones_own(room, typed, shown, value):
    """Who works at night sleeps by day."""
    answer = await quiet_hours(room, typed)

    assert f"Tysta timmar: {shown}" in text(answer)
    assert (await kept(room, ADA)).quiet_hours == value


@pytest.mark.parametrize("typed", ["25-99", "natten", "-1", "21"])
async def test_hours_that_are_none_are_asked_for_again(room, typed):
    """A slip is said, and the next try counts."""
    answer = await quiet_hours(room, typed)
    better = await room.says("22-07", by=ADA)

    assert text(answer) == "De klockslagen förstod jag inte. Skriv till exempel 21-08, eller ”inga”."
    assert "Tysta timmar: 22–07" in text(better)


@pytest.mark.parametrize(
    ("typed", "until"),
    [("22-10", "10.00"), ("22-07", "07.00"), ("22-12", "08.00"), ("inga", "22.30"), ("1-2", "22.30")],
)
async def test_what_waits_for_the_morning_waits_for_the_new_one(room, typed, until):
    """What is over at noon does not wait for that; what goes at any hour is not held back."""
    person = await given.person(room, ADA)
    room.now = datetime(2026, 11, 22, 22, 30, tzinfo=STOCKHOLM)
    morning, noon = room.now + timedelta(hours=9.5), room.now + timedelta(hours=13.5)
    async with room.database.write() as session:
        for kind, moment in (PostKind.DIGEST, morning), (PostKind.CANCELLATION, room.now):
            post = await outbox.queue_post(
                session, kind, kind, private={}, priority=Priority.DIGEST, now=room.now, expires_at=noon
            )
            assert post is not None
            way = reach.one_person(person)
            await outbox.queue_to_people(session, post, way, now=room.now, quiet=None, not_before=moment)

    await quiet_hours(room, typed)

    async with room.database.read() as session:
        moments = await session.scalars(select(Delivery.not_before).order_by(Delivery.id))
        assert [f"{one.astimezone(STOCKHOLM):%H.%M}" for one in moments] == [until, "22.30"]


async def test_no_quiet_hours_by_a_button(room):
    """The usual answers need no typing."""
    asked = await room.presses(await room.says("/installningar", by=ADA), "Tysta timmar", by=ADA)

    answer = await room.presses(asked, "Inga", by=ADA)

    assert "Tysta timmar: inga" in text(answer)


async def test_consent_is_changed_from_the_settings(room):
    """The same question as at the start, with the answer that holds."""
    question = await room.presses(await room.says("/settings", by=DORIS), "May I write here?", by=DORIS)
    await room.presses(question, "Yes, but hide the content", by=DORIS)

    again = await room.presses(await room.says("/settings", by=DORIS), "May I write here?", by=DORIS)

    assert text(question).endswith("Now: not asked yet.")
    assert text(again).endswith("Now: yes, with the content hidden.")


async def test_settings_are_not_shown_in_a_group(room):
    """They say something of a person."""
    for words in ("/installningar", "inställningar"):
        lead = await room.says(words, by=ADA, chat=GROUP)

        assert (text(lead), labels(lead)) == ("Vi tar det privat.", ["Öppna"])
        assert text(await room.presses(lead, "Öppna", by=ADA)).startswith("Inställningar")


@pytest.mark.parametrize(
    ("route", "argument"),
    [("settings.set", "invented:1"), ("settings.set", "id:7"), ("settings.set", ""), ("settings.language", "xx")],
)
async def test_a_made_up_setting_changes_nothing(room, route, argument):
    """Only what is offered can be set."""
    await given.person(room, ADA)
    before = await kept(room, ADA)

    await room.presses(Button("?", route, argument), by=ADA)

    after = await kept(room, ADA)
    assert (after.id, after.invented, after.language) == (before.id, before.invented, before.language)
