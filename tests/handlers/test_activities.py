"""An organiser's activities: who comes, a new time, two who change at once, a message, reminders."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from chat.message import Button
from db import models
from db.models import Reminder
from schedules import housekeeping
from tests import given
from tests.handlers.calling import how_many
from tests.handlers.organising import changed, delivered, organising, post
from tests.room import ADA, BEN, CEM, DORIS, labels, text
from tests.schedules.ticking import tick


async def test_the_organiser_sees_who_comes(room, published):
    """Names here, privately, and nowhere else."""
    one = await organising(room)

    assert "Kommer (1): Ben\nKanske (1): Doris\nKan inte (1): Cem" in text(one)
    assert labels(one) == ["Ändra", "Ställ in", "Skriv till dem som kommer", "Påminnelser", "Värdar", "Tillbaka"]


async def test_other_organisers_see_nothing_of_it(room, published):
    """Rights go with the association."""
    provstad = await given.association(room, "Provstad")
    await given.organiser(room, CEM, of=provstad)

    mine = await room.says("/aktiviteter", by=CEM)
    names = await room.presses(Button("x", "activities.show", str(published)), by=CEM)

    assert text(mine) == "Inget är inplanerat. Skriv /kallelse för att kalla till något."
    assert "Ben" not in text(names)
    assert labels(names) == ["Fråga en arrangör"]


async def test_a_new_time_is_told_to_those_who_come_or_may(room, published):
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
        "Samma plats. Du står kvar som Kommer.\nFrån Exempelby"
    )
    assert labels(ben) == ["Jag kommer", "Kanske", "Kan inte", "Fråga"]
    (doris,) = await given.waiting(room, to=DORIS)
    assert "starts at 15:00 (was 14:00). The same place. You are still down as: maybe." in text(doris)
    assert await given.waiting(room, to=CEM) == []
    assert "Svaren står kvar." in text((await given.waiting_in(room))[-1])
    call = await post(room, "call")
    assert (call.revision, call.stale) == (2, True)
    assert "kl. 15.00" in call.private


async def test_reminders_move_with_the_activity(room, published):
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
async def test_what_changed_is_said_first(room, published, field, typed, said):
    """On a locked screen only the beginning is seen."""
    await room.presses(await changed(room, field, typed), "Publicera", by=ADA)

    (ben,) = await given.waiting(room, to=BEN)
    assert text(ben).startswith(said)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        (
            "Rubrik",
            "Lyktor för vårdcentralen",
            (
                "Ändrat: Lyktor för vårdcentralen, lördag 28 november kl. 14.00. Den hette Demonstration för "
                "vårdcentralen. Du står kvar som Kommer.\nFrån Exempelby"
            ),
        ),
        (
            "Text",
            "Ta på er varmt",
            (
                "Ändrat: Demonstration för vårdcentralen, lördag 28 november kl. 14.00. Du står kvar som Kommer.\n"
                "Ta på er varmt\nFrån Exempelby"
            ),
        ),
    ],
)
async def test_a_new_heading_or_text_is_told_in_whole_sentences(room, published, field, typed, said):
    """Who knows it by its old name must recognise it, and nothing runs into what an organiser wrote."""
    await room.presses(await changed(room, field, typed), "Publicera", by=ADA)

    (ben,) = await given.waiting(room, to=BEN)
    assert text(ben) == said


async def test_nothing_different_is_not_published(room, published):
    """Nobody is told of a change that is none."""
    preview = await changed(room, "Var", "Stortorget, Exempelby")

    assert text(preview) == "Inget är ändrat än."
    assert "Publicera" not in labels(preview)


async def test_two_organisers_at_once_lose_nothing(room, published, exempelby):
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


async def test_a_change_begun_again_in_another_window_goes_on(room, published):
    """What was typed on the telephone is there on the computer, and both windows mean the same change."""
    first = await changed(room, "Var", "Folkets hus")

    second = await room.presses(await organising(room), "Ändra", by=ADA)
    assert text(second).startswith(
        "Det här hade du redan börjat på, och inget är borta.\n\nDet här ändras:\nVar: "
    )
    assert labels(second) == ["Publicera", "Ändra", "Avbryt", "Kasta"]
    assert text(await room.presses(first, "Publicera", by=ADA)) == "Ändrat. De som berörs får veta det."


async def test_a_change_begun_again_can_be_begun_anew(room, published):
    """Nobody is stuck with yesterday's idea."""
    await changed(room, "Var", "Folkets hus")
    taken_up = await room.presses(await organising(room), "Ändra", by=ADA)

    await room.presses(taken_up, "Kasta", by=ADA)
    menu = await room.presses(await organising(room), "Ändra", by=ADA)

    assert text(menu) == "Vad vill du ändra?"
    assert "Nu: Stortorget, Exempelby." in text(await room.presses(menu, "Var", by=ADA))


async def test_two_windows_without_an_answer_yet_are_one_form(room, published):
    """Nothing was typed: nothing need be said, and the first window's buttons still work."""
    first = await room.presses(await organising(room), "Ändra", by=ADA)

    second = await room.presses(await organising(room), "Ändra", by=ADA)

    assert text(second) == "Vad vill du ändra?"
    assert text(await room.presses(first, "Var", by=ADA)).startswith("Var?")


async def test_a_message_written_in_one_window_is_there_in_the_other(room, published):
    """A long message to those who come is not written twice."""
    await room.presses(await organising(room), "Skriv till dem som kommer", by=ADA)
    await room.says("Vi har kaffe med.", by=ADA)

    again = await room.presses(await organising(room), "Skriv till dem som kommer", by=ADA)

    assert "Vi har kaffe med." in text(again)
    assert labels(again) == ["Skicka", "Ändra", "Avbryt", "Kasta"]


async def test_a_second_press_on_a_change_tells_nobody_twice(room, published):
    """The draft is used up."""
    preview = await changed(room, "Var", "Folkets hus")
    await room.presses(preview, "Publicera", by=ADA)

    again = await room.presses(preview, "Publicera", by=ADA)

    assert "utkastet finns inte" in text(again)
    assert len(await given.waiting(room, to=BEN)) == 1


async def test_a_message_to_those_who_come(room, published):
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


async def test_reminders_are_turned_off_and_on(room, published):
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


async def test_every_step_leaves_its_mark(room, published):
    """Who did what to what, without content."""
    await room.presses(await changed(room, "Var", "Folkets hus"), "Publicera", by=ADA)

    async with room.database.read() as session:
        query = select(models.Audit.action, models.Audit.object)
        notes = [tuple(row) for row in await session.execute(query)]
    assert notes[-2:] == [("publish", "activity:1"), ("change", "activity:1")]
    assert await how_many(room) == 1


async def publish(room, field, typed, by=ADA):
    """That change is published."""
    await room.presses(await changed(room, field, typed, by=by), "Publicera", by=by)


async def test_a_change_that_nobody_was_told_of_yet_is_told_with_the_next(room, published, exempelby):
    """Two changes by two hosts while nothing goes out: afterwards one message says both, and not only the last."""
    await given.organiser(room, CEM, of=exempelby)
    await publish(room, "När", "lördag 28/11 kl 16")
    await tick(room, housekeeping.run, after=timedelta(hours=25))
    await publish(room, "Text", "Ta med lykta.", by=CEM)

    (ben,) = await given.waiting(room, to=BEN)
    assert text(ben) == (
        "Ny tid: Demonstration för vårdcentralen, lördag 28 november, börjar kl. 16.00 (var 14.00). "
        "Samma plats. Du står kvar som Kommer.\nTa med lykta.\nFrån Exempelby"
    )
    (doris,) = await given.waiting(room, to=DORIS)
    assert "starts at 16:00 (was 14:00). The same place. You are still down as: maybe.\nTa med lykta." in text(
        doris
    )


async def test_what_was_told_is_not_told_again(room, published):
    """Only what is new since then."""
    await publish(room, "När", "lördag 28/11 kl 16")
    await delivered(room)
    await publish(room, "Var", "Folkets hus")
    await publish(room, "Text", "Ta med lykta.")

    (ben,) = await given.waiting(room, to=BEN)
    assert text(ben) == (
        "Ny plats: Demonstration för vårdcentralen, lördag 28 november kl. 16.00, är nu här: Folkets hus "
        "(var Stortorget, Exempelby). Du står kvar som Kommer.\nTa med lykta.\nFrån Exempelby"
    )


async def test_what_is_changed_back_is_told_as_well(room, published):
    """The group knew the other time at once; whoever did not reads which one holds."""
    await publish(room, "När", "lördag 28/11 kl 16")
    await publish(room, "När", "lördag 28/11 kl 14")

    (ben,) = await given.waiting(room, to=BEN)
    assert "börjar kl. 14.00 (var 16.00)" in text(ben)
    assert "börjar kl. 14.00 (var 16.00)" in text((await given.waiting_in(room))[-1])
