"""An invitation for one member, made in chat."""

import pytest

from chat.address import Address, Platform
from chat.message import Button
from db import roles
from db.installation import TELEGRAM_NAME, set_setting
from db.models import MemberStatus
from tests import given
from tests.handlers.linked import is_linked, member
from tests.room import ADA, BEN, DORIS, GROUP, NOW, Someone, labels, text


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


WHY_NOT = {
    ADA: (
        "Personen står inte längre som aktiv i registret. Den som kommer tillbaka finns med i nästa lista.",
        "En inbjudan är bara för dina ögon: tryck på den här i vår privata chatt.",
    ),
    DORIS: (
        "They are no longer active in the register. Somebody who comes back is in the next list.",
        "An invitation is for your eyes alone: press this in our private chat.",
    ),
}


@pytest.mark.parametrize("someone", WHY_NOT, ids=lambda one: one.language)
async def test_why_somebody_is_not_invited_is_said(room, provstad, someone):
    """Each cause has its own sentence: that they left, and that others would read it."""
    await given.organiser(room, someone, of=provstad, role=roles.REGISTRAR)
    left = await member(room, association_id=provstad, status=MemberStatus.FORMER, left_at=NOW)
    there = await member(room, "Prova Provsdotter", association_id=provstad, email=None)

    gone = await room.presses(Button("x", "invite.make", str(left)), by=someone)
    overheard = await room.presses(Button("x", "invite.make", str(there)), by=someone, chat=GROUP)

    assert (text(gone), text(overheard)) == WHY_NOT[someone]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("sv", "I testet bjuds ingen in på riktigt."),
        ("en", "Here in the try-out nobody is invited for real."),
    ],
)
async def test_in_the_try_out_nobody_is_invited(room, language, said):
    """And that is why, not something about the person on the card."""
    persona = Someone("Eve", Address(Platform.TRY, "1005"), language=language)
    exempelby = await given.association(room, "Exempelby", invented=True)
    await given.organiser(room, persona, of=exempelby, role=roles.REGISTRAR)
    testa = await member(room, association_id=exempelby, invented=True)

    assert text(await room.presses(Button("x", "invite.make", str(testa)), by=persona)) == said


async def test_nobody_else_is_offered_it(room, provstad):
    """Who keeps no register makes no invitations."""
    await member(room, association_id=await given.association(room, "Exempelby"))

    assert "Bjud in" not in labels(await room.says("/medlem testa", by=BEN))
