"""Another account of the same person: it never gets a right that came later, and shuts nobody out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chat.message import Button
from db import codes, roles
from tests import given
from tests.handlers.linked import linked, member
from tests.room import ADA, BEN, CEM, DORIS, KEYS, Room, labels, text

EVE = DORIS  # has the letter that was for Ben


@pytest.fixture
async def both(room):
    """Ben is a member, of Provstad; Eve, who found a letter of his, linked her account as well."""
    provstad = await given.association(room, "Provstad")
    await given.organiser(room, ADA, of=None, role=roles.ADMIN)
    await given.organiser(room, CEM, of=None, role=roles.ADMIN)
    testa = await member(room, association_id=provstad)
    for someone in (BEN, EVE):
        await linked(room, someone, testa)
    return provstad


async def let_in(room: Room, offer: str) -> None:
    """Ada lets Ben in."""
    passed_on = await room.presses(Button("x", "organisers.invite", offer), by=ADA)
    await room.presses(passed_on.also[0], "Öppna", by=BEN)
    await room.presses((await given.waiting(room, to=ADA))[-1], "Ja, släpp in", by=ADA)


@pytest.mark.parametrize("offer", ["o", "r", "a"], ids=["organiser", "registrar", "admin"])
async def test_a_first_role_is_the_accounts_that_opened_the_invitation(room, both, offer):
    """Whoever linked to the same person before that has no right by it."""
    await let_in(room, f"{offer}{both}" if offer != "a" else offer)
    if offer == "a":
        await room.presses((await given.waiting(room, to=CEM))[-1], "Godkänn", by=CEM)
    command = "/medlem Testa" if offer == "r" else "/aktiviteter"

    assert "Det kan bara" not in text(await room.says(command, by=BEN))
    assert text(await room.says(command, by=EVE)).startswith("Det kan bara ")


async def test_nor_does_the_operators_code_open_it(room, both):
    """The admin is the account that wrote it."""
    async with room.database.write() as session:
        code = await codes.new_code(session, KEYS, "admin", valid=timedelta(hours=1), now=room.now)
    await room.says(f"/admin {code}", by=BEN)

    assert "Föreslå en admin" in labels(await room.says("/arrangorer", by=BEN))
    assert text(await room.says("/arrangorer", by=EVE)).startswith("Det kan bara ")
