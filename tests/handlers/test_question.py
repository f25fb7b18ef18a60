"""A question reaches a person, and the answer comes back; neither sees the other's address."""

from dataclasses import replace

import pytest

from chat.address import Address, Platform
from chat.message import Button
from chat.request import Chat, FormStyle, Kind, Request
from db import models, roles
from tests import given
from tests.room import ADA, BEN, CEM, DORIS, GROUP, Someone, labels, text

EVE = Someone("Eve", Address(Platform.DISCORD, "1006"))


@pytest.fixture
async def meeting(room, exempelby):
    """A meeting that Exempelby arranges."""
    return await given.activity(room, "Öppet möte", exempelby, "2026-11-28 14:00")


def ask(number: int) -> Button:
    """The button on the card."""
    return Button("Fråga", "question.ask", str(number))


async def test_a_question_and_its_answer(room, meeting):
    """From Ben to Ada and back, through the bot."""
    asked = await room.presses(ask(meeting), by=BEN)
    assert text(asked) == "Vad vill du fråga? Skriv här så skickar jag det vidare."
    sent = await room.says("Finns det parkering?", by=BEN)
    assert text(sent) == "Skickat till Exempelby. Svaret kommer privat, från mig."

    (question,) = await given.waiting(room, to=ADA)
    assert text(question) == (
        "En fråga om Öppet möte, lördag 28 november:\nFinns det parkering?\nFrån Ben. Svaret går genom mig."
    )
    await room.presses(question, "Svara", by=ADA)
    done = await room.says("Ja, bakom huset.", by=ADA)

    assert text(done) == "Skickat till den som frågade."
    (answer,) = await given.waiting(room, to=BEN)
    assert text(answer) == "Svar om Öppet möte:\nJa, bakom huset.\nFrån Exempelby"
    assert "Ada" not in text(answer)
    assert labels(answer) == ["Fråga"]


async def test_the_answer_comes_in_the_language_of_the_one_who_asked(room, meeting):
    """The organiser need not know it."""
    await room.presses(ask(meeting), by=DORIS)
    await room.says("Is there parking?", by=DORIS)
    (question,) = await given.waiting(room, to=ADA)
    await room.presses(question, "Svara", by=ADA)
    await room.says("Yes", by=ADA)

    (answer,) = await given.waiting(room, to=DORIS)

    assert text(answer).startswith("Answer about Öppet möte:\nYes")


async def test_in_a_group_it_is_written_in_private(room, meeting):
    """The question is nobody else's."""
    led = await room.presses(ask(meeting), by=BEN, chat=GROUP)
    assert text(led) == "Vi tar det privat."

    asked = await room.presses(led, "Öppna", by=BEN)

    assert text(asked).startswith("Vad vill du fråga?")
    assert text(await room.says("Var?", by=BEN)).startswith("Skickat till Exempelby.")


async def test_a_question_of_5000_characters_is_refused_kindly(room, meeting):
    """It can be written shorter and nothing has been sent."""
    await room.presses(ask(meeting), by=BEN)

    refused = await room.says("a" * 5000, by=BEN)

    assert "5000 tecken" in text(refused)
    assert await given.waiting(room, to=ADA) == []
    assert text(await room.says("Kortare", by=BEN)).startswith("Skickat")


async def test_emoji_only_is_asked_for_in_words(room, meeting):
    """An organiser gets something to answer."""
    await room.presses(ask(meeting), by=BEN)

    assert text(await room.says("🤷", by=BEN)) == "Skriv det med några ord."


async def test_a_second_organiser_sees_that_it_is_answered(room, meeting, exempelby):
    """Nobody is answered twice by mistake."""
    await given.organiser(room, CEM, of=exempelby)
    await room.presses(ask(meeting), by=BEN)
    await room.says("Finns det parkering?", by=BEN)
    (question,) = await given.waiting(room, to=ADA)
    await room.presses(question, "Svara", by=ADA)
    await room.says("Ja", by=ADA)

    second = await room.presses(question, "Svara", by=CEM)

    assert text(second) == "Någon har redan svarat på den."
    assert labels(second) == ["Svara ändå"]


async def test_others_cannot_answer(room, meeting):
    """The button alone is no right."""
    await room.presses(ask(meeting), by=BEN)
    await room.says("Finns det parkering?", by=BEN)
    (question,) = await given.waiting(room, to=ADA)

    refused = await room.presses(question, "Svara", by=DORIS)

    assert text(refused) == "Only that association's organisers can do that."


async def test_the_named_organiser_gets_it_alone(room, exempelby):
    """Who chose to answer by name is the one who is asked, while they organise."""
    await given.organiser(room, CEM, of=exempelby)
    ada = await given.person(room, ADA)
    async with room.database.write() as session:
        row = await session.get(models.Activity, await given.activity(room, "Möte", exempelby, "2026-11-28 14:00"))
        row.organiser_id, row.contact_name = ada, "Ada"
        number = row.id

    await room.presses(ask(number), by=BEN)
    await room.says("Finns det parkering?", by=BEN)
    assert await given.waiting(room, to=CEM) == []
    assert len(await given.waiting(room, to=ADA)) == 1

    async with room.database.write() as session:
        await roles.withdraw(session, ada, roles.ORGANISER, association_id=exempelby)
    await room.presses(ask(number), by=BEN)
    await room.says("Och var?", by=BEN)

    assert len(await given.waiting(room, to=CEM)) == 1


async def test_when_nobody_can_be_reached_the_question_is_kept(room):
    """Better to hear it than to wait for an answer that never comes."""
    lonely = await given.association(room, "Påhittsås")
    number = await given.activity(room, "Möte", lonely, "2026-11-28 14:00")
    await room.presses(ask(number), by=BEN)

    refused = await room.says("Finns det parkering?", by=BEN)

    assert text(refused) == "Jag når ingen arrangör just nu. Försök gärna igen senare."
    assert labels(refused) == ["Avbryt"]
    await given.organiser(room, ADA, of=None, role=roles.ADMIN)
    assert text(await room.says("Finns det parkering?", by=BEN)).startswith("Skickat till Påhittsås.")


async def test_on_a_discord_server_a_direct_message_is_offered_for_the_answer(room, meeting):
    """The answer needs a way back."""
    server = Chat(Address(Platform.DISCORD, "3001"), private=False)
    pressed = Request(
        Kind.PRESS, "question.ask", server, EVE.address, str(meeting), sender_name="Eve", forms=FormStyle.PAGES
    )
    page = await room.gives(pressed)
    assert page.form is not None

    filled = replace(
        pressed, kind=Kind.FORM, route=page.form.route, argument=page.form.argument, values={"text": "Var?"}
    )
    sent = await room.gives(filled)

    assert text(sent) == "Skickat till Exempelby. Får svaret komma i DM?"
    yes = await room.gives(replace(pressed, route="question.write_to_me", argument=""))
    assert yes.test_message is not None


async def test_nobody_answers_into_the_other_world(room, meeting):
    """Who organises on the try-out page is nobody to real people, whatever button they get hold of."""
    persona = Someone("Prova", Address(Platform.TRY, "arrangor"))
    await given.organiser(room, persona, of=None)
    await room.presses(ask(meeting), by=BEN)
    await room.says("Finns det parkering?", by=BEN)
    (question,) = await given.waiting(room, to=ADA)

    answer = await room.presses(question, "Svara", by=persona)

    assert text(answer) == "Den frågan finns inte längre."


async def test_who_reads_an_internal_group_can_ask_about_what_stands_there(room, exempelby):
    """The question is begun where the card is seen, and written in private."""
    secret = await given.activity(room, "Hemligt möte", exempelby, "2026-11-28 14:00", is_open=False)
    await given.bound_chat(room, association_id=exempelby, level=models.Level.INTERNAL)

    way = await room.presses(ask(secret), by=BEN, chat=GROUP)
    asked = await room.presses(way, "Öppna", by=BEN)
    stranger = await room.presses(way, "Öppna", by=DORIS)

    assert text(asked) == "Vad vill du fråga? Skriv här så skickar jag det vidare."
    assert text(stranger) == "That draft is gone. Start again, I am here."


@pytest.mark.parametrize("link", ["remind-{}", "ask-{}"])
async def test_numbers_tried_in_links_tell_nothing(room, exempelby, link):
    """Nobody counts what is internal by trying one number after the other."""
    secret = await given.activity(room, "Hemligt möte", exempelby, "2026-11-28 14:00", is_open=False)

    found = await room.says(f"/start {link.format(secret)}", by=BEN)
    nothing = await room.says(f"/start {link.format(999)}", by=BEN)

    assert text(found) == text(nothing)
