"""One member's details are mended on the card, by those who keep that register."""

import json
from datetime import date

import pytest
from sqlalchemy import func, select

from db import register, roles
from db.models import Audit, Draft, Member, MemberStatus
from tests import given
from tests.room import ADA, BEN, CEM, DORIS, KEYS, labels, text


@pytest.fixture
async def town(room):
    """Provstad, whose register Ada keeps, and Doris in English, with Testa in it; Exempelby has Hemlige."""
    home, away = await given.association(room, "Provstad"), await given.association(room, "Exempelby")
    for one in (ADA, DORIS):
        await given.organiser(room, one, of=home, role=roles.REGISTRAR)
    await given.member(
        room, "Testa Testsson", of=home, by=BEN, email="fel@example.org", number="17", joined_on=date(2024, 5, 1)
    )
    await given.member(room, "Hemlige Testsson", of=away)
    return home


async def member(room, name="Testa Testsson"):
    """That member as the register has them now."""
    async with room.database.read() as session:
        return next(one for one in await session.scalars(select(Member)) if one.name == name)


async def changed(room, field, written, *, by=ADA):
    """The answer to who writes, or presses, that in place of what the card said."""
    card = await room.says("/medlem Testa", by=by)
    asked = await room.presses(card, "Change" if by is DORIS else "Ändra", by=by)
    question = await room.presses(asked, field, by=by)
    if written in labels(question):
        return await room.presses(question, written, by=by)
    return await room.says(written, by=by)


@pytest.mark.parametrize(
    ("field", "written", "said"),
    [
        ("Namn", "Testsson, Tesse", "Tesse Testsson\n"),
        ("E-post", "Testa@Example.org", "E-post: Testa@example.org\n"),
        ("Telefon", "070-174 06 05", "Telefon: +46701740605\n"),
        ("Adress", "Provgatan 2\n123 45 Provstad", "Adress: Provgatan 2\n123 45 Provstad\n"),
    ],
)
async def test_a_detail_is_mended_on_the_card(room, town, field, written, said):
    """Read as a list is, found by it from then on, and in the log; the rest stays as it is."""
    answer = await changed(room, field, written)

    assert said in text(answer)
    assert "Nummer: 17\n" in text(answer)
    async with room.database.read() as session:
        assert (await session.scalars(select(Audit.action).order_by(Audit.id))).all()[-1] == "change member"
        assert await session.scalar(select(func.count()).select_from(Draft)) == 0


async def test_a_mended_detail_is_found_and_the_old_one_is_not(room, town):
    """The blind index follows, so that who asks with the new address gets a code."""
    await changed(room, "E-post", "ratt@example.org")

    assert (await member(room)).email_index == register.email_index(KEYS, "ratt@example.org")
    async with room.database.read() as session:
        assert await register.with_email(session, KEYS, "fel@example.org", invented=False) == []


async def test_a_detail_is_taken_away(room, town):
    """A wrong address is better gone."""
    await changed(room, "E-post", "saknas")

    assert ((await member(room)).email, (await member(room)).email_index) == (None, None)


@pytest.mark.parametrize(
    ("by", "what", "said"),
    [
        (ADA, ("E-post", "ingenting alls"), "Det kan jag inte ta emot: ingen e-postadress."),
        (DORIS, ("E-mail", "nothing at all"), "I cannot take that: not an e-mail address."),
        (ADA, ("Telefon", "hemma"), "Det kan jag inte ta emot: inget telefonnummer."),
        (ADA, ("Namn", "=HYPERLINK(1)"), "Det kan jag inte ta emot: ser ut som en formel."),
    ],
)
async def test_what_no_list_could_say_is_asked_again(room, town, by, what, said):
    """In the words in which a list is refused."""
    assert said in text(await changed(room, *what, by=by))
    assert ((await member(room)).email, (await member(room)).phone) == ("fel@example.org", None)


async def test_a_personal_identity_number_is_not_kept(room, town):
    """Wherever it is written."""
    assert "19900101" not in text(await changed(room, "Adress", "Provgatan 2, 19900101-1239"))


async def test_who_was_forgotten_does_not_come_back_under_another_number(room, town):
    """The tombstone holds for what is written by hand, too."""
    await given.member(room, "Cem Cemsson", of=town, by=CEM, email="cem@example.org")
    await room.presses(await room.says("/glommig", by=CEM), "Ja, glöm mig", by=CEM)
    await changed(room, "E-post", "cem@example.org")

    answer = await changed(room, "Namn", "Cem Cemsson")

    assert text(answer) == "Någon som heter så och nås så har bett att få bli glömd."
    assert (await member(room)).email == "cem@example.org"


async def test_two_members_are_not_made_alike(room, town):
    """No list could tell them apart any more."""
    await given.member(room, "Tvilling Testsson", of=town, email="fel@example.org")

    answer = await changed(room, "Namn", "Tvilling Testsson")

    assert text(answer) == "En annan medlem har det namnet, och samma e-post eller telefon."


async def test_who_keeps_both_registers_moves_a_member(room, town):
    """Who keeps one of them is not offered the other, and cannot send it."""
    card = await room.says("/medlem Testa", by=ADA)
    assert "Förening" not in labels(await room.presses(card, "Ändra", by=ADA))
    away = (await member(room, "Hemlige Testsson")).association_id
    await given.organiser(room, ADA, of=away, role=roles.REGISTRAR)

    answer = await changed(room, "Förening", "Exempelby")

    assert "Förening: Exempelby\n" in text(answer)
    assert (await member(room)).association_id == away


async def test_the_right_is_looked_at_when_the_answer_comes(room, town):
    """A role may have been taken back since the form was begun."""
    asked = await room.presses(await room.says("/medlem Testa", by=ADA), "Ändra", by=ADA)
    await room.presses(asked, "E-post", by=ADA)
    away = (await member(room, "Hemlige Testsson")).association_id
    await given.organiser(room, ADA, of=away, role=roles.REGISTRAR)
    async with room.database.write() as session:
        person_id = await given.person(room, ADA)
        await roles.withdraw(session, person_id, roles.REGISTRAR, association_id=town)

    answer = await room.says("ratt@example.org", by=ADA)

    assert text(answer).startswith("Det kan bara de göra som sköter det registret.")
    assert (await member(room)).email == "fel@example.org"


async def test_a_former_member_does_not_come_back_by_it(room, town):
    """An old card's button; whoever is back stands in a list."""
    card = await room.says("/medlem Testa", by=ADA)
    async with room.database.write() as session:
        one = await session.scalar(select(Member).where(Member.number_index.is_not(None)))
        one.status = MemberStatus.FORMER.value

    assert text(await room.presses(card, "Ändra", by=ADA)) == "Hen finns inte kvar i registret."


async def test_what_is_half_changed_is_nobodys_data_but_the_members(room, town):
    """Not in the data of who changes it, and gone with the member."""
    await room.presses(await room.says("/medlem Testa", by=ADA), "Ändra", by=ADA)
    kept = json.loads((await room.says("/mindata", by=ADA)).message.document.content)

    await room.presses(await room.says("/glommig", by=BEN), "Ja, glöm mig", by=BEN)

    assert "draft" not in kept
    async with room.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Draft)) == 0
