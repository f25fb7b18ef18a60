"""Offices: a list of the district's own, given and ended on a member's card."""

import pytest

from chat.address import Address, Platform
from chat.message import Button
from db import offices, roles
from tests import given
from tests.room import ADA, BEN, DORIS, Someone, labels, text

EVE = Someone("Eve", Address(Platform.TRY, "1005"))


@pytest.fixture
async def town(room):
    """Provstad, whose register Ada keeps; Ben organises the district, where offices are listed."""
    home = await given.association(room, "Provstad")
    await given.association(room, "Exempelby")
    await given.organiser(room, ADA, of=home, role=roles.REGISTRAR)
    await given.organiser(room, BEN, of=None)
    await given.member(room, "Testa Testsson", of=home)
    await room.presses(await room.says("/uppdrag", by=BEN), "Lägg till de vanliga", by=BEN)
    return home


async def _gives(room, first: str, last: str):
    card = await room.says("/medlem testa", by=ADA)
    asked = await room.presses(card, "Ge ett uppdrag", by=ADA)
    await room.presses(asked, "Ordförande", by=ADA)
    await room.says(first, by=ADA)
    return await room.says(last, by=ADA)


async def test_the_usual_offices_are_added_with_one_press(room, town):
    """A district does not begin with an empty form."""
    said = text(await room.says("/uppdrag", by=BEN))

    for name in ("Ordförande", "Styrelse", "Utskott", "Nämnd", "Gruppledare", "Kontaktperson"):
        assert f"• {name}: 0" in said


async def test_an_office_is_given_with_its_days(room, town):
    """It stands on the card, and the list counts it, hidden while few hold it."""
    card = await _gives(room, "14/3 2026", "31 mars 2028")

    assert "• Ordförande, Provstad, från lördag 14 mars 2026 till fredag 31 mars 2028" in text(card)
    assert "• Ordförande: färre än fem" in text(await room.says("/uppdrag", by=BEN))


async def test_it_is_ended_after_one_more_question(room, town):
    """Today is its last day; it stays on the card as something that was."""
    card = await _gives(room, "14/3 2026", "tills vidare")
    asked = await room.presses(card, "Avsluta: Ordförande", by=ADA)
    assert text(asked) == "Ska uppdraget Ordförande avslutas i dag för Testa Testsson?"

    ended = await room.presses(asked, "Ja, avsluta", by=ADA)

    assert "till söndag 22 november 2026" in text(ended)
    assert "Avsluta: Ordförande" not in labels(ended)
    assert text(await room.presses(asked, "Ja, avsluta", by=ADA)) == text(ended)


WRONG = {
    ADA: (
        "Jag förstod inte dagen ”31/2”. Skriv till exempel 14/3 2026.",
        "Den sista dagen ligger före den första. Skriv en gång till.",
    ),
    DORIS: (
        "I did not understand the day “31/2”. Write for example 14/3 2026.",
        "The last day comes before the first. Please write it once more.",
    ),
}


@pytest.mark.parametrize("someone", WRONG, ids=lambda one: one.language)
async def test_a_day_that_is_none_is_asked_about_at_its_question(room, town, someone):
    """Nothing is guessed, nobody holds anything yet, and the answers before it stand."""
    await given.organiser(room, someone, of=None, role=roles.REGISTRAR)
    card = await room.says("/member testa", by=someone)
    asked = await room.presses(card, "Give an office" if someone is DORIS else "Ge ett uppdrag", by=someone)
    await room.presses(asked, "Ordförande", by=someone)

    no_day = await room.says("31/2", by=someone)
    await room.says("14/3 2026", by=someone)
    before = await room.says("1/1 2026", by=someone)
    async with room.database.read() as session:
        assert not await offices.holders(session, invented=False, on=room.now.date())
    card = await room.says("31/3 2028", by=someone)

    assert (text(no_day), text(before)) == WRONG[someone]
    assert "14" in text(card)
    assert "2028" in text(card)


async def test_a_page_says_it_at_the_field(room):
    """The first day stays as it was written."""
    provstad = await given.association(room, "Provstad", invented=True)
    await given.association(room, "Exempelby", invented=True)
    await given.organiser(room, EVE, of=None, role=roles.REGISTRAR)
    testa = await given.member(room, "Testa Testsson", of=provstad, invented=True)
    async with room.database.write() as session:
        await offices.add_kinds(session, ["Ordförande", "Styrelse"], invented=True)
    page = await room.presses(Button("x", "offices.give", str(testa)), by=EVE)
    kind = page.form.fields[0].choices[0][0]

    again = await room.sends_page(page, {"kind": kind, "starts_on": "14/3 2026", "ends_on": "1/1 2026"}, by=EVE)

    shown = {one.name: (one.value, one.problem) for one in again.form.fields}
    assert shown["starts_on"] == ("14/3 2026", "")
    assert shown["ends_on"] == ("1/1 2026", "Den sista dagen ligger före den första. Skriv en gång till.")


async def test_the_list_is_renamed_and_shortened(room, town):
    """By the district's organisers, after one more question; who held the office loses it with it."""
    await _gives(room, "i dag", "tills vidare")
    every = await room.says("/uppdrag", by=BEN)
    one = await room.presses(every, "Ordförande", by=BEN)
    assert labels(one) == ["Byt namn", "Ta bort", "Tillbaka"]
    await room.presses(one, "Byt namn", by=BEN)
    await room.says("Sammankallande", by=BEN)
    assert "• Sammankallande, Provstad" in text(await room.says("/medlem testa", by=ADA))
    one = await room.presses(await room.says("/uppdrag", by=BEN), "Sammankallande", by=BEN)

    asked = await room.presses(one, "Ta bort", by=BEN)
    await room.presses(asked, "Ja, ta bort", by=BEN)

    assert "Sammankallande" not in text(await room.says("/uppdrag", by=BEN))
    assert "Sammankallande" not in text(await room.says("/medlem testa", by=ADA))
    assert "finns inte kvar" in text(await room.presses(asked, "Ja, ta bort", by=BEN))


async def test_a_name_stands_there_once(room, town):
    """However it is capitalised."""
    await room.presses(await room.says("/uppdrag", by=BEN), "Lägg till ett uppdrag", by=BEN)

    assert "finns redan" in text(await room.says("ORDFÖRANDE", by=BEN))


async def test_more_offices_than_fit_are_reached_page_by_page(room, town):
    """Each can be renamed, removed and given; an empty page shows the first one."""
    async with room.database.write() as session:
        await offices.add_kinds(session, [f"Uppdrag {n:02}" for n in range(25)], invented=False)
    first = await room.says("/uppdrag", by=BEN)

    second = await room.presses(first, "Visa fler", by=BEN)

    assert "Uppdrag 24" not in labels(first)
    assert "Uppdrag 24" in labels(second)
    assert "• Uppdrag 24: 0" in text(second)
    assert "Visa fler" not in labels(second)
    assert labels(await room.presses(second, "Tillbaka", by=BEN)) == labels(first)
    assert text(await room.presses(Button("x", "offices.list", "7"), by=BEN)) == text(first)
    await room.presses(await room.says("/medlem testa", by=ADA), "Ge ett uppdrag", by=ADA)
    assert text(await room.says("uppdrag 24", by=ADA)).startswith("Från och med vilken dag?")
