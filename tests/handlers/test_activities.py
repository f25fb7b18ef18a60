"""An organiser's activities: who comes, a new time, two who change at once, calling off."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from chat.message import Button
from db import models
from db.models import Answer, Delivery, Post, Reminder
from tests import given
from tests.handlers.calling import how_many, previewed, said_yes
from tests.room import ADA, BEN, CEM, DORIS, NOW, labels, text


@pytest.fixture
async def march(room, exempelby):
    """A published call: it stood in the group, Ben comes, Doris may, Cem cannot."""
    await given.bound_chat(room, association_id=exempelby)
    await said_yes(room, BEN, exempelby)
    await room.presses(await previewed(room), "Publicera", by=ADA)
    await delivered(room)
    for someone, answer in ((BEN, Answer.COMING), (DORIS, Answer.MAYBE), (CEM, Answer.NO)):
        await given.signup(room, someone, 1, answer)
    return 1


async def delivered(room):
    """Everything that waits has been sent."""
    async with room.database.write() as session:
        for delivery in await session.scalars(select(Delivery).where(Delivery.state == "ready")):
            delivery.state, delivery.sent_at, delivery.message_id = "sent", room.now, str(delivery.id)


async def organising(room, title="1. Demonstration för vårdcentralen", by=ADA):
    """That activity as its organiser sees it."""
    return await room.presses(await room.says("/aktiviteter", by=by), title, by=by)


async def changed(room, field, typed, by=ADA):
    """The preview of a change, after one field was written anew."""
    menu = await room.presses(await organising(room, by=by), "Ändra", by=by)
    await room.presses(menu, field, by=by)
    answer = await room.says(typed, by=by)
    return await room.presses(answer, "Stämmer", by=by) if field == "När" else answer


async def post(room, kind):
    """The latest post of that kind."""
    async with room.database.read() as session:
        query = select(Post).where(Post.kind == kind).order_by(Post.id.desc()).limit(1)
        return await session.scalar(query)


async def test_the_organiser_sees_who_comes(room, march):
    """Names here, privately, and nowhere else."""
    one = await organising(room)

    assert "Kommer (1): Ben\nKanske (1): Doris\nKan inte (1): Cem" in text(one)
    assert labels(one) == ["Ändra", "Ställ in", "Skriv till dem som kommer", "Påminnelser", "Tillbaka"]


async def test_other_organisers_see_nothing_of_it(room, march):
    """Rights go with the association."""
    provstad = await given.association(room, "Provstad")
    await given.organiser(room, CEM, of=provstad)

    mine = await room.says("/aktiviteter", by=CEM)
    names = await room.presses(Button("x", "activities.show", str(march)), by=CEM)

    assert text(mine) == "Inget är inplanerat. Skriv /kallelse för att kalla till något."
    assert "Ben" not in text(names)
    assert labels(names) == ["Fråga en arrangör"]


async def test_a_new_time_is_told_to_those_who_come_or_may(room, march):
    """One message in the group, one each to Ben and Doris, none to Cem; every copy is changed."""
    preview = await changed(room, "När", "lördag 28/11 kl 15")
    assert text(preview) == (
        "Det här ändras:\n"
        "När: lördag 28 november kl. 15.00 (var: lördag 28 november kl. 14.00)\n\n"
        "1 kommer och 1 kanske: de får veta det, och alla kopior ändras."
    )

    done = await room.presses(preview, "Publicera", by=ADA)

    assert text(done) == "Ändrat. De som berörs får veta det."
    (ben,) = await given.waiting(room, to=BEN)
    assert text(ben) == (
        "Ny tid: Demonstration för vårdcentralen, lördag 28 november, börjar kl. 15.00 (var 14.00). "
        "Samma plats. Ditt svar står kvar.\nFrån Exempelby"
    )
    assert labels(ben) == ["Jag kommer", "Kanske", "Kan inte", "Fråga"]
    (doris,) = await given.waiting(room, to=DORIS)
    assert "starts at 15:00 (was 14:00). The same place. Your answer stands." in text(doris)
    assert await given.waiting(room, to=CEM) == []
    assert "Svaren står kvar." in text((await given.waiting_in(room))[-1])
    call = await post(room, "call")
    assert (call.revision, call.stale) == (2, True)
    assert "kl. 15.00" in call.private


async def test_reminders_move_with_the_activity(room, march):
    """The earlier plan is no longer in force."""
    await room.presses(await changed(room, "När", "söndag 29/11 kl 15"), "Publicera", by=ADA)

    async with room.database.read() as session:
        waiting = select(Reminder.due_at).where(Reminder.done_at.is_(None)).order_by(Reminder.due_at)
        due = list(await session.scalars(waiting))
    assert due == [datetime(2026, 11, 28, 17, tzinfo=UTC), datetime(2026, 11, 29, 12, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        (
            "Var",
            "Folkets hus",
            "Ny plats: Demonstration för vårdcentralen, lördag 28 november kl. 14.00, är nu här:",
        ),
        ("Text", "Ta på er varmt.", "Ändrat: Demonstration för vårdcentralen, lördag 28 november kl. 14.00."),
        (
            "När",
            "29/11 kl 14",
            "Ny tid: Demonstration för vårdcentralen är söndag 29 november kl. 14.00 (var lördag",
        ),
    ],
)
async def test_what_changed_is_said_first(room, march, field, typed, said):
    """On a locked screen only the beginning is seen."""
    await room.presses(await changed(room, field, typed), "Publicera", by=ADA)

    (ben,) = await given.waiting(room, to=BEN)
    assert text(ben).startswith(said)


async def test_nothing_different_is_not_published(room, march):
    """Nobody is told of a change that is none."""
    preview = await changed(room, "Var", "Stortorget, Exempelby")

    assert text(preview) == "Inget är ändrat än."
    assert "Publicera" not in labels(preview)


async def test_two_organisers_at_once_lose_nothing(room, march, exempelby):
    """The second sees how it is now, with their own change on top of it."""
    await given.organiser(room, CEM, of=exempelby)
    first = await changed(room, "När", "lördag 28/11 kl 15")
    second = await changed(room, "Var", "Folkets hus", by=CEM)
    await room.presses(first, "Publicera", by=ADA)

    overtaken = await room.presses(second, "Publicera", by=CEM)
    assert text(overtaken).startswith("Någon annan hann ändra den. Så här är det nu:\n\nDemonstration")
    assert text(overtaken).endswith(
        "Var: Folkets hus (var: Stortorget, Exempelby)\n\n"
        "1 kommer och 1 kanske: de får veta det, och alla kopior ändras."
    )
    await room.presses(overtaken, "Publicera", by=CEM)

    card = text(await organising(room))
    assert "Lördag 28 november kl. 15.00, Folkets hus" in card


async def test_a_second_press_on_a_change_tells_nobody_twice(room, march):
    """The draft is used up."""
    preview = await changed(room, "Var", "Folkets hus")
    await room.presses(preview, "Publicera", by=ADA)

    again = await room.presses(preview, "Publicera", by=ADA)

    assert "utkastet finns inte" in text(again)
    assert len(await given.waiting(room, to=BEN)) == 1


async def test_calling_off_the_same_morning(room, march):
    """At 07.40 they hear of it at once, in the group too, and nothing reminds afterwards."""
    room.now = datetime(2026, 11, 28, 6, 40, tzinfo=UTC)
    asked = await room.presses(await organising(room), "Ställ in", by=ADA)
    assert text(asked) == (
        "Ställa in? 1 kommer, 1 kanske. De får veta det nu, fast klockan är 07.40. Skriv gärna varför."
    )

    confirm = await room.says("Stormvarning.", by=ADA)
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


async def test_far_ahead_calling_off_waits_for_the_morning(room, march):
    """A week ahead nobody is woken."""
    room.now = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
    asked = await room.presses(await organising(room), "Ställ in", by=ADA)
    assert "De får veta det i morgon bitti." in text(asked)

    await room.presses(await room.presses(asked, "Hoppa över", by=ADA), "Ställ in nu", by=ADA)

    async with room.database.read() as session:
        query = select(Delivery.not_before).join(Post, Post.id == Delivery.post_id)
        ours = query.where(Post.kind == "cancellation", Delivery.person_id.is_not(None))
        assert set(await session.scalars(ours)) == {datetime(2026, 11, 23, 7, tzinfo=UTC)}


async def test_cancelled_stays_cancelled(room, march):
    """A second press, a change begun before, an answer on an old card: nothing revives it."""
    change = await changed(room, "Var", "Folkets hus")
    confirm = await room.presses(
        await room.presses(await organising(room), "Ställ in", by=ADA), "Hoppa över", by=ADA
    )
    await room.presses(confirm, "Ställ in nu", by=ADA)

    again = await room.presses(confirm, "Ställ in nu", by=ADA)
    late = await room.presses(change, "Publicera", by=ADA)
    answer = await room.presses(Button("x", "signup.answer", f"{march}:coming"), by=CEM)
    card = await room.presses(Button("x", "activity.card", str(march)), by=CEM)

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


async def test_a_message_to_those_who_come(room, march):
    """Looked at before it goes, and sent once."""
    await room.presses(await organising(room), "Skriv till dem som kommer", by=ADA)
    preview = await room.says("Vi har kaffe med.", by=ADA)
    assert text(preview) == (
        "Till de 2 som kommer eller kanske kommer:\n\n"
        "Om Demonstration för vårdcentralen, lördag 28 november:\nVi har kaffe med.\nFrån Exempelby"
    )

    await room.presses(preview, "Skicka", by=ADA)
    await room.presses(preview, "Skicka", by=ADA)

    (ben,) = await given.waiting(room, to=BEN)
    assert (
        text(ben) == "Om Demonstration för vårdcentralen, lördag 28 november:\nVi har kaffe med.\nFrån Exempelby"
    )
    assert await given.waiting(room, to=CEM) == []


async def test_nobody_to_write_to(room, exempelby):
    """Said before anything is written."""
    await given.activity(room, "Möte", exempelby, "2026-11-28 14:00")

    refused = await room.presses(await organising(room, "1. Möte"), "Skriv till dem som kommer", by=ADA)

    assert text(refused) == "Ingen har sagt att de kommer eller kanske kommer än."


async def test_reminders_are_turned_off_and_on(room, march):
    """Each activity has its own."""
    rules = await room.presses(await organising(room), "Påminnelser", by=ADA)
    assert labels(rules)[:2] == ["Dagen före kl. 18: på. Slå av", "Två timmar innan: på. Slå av"]

    off = await room.presses(rules, "Dagen före kl. 18: på. Slå av", by=ADA)

    assert labels(off)[0] == "Dagen före kl. 18: av. Slå på"
    async with room.database.read() as session:
        waiting = select(Reminder.rule).where(Reminder.done_at.is_(None))
        assert list(await session.scalars(waiting)) == ["two_hours"]
    await room.presses(off, "Dagen före kl. 18: av. Slå på", by=ADA)
    async with room.database.read() as session:
        assert set(await session.scalars(waiting)) == {"day_before", "two_hours"}


async def test_only_those_with_the_right_see_whom_it_did_not_reach(room, march):
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


async def test_every_step_leaves_its_mark(room, march):
    """Who did what to what, without content."""
    await room.presses(await changed(room, "Var", "Folkets hus"), "Publicera", by=ADA)

    async with room.database.read() as session:
        query = select(models.Audit.action, models.Audit.object)
        notes = [tuple(row) for row in await session.execute(query)]
    assert notes[-2:] == [("publish", "activity:1"), ("change", "activity:1")]
    assert await how_many(room) == 1
    assert room.now - NOW == timedelta(0)
