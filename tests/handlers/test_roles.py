"""Roles: which of them organise, who gives which, and from which account they can be used."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from chat.address import Address, Platform
from chat.message import Button
from db import roles
from db.models import Account, Delivery, Post, Role
from tests import given
from tests.handlers.calling import previewed, said_yes
from tests.handlers.test_approvals import logged
from tests.room import ADA, BEN, CEM, DORIS, KEYS, Room, Someone, labels, text

PHONE = Someone("Ada", Address(Platform.DISCORD, "1099"))  # another account of Ada's
NOT_ORGANISING = [roles.REGISTRAR, roles.AUDITOR]


async def linked(room: Room, account: Someone, to: int) -> None:
    """The account was linked to that person: their roles cannot be used from it."""
    await given.person(room, account)
    async with room.database.write() as session:
        theirs = Account.address_index == KEYS.blind_index("address", account.address.platform, account.address.id)
        await session.execute(update(Account).where(theirs).values(person_id=to, organises=False))


async def asked(room: Room, activity_id: int) -> None:
    """Doris has asked about the activity."""
    await room.presses(Button("x", "question.ask", str(activity_id)), by=DORIS)
    await room.says("Is it warm inside?", by=DORIS)


@pytest.mark.parametrize("role", NOT_ORGANISING)
@pytest.mark.parametrize("whole", [False, True], ids=["of the association", "of the whole district"])
async def test_who_keeps_the_register_or_reads_the_log_does_not_organise(room, exempelby, role, whole):
    """They see nothing internal, are asked nothing, and are no reason to think that somebody organises."""
    activity = await given.activity(room, "Styrelsemöte", exempelby, "2026-11-28 14:00", is_open=False)
    await given.signup(room, DORIS, activity)
    await said_yes(room, CEM, exempelby)
    await given.organiser(room, CEM, of=None if whole else exempelby, role=role)

    week = await room.says("/kommande", by=CEM)
    card = await room.presses(Button("x", "activity.card", str(activity)), by=CEM)
    await asked(room, activity)

    assert "Styrelsemöte" not in text(week)
    assert "Styrelsemöte" not in text(card)
    assert await given.waiting(room, to=CEM) == []
    assert len(await given.waiting(room, to=ADA)) == 1
    assert text(await room.says("/aktiviteter", by=CEM)) == "Det kan bara arrangörer göra."


@pytest.mark.parametrize("role", NOT_ORGANISING)
async def test_with_only_such_a_role_nobody_organises_yet(room, role):
    """The operator's code is still offered at the start."""
    await given.organiser(room, CEM, of=None, role=role)

    async with room.database.read() as session:
        there = await roles.has_organiser(session)

    assert there is False


async def test_an_internal_call_goes_to_no_registrar(room, exempelby):
    """Who keeps the register is not thereby one of the association's own."""
    for someone in (BEN, CEM):
        await said_yes(room, someone, exempelby)
    await given.insider(room, BEN, exempelby)
    await given.organiser(room, CEM, of=None, role=roles.REGISTRAR)
    asked = await room.says("/kallelse\nMöte\nlördag 28/11 kl 14\nTorget\nVälkomna!", by=ADA)
    own = await room.presses(asked, "Bara våra egna", by=ADA)
    await room.presses(await room.presses(own, "Exempelby", by=ADA), "Publicera", by=ADA)

    assert len(await given.waiting(room, to=BEN)) == 1
    assert await given.waiting(room, to=CEM) == []


async def test_a_role_taken_back_ends_what_it_alone_let_in(room, exempelby):
    """An internal call that waits until the morning does not reach who no longer organises there."""
    await given.organiser(room, BEN, of=None, role=roles.ADMIN)
    await said_yes(room, CEM, exempelby)
    await given.organiser(room, CEM, of=exempelby)
    await said_yes(room, DORIS, exempelby)
    await given.insider(room, DORIS, exempelby)
    await given.organiser(room, DORIS, of=exempelby)
    asked = await room.says("/kallelse\nMöte\nlördag 28/11 kl 14\nTorget\nVälkomna!", by=ADA)
    own = await room.presses(asked, "Bara våra egna", by=ADA)
    await room.presses(await room.presses(own, "Exempelby", by=ADA), "Publicera", by=ADA)
    before = [len(await given.waiting(room, to=one)) for one in (CEM, DORIS)]

    listed = await room.says("/arrangorer", by=BEN)
    for line in text(listed).splitlines():
        number, _, who = line.partition(". ")
        if who in {"Cem, Exempelby", "Doris, Exempelby"}:
            await room.presses(
                await room.presses(listed, f"Ta tillbaka {number}", by=BEN), "Ja, ta tillbaka", by=BEN
            )

    assert before == [1, 1]
    assert await given.waiting(room, to=CEM) == []
    assert len(await given.waiting(room, to=DORIS)) == 1  # confirmed to belong there all the same
    async with room.database.read() as session:
        ended = select(Delivery.reason).where(Delivery.state == "cancelled")
        assert list(await session.scalars(ended)) == ["not_insider"]


async def test_a_linked_account_has_no_roles(room, exempelby):
    """Who got hold of a link code has an account, and not what its person may do."""
    ada = await given.person(room, ADA)
    activity = await given.activity(room, "Styrelsemöte", exempelby, "2026-11-28 14:00", is_open=False)
    await given.signup(room, DORIS, activity)
    await linked(room, PHONE, ada)

    refused = await room.says("/aktiviteter", by=PHONE)
    week = await room.says("/kommande", by=PHONE)
    await asked(room, activity)

    assert text(refused) == "Det kan bara arrangörer göra."
    assert "Styrelsemöte" not in text(week)
    assert "Styrelsemöte" in text(await room.says("/kommande", by=ADA))
    async with room.database.read() as session:
        lanes = list(await session.scalars(select(Delivery.lane)))
    assert lanes == ["telegram"]


async def test_progress_goes_where_the_role_can_be_used(room, exempelby):
    """How many a message reaches is not for the account that was linked, however gladly that one is written to."""
    await linked(room, PHONE, await given.person(room, ADA))
    await room.says("/start", by=PHONE)
    await room.presses(Button("x", "consent.set", "yes"), by=PHONE)
    await said_yes(room, BEN, exempelby)
    await given.insider(room, BEN, exempelby)
    asked = await room.says("/kallelse\nMöte\nlördag 28/11 kl 14\nTorget\nVälkomna!", by=ADA)
    own = await room.presses(asked, "Bara våra egna", by=ADA)
    await room.presses(await room.presses(own, "Exempelby", by=ADA), "Publicera", by=ADA)

    async with room.database.read() as session:
        query = select(Delivery.lane).join(Post, Post.id == Delivery.post_id)
        lanes = list(await session.scalars(query.where(Post.key.startswith("progress:"))))
    assert lanes == ["telegram"]


async def test_a_role_that_no_account_can_use_is_none(room, exempelby):
    """What only a linked account is left of does not keep the district from getting a code."""
    ada = await given.person(room, ADA)
    async with room.database.write() as session:
        await session.execute(update(Account).where(Account.person_id == ada).values(organises=False))
        there = await roles.has_organiser(session)
        rights = await roles.get_rights(session, ada)
        answerers = list(await session.scalars(roles.organisers_of(exempelby)))

    assert there is False
    assert rights == roles.NO_RIGHTS
    assert answerers == []


ALSO = {
    "registrar": "Lägg till en registeransvarig",
    "auditor": "Lägg till en granskare",
    "admin": "Föreslå en admin",
}


@pytest.mark.parametrize(
    ("held", "offered"),
    [
        ([(roles.ORGANISER, 2)], []),
        ([(roles.ORGANISER, None)], []),
        ([(roles.ORGANISER, 2), (roles.REGISTRAR, 2)], ["registrar"]),
        ([(roles.ORGANISER, 2), (roles.REGISTRAR, None)], ["registrar"]),
        ([(roles.ADMIN, None)], ["registrar", "auditor", "admin"]),
    ],
)
async def test_each_gives_only_the_roles_they_may(room, held, offered):
    """And is shown no others."""
    await given.association(room, "Exempelby")
    for role, of in held:
        await given.organiser(room, BEN, of=of, role=role)

    shown = labels(await room.says("/arrangorer", by=BEN))

    assert [label for label in shown if label in ALSO.values()] == [ALSO[one] for one in offered]


@pytest.mark.parametrize(
    ("held", "invites"),
    [
        ([(roles.ORGANISER, 2)], {"o2"}),
        ([(roles.ORGANISER, None)], {"o2", "o3"}),
        ([(roles.ORGANISER, 2), (roles.REGISTRAR, 3)], {"o2"}),
        ([(roles.ORGANISER, 2), (roles.REGISTRAR, 2)], {"o2", "r2"}),
        ([(roles.ORGANISER, 2), (roles.REGISTRAR, None)], {"o2", "r2"}),
        ([(roles.ADMIN, None)], {"o", "o2", "o3", "r", "r2", "r3", "u", "a"}),
    ],
)
async def test_an_invitation_takes_the_right_to_give(room, held, invites):
    """A button kept from earlier, or made by hand, offers nothing that is not theirs."""
    for name in ("Exempelby", "Provstad"):
        await given.association(room, name)
    await given.organiser(room, DORIS, of=None, role=roles.ADMIN)
    for role, of in held:
        await given.organiser(room, BEN, of=of, role=role)

    given_out = set()
    for offer in ("o", "o2", "o3", "r", "r2", "r3", "u", "a"):
        answer = await room.presses(Button("x", "organisers.invite", offer), by=BEN)
        given_out |= {offer} if answer.also else set()

    assert given_out == invites


async def test_a_registrar_is_let_in_for_one_association(room):
    """By the same invitation; what is written down says for which."""
    home = await given.association(room, "Exempelby")
    await given.organiser(room, ADA, of=None, role=roles.ADMIN)
    where = await room.presses(await room.says("/arrangorer", by=ADA), "Lägg till en registeransvarig", by=ADA)
    invitation = await room.presses(where, "Exempelby", by=ADA)
    await room.presses(invitation.also[0], "Öppna", by=CEM)

    await room.presses((await given.waiting(room, to=ADA))[-1], "Ja, släpp in", by=ADA)

    assert text(where) == "Vilket register ska hen sköta?"
    assert text((await given.waiting(room, to=CEM))[-1]).endswith("Det här är du nu: registeransvarig, Exempelby.")
    async with room.database.read() as session:
        cem = await given.person(room, CEM)
        rights = await roles.get_rights(session, cem)
    assert rights.register == {home}
    assert not rights.is_organiser
    assert (await logged(room))[-1][:2] == (f"grant registrar association:{home}", f"person:{cem}")
    assert "2. Cem, registeransvarig, Exempelby" in text(await room.says("/arrangorer", by=ADA))


async def test_every_association_can_be_chosen(room):
    """Discord shows twenty-five buttons; the thirtieth association has organisers, too."""
    await given.organiser(room, ADA, of=None, role=roles.ADMIN)
    names = [f"Förening {number:02}" for number in range(45)]
    for name in names:
        await given.association(room, name)

    page = await room.presses(await room.says("/arrangorer", by=ADA), "Lägg till en arrangör", by=ADA)
    shown, most = [], 0
    while True:
        shown += [label for label in labels(page) if label in names]
        most = max(most, len(labels(page)))
        if "Visa fler" not in labels(page):
            break
        page = await room.presses(page, "Visa fler", by=ADA)

    assert shown == names
    assert most <= 25


async def test_a_new_account_gets_its_roles_from_who_may_give_them_all(room, exempelby):
    """An invitation to one small thing must not open everything else that the person may do."""
    admin = await given.organiser(room, CEM, of=None, role=roles.ORGANISER)
    await given.organiser(room, DORIS, of=None, role=roles.ADMIN)
    await linked(room, PHONE, admin)
    passed_on = await room.presses(Button("x", "organisers.invite", f"o{exempelby}"), by=ADA)
    await room.presses(passed_on.also[0], "Öppna", by=PHONE)
    question = (await given.waiting(room, to=ADA))[-1]

    answer = await room.presses(question, "Ja, släpp in", by=ADA)

    assert "nytt konto för någon som redan har en roll" in text(question)
    assert text(answer) == "Det kan bara en admin göra."
    assert text(await room.says("/aktiviteter", by=PHONE)) == "Det kan bara arrangörer göra."


async def test_a_new_account_of_an_admin_takes_two(room, exempelby):
    """Else whoever took over an admin's account would be let in by one who was fooled."""
    ada = await given.person(room, ADA)
    async with room.database.write() as session:
        await session.execute(
            update(Role).where(Role.person_id == ada).values(role=roles.ADMIN, association_id=None)
        )
    for someone in (BEN, CEM):
        await given.organiser(room, someone, of=None, role=roles.ADMIN)
    await linked(room, PHONE, ada)
    passed_on = await room.presses(Button("x", "organisers.invite", f"o{exempelby}"), by=BEN)
    await room.presses(passed_on.also[0], "Öppna", by=PHONE)

    asked = await room.presses((await given.waiting(room, to=BEN))[-1], "Ja, släpp in", by=BEN)
    before = text(await room.says("/aktiviteter", by=PHONE))
    await room.presses((await given.waiting(room, to=CEM))[-1], "Godkänn", by=CEM)

    assert text(asked).startswith("Till det behövs två.")
    assert before == "Det kan bara arrangörer göra."
    assert "Föreslå en admin" in labels(await room.says("/arrangorer", by=PHONE))


async def test_a_call_is_previewed_by_who_organises(room, exempelby):
    """The other roles' rows beside it change nothing."""
    await given.organiser(room, ADA, of=None, role=roles.AUDITOR)

    assert "Publicera" in labels(await previewed(room))


@pytest.mark.parametrize(("route", "argument"), [("organisers.where", ""), ("organisers.invite", "2")])
async def test_a_button_of_an_earlier_version_says_what_to_do(room, exempelby, route, argument):
    """Messages stay in chats for years."""
    answer = await room.presses(Button("x", route, argument), by=ADA)

    assert text(answer) == "Det där har ändrats. Titta i /arrangorer."
