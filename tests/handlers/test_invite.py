"""An invitation for one member, made in chat."""

import pytest

from db import roles
from db.installation import TELEGRAM_NAME, set_setting
from tests import given
from tests.handlers.linked import is_linked, member
from tests.room import ADA, BEN, labels, text


@pytest.fixture
async def provstad(room):
    """An association whose register Ben keeps."""
    provstad = await given.association(room, "Provstad")
    await given.organiser(room, BEN, of=provstad, role=roles.REGISTRAR)
    return provstad


async def test_an_invitation_is_made_from_a_members_card(room, provstad):
    """Found by name, passed on in words and as a picture; it works for the one it is for."""
    testa = await member(room, association_id=provstad)
    async with room.database.write() as session:
        await set_setting(session, TELEGRAM_NAME, "ExempelBot")

    card = await room.says("/medlem testa", by=BEN)
    told = await room.presses(card, "Bjud in", by=BEN)
    (letter,) = told.also
    code = text(letter).partition("/koppla ")[2].split()[0]
    await room.presses(await room.says(f"/koppla {code}", by=ADA), "Ja, det är jag", by=ADA)

    assert "till Testa Testsson och ingen annan" in text(told.message)
    assert f"öppna https://t.me/ExempelBot?start={code} och tryck på Start" in text(letter)
    assert "till onsdag 25 november kl. 10.00" in text(letter)
    assert letter.document is not None
    assert letter.document.content.startswith(b"\x89PNG")
    assert "Testa" not in text(letter)
    assert "medlem" not in text(letter)
    assert await is_linked(room, ADA, testa)


async def test_without_telegram_the_code_is_typed(room, provstad):
    """Nothing that leads nowhere is drawn."""
    await member(room, association_id=provstad)

    told = await room.presses(await room.says("/medlem testa", by=BEN), "Bjud in", by=BEN)

    assert "t.me" not in text(told)
    assert told.also[0].document is None


async def test_nobody_else_is_offered_it(room, provstad):
    """Who keeps no register makes no invitations."""
    await member(room, association_id=await given.association(room, "Exempelby"))

    assert "Bjud in" not in labels(await room.says("/medlem testa", by=BEN))
