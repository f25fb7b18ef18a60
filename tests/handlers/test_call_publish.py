"""A call looked at and published: whom it reaches, when, and only once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from chat.message import Button
from db import models, roles
from db.models import Level
from tests import given
from tests.handlers.calling import CARD, PROTEST, how_many, previewed, said_yes
from tests.room import ADA, BEN, CEM, DORIS, find_button, labels, text


async def test_the_preview_says_how_many_it_reaches(room, exempelby):
    """Reach is counted for this call, and widened by a press."""
    provstad = await given.association(room, "Provstad")
    await said_yes(room, BEN, exempelby)
    await said_yes(room, CEM, provstad)
    await given.person(room, DORIS)
    await given.bound_chat(room, association_id=exempelby)

    preview = await previewed(room)
    assert "Till Exempelby, nu: 1 grupp och privat till 1 på Telegram. Några få når jag inte i chatt." in text(
        preview
    )

    wide = await room.presses(preview, "Till hela distriktet", by=ADA)
    assert "Till hela distriktet, nu: 1 grupp och privat till 2: 1 Telegram, 1 Discord." in text(wide)
    near = await room.presses(wide, "Bara Exempelby", by=ADA)
    assert "Till Exempelby, nu" in text(near)


async def test_at_night_it_goes_out_privately_in_the_morning(room, exempelby):
    """The preview says so, the deliveries wait, and the group is not woken."""
    room.now = datetime(2026, 11, 22, 21, 40, tzinfo=UTC)
    await said_yes(room, BEN, exempelby)
    await given.bound_chat(room, association_id=exempelby)

    preview = await previewed(room)
    await room.presses(preview, "Publicera", by=ADA)

    assert "En väntar till 08.00." in text(preview)
    async with room.database.read() as session:
        query = select(models.Delivery.not_before).where(models.Delivery.lane == "telegram")
        ben = query.join(models.Post, models.Post.id == models.Delivery.post_id)
        ben = ben.where(models.Post.kind == "call", models.Delivery.person_id.is_not(None))
        assert await session.scalar(ben) == datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    assert [card.silent for card in await given.waiting_in(room)] == [True]


async def test_at_night_nothing_is_promised_that_comes_too_late(room, exempelby):
    """What begins before quiet hours end would arrive when it is over."""
    room.now = datetime(2026, 11, 27, 22, 40, tzinfo=UTC)
    await said_yes(room, BEN, exempelby)

    preview = await previewed(room, PROTEST.replace("kl 14", "kl 07.30"))

    assert "En väntar till 08.00. Det är för sent." in text(preview)


async def test_publishing_reaches_people_and_groups_once(room, exempelby):
    """A second press, and the same preview pressed later, change nothing."""
    await said_yes(room, BEN, exempelby)
    await said_yes(room, DORIS)
    await given.bound_chat(room, association_id=exempelby)
    preview = await previewed(room)

    first = await room.presses(preview, "Publicera", by=ADA)
    second = await room.presses(preview, "Publicera", by=ADA)

    assert text(first) == "Publicerat. Jag skickar nu och berättar hur det gick."
    assert labels(first) == ["Aktiviteten"]
    assert text(second) == f"Den är redan publicerad.\n\n{CARD}"
    assert await how_many(room) == 1
    assert [text(card) for card in await given.waiting(room, to=BEN)] == [CARD]
    assert [text(card) for card in await given.waiting_in(room)] == [CARD]
    (english,) = await given.waiting(room, to=DORIS)
    assert "Saturday 28 November at 14:00" in text(english)
    assert labels(english) == ["I'm coming", "Maybe", "Can't", "Ask"]


async def test_the_organiser_follows_the_call(room, exempelby):
    """A message of its own shows how far it is."""
    await said_yes(room, BEN, exempelby)

    await room.presses(await previewed(room), "Publicera", by=ADA)

    (progress,) = await given.waiting(room, to=ADA)
    assert text(progress) == "Skickar: 0 av 1. Du kan stänga, jag fortsätter."


async def test_reminders_are_planned_with_the_call(room, exempelby):
    """The day before at 18, and two hours before."""
    await room.presses(await previewed(room), "Publicera", by=ADA)

    async with room.database.read() as session:
        query = select(models.Reminder.due_at).order_by(models.Reminder.due_at)
        due = list(await session.scalars(query))
    assert due == [datetime(2026, 11, 27, 17, tzinfo=UTC), datetime(2026, 11, 28, 11, tzinfo=UTC)]


async def test_an_internal_call_stays_inside(room, exempelby):
    """Open groups and people from outside never hear of it."""
    await said_yes(room, BEN, exempelby)
    await said_yes(room, CEM, exempelby)
    await given.insider(room, CEM, exempelby)
    await given.bound_chat(room, association_id=exempelby, level=Level.OPEN)

    asked = await room.presses(await room.says(PROTEST, by=ADA), "Bara våra egna", by=ADA)
    preview = await room.presses(asked, "Jag, med namn", by=ADA)
    await room.presses(preview, "Publicera", by=ADA)

    assert "Bara till de egna i Exempelby, nu: privat till 1 på Discord." in text(preview)
    assert await given.waiting(room, to=BEN) == []
    assert await given.waiting_in(room) == []
    (card,) = await given.waiting(room, to=CEM)
    assert "Från Exempelby, Ada svarar på frågor" in text(card)


async def test_a_moment_that_has_passed_meanwhile_is_not_published(room, exempelby):
    """Nobody is called to yesterday."""
    preview = await previewed(room)
    room.passes(timedelta(days=6, hours=5))
    async with room.database.write() as session:
        for draft in await session.scalars(select(models.Draft)):
            draft.expires_at = room.now + timedelta(hours=1)

    late = await room.presses(preview, "Publicera", by=ADA)

    assert text(late) == "Den tiden har redan varit. Ändra den."
    assert labels(late) == ["Ändra"]
    assert await how_many(room) == 0


async def test_a_right_taken_back_is_missed_at_the_press(room, exempelby):
    """Rights count when something is done, not when it was begun."""
    preview = await previewed(room)
    ada = await given.person(room, ADA)
    async with room.database.write() as session:
        await roles.withdraw(session, ada, roles.ORGANISER, association_id=exempelby)

    refused = await room.presses(preview, "Publicera", by=ADA)

    assert "arrangörer" in text(refused)
    assert await how_many(room) == 0


async def test_the_call_can_be_copied_into_a_mail(room, exempelby):
    """For those who are on no chat."""
    mail = await room.presses(await previewed(room), "Text att mejla", by=ADA)

    assert text(mail) == f"Kopiera det här:\n\n{CARD}"


async def test_markup_in_what_people_type_is_what_they_typed(room, exempelby):
    """Nobody makes a card bold, or a link."""
    preview = await previewed(room, PROTEST.replace("Vi samlas", "<b>Vi</b> &amp; @everyone samlas"))

    assert "<b>Vi</b> &amp; @everyone samlas" in text(preview)


async def test_changing_one_answer_keeps_the_rest(room, exempelby):
    """From the preview one field is asked anew, and the preview comes back."""
    menu = await room.presses(await previewed(room), "Ändra", by=ADA)
    assert "Rubrik" in labels(menu)

    await room.presses(menu, "Var", by=ADA)
    preview = await room.says("Folkets hus", by=ADA)

    assert "Lördag 28 november kl. 14.00, Folkets hus" in text(preview)


async def test_a_cancelled_draft_can_be_taken_up_or_thrown_away(room, exempelby):
    """Cancel is not the end of what was written."""
    cancelled = await room.presses(await previewed(room), "Avbryt", by=ADA)
    assert text(cancelled) == "Avbrutet. Utkastet finns kvar till i morgon."

    back = await room.presses(cancelled, "Fortsätt", by=ADA)
    assert CARD in text(back)
    gone = await room.presses(cancelled, "Kasta", by=ADA)
    assert await how_many(room, models.Draft) == 0
    late = await room.presses(back, "Publicera", by=ADA)

    assert text(gone) == "Kastat. Inget har skickats."
    assert "utkastet finns inte" in text(late)


async def test_what_is_internal_is_not_widened(room, exempelby):
    """Another association's own could not open it, whatever button somebody kept."""
    elsewhere = await given.association(room, "Provstad")
    await said_yes(room, BEN, elsewhere)
    await given.insider(room, BEN, elsewhere)
    asked = await room.presses(await room.says(PROTEST, by=ADA), "Bara våra egna", by=ADA)
    preview = await room.presses(asked, "Exempelby", by=ADA)

    kept = await room.presses(Button("x", "call.widen", find_button(preview, "Ändra").argument), by=ADA)
    await room.presses(kept, "Publicera", by=ADA)

    assert "Till hela distriktet" not in labels(preview)
    assert "Bara till de egna i Exempelby" in text(kept)
    assert await given.waiting(room, to=BEN) == []


@pytest.mark.parametrize("label", ["Publicera", "Skicka nu"])
async def test_an_older_preview_publishes_only_what_it_shows(room, exempelby, label):
    """Its buttons stay on the screen when a newer one has another audience; what it shows is taken as it is."""
    room.now = datetime(2026, 11, 22, 21, 40, tzinfo=UTC)
    await said_yes(room, BEN, exempelby)
    near = await previewed(room)
    await room.presses(near, "Till hela distriktet", by=ADA)

    fresh = await room.presses(near, label, by=ADA)
    if label == "Skicka nu":
        fresh = await room.presses(fresh, "De väntar på det", by=ADA)

    assert text(fresh).startswith("Det där har ändrats. Så här är det nu:\n\nSå här blir det:")
    assert "Till hela distriktet, nu: " in text(fresh)
    assert await how_many(room) == 0
    assert text(await room.presses(fresh, "Publicera", by=ADA)).startswith("Publicerat.")
    assert await how_many(room) == 1


async def test_a_preview_with_the_same_answers_as_before_is_good_again(room, exempelby):
    """There and back: the first preview shows what it is."""
    near = await previewed(room)
    wide = await room.presses(near, "Till hela distriktet", by=ADA)
    await room.presses(wide, "Bara Exempelby", by=ADA)

    published = await room.presses(near, "Publicera", by=ADA)

    assert text(published).startswith("Publicerat.")
