"""On HOLD organisers hear that what they publish waits; who asks is answered as always."""

import re

import pytest

from db import hold, restored
from tests.handlers.calling import previewed, said_yes
from tests.room import ADA, BEN, NOW, text

RESTS = "Just nu vilar alla utskick: det går ut så snart den som sköter mig släpper på dem."


@pytest.fixture
async def on_hold(room, published):
    """A call is out, and then the operator said hold."""
    async with room.database.write() as session:
        await hold.begin(session, now=NOW)
    return published


async def test_publishing_says_that_it_waits(room, exempelby):
    """Nobody drives home believing that people have been called."""
    await said_yes(room, BEN, exempelby)
    preview = await previewed(room)
    async with room.database.write() as session:
        await hold.begin(session, now=NOW)

    answer = await room.presses(preview, "Publicera", by=ADA)

    assert text(answer).startswith(f"Publicerat. {RESTS}")
    assert "Jag skickar nu" not in text(answer)


async def test_calling_off_says_that_nobody_hears_of_it_yet(room, on_hold):
    """Then the organiser calls people up."""
    asked = await room.presses(await _shown(room), "Ställ in", by=ADA)
    confirm = await room.presses(asked, "Hoppa över", by=ADA)

    answer = await room.presses(confirm, "Ställ in nu", by=ADA)

    assert text(answer).endswith(RESTS)


async def test_changing_and_writing_say_so_too(room, on_hold):
    """Whatever goes to others."""
    menu = await room.presses(await _shown(room), "Ändra", by=ADA)
    await room.presses(menu, "Var", by=ADA)
    changed = await room.presses(await room.says("Folkets hus", by=ADA), "Publicera", by=ADA)
    await room.presses(await _shown(room), "Skriv till dem som kommer", by=ADA)
    written = await room.presses(await room.says("Ta med paraply.", by=ADA), "Skicka", by=ADA)

    assert text(changed) == f"Ändrat. {RESTS}"
    assert re.fullmatch(rf"På väg till \d personer\. {re.escape(RESTS)}", text(written))


async def _shown(room):
    """The organiser's view of the activity."""
    mine = await room.says("/aktiviteter", by=ADA)
    return await room.presses(mine, "1. Demonstration för vårdcentralen", by=ADA)


async def test_an_organiser_who_asks_hears_what_is_forgotten(room, published):
    """What changed since the backup only people know."""
    before = text(await room.says("/aktiviteter", by=ADA))
    async with room.database.write() as session:
        await restored.settle(session, now=NOW, backup_at=NOW)

    on_hold = text(await room.says("/aktiviteter", by=ADA))

    assert on_hold == (
        "Just nu vilar alla utskick, tills den som sköter mig släpper på dem. Jag svarar som vanligt. "
        "Jag är återställd till hur det var söndag 22 november kl. 10.00 och minns inget av det som hände sedan: "
        f"titta gärna igenom det som är planerat.\n\n{before}"
    )


async def test_who_asks_what_is_on_is_answered_as_always(room, on_hold):
    """A HOLD is the operator's, not the members'."""
    assert "Demonstration för vårdcentralen" in text(await room.says("/kommande", by=BEN))
