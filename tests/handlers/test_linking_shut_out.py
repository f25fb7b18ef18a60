"""Another account of the same person: it never gets a right that came later, and shuts nobody out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from chat.message import Button
from db import codes, deliveries, people, roles
from db.models import Delivery, Post
from tests import given
from tests.handlers.linked import linked, member
from tests.room import ADA, BEN, CEM, DORIS, KEYS, Room, Someone, labels, text

EVE = DORIS  # has the letter that was for Ben


@pytest.fixture
async def both(room):
    """Ben is a member, of Provstad; Eve, who found a letter of his, linked her account as well."""
    provstad = await given.association(room, "Provstad")
    await given.organiser(room, ADA, of=None, role=roles.ADMIN)
    await given.organiser(room, CEM, of=None, role=roles.ADMIN)
    testa = await member(room, association_id=provstad)
    await linked(room, BEN, testa)
    room.passes(timedelta(hours=1))
    await linked(room, EVE, testa)
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


async def number(room: Room, someone: Someone) -> str:
    """The account's."""
    async with room.database.read() as session:
        known = await people.get_person(session, KEYS, someone.address)
        return str(known.account_id if known else 0)


@pytest.mark.parametrize("route", ["accounts.unlink", "accounts.prefer", "privacy.ask", "privacy.forget"])
async def test_a_new_account_decides_nothing_about_those_that_were_there(room, both, route):
    """For three days: until then they can unlink it, and are told which account can do it."""
    whose = EVE if route == "accounts.prefer" else BEN
    press = Button("x", route, await number(room, whose) if route.startswith("accounts") else "")
    room.passes(timedelta(hours=71))
    refused = await room.presses(press, by=EVE)
    room.passes(timedelta(hours=1))

    assert text(refused) == (
        "Det här kontot kopplades nyss. Ditt konto på Telegram, som fanns innan, kan göra det med en gång, och "
        "det här från onsdag 25 november kl. 11.00."
    )
    assert labels(refused) == ["Konton"]
    assert "kopplades nyss" not in text(await room.presses(press, by=EVE))


async def test_a_new_account_leaves_and_is_unlinked(room, both):
    """Its own way out is open, and the one that was there has every way."""
    (told,) = [one for one in await given.waiting(room, to=BEN) if "Koppla bort" in labels(one)]
    await room.presses(Button("x", "accounts.unlink", await number(room, EVE)), by=EVE)
    gone = await room.presses(told, "Koppla bort", by=BEN)

    assert "inte ditt (längre)" in text(gone)
    assert text(await room.presses(Button("x", "privacy.ask"), by=BEN)).startswith("Ska jag glömma dig?")


async def test_who_organises_is_not_erased_from_an_account_that_does_not(room, both):
    """Whoever it was linked by has no rights, not even to end them."""
    await given.organiser(room, CEM, of=None, role=roles.ADMIN)
    await let_in(room, f"o{both}")
    room.passes(timedelta(days=30))

    refused = text(await room.presses(Button("x", "privacy.forget"), by=EVE))

    assert refused == "Ett annat av dina konton är arrangör, och det här är det inte: bara det kan göra det här."
    assert "Det kan bara" not in text(await room.says("/aktiviteter", by=BEN))


async def test_the_old_account_hears_of_the_new_one_also_after_stopp(room):
    """Before it was linked, or afterwards: the new one could write it too."""
    testa = await member(room)
    await linked(room, BEN, testa)
    await room.says("/stopp", by=BEN)
    await linked(room, EVE, testa)
    await room.says("/stopp", by=EVE)

    (told,) = await given.waiting(room, to=BEN)

    assert "är nu kopplat till dig" in text(told)


async def test_what_an_organiser_is_told_goes_to_no_account_that_does_not_organise(room, both):
    """An answer to what they asked, when the account where they organise leaves or takes nothing."""
    await let_in(room, f"o{both}")
    await room.presses(Button("x", "consent.set", "yes"), by=EVE)
    ben, eve = int(await number(room, BEN)), int(await number(room, EVE))
    async with room.database.write() as session:
        known = await people.get_person(session, KEYS, BEN.address)
        person = known.id if known else 0
        organised = await deliveries.next_account(
            session, person, after=ben, tried=0, consenting=False, alike=True
        )
        anything = await deliveries.next_account(
            session, person, after=ben, tried=0, consenting=False, alike=False
        )
    await room.presses(Button("x", "accounts.unlink", str(ben)), by=BEN)
    async with room.database.read() as session:
        told = select(Delivery.id).where(Delivery.account_id == eve, Post.kind == "personal")
        moved = (await session.scalars(told.join(Post, Post.id == Delivery.post_id))).all()

    assert organised is None
    assert anything == (eve, "telegram")
    assert moved == []
