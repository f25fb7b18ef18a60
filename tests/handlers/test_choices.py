"""Choices that change while somebody is asked: what stands on a button is what it chooses."""

import pytest

from chat.address import Address, Platform
from chat.markup import plain
from chat.message import Button
from db import offices, roles
from tests import given
from tests.room import ADA, Someone, labels, text

EVE = Someone("Eve", Address(Platform.TRY, "1005"))


async def _offices(room, *names: str, invented: bool = False) -> None:
    async with room.database.write() as session:
        for one in await offices.kinds(session, invented=invented):
            if one.name not in names:
                await offices.remove_kind(session, one.id)
        await offices.add_kinds(session, names, invented=invented)


@pytest.fixture
async def asked(room, exempelby):
    """Ada, who keeps the register, is asked which office Mia gets."""
    await given.organiser(room, ADA, of=exempelby, role=roles.REGISTRAR)
    await given.member(room, "Mia Mo", of=exempelby)
    await _offices(room, "Kassör", "Ordförande")
    return await room.presses(await room.says("/medlem Mia", by=ADA), "Ge ett uppdrag", by=ADA)


async def test_a_button_means_what_it_says_when_the_list_has_grown(room, asked):
    """An office that comes before the others moves them all."""
    await _offices(room, "Arbetsutskott", "Kassör", "Ordförande")

    chosen = await room.presses(asked, "Ordförande", by=ADA)

    assert plain(chosen.pressed.text) == "Vilket uppdrag? – Ordförande"


@pytest.mark.parametrize("left", [["Kassör"], ["Arbetsutskott", "Kassör"]])
async def test_what_can_no_longer_be_chosen_is_asked_about_again(room, asked, left):
    """Another is never chosen in its place, not even when it is the only one; nor after a break."""
    await _offices(room, *left)

    again = await room.presses(asked, "Ordförande", by=ADA)
    waiting = await room.presses(again, "Avbryt", by=ADA)
    resumed = await room.presses(waiting, "Fortsätt", by=ADA)

    assert text(again) == text(resumed) == "Det går inte längre att välja. Vilket uppdrag?"
    assert labels(again) == labels(resumed) == [*left, "Avbryt"]
    assert text(await room.presses(resumed, "Kassör", by=ADA)).startswith("Från och med vilken dag?")


async def test_english_says_why_it_asks_again(room, asked):
    """The same in the other language."""
    await room.presses(await room.says("/installningar", by=ADA), "English", by=ADA)
    await _offices(room, "Kassör")

    assert text(await room.presses(asked, "Ordförande", by=ADA)) == "That can no longer be chosen. Which office?"


async def test_a_moment_offered_earlier_is_not_another_one(room, exempelby):
    """Two dates were unclear one after the other; the first one's button is still on the screen."""
    await room.says("/kallelse\nNattvandring", by=ADA)
    first = await room.says("31/10 2027 kl 02.30", by=ADA)
    second = await room.says("28/3 kl 02.30", by=ADA)

    again = await room.presses(first, labels(first)[0], by=ADA)

    assert text(again).startswith("Det går inte längre att välja. När?")
    assert labels(again)[0] == labels(second)[0] == "Söndag 28 mars 2027 kl. 03.30"


async def test_a_page_asks_again_about_what_is_gone_since(room):
    """The one that is left is not chosen instead, and what came since changes nothing."""
    provstad = await given.association(room, "Provstad", invented=True)
    await given.organiser(room, EVE, of=provstad, role=roles.REGISTRAR)
    testa = await given.member(room, "Testa Testsson", of=provstad, invented=True)
    await _offices(room, "Kassör", "Ordförande", invented=True)
    page = await room.presses(Button("x", "offices.give", str(testa)), by=EVE)
    filled = {"kind": dict(map(reversed, page.form.fields[0].choices))["Ordförande"], "starts_on": "14/3 2026"}
    await _offices(room, "Kassör", invented=True)

    wrong = await room.sends_page(page, filled, by=EVE)
    opened = await room.presses(wrong, "Rätta", by=EVE)
    given_one = await room.sends_page(opened, {"kind": opened.form.fields[0].choices[0][0]}, by=EVE)

    assert text(wrong) == "Välj en av de här. Inget har gått förlorat."
    assert [label for _, label in opened.form.fields[0].choices] == ["Kassör"]
    assert "• Kassör, Provstad, från lördag 14 mars 2026" in text(given_one)
