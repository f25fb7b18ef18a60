"""I want to help: the organisers are told, when the person has agreed to it."""

import pytest

from chat.message import Button
from tests import given
from tests.room import ADA, BEN, CEM, DORIS, GROUP, labels, text


async def test_an_offer_reaches_the_organisers_with_consent(room):
    """The name is told after a yes, and the organiser can answer through the bot."""
    provstad = await given.association(room, "Provstad")
    await given.organiser(room, BEN, of=provstad)
    await given.person(room, ADA, association_id=provstad)

    question = await room.says("Jag vill hjälpa till!", by=ADA)
    before = await given.waiting(room, to=BEN)
    answer = await room.presses(question, "Ja, berätta", by=ADA)
    (told,) = await given.waiting(room, to=BEN)

    assert text(question) == (
        "Vad roligt! Då får arrangörerna i Provstad veta ditt namn och kan skriva till dig via mig. "
        "Ska jag berätta?"
    )
    assert before == []
    assert text(answer) == "Tack! Nu vet de. Vill du berätta vad du gärna gör?"
    assert text(told) == "En fråga till dig:\nAda vill hjälpa till i Provstad. Säg gärna hej!"


async def test_the_answer_to_an_offer_comes_back(room):
    """Somebody who offers to help hears from a person."""
    provstad = await given.association(room, "Provstad")
    await given.organiser(room, BEN, of=provstad)
    await given.person(room, ADA, association_id=provstad)
    await room.presses(await room.says("jag vill hjälpa till", by=ADA), "Ja, berätta", by=ADA)
    (told,) = await given.waiting(room, to=BEN)

    await room.presses(told, "Svara", by=BEN)
    await room.says("Hej Ada! Kom på lördag.", by=BEN)

    assert "Hej Ada! Kom på lördag." in text((await given.waiting(room, to=ADA))[0])


async def test_who_has_no_association_is_asked_where(room):
    """First where, then what is told to whom."""
    provstad = await given.association(room, "Provstad")
    await given.organiser(room, BEN, of=provstad)

    where = await room.presses(await room.says("/start", by=DORIS), "I want to help", by=DORIS)
    question = await room.presses(where, "Provstad", by=DORIS)

    assert labels(where) == ["The whole district", "Provstad"]
    assert "the organisers in Provstad get to know your name" in text(question)


async def test_no_tells_nobody(room):
    """A no is the end of it."""
    provstad = await given.association(room, "Provstad")
    await given.organiser(room, BEN, of=provstad)
    await given.person(room, ADA, association_id=provstad)

    answer = await room.presses(await room.says("jag vill hjälpa till", by=ADA), "Nej", by=ADA)

    assert text(answer) == "Då berättar jag inget. Välkommen när du vill."
    assert await given.waiting(room, to=BEN) == []


async def test_a_second_press_tells_nobody_again(room):
    """One offer is one message."""
    provstad = await given.association(room, "Provstad")
    await given.organiser(room, BEN, of=provstad)
    await given.person(room, ADA, association_id=provstad)
    question = await room.says("jag vill hjälpa till", by=ADA)
    await room.presses(question, "Ja, berätta", by=ADA)

    again = await room.presses(question, "Ja, berätta", by=ADA)

    assert text(again).startswith("De vet redan")
    assert len(await given.waiting(room, to=BEN)) == 1


async def test_nobody_to_tell_is_said_and_nothing_kept(room):
    """Without anybody to read it the offer can be made again later."""
    provstad = await given.association(room, "Provstad")
    await given.person(room, ADA, association_id=provstad)
    question = await room.says("jag vill hjälpa till", by=ADA)

    refused = await room.presses(question, "Ja, berätta", by=ADA)
    await given.organiser(room, CEM, of=None)
    later = await room.presses(question, "Ja, berätta", by=ADA)

    assert "når ingen arrangör" in text(refused)
    assert text(later).startswith("Tack! Nu vet de.")


async def test_an_offer_begun_in_a_group_goes_on_in_private(room):
    """What somebody offers is for the organisers' eyes."""
    provstad = await given.association(room, "Provstad")
    await given.person(room, ADA, association_id=provstad)

    lead = await room.says("jag vill hjälpa till", by=ADA, chat=GROUP)

    assert text(lead) == "Vi tar det privat."
    assert "Provstad" in text(await room.presses(lead, "Öppna", by=ADA))


@pytest.mark.parametrize("argument", ["", "999", "x"])
async def test_an_old_button_is_answered(room, argument):
    """An association that is gone is said so."""
    answer = await room.presses(Button("Ja", "help_offer.tell", argument), by=ADA)

    assert "finns inte längre" in text(answer)


async def test_every_association_can_be_chosen(room):
    """A district of eleven associations needs more than one message of buttons."""
    for number in range(1, 12):
        await given.association(room, f"Exempelby {number:02}")

    first = await room.says("jag vill hjälpa till", by=ADA)
    second = await room.presses(first, "Visa fler", by=ADA)

    assert len(first.message.rows) <= 5
    assert labels(second) == [f"Exempelby {number:02}" for number in (8, 9, 10, 11)] + ["Visa fler"]
    assert labels(await room.presses(second, "Visa fler", by=ADA)) == labels(first)
