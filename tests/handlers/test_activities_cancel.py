"""Calling off: everybody it concerns hears of it, and it stays cancelled everywhere."""

from datetime import UTC, datetime

from sqlalchemy import select, update

from chat.address import Address, Platform
from chat.message import Button
from db import call, chats
from db.models import Delivery, Level, Post, Reminder
from db.outbox import unpack
from tests import given
from tests.handlers.calling import PROTEST, previewed, said_yes
from tests.handlers.organising import changed, delivered, organising, post
from tests.room import ADA, BEN, CEM, GROUP, Someone, labels, text

EVA = Someone("Eva", Address(Platform.TELEGRAM, "1005"))


async def test_calling_off_the_same_morning(room, published):
    """At 07.40 they hear of it at once, in the group too, and nothing reminds afterwards."""
    room.now = datetime(2026, 11, 28, 6, 40, tzinfo=UTC)
    asked = await room.presses(await organising(room), "Ställ in", by=ADA)
    assert text(asked) == (
        "Ställa in? 1 kommer, 1 kanske. De får veta det nu, fast klockan är 07.40. Skriv gärna varför."
    )

    confirm = await room.says("Stormvarning", by=ADA)
    assert labels(confirm) == ["Ställ in nu", "Tillbaka"]
    assert await given.waiting(room, to=BEN) == []
    done = await room.presses(confirm, "Ställ in nu", by=ADA)

    assert text(done) == "Inställt. 2 personer får veta det."
    (ben,) = await given.waiting(room, to=BEN)
    assert text(ben) == (
        "Inställt i dag: Demonstration för vårdcentralen kl. 14.00, Stortorget, Exempelby. "
        "Stormvarning. Åk inte dit.\nFrån Exempelby"
    )
    assert labels(ben) == ["Fråga"]
    assert await given.waiting(room, to=CEM) == []
    assert "Inställt i dag" in text((await given.waiting_in(room))[-1])
    async with room.database.read() as session:
        assert (await session.scalars(select(Reminder).where(Reminder.done_at.is_(None)))).all() == []
        now = select(Delivery.not_before).join(Post, Post.id == Delivery.post_id)
        assert set(await session.scalars(now.where(Post.kind == "cancellation"))) == {room.now}


async def test_a_reason_written_in_one_window_is_there_in_the_other(room, published):
    """The second window asks the last question, with the reason, and not how many come once more."""
    await room.presses(await organising(room), "Ställ in", by=ADA)
    await room.says("Stormvarning", by=ADA)

    again = await room.presses(await organising(room), "Ställ in", by=ADA)

    assert text(again).count("Ställa in?") == 1
    assert text(again).endswith("Varför: Stormvarning")
    assert labels(again) == ["Ställ in nu", "Tillbaka", "Kasta"]


async def test_an_earlier_new_time_shows_that_it_is_cancelled(room, published):
    """Nobody says yes below a notice that was overtaken: in private and in the group."""
    await room.presses(await changed(room, "När", "lördag 28/11 kl 15"), "Publicera", by=ADA)
    await delivered(room)
    await room.presses(await organising(room), "Ställ in", by=ADA)
    confirm = await room.says("Stormvarning", by=ADA)

    await room.presses(confirm, "Ställ in nu", by=ADA)

    notice = await post(room, "change")
    for kept in (notice.private, notice.group):
        shown = unpack(kept)["sv"]
        assert text(shown).startswith("Inställt: Demonstration för vårdcentralen\n")
        assert labels(shown) == ["Fråga"]
    assert notice.stale


async def test_a_group_that_has_become_open_hears_no_more_of_what_is_internal(room, exempelby):
    """The level of today decides, not the one of the day of the call."""
    chat_id = await given.bound_chat(room, association_id=exempelby, level=Level.INTERNAL)
    asked = await room.presses(await room.says(PROTEST, by=ADA), "Bara våra egna", by=ADA)
    await room.presses(await room.presses(asked, "Exempelby", by=ADA), "Publicera", by=ADA)
    async with room.database.write() as session:
        await session.execute(update(Delivery).where(Delivery.chat_id == chat_id).values(state="sent"))
        await chats.bind(session, chat_id, association_id=exempelby, level=Level.OPEN)
    before = len(await given.waiting_in(room))

    asked = await room.presses(await organising(room), "Ställ in", by=ADA)
    await room.presses(await room.presses(asked, "Hoppa över", by=ADA), "Ställ in nu", by=ADA)

    assert before == 1
    assert len(await given.waiting_in(room)) == before


async def test_far_ahead_calling_off_waits_for_the_morning(room, published):
    """A week ahead nobody is woken."""
    room.now = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
    asked = await room.presses(await organising(room), "Ställ in", by=ADA)
    assert "De får veta det i morgon bitti." in text(asked)

    await room.presses(await room.presses(asked, "Hoppa över", by=ADA), "Ställ in nu", by=ADA)

    async with room.database.read() as session:
        query = select(Delivery.not_before).join(Post, Post.id == Delivery.post_id)
        ours = query.where(Post.kind == "cancellation", Delivery.person_id.is_not(None))
        assert set(await session.scalars(ours)) == {datetime(2026, 11, 23, 7, tzinfo=UTC)}


async def test_cancelled_stays_cancelled(room, published):
    """A second press, a change begun before, an answer on an old card: nothing revives it."""
    change = await changed(room, "Var", "Folkets hus")
    confirm = await room.presses(
        await room.presses(await organising(room), "Ställ in", by=ADA), "Hoppa över", by=ADA
    )
    await room.presses(confirm, "Ställ in nu", by=ADA)

    again = await room.presses(confirm, "Ställ in nu", by=ADA)
    late = await room.presses(change, "Publicera", by=ADA)
    answer = await room.presses(Button("x", "signup.answer", f"{published}:coming"), by=CEM)
    card = await room.presses(Button("x", "activity.card", str(published)), by=CEM)

    assert "finns inte" in text(again)
    assert text(late) == text(answer) == "Den är inställd. Inget ändrades."
    assert text(card).startswith("Inställt: Demonstration för vårdcentralen")
    assert labels(card) == ["Fråga"]
    call = await post(room, "call")
    assert "Inställt" in call.group


async def test_an_unsent_call_is_never_sent_after_calling_off(room, exempelby):
    """What waits for the morning is cancelled with it."""
    room.now = datetime(2026, 11, 22, 21, 40, tzinfo=UTC)
    await said_yes(room, BEN, exempelby)
    await room.presses(await previewed(room), "Publicera", by=ADA)

    asked = await room.presses(await organising(room), "Ställ in", by=ADA)
    confirm = await room.presses(asked, "Hoppa över", by=ADA)
    done = await room.presses(confirm, "Ställ in nu", by=ADA)

    assert text(done) == "Inställt. Ingen som tänkte komma kan nås privat."
    assert await given.waiting(room, to=BEN) == []
    async with room.database.read() as session:
        stats = await call.stats(session, (await post(room, "call")).id, now=room.now)
    assert stats is not None
    assert (stats.people_failed, stats.is_done) == (0, True)


async def test_only_those_with_the_right_see_whom_it_did_not_reach(room, published):
    """Counts for everybody else."""
    confirm = await room.presses(
        await room.presses(await organising(room), "Ställ in", by=ADA), "Hoppa över", by=ADA
    )
    await room.presses(confirm, "Ställ in nu", by=ADA)
    told = await post(room, "cancellation")
    async with room.database.write() as session:
        query = select(Delivery).where(Delivery.post_id == told.id, Delivery.person_id.is_not(None))
        for delivery in await session.scalars(query.limit(1)):
            delivery.state = "dead"
    who = Button("Visa vem", "activities.missed", str(told.id))

    assert text(await room.presses(who, by=ADA)) == "Nåddes inte: Ben."
    assert "Ben" not in text(await room.presses(who, by=CEM))


async def test_who_answered_in_a_group_and_never_opened_the_bot_counts_as_not_reached(room, published):
    """Told "2 of 2", the organiser would not ring the one who stands there in the storm."""
    in_group = Button("x", "signup.answer", f"{published}:coming")
    await room.presses(in_group, by=EVA, chat=GROUP)
    confirm = await room.presses(
        await room.presses(await organising(room), "Ställ in", by=ADA), "Hoppa över", by=ADA
    )
    await room.presses(confirm, "Ställ in nu", by=ADA)
    await delivered(room)

    told = await post(room, "cancellation")
    async with room.database.read() as session:
        stats = await call.stats(session, told.id, now=room.now)
    who = await room.presses(Button("Visa vem", "activities.missed", str(told.id)), by=ADA)

    assert stats is not None
    assert (stats.people, stats.people_sent, stats.people_failed, stats.is_done) == (3, 2, 1, True)
    assert text(who) == "Nåddes inte: Eva."
