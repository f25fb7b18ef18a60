"""Who has left the register: no office and no tag counts any more; what they chose themselves is theirs."""

import pytest
from sqlalchemy import update

from db import audiences, labels, offices, roles, saved_audiences
from db.audiences import Audience
from db.models import LabelKind, Member, MemberStatus
from tests import given
from tests.handlers.calling import said_yes
from tests.room import ADA, BEN, CEM, NOW, text

TODAY = NOW.date()


@pytest.fixture
async def left(room, exempelby):
    """Ben was on the board, with a tag and an interest, and left; by number what he still has."""
    await given.organiser(room, ADA, of=None, role=roles.REGISTRAR)
    await said_yes(room, BEN, exempelby)
    await given.member(room, "Ben", of=exempelby, by=BEN)
    ben = await given.person(room, BEN)
    async with room.database.write() as session:
        await offices.add_kinds(session, ["Styrelse"], invented=False)
        (board,) = await offices.kinds(session, invented=False)
        await offices.give(session, ben, board.id, exempelby, starts_on=TODAY, ends_on=None)
        made = {}
        for kind in (LabelKind.TAG, LabelKind.INTEREST):
            made[kind] = await labels.add_label(session, kind, kind, association_id=None, invented=False)
            await labels.set_label(session, ben, made[kind], on=True, now=NOW)
        on_board = Audience(False, associations=(exempelby,), offices=(board.id,), on=TODAY)
        await saved_audiences.add(session, "Styrelsen", on_board, association_id=exempelby, now=NOW)
        await session.execute(update(Member).values(status=MemberStatus.FORMER.value, left_at=NOW))
    return made


async def test_a_message_to_the_board_does_not_reach_who_has_left(room, left):
    """What is said to the board is for the board alone."""
    asked = await room.says("/meddelande Lösenordet till mappen", by=ADA)
    preview = await room.presses(asked, "Styrelsen", by=ADA)

    await room.presses(preview, "Publicera", by=ADA)

    assert "Till Styrelsen (Styrelse i Exempelby), nu: ingen i chatt än." in text(preview)
    assert await given.waiting(room, to=BEN) == []


async def test_the_list_of_offices_does_not_count_who_has_left(room, left):
    """Nobody holds it, until they are back in the register."""
    assert "• Styrelse: 0" in text(await room.says("/uppdrag", by=ADA))

    async with room.database.write() as session:
        await session.execute(update(Member).values(status=MemberStatus.ACTIVE.value, left_at=None))

    assert "• Styrelse: 1" in text(await room.says("/uppdrag", by=ADA))


async def test_a_tag_goes_and_an_interest_stays(room, left):
    """The register said the one of them, they themselves the other; guests may have interests, too."""
    cem = await given.person(room, CEM)
    async with room.database.write() as session:
        await labels.set_label(session, cem, left[LabelKind.INTEREST], on=True, now=NOW)
        counted = {
            kind: await audiences.count(session, Audience(False, labels=(one,))) for kind, one in left.items()
        }
        held = await labels.holders(session, invented=False)

    assert counted == {LabelKind.TAG: 0, LabelKind.INTEREST: 2}
    assert held == {left[LabelKind.INTEREST]: 2}
