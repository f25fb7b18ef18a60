"""At night: who waits for the morning, and an organiser who has a reason not to wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.delivery.decisions import Facts, allowed_at
from chat.address import Address, Platform
from chat.message import Button
from db import outbox, people, roles
from db.models import Audit, Delivery, Post, PostKind
from schedules import progress
from tests import given
from tests.handlers.calling import PROTEST, previewed, said_yes
from tests.handlers.holding import deliveries
from tests.handlers.organising import delivered, organising, post
from tests.room import ADA, BEN, CEM, DORIS, STOCKHOLM, Someone, labels, text
from tests.schedules.ticking import tick

NIGHT, MORNING = datetime(2026, 11, 22, 21, 40, tzinfo=UTC), datetime(2026, 11, 23, 7, tzinfo=UTC)
WHY = "Det är sent och någon kan väckas. Varför kan det inte vänta till i morgon?"


@pytest.fixture
async def night(room, exempelby):
    """It is 22.40; Ben sleeps till eight, Cem till ten, Doris has no quiet hours."""
    room.now = NIGHT
    for someone, hours in ((BEN, None), (CEM, "22-10"), (DORIS, "")):
        await said_yes(room, someone, exempelby)
        person_id = await given.person(room, someone)
        async with room.database.write() as session:
            await people.set_values(session, person_id, quiet_hours=hours)


async def called(room):
    """The id of the post of a call that was just published."""
    await room.presses(await previewed(room), "Publicera", by=ADA)
    return (await post(room, "call")).id


async def moments(room, post_id):
    """When each of them may get it."""
    return [one.not_before for one in await deliveries(room, post_id)]


async def progress_of(room):
    """What follows the call, as Ada reads it now."""
    (followed,) = [one for one in await given.queued(room, to=ADA) if one.key.startswith("progress:")]
    return outbox.unpack(followed.private)["sv"]


async def why_logged(room):
    """What the log says of sending at night."""
    async with room.database.read() as session:
        return list(await session.scalars(select(Audit.action).where(Audit.action.startswith("send now"))))


async def test_the_preview_counts_those_who_wait(room, night):
    """Each by their own quiet hours."""
    preview = await previewed(room)

    assert "2 väntar till 08.00 eller senare." in text(preview)
    assert "Skicka nu" in labels(preview)


async def test_by_day_nobody_waits(room, night):
    """And no button offers what is of no use."""
    room.now = MORNING + timedelta(hours=3)

    preview = await previewed(room)

    assert "väntar" not in text(preview)
    assert "Skicka nu" not in labels(preview)


@pytest.mark.parametrize("typed", [None, "Polisen har ändrat tillståndet"])
async def test_those_who_wait_get_it_now(room, night, typed):
    """A reason is chosen or typed; the log keeps that there was one, and never what was typed."""
    post_id = await called(room)
    assert sorted(await moments(room, post_id)) == [NIGHT, MORNING, MORNING + timedelta(hours=2)]
    followed = await progress_of(room)
    assert text(followed).startswith("Skickar: 0 av 3. 2 väntar till 08.00 eller senare.")

    asked = await room.presses(followed, "Skicka nu", by=ADA)
    if typed:
        answer = await room.says(typed, by=ADA)
    else:
        answer = await room.presses(asked, "Annars blir det för sent", by=ADA)

    assert text(asked) == WHY
    assert text(answer) == "Jag skickar till 2 nu."
    assert await moments(room, post_id) == [NIGHT] * 3
    assert await why_logged(room) == ["send now: own words" if typed else "send now: too late"]
    assert text(await progress_of(room)) == "Skickar: 0 av 3. Du kan stänga, jag fortsätter."


async def test_what_was_sent_at_night_is_not_held_back_when_it_is_claimed(room, night):
    """Delivery asks quiet hours again before each try: that it was meant to go now must be plain to it."""
    post_id = await called(room)
    asked = await room.presses(await progress_of(room), "Skicka nu", by=ADA)
    await room.presses(asked, "De väntar på det", by=ADA)

    for one, hours in zip(await deliveries(room, post_id), ("21-08", "22-10", ""), strict=True):
        facts = Facts(
            kind=PostKind.CALL, platform=Platform.TELEGRAM, to_person=True, attempt=0,
            not_before=one.not_before, expires_at=one.expires_at, usable=True, quiet_hours=hours,
        )  # fmt: skip
        a_moment_later = NIGHT + timedelta(seconds=2)
        assert allowed_at(facts, a_moment_later, STOCKHOLM) == a_moment_later


async def test_a_call_is_published_and_sent_at_once_from_its_preview(room, night):
    """One reason, one press; a second press on the preview finds nothing left to publish."""
    preview = await previewed(room)

    asked = await room.presses(preview, "Skicka nu", by=ADA)
    answer = await room.presses(asked, "De väntar på det", by=ADA)
    again = await room.presses(preview, "Skicka nu", by=ADA)

    assert "Publicerat." in text(answer)
    assert "Jag skickar till 2 nu." in text(answer)
    assert await moments(room, (await post(room, "call")).id) == [NIGHT] * 3
    assert await why_logged(room) == ["send now: they expect it"]
    assert text(again) == "Det utkastet finns inte längre. Börja om, jag är här."


async def test_other_waits_are_left_alone(room, night):
    """A new try after a failure, and those who got it, do not go again."""
    post_id = await called(room)
    first, second, _ = await deliveries(room, post_id)
    later = NIGHT + timedelta(minutes=10)
    async with room.database.write() as session:
        await session.execute(update(Delivery).where(Delivery.id == first.id).values(not_before=later, attempt=3))
        await session.execute(update(Delivery).where(Delivery.id == second.id).values(state="sent"))

    asked = await room.presses(Button("x", "send_now.post", str(post_id)), by=ADA)
    answer = await room.presses(asked, "De väntar på det", by=ADA)

    assert text(answer) == "Ingen väntar på morgonen längre."
    assert (await moments(room, post_id))[:2] == [later, second.not_before]
    assert await why_logged(room) == []


async def test_what_is_called_off_meanwhile_is_not_sent(room, night):
    """The button is still there; nobody gets the call."""
    post_id = await called(room)
    followed = await progress_of(room)
    await delivered_to_ada(room)
    calls_off = await room.presses(await organising(room), "Ställ in", by=ADA)
    await room.presses(await room.presses(calls_off, "Hoppa över", by=ADA), "Ställ in nu", by=ADA)

    asked = await room.presses(followed, "Skicka nu", by=ADA)
    answer = await room.presses(asked, "De väntar på det", by=ADA)

    assert text(answer) == "Ingen väntar på morgonen längre."
    assert {one.state for one in await deliveries(room, post_id)} == {"cancelled"}


async def delivered_to_ada(room):
    """The message that follows the call has arrived."""
    async with room.database.write() as session:
        await session.execute(update(Delivery).where(Delivery.post_id == 2).values(state="sent"))


async def test_the_right_is_checked_when_the_form_ends(room, night, exempelby):
    """A role taken back between the press and the reason; an organiser of another association."""
    post_id = await called(room)
    rut = Someone("Rut", Address(Platform.TELEGRAM, "1009"))
    await given.organiser(room, rut, of=await given.association(room, "Provstad"))
    foreign = await room.presses(Button("x", "send_now.post", str(post_id)), by=rut)
    asked = await room.presses(await progress_of(room), "Skicka nu", by=ADA)
    ada = await given.person(room, ADA)
    async with room.database.write() as session:
        await roles.withdraw(session, ada, roles.ORGANISER, association_id=exempelby)

    late = await room.presses(asked, "De väntar på det", by=ADA)

    assert "Det kan bara arrangörer i Exempelby göra." in text(foreign)
    assert "Det kan bara arrangörer göra." in text(late)
    assert MORNING in await moments(room, post_id)


async def test_the_message_that_follows_says_until_when(room, night):
    """As the clock looks, and no button when nobody sleeps any more."""
    await called(room)
    await delivered(room)
    async with room.database.write() as session:
        waits = update(Delivery).where(Delivery.person_id == 2, Delivery.post_id == 1)
        await session.execute(waits.values(state="ready", not_before=MORNING, sent_at=None))
    await tick(room, progress.run, after=timedelta(minutes=2))
    (asleep,) = [one for one in await posts(room) if one.key.startswith("progress:")]
    assert text(outbox.unpack(asleep.private)["sv"]) == "Skickat: 2 av 3. En väntar till 08.00."

    await tick(room, progress.run, after=MORNING - room.now)

    (awake,) = [one for one in await posts(room) if one.key.startswith("progress:")]
    said = outbox.unpack(awake.private)["sv"]
    assert text(said) == "Skickar: 2 av 3. Du kan stänga, jag fortsätter."
    assert labels(said) == []


async def posts(room):
    """Every post, in order."""
    async with room.database.read() as session:
        return list(await session.scalars(select(Post).order_by(Post.id)))


async def test_what_would_be_too_late_says_so(room, night):
    """Before it is published: there is still time to send it at once."""
    preview = await previewed(room, PROTEST.replace("lördag 28/11 kl 14", "i morgon kl 07.30"))

    assert "2 väntar till 08.00 eller senare. Det är för sent." in text(preview)
