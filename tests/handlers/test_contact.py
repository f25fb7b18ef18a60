"""Writing to an organiser, and the answer that comes back."""

from dataclasses import replace

import pytest

from chat.address import Address, Platform
from tests import given
from tests.room import ADA, BEN, CEM, DORIS, GROUP, Someone, labels, text


async def test_a_letter_reaches_the_nearest_organisers(room):
    """A person's own association reads it, and the answer comes back without anybody's address."""
    provstad = await given.association(room, "Provstad")
    await given.organiser(room, BEN, of=provstad)
    await given.organiser(room, CEM, of=await given.association(room, "Exempelby"))
    await given.person(room, ADA, association_id=provstad)

    question = await room.says("/kontakt", by=ADA)
    sent = await room.says("Kan någon hämta mig i Påhittsås?", by=ADA)
    (letter,) = await given.waiting(room, to=BEN)
    await room.presses(letter, "Svara", by=BEN)
    await room.says("Ja, jag kommer förbi.", by=BEN)

    assert text(question).startswith("Vad vill du säga?")
    assert text(sent).startswith("Skickat till Provstad.")
    assert "Kan någon hämta mig i Påhittsås?" in text(letter)
    assert await given.waiting(room, to=CEM) == []
    assert "Ja, jag kommer förbi." in text((await given.waiting(room, to=ADA))[0])


@pytest.mark.parametrize("said", ["/contact", f"/contact {2**63}"])
async def test_without_an_association_the_district_reads_it(room, said):
    """Nobody has to choose an association to be heard, and no number is anybody's that no column holds."""
    await given.organiser(room, CEM, of=None)

    await room.says(said, by=DORIS)
    sent = await room.says("Hello, is there a ramp?", by=DORIS)

    assert text(sent).startswith("Sent to Exempeldistriktet.")
    assert "is there a ramp?" in text((await given.waiting(room, to=CEM))[0])


async def test_a_page_carries_the_letter_too(room):
    """Where forms are pages the same letter is written there."""
    persona = Someone("Testa", Address(Platform.TRY, "member"))
    organiser = Someone("Prova", Address(Platform.TRY, "organiser"))
    invented = await given.association(room, "Påhittsås", invented=True)
    await given.organiser(room, organiser, of=invented)
    await given.person(room, persona, association_id=invented)

    page = await room.says("/kontakt", by=persona)
    sent = await room.sends_page(page, {"text": "Hej där!"}, by=persona)

    assert text(sent).startswith("Skickat till Påhittsås.")
    assert "Hej där!" in text((await given.waiting(room, to=organiser))[0])


@pytest.mark.parametrize("typed", ["", "   ", "🎉"])
async def test_an_empty_letter_is_not_sent(room, typed):
    """Nobody is disturbed by nothing."""
    await given.organiser(room, CEM, of=None)
    await room.says("/kontakt", by=ADA)

    await room.says(typed, by=ADA)

    assert await given.waiting(room, to=CEM) == []


async def test_asking_for_a_person_shows_the_way(room):
    """Somebody who wants a human gets one, by a press."""
    answer = await room.says("kan jag prata med en människa?", by=ADA)

    assert labels(answer) == ["Skriv till en arrangör"]
    assert text(await room.presses(answer, "Skriv till en arrangör", by=ADA)).startswith("Vad vill du säga?")


async def test_in_a_group_the_letter_is_written_in_private(room):
    """What somebody wants to say to an organiser is not for the group."""
    for question in ("/kontakt", "vem är min kontaktperson?"):
        lead = await room.says(question, by=ADA, chat=GROUP)

        assert labels(lead) == ["Öppna"]
        assert text(await room.presses(lead, "Öppna", by=ADA)).startswith("Vad vill du säga?")


async def test_a_press_in_a_group_leads_to_private(room):
    """The same for the button of a message that everybody sees."""
    answer = await room.says("när är nästa fika?", by=ADA)

    lead = await room.presses(answer, "Jag har en idé", by=replace(ADA, name="Ada"), chat=GROUP)

    assert text(lead) == "Vi tar det privat."
