"""The last way: those who keep the register say who somebody is, and they themselves say yes."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from chat.address import Address, Platform
from chat.message import Button
from db import roles
from db.models import Audit, Person
from tests import given
from tests.handlers.linked import counted, is_linked, linked, member
from tests.room import ADA, BEN, CEM, DORIS, GROUP, Room, Someone, labels, text


@pytest.fixture
async def provstad(room):
    """An association whose register Ben keeps; Ada has chosen it."""
    provstad = await given.association(room, "Provstad")
    await given.organiser(room, BEN, of=provstad, role=roles.REGISTRAR)
    await given.person(room, ADA, association_id=provstad)
    return provstad


async def asked(room: Room, *, by: Someone = ADA):
    """What is said to somebody who asks them, from the answer to a wrong code on."""
    begun = await room.presses(await room.says("/koppla fel", by=by), "Be om en ny", by=by)
    answer = await room.says("okand@exempel.example", by=by)
    explained = await room.presses(answer, "Fråga en arrangör", by=by)
    assert text(begun).startswith("Vilken e-postadress")
    return explained, await room.presses(explained, "Ja, fråga dem", by=by)


async def test_an_organiser_says_who_it_is_and_the_person_says_yes(room, provstad):
    """No e-mail, no letter: a person who knows the person, and the person's own word."""
    testa = await member(room, association_id=provstad, email=None)
    explained, answer = await asked(room)
    (question,) = await given.waiting(room, to=BEN)
    await room.presses(question, "Leta i registret", by=BEN)
    hits = await room.says("test", by=BEN)
    sure = await room.presses(hits, "Testa Testsson, Provstad", by=BEN)
    done = await room.presses(sure, "Ja, godkänn", by=BEN)
    before = await is_linked(room, ADA, testa)
    found = (await given.waiting(room, to=ADA))[-1]
    consent = await room.presses(found, "Ja, det är jag", by=ADA)

    assert "De ser namnet du har här" in text(explained)
    assert text(answer) == "Nu är de tillfrågade. Svaret kommer hit."
    assert text(question) == "En fråga till dig:\nAda vill koppla sitt konto. Vet du vem det är?"
    assert "Är den som frågade Testa Testsson, Provstad?" in text(sure)
    assert "Tack." in text(done)
    assert not before
    assert text(found) == "Ett svar till dig:\nDu är hittad: T… T…, Provstad. Är det du?"
    assert "Får jag skriva till dig här" in text(consent)
    assert await is_linked(room, ADA, testa)
    async with room.database.read() as session:
        assert (await session.scalars(select(Audit.action).order_by(Audit.id))).all() == ["approve link", "link"]


async def test_the_approval_is_for_the_one_who_asked(room, provstad):
    """Passed on, the button is worth nothing."""
    testa = await member(room, association_id=provstad, email=None)
    ada = await given.person(room, ADA)
    await room.presses(Button("x", "linking.approve", f"{ada}:{testa}"), by=BEN)
    (found,) = await given.waiting(room, to=ADA)

    assert text(await room.presses(found, "Ja, det är jag", by=CEM)) == "Den koden gäller inte."
    assert not await is_linked(room, CEM, testa)


async def test_refused_is_told(room, provstad):
    """Nothing changes, and there is a person to write to."""
    await asked(room)
    (question,) = await given.waiting(room, to=BEN)

    answer = await room.presses(question, "Nej", by=BEN)

    (told,) = await given.waiting(room, to=ADA)
    assert text(answer).startswith("Inget ändrades.")
    assert "kunde inte säga vem du är" in text(told)
    assert labels(told) == ["Skriv till en arrangör"]
    async with room.database.read() as session:
        noted = (await session.execute(select(Audit.action, Audit.object))).all()
    assert noted == [("refuse link", f"person:{await given.person(room, ADA)}")]


async def test_they_are_asked_once_a_day(room, provstad):
    """Nobody's telephone rings all day."""
    await asked(room)
    _, again = await asked(room)

    assert text(again) == "Nu är de tillfrågade. Svaret kommer hit."
    assert len(await given.queued(room, to=BEN)) == 1


async def test_where_nobody_keeps_the_register_that_is_said(room):
    """Silence would be the worst answer."""
    _, answer = await asked(room, by=CEM)

    assert text(answer).startswith("Jag når ingen arrangör just nu.")


async def test_only_members_of_ones_own_register_are_found_and_approved(room, provstad):
    """A registrar of one association sees nothing of another's."""
    exempelby = await given.association(room, "Exempelby")
    theirs = await member(room, association_id=exempelby, email=None)
    ada = await given.person(room, ADA)
    await room.presses(Button("x", "linking.look", str(ada)), by=BEN)
    hits = await room.says("testa", by=BEN)

    refused = await room.presses(Button("x", "linking.approve", f"{ada}:{theirs}"), by=BEN)

    assert "Jag hittar ingen" in text(hits)
    assert "Testa" not in text(hits) + text(refused)
    assert "sköter det registret" in text(refused)
    assert await given.waiting(room, to=ADA) == []


async def test_who_is_linked_or_gone_is_not_approved(room, provstad):
    """An old question that is answered late does nothing."""
    testa = await member(room, association_id=provstad)
    ada = await given.person(room, ADA)
    await linked(room, ADA, testa)
    persons = await counted(room, Person)

    for route in ("linking.look", "linking.refuse", "linking.approve"):
        for number in (ada, 0, 999):
            answer = await room.presses(Button("x", route, f"{number}"), by=BEN)

            assert "redan besvarat" in text(answer)
    assert await counted(room, Person) == persons


async def test_names_are_not_shown_in_a_group(room, provstad):
    """Whatever button is pressed where."""
    testa = await member(room, association_id=provstad)
    ada = await given.person(room, ADA)

    for route, argument in (
        ("linking.chosen", f"{ada}:{testa}"),
        ("linking.look", f"{ada}"),
        ("invite.make", testa),
    ):
        answer = await room.presses(Button("x", route, str(argument)), by=BEN, chat=GROUP)

        assert "Testa" not in text(answer)


async def test_a_name_full_of_tricks_is_only_a_name(room, provstad):
    """What the platform shows was chosen by whoever asks."""
    odd = Someone("<b>Chef</b>\u202e" + "å" * 500, ADA.address)
    await room.presses(Button("x", "linking.ask_them"), by=odd)

    (question,) = await given.waiting(room, to=BEN)
    assert "<b>Chef</b>å" in text(question)
    assert "\u202e" not in text(question)
    assert len(text(question)) < 250


async def test_the_invented_world_asks_nobody_real(room, provstad):
    """Its personas never link."""
    persona = Someone("Prova", Address(Platform.TRY, "ny"))

    answer = await room.presses(Button("x", "linking.ask_them"), by=persona)

    assert text(answer).startswith("Jag når ingen arrangör")
    assert await given.queued(room, to=BEN) == []


async def test_in_english_too(room, provstad):
    """The one who asks and the one who answers may read different languages."""
    await given.person(room, DORIS, association_id=provstad)
    await member(room, association_id=provstad, email=None)
    await room.presses(Button("x", "linking.ask_them"), by=DORIS)
    (question,) = await given.waiting(room, to=BEN)
    await room.presses(question, "Leta i registret", by=BEN)
    sure = await room.presses(await room.says("Testa", by=BEN), "Testa Testsson, Provstad", by=BEN)
    await room.presses(sure, "Ja, godkänn", by=BEN)

    (found,) = await given.waiting(room, to=DORIS)
    assert text(found).endswith("You have been found: T… T…, Provstad. Is that you?")
