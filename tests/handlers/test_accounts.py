"""Accounts: which are mine, which is written to first, and one that is mine no longer."""

from __future__ import annotations

import pytest
from markupsafe import Markup
from sqlalchemy import select

from chat.address import Address, Platform
from chat.message import Button, Message
from db import outbox, people, reach, roles
from db.models import Account, Audit, Delivery, PostKind, Priority, State
from tests import given
from tests.handlers.linked import is_linked, linked, member
from tests.room import ADA, BEN, CEM, DORIS, KEYS, Room, Someone, labels, text


@pytest.fixture
async def testa(room):
    """A member with two accounts, Ada's on Telegram and Cem's on Discord, both of which said yes."""
    testa = await member(room)
    for someone in (ADA, CEM):
        await linked(room, someone, testa)
        await room.presses(Button("x", "consent.set", "yes"), by=someone)
    return testa


async def account(room: Room, someone: Someone) -> int:
    """The account's number."""
    async with room.database.read() as session:
        known = await people.get_person(session, KEYS, someone.address)
        assert known is not None
        return known.account_id


async def accounts(room: Room, someone: Someone):
    """The list, from the settings."""
    return await room.presses(await room.says("/installningar", by=someone), "Konton", by=someone)


async def test_accounts_are_listed(room, testa):
    """Which, since when, and which one this is."""
    shown = await accounts(room, CEM)

    assert text(shown).splitlines() == [
        "Dina konton",
        "1. Telegram, sedan söndag 22 november",
        "2. Discord, sedan söndag 22 november (det här)",
    ]
    assert labels(shown) == [
        "Koppla bort 1", "Skriv helst till 1", "Koppla bort 2", "Skriv helst till 2", "Inställningar",
    ]  # fmt: skip


async def test_a_guests_only_account_can_be_linked_and_not_unlinked(room):
    """There is nothing that it hangs on."""
    shown = await accounts(room, BEN)
    refused = await room.presses(Button("x", "accounts.unlink", str(await account(room, BEN))), by=BEN)

    assert labels(shown) == ["Koppla det här kontot", "Inställningar"]
    assert text(refused) == "Det här kontot är inte kopplat till något."


async def test_one_account_goes_before_the_others(room, testa):
    """At most one, and it is said which."""
    shown = await room.presses(await accounts(room, ADA), "Skriv helst till 2", by=ADA)
    again = await room.presses(shown, "Skriv helst till 1", by=ADA)

    assert "(jag skriver helst hit)" in text(shown).splitlines()[2]
    assert "(det här, jag skriver helst hit)" in text(again).splitlines()[1]
    async with room.database.read() as session:
        assert (await session.scalars(select(Account.preferred).order_by(Account.id))).all() == [True, False]


async def test_another_account_is_unlinked_and_told(room, testa):
    """It is a guest's from now on, asked anew, and sees nothing of the member's."""
    await given.signup(room, ADA, await given.activity(room, "Möte", await given.association(room, "P"),
                                                       "2026-11-24 18:30"))  # fmt: skip
    sure = await room.presses(await accounts(room, ADA), "Koppla bort 2", by=ADA)
    done = await room.presses(sure, "Ja, koppla bort", by=ADA)

    assert "Discord" in text(sure)
    assert "Klart" in text(done)
    assert not await is_linked(room, CEM, testa)
    assert await is_linked(room, ADA, testa)
    assert "inte svarat på något" in text(await room.says("/mina", by=CEM))
    assert "Får jag skriva hit: inte frågat än" in text(await room.says("/installningar", by=CEM))
    assert "har kopplats bort" in text((await given.waiting(room, to=CEM))[-1])
    async with room.database.read() as session:
        assert "unlink" in (await session.scalars(select(Audit.action))).all()


async def test_ones_own_account_is_unlinked(room, testa):
    """The member stays, without an account if it was the last one."""
    for someone in (CEM, ADA):
        number = "2" if someone is CEM else "1"
        sure = await room.presses(await accounts(room, someone), f"Koppla bort {number}", by=someone)
        done = await room.presses(sure, "Ja, koppla bort", by=someone)

        assert text(done).startswith("Klart. Det här kontot är inte kopplat längre")
        assert done.refresh_menu
        assert not await is_linked(room, someone, testa)
    await linked(room, ADA, testa)
    assert await is_linked(room, ADA, testa)


async def test_nobody_elses_account_is_touched(room, testa):
    """The number in a button is no right."""
    number = await account(room, ADA)

    for route in ("accounts.ask", "accounts.unlink", "accounts.prefer"):
        assert "inte ditt (längre)" in text(await room.presses(Button("x", route, str(number)), by=BEN))
    assert await is_linked(room, ADA, testa)


async def _call(room: Room, someone: Someone) -> int:
    """A call waits for the person on the account that is best."""
    async with room.database.write() as session:
        known = await people.get_person(session, KEYS, someone.address)
        assert known is not None
        content = {"sv": Message(Markup("Kom!"))}
        post = await outbox.queue_post(
            session, "call:1", PostKind.CALL, private=content, priority=Priority.CALL, now=room.now
        )
        await outbox.queue_to_people(session, post or 0, reach.one_person(known.id), now=room.now, quiet=None)
        return post or 0


async def _where(room: Room, post: int) -> tuple[str, str, int | None]:
    async with room.database.read() as session:
        query = select(Delivery.state, Delivery.lane, Delivery.account_id).where(Delivery.post_id == post)
        state, lane, account_id = (await session.execute(query)).one()
        return state, lane, account_id


async def test_what_waits_on_an_unlinked_account_goes_to_another(room, testa):
    """The member is not forgotten, and the account that left gets nothing of theirs."""
    post = await _call(room, ADA)
    await room.presses(Button("x", "accounts.unlink", str(await account(room, ADA))), by=ADA)

    assert await _where(room, post) == (State.READY, "discord", await account(room, CEM))


async def test_what_waits_is_withdrawn_where_there_is_no_other(room):
    """An account that has said no to being written to is no other."""
    testa = await member(room)
    await linked(room, ADA, testa)
    await linked(room, CEM, testa)
    post = await _call(room, ADA)

    await room.presses(Button("x", "accounts.unlink", str(await account(room, ADA))), by=ADA)

    assert await _where(room, post) == (State.CANCELLED, "telegram", None)


async def test_who_cannot_organise_unlinks_no_organiser(room):
    """A stolen letter must not shut out the one whose membership it is."""
    testa = await member(room)
    await given.organiser(room, ADA, of=None, role=roles.ADMIN)
    await given.organiser(room, DORIS, of=None, role=roles.ADMIN)
    await linked(room, ADA, testa)
    await linked(room, CEM, testa)

    refused = await room.presses(Button("x", "accounts.unlink", str(await account(room, ADA))), by=CEM)
    (told, *_) = [one for one in await given.waiting(room, to=ADA) if "Koppla bort" in labels(one)]
    undone = await room.presses(told, "Koppla bort", by=ADA)

    assert "bara det andra kan koppla bort sig självt" in text(refused)
    assert "Klart" in text(undone)
    assert not await is_linked(room, CEM, testa)


@pytest.mark.parametrize(("language", "called"), [("sv", "Testsidan"), ("en", "The try-out page")])
async def test_the_try_out_page_is_called_what_it_is(room, language, called):
    """It is a place, like Telegram; who runs it reads along, but is no account."""
    persona = Someone("Testa", Address(Platform.TRY, "1005"), language=language)
    await given.association(room, "Exempeldistriktet", district=True, invented=True)

    shown = await room.presses(Button("x", "accounts.list"), by=persona)

    assert f"1. {called}, " in text(shown)


async def test_the_last_one_who_can_let_others_in_stays_linked(room):
    """Else nobody could."""
    testa = await member(room)
    await given.organiser(room, ADA, of=None, role=roles.ADMIN)
    await linked(room, ADA, testa)

    refused = await room.presses(Button("x", "accounts.unlink", str(await account(room, ADA))), by=ADA)
    await given.organiser(room, BEN, of=None, role=roles.ADMIN)
    await room.presses(Button("x", "accounts.unlink", str(await account(room, ADA))), by=ADA)

    assert "Ingen annan kan släppa in arrangörer" in text(refused)
    assert "Det kan bara arrangörer göra" in text(await room.says("/aktiviteter", by=ADA))


async def test_in_english_too(room):
    """Both languages."""
    shown = await room.presses(await room.says("/settings", by=DORIS), "Accounts", by=DORIS)

    assert text(shown).startswith("Your accounts\n1. Telegram, since Sunday 22 November (this one)")
