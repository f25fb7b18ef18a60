"""The register is seen by those who keep it, each association's by its own."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from db import roles
from db.models import Audit, Member
from tests import given
from tests.room import ADA, BEN, CEM, GROUP, labels, text

TESTA: dict[str, Any] = {
    "email": "testa@exempel.se",
    "phone": "+46701740605",
    "number": "A-17",
    "address": "Påhittsvägen 1\n123 45 Provstad",
    "joined_on": date(2024, 5, 1),
}


@pytest.fixture
async def town(room):
    """Provstad, whose register Ada keeps, with two members, and Exempelby with one."""
    home, away = await given.association(room, "Provstad"), await given.association(room, "Exempelby")
    await given.organiser(room, ADA, of=home, role=roles.REGISTRAR)
    await given.member(room, "Testa Testsson", of=home, **TESTA)
    await given.member(room, "Testina Provsdotter", of=home)
    await given.member(room, "Hemlige Testsson", of=away, number="B-1")
    return home


@pytest.mark.parametrize("words", ["testa", "TESTA tests", "tests", "a-17", "Testa@Exempel.se", "070-1740605"])
async def test_a_member_is_found_however_one_asks(room, town, words):
    """By the beginning of a name, the number, the address or the telephone."""
    card = text(await room.says(f"/medlem {words}", by=ADA))

    assert card.startswith("Testa Testsson")
    for known in ("Provstad", "testa@exempel.se", "+46701740605", "A-17", "Påhittsvägen 1", "onsdag 1 maj 2024"):
        assert known in card
    assert "Hemlige" not in card


async def test_several_are_offered_and_one_is_opened(room, town):
    """Names on buttons, for this person alone."""
    hits = await room.says("/medlem", by=ADA)
    hits = await room.says("test", by=ADA)

    assert labels(hits)[:2] == ["Testa Testsson, Provstad", "Testina Provsdotter, Provstad"]
    assert text(await room.presses(hits, "Testina Provsdotter, Provstad", by=ADA)).startswith(
        "Testina Provsdotter"
    )


@pytest.mark.parametrize("words", ["hemlige", "B-1", "x" * 5000, "%", "<b>", "\u202e", "0000000"])
async def test_nobody_else_is_found(room, town, words):
    """Another association's members are not there for those who do not keep its register."""
    assert "hittar ingen sådan" in text(await room.says(f"/medlem {words}", by=ADA))


async def test_who_looked_at_whom_is_noted(room, town):
    """Each card, however it was opened; a list of hits, and nobody found, are not."""
    await room.says("/medlem testa@exempel.se", by=ADA)
    hits = await room.says("/medlem test", by=ADA)
    await room.presses(hits, "Testina Provsdotter, Provstad", by=ADA)
    await room.says("/medlem hemlige", by=ADA)

    async with room.database.read() as session:
        noted = [(row.action, row.object) for row in await session.scalars(select(Audit).order_by(Audit.id))]
        seen = [
            f"person:{number}" for number in await session.scalars(select(Member.person_id).order_by(Member.id))
        ]
    assert noted == [("see member", seen[0]), ("see member", seen[1])]


async def test_an_organiser_without_the_register_sees_nobody(room, town):
    """To organise is not to read the register."""
    await given.organiser(room, BEN, of=town)
    card = await room.says("/medlem testa", by=ADA)

    said = text(await room.says("/medlem testa", by=BEN))
    pressed = text(await room.presses(card, "Sök någon annan", by=BEN))

    assert said == pressed == "Det kan bara de göra som sköter registret."


async def test_one_with_the_whole_register_finds_all(room, town):
    """The district's own registrar, and whoever runs the installation."""
    await given.organiser(room, CEM, of=None, role=roles.REGISTRAR)
    await given.organiser(room, BEN, of=None, role=roles.ADMIN)

    for one in (CEM, BEN):
        assert "Hemlige Testsson" in text(await room.says("/medlem hemlige", by=one))


async def test_in_a_group_nothing_is_shown(room, town):
    """Names never stand in a group."""
    answer = await room.says("/medlem testa", by=ADA, chat=GROUP)

    assert "Testa" not in text(answer)
    assert labels(answer) == ["Öppna"]
