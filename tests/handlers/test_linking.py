"""An account and a member: a code, the question whether that is you, and what the yes does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from chat.address import Address, Platform
from chat.message import Button
from chat.signing import read_signed, sign
from db import roles
from db.models import Account, Audit, Code, Consent, Member, MemberStatus, Person, Post, Signup
from tests import given
from tests.handlers.linked import code_for, counted, is_linked, linked, member
from tests.room import ADA, BEN, CEM, DORIS, GROUP, KEYS, Room, Someone, labels, text

WRONG = "Den koden gäller inte."
IN_72_HOURS = timedelta(hours=72)
NEIGHBOUR = Someone("Ada", CEM.address)


async def opened(room: Room, member_id: int, *, by: Someone = ADA):
    """What is said to somebody who opens the link."""
    return await room.says(f"/start member-{await code_for(room, member_id)}", by=by)


async def test_a_member_arrives_by_a_link(room):
    """The whole of it: who, yes, consent, welcome – and only the yes changes anything."""
    provstad = await given.association(room, "Provstad")
    await given.activity(room, "Öppet möte", provstad, "2026-11-24 18:30")
    await given.activity(room, "Långt borta", await given.association(room, "Exempelby"), "2026-11-23 18:30")
    testa = await member(room, association_id=provstad)

    asked = await opened(room, testa)
    before = await is_linked(room, ADA, testa)
    consent = await room.presses(asked, "Ja, det är jag", by=ADA)
    welcome = await room.presses(consent, "Ja, skriv hit", by=ADA)

    assert text(asked).startswith("Hej! Den här koden är till T… T…, Provstad. Är det du?")
    assert "Jag sparar ditt konto-id" in text(asked)  # the first contact
    assert labels(asked) == ["Ja, det är jag", "Nej, inte jag"]
    assert not before
    assert await is_linked(room, ADA, testa)
    assert text(consent).startswith("Fint! Får jag skriva till dig här")
    assert text(welcome.also[0]) == (
        "Tack, och välkommen! Nästa träff nära dig: Öppet möte, tisdag 24 november kl. 18.30."
    )
    assert labels(welcome.also[0])[:3] == ["Jag kommer", "Kanske", "Kan inte"]
    assert "medlem" not in text(asked) + text(consent) + text(welcome)


async def test_it_is_me_is_no_consent(room):
    """Being written to is asked in a step of its own, and no is an answer."""
    testa = await member(room)
    consent = await room.presses(await opened(room, testa), "Ja, det är jag", by=ADA)

    async def answer():
        async with room.database.read() as session:
            return (await session.scalars(select(Account.consent))).one()

    before = await answer()
    more = await room.presses(consent, "Läs mer", by=ADA)
    welcome = await room.presses(more, "Nej, bara när jag frågar", by=ADA)

    assert before == Consent.UNASKED
    assert await answer() == Consent.NO
    assert "Tack, och välkommen!" in text(welcome)


async def test_no_links_nothing_and_leaves_the_code(room):
    """A letter opened by a neighbour is still good for the one it was meant for."""
    testa = await member(room)
    code = await code_for(room, testa)
    answer = await room.presses(
        await room.says(f"/start member-{code}", by=NEIGHBOUR), "Nej, inte jag", by=NEIGHBOUR
    )

    assert text(answer) == "Då kopplar jag ingenting."
    assert not await is_linked(room, NEIGHBOUR, testa)
    await room.presses(await room.says(f"/koppla member-{code}", by=ADA), "Ja, det är jag", by=ADA)
    assert await is_linked(room, ADA, testa)


async def test_unknown_used_and_expired_are_one_answer(room):
    """What is wrong with a code is nobody's business."""
    testa, other = await member(room), await member(room, "Prova Provsdotter", email=None)
    used, late = await code_for(room, testa, valid=2 * IN_72_HOURS), await code_for(room, other)
    await room.presses(await room.says(f"/start member-{used}", by=ADA), "Ja, det är jag", by=ADA)
    pressed = await room.says(f"/start member-{late}", by=BEN)
    gone = await member(room, "Förra", email=None, status=MemberStatus.FORMER)
    former = await code_for(room, gone, valid=2 * IN_72_HOURS)
    room.passes(IN_72_HOURS)

    answers = [
        await room.says(f"/start member-{code}", by=BEN)
        for code in (used, late, former, "x" * 22, "", "-", "😀", "<b>", "\u202e", "å" * 5000)
    ]
    answers += [await room.says(f"/koppla {code}", by=BEN) for code in (used, late, "12345678", "member-" + used)]
    answers.append(await room.presses(pressed, "Ja, det är jag", by=BEN))

    assert {text(answer) for answer in answers} == {WRONG}
    assert {tuple(labels(answer)) for answer in answers} == {("Be om en ny",)}
    assert not await is_linked(room, BEN, other)


async def test_a_code_in_a_group_is_taken_away_and_burnt(room):
    """Everybody there has read it."""
    testa = await member(room)
    for said in ("/start member-{}", "/koppla {}", "/koppla member-{}"):
        code = await code_for(room, testa)

        answer = await room.says(said.format(code), by=ADA, chat=GROUP)
        later = await room.says(f"/start member-{code}", by=ADA)

        assert answer.delete_request
        assert answer.message is None
        assert text(later) == WRONG
    assert not await is_linked(room, ADA, testa)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<b>Bobby</b> Tables", "<… T…"),
        ("\u202eTesta \u200bT", "T… T…"),
        ("🎉 Fest", "🎉… F…"),
        ("x" * 5000, "x…"),
    ],
)
async def test_odd_names_are_shown_safely(room, name, shown):
    """What stands in a register was typed by people, or by a program."""
    answer = await opened(room, await member(room, name))

    assert f"till {shown}, Exempeldistriktet." in text(answer)
    assert "<b>" not in str(answer.message.text)


async def test_what_a_guest_did_is_the_members(room):
    """Nobody answers twice because a letter came."""
    provstad = await given.association(room, "Provstad")
    meeting = await given.activity(room, "Öppet möte", provstad, "2026-11-24 18:30")
    await room.says("/start", by=ADA)
    await given.signup(room, ADA, meeting)
    testa = await member(room, association_id=provstad)

    await linked(room, ADA, testa)

    assert "kommer" in text(await room.says("/mina", by=ADA))
    assert await counted(room, Person) == 1
    async with room.database.read() as session:
        assert (await session.scalars(select(Audit.action))).all() == ["link"]


async def test_the_later_of_two_answers_holds_and_the_card_is_counted_anew(room):
    """A member with two accounts has said maybe on one and yes on the other."""
    meeting = await given.activity(room, "Möte", await given.association(room, "Provstad"), "2026-11-24 18:30")
    testa = await member(room)
    await linked(room, ADA, testa)
    for someone, answer in ((ADA, "Kanske"), (CEM, "Jag kommer")):
        await room.presses(Button("x", "activity.card", str(meeting)), by=someone)
        card = await room.presses(Button("x", "activity.card", str(meeting)), by=someone)
        await room.presses(card, answer, by=someone)
        room.passes(timedelta(minutes=1))
    async with room.database.write() as session:
        session.add(Post(key="call:1", kind="call", activity_id=meeting, private="{}", group="{}", priority=1,
                         created_at=room.now))  # fmt: skip

    await linked(room, CEM, testa)

    async with room.database.read() as session:
        assert (await session.scalars(select(Signup.answer))).all() == ["coming"]
        card = select(Post.counts, Post.stale).where(Post.key == "call:1")
        assert (await session.execute(card)).all() == [(1, True)]


async def test_a_button_that_was_changed_anywhere_is_none(room):
    """A code in a button is behind its MAC, as everything is."""
    signed = sign(KEYS.buttons, "linking.yes", f"{await code_for(room, await member(room))}:1")
    changed = [signed[:place] + other + signed[place + 1 :] for place in range(len(signed)) for other in "aZ9:~-"]

    assert len(signed.encode()) <= 64
    assert [one for one in changed if one != signed and read_signed(KEYS.buttons, one)] == []


async def test_who_is_linked_already_is_told_so(room):
    """A second press, or a second letter, does no harm."""
    testa = await member(room)
    await linked(room, ADA, testa)
    code = await code_for(room, testa)

    answer = await room.presses(await room.says(f"/start member-{code}", by=ADA), "Ja, det är jag", by=ADA)

    assert "redan kopplat" in text(answer)
    assert text(await room.says(f"/start member-{code}", by=CEM)).startswith("Hej!")


async def test_an_account_moves_to_another_member_after_a_question(room):
    """Only the account: what the earlier one answered is theirs, and their other accounts hear of it."""
    meeting = await given.activity(room, "Möte", await given.association(room, "Provstad"), "2026-11-24 18:30")
    testa, prova = await member(room), await member(room, "Prova Provsdotter", email=None)
    await linked(room, ADA, testa)
    await linked(room, CEM, testa)
    await given.signup(room, ADA, meeting)

    asked = await room.presses(await opened(room, prova), "Ja, det är jag", by=ADA)
    between = await is_linked(room, ADA, testa)
    consent = await room.presses(asked, "Ja, flytta det", by=ADA)

    assert "redan kopplat till någon annan. Ska det flyttas till P… P…" in text(asked)
    assert between
    assert await is_linked(room, ADA, prova)
    assert await is_linked(room, CEM, testa)
    assert "Får jag skriva till dig här" in text(consent)
    assert "inte svarat på något" in text(await room.says("/mina", by=ADA))
    assert "Möte" in text(await room.says("/mina", by=CEM))
    assert [text(one).splitlines()[0] for one in await given.waiting(room, to=CEM)] == ["Om dina konton:"]


async def test_an_account_that_moves_to_who_organises_has_no_rights_there(room):
    """However it arrives."""
    testa, prova = await member(room), await member(room, "Prova Provsdotter", email=None)
    await given.organiser(room, ADA, of=None, role=roles.ADMIN)
    await linked(room, ADA, prova)
    await linked(room, CEM, testa)

    asked = await room.presses(await opened(room, prova, by=CEM), "Ja, det är jag", by=CEM)
    await room.presses(asked, "Ja, flytta det", by=CEM)

    assert await is_linked(room, CEM, prova)
    assert "Det kan bara arrangörer göra." in text(await room.says("/aktiviteter", by=CEM))


async def test_the_old_account_is_told_and_can_undo_it(room):
    """Whoever found a letter is found out."""
    testa = await member(room)
    await linked(room, ADA, testa)

    await linked(room, CEM, testa)
    (told,) = await given.waiting(room, to=ADA)
    done = await room.presses(told, "Koppla bort", by=ADA)

    assert text(told) == (
        "Om dina konton:\nEtt annat konto, på Discord, är nu kopplat till dig och får det du får. Var det inte du?"
    )
    assert "Klart" in text(done)
    assert not await is_linked(room, CEM, testa)
    assert await is_linked(room, ADA, testa)


async def test_rights_never_come_from_linking(room):
    """An organiser's letter in wrong hands must not make an organiser."""
    provstad = await given.association(room, "Provstad")
    testa = await member(room, association_id=provstad)
    await given.organiser(room, ADA, of=None, role=roles.ADMIN)
    await linked(room, ADA, testa)

    await linked(room, CEM, testa)

    assert "Det kan bara arrangörer göra." in text(await room.says("/aktiviteter", by=CEM))
    assert "Det kan bara" not in text(await room.says("/arrangorer", by=ADA))


async def test_nor_do_they_come_to_the_accounts_that_were_there(room):
    """An organiser links to a membership whose other account is somebody's: nothing for that one."""
    testa = await member(room)
    await linked(room, CEM, testa)
    await given.organiser(room, ADA, of=None, role=roles.ADMIN)

    await linked(room, ADA, testa)

    assert "Det kan bara arrangörer göra." in text(await room.says("/aktiviteter", by=CEM))
    assert "Det kan bara" not in text(await room.says("/arrangorer", by=ADA))


async def test_roles_that_become_the_members_are_noted(room):
    """An auditor sees whose they were, and whose they are."""
    provstad = await given.association(room, "Provstad")
    testa = await member(room)
    ada = await given.organiser(room, ADA, of=provstad)

    await linked(room, ADA, testa)

    async with room.database.read() as session:
        person_id = await session.scalar(select(Member.person_id).where(Member.id == testa))
    assert await _noted(room) == [
        (f"move organiser association:{provstad}", person_id, ada),
        ("link", person_id, ada),
    ]


async def _noted(room: Room) -> list[tuple[str, int, int | None]]:
    """What was done, to whom, by whom."""
    async with room.database.read() as session:
        rows = await session.scalars(select(Audit).order_by(Audit.id))
        return [(one.action, int(one.object.removeprefix("person:")), one.actor_id) for one in rows]


async def test_where_both_had_rights_the_arriving_ones_are_gone(room):
    """Else the account that was there would have what it had not; the last admin is kept from it."""
    provstad = await given.association(room, "Provstad")
    testa = await member(room)
    await linked(room, CEM, testa)
    await given.organiser(room, CEM, of=provstad)
    ada = await given.organiser(room, ADA, of=None, role=roles.ADMIN)

    refused = await room.presses(await opened(room, testa), "Ja, det är jag", by=ADA)
    await given.organiser(room, DORIS, of=None, role=roles.ADMIN)
    await linked(room, ADA, testa)

    assert "Ingen annan kan släppa in" in text(refused)
    assert await is_linked(room, ADA, testa)
    assert "Det kan bara arrangörer göra." in text(await room.says("/aktiviteter", by=ADA))
    assert "Det kan bara" in text(await room.says("/foreningar", by=CEM))
    assert ("withdraw admin district", ada, ada) in await _noted(room)


async def test_the_try_out_page_never_links(room):
    """Its personas are nobody."""
    persona = Someone("Prova", Address(Platform.TRY, "medlem"))
    testa = await member(room)

    assert text(await opened(room, testa, by=persona)) == WRONG
    answer = await room.presses(Button("x", "linking.yes", f"{await code_for(room, testa)}:{testa}"), by=persona)
    assert text(answer) == WRONG


async def test_a_used_code_takes_the_members_others_with_it(room):
    """Two letters were sent; the second would else lie about for weeks."""
    testa = await member(room)
    other = await code_for(room, testa)

    await linked(room, ADA, testa)

    assert text(await room.says(f"/start member-{other}", by=BEN)) == WRONG


async def test_a_code_is_not_another_members_way_in(room):
    """The number behind the code in a button is checked against the code."""
    testa, prova = await member(room), await member(room, "Prova Provsdotter", email=None)
    code = await code_for(room, testa)

    for number in (prova, 0, "", "x"):
        answer = await room.presses(Button("x", "linking.yes", f"{code}:{number}"), by=ADA)

        assert text(answer) == WRONG
    assert not await is_linked(room, ADA, prova)


async def test_only_the_hash_of_a_code_is_kept(room):
    """Who reads the database links nobody."""
    code = await code_for(room, await member(room))

    async with room.database.read() as session:
        row = (await session.scalars(select(Code))).one()
    assert len(code) == 22
    assert code.encode() not in row.code_hash
    assert KEYS.code_hash(f"member:long:{code}") == row.code_hash
