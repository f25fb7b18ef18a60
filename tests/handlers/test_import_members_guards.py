"""A list of members that would change more than it should: told, or asked of a second person."""

import pytest

from db import roles
from tests import given
from tests.handlers.test_import_members import members, sent, taken
from tests.lists import ASA
from tests.room import ADA, CEM, DORIS, text

NAMED = [(f"Namn{n}", f"Sonen{n}", f"namn{n}@example.org", "", str(n), "Provstad") for n in range(100, 120)]
SLIPPED = [(*other[:2], *row[2:]) for row, other in zip(NAMED, [NAMED[-1], *NAMED[:-1]], strict=True)]


@pytest.fixture
async def keepers(room):
    """Ada and Doris keep the register of all."""
    for name in ("Provstad", "Exempelby"):
        await given.association(room, name)
    for someone in (ADA, DORIS):
        await given.organiser(room, someone, of=None, role=roles.REGISTRAR)


async def test_the_same_number_elsewhere_is_told(room, keepers):
    """In words that say what to do."""
    await taken(room, ASA)

    answer = await sent(room, ("Karl", "Nilsson", "karl@example.org", "", "17", "Exempelby"))
    in_english = await sent(room, ("Karl", "Nilsson", "karl@example.org", "", "17", "Exempelby"), by=DORIS)

    assert "• rad 2: medlemsnumret är någon annans i registret. Är det samma person" in text(answer)
    assert "• row 2: that membership number is somebody else's in the register. If it is" in text(in_english)


async def test_many_other_names_take_two(room, keepers):
    """A column that slipped by one row leaves nobody gone."""
    await given.organiser(room, CEM, of=None, role=roles.ADMIN)
    await taken(room, *NAMED)
    before = await members(room)

    shown = await sent(room, *SLIPPED)
    asked = await room.presses(shown, "Genomför", by=ADA)
    between = await members(room)
    [question] = await given.waiting(room, to=CEM)
    await room.presses(question, "Godkänn", by=CEM)

    assert "Annat namn: 20" in text(shown)
    assert text(asked).startswith("Till det behövs två.")
    assert "20 av 20 medlemmar skulle få ett annat namn, mer än en tiondel." in text(question)
    assert between == before
    assert (await members(room))["Namn101 Sonen101"].number == "102"
