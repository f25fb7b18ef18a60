"""Two persons: what one admin proposes another one decides, once, within three days."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from chat.address import Address, Platform
from chat.message import Button
from db import approvals as two_persons
from db import models, restored, roles
from db.models import Account, Approval, Audit
from schedules import approvals, housekeeping
from tests import given
from tests.room import ADA, BEN, CEM, DORIS, KEYS, Room, Someone, labels, text
from tests.schedules.ticking import tick

EVA = Someone("Eva", Address(Platform.TELEGRAM, "1005"))
PERSONA = Someone("Prova", Address(Platform.TRY, "arrangor"))


async def admins(room: Room, *which: Someone) -> list[int]:
    """These persons are admins."""
    return [await given.organiser(room, one, of=None, role=roles.ADMIN) for one in which]


async def invited(room: Room, who: Someone, *, by: Someone, what: str = "Föreslå en admin"):
    """The question to whoever invited, after the invitation was opened."""
    invitation = await room.presses(await room.says("/arrangorer", by=by), what, by=by)
    await room.presses(invitation.also[0], "Öppna", by=who)
    return (await given.waiting(room, to=by))[-1]


async def proposed(room: Room, who: Someone = CEM, *, by: Someone = ADA):
    """The answer to an admin who lets somebody in as another one."""
    return await room.presses(await invited(room, who, by=by), "Ja, släpp in", by=by)


async def decided(room: Room, label: str, *, by: Someone = BEN):
    """The answer to the other admin."""
    return await room.presses((await given.waiting(room, to=by))[-1], label, by=by)


async def is_admin(room: Room, who: Someone) -> bool:
    return "Föreslå en admin" in labels(await room.says("/arrangorer", by=who))


async def logged(room: Room) -> list[tuple[str, str, int | None]]:
    async with room.database.read() as session:
        found = await session.execute(select(Audit.action, Audit.object, Audit.actor_id).order_by(Audit.id))
        return [(row.action, row.object, row.actor_id) for row in found]


async def test_what_somebody_was_asked_about_another_names_neither_to_the_other(room):
    """Who is proposed does not read by whom in their data, nor the one who asked whom; own words are there."""
    await admins(room, ADA, BEN)
    await proposed(room)
    await room.says("/exportera", by=ADA)
    await room.says("Brevet till alla", by=ADA)

    cems, adas = [json.loads((await room.says("/mindata", by=one)).message.document.content) for one in (CEM, ADA)]

    assert "Ada" not in json.dumps(cems)
    assert [post["private"] for post in cems["post"] if post["key"].startswith("approval:")] == [None]
    assert "Cem" not in json.dumps(adas)
    assert [one["argument"] for one in adas["approval"]] == [None, "Brevet till alla"]
    assert any("Brevet till alla" in (post["private"] or "") for post in adas["post"])


async def test_an_admin_is_let_in_by_two(room):
    """One who was fooled, or means ill, cannot hand the district to somebody alone."""
    ada, ben = await admins(room, ADA, BEN)
    asked = await proposed(room)
    before = await is_admin(room, CEM)
    (question,) = await given.waiting(room, to=BEN)

    answer = await decided(room, "Godkänn")

    assert text(asked) == "Till det behövs två. Jag har frågat en annan admin och skriver här inom tre dagar."
    assert not before
    assert text(question) == "En fråga till dig:\nAda ber om ditt ja: släppa in en admin till.\nDet gäller Cem."
    assert labels(question) == ["Godkänn", "Nej"]
    assert text(answer) == "Ni är två som har sagt ja: släppa in en admin till."
    assert text((await given.waiting(room, to=ADA))[-1]) == f"Ett svar till dig:\n{text(answer)}"
    assert text((await given.waiting(room, to=CEM))[-1]).startswith("Ett svar till dig:\nVälkommen som arrangör!")
    assert await is_admin(room, CEM)
    cem = await given.person(room, CEM)
    assert await logged(room) == [
        ("ask organisers.admin", "approval:1", ada),
        ("grant admin district", f"person:{cem}", ben),
        ("approve organisers.admin", "approval:1", ben),
    ]


async def test_a_no_changes_nothing_and_is_told(room):
    """Whoever asked need not wonder."""
    await admins(room, ADA, BEN)
    await proposed(room)

    answer = await decided(room, "Nej")

    assert text(answer) == "Inte godkänt: släppa in en admin till. Ingenting har ändrats."
    assert text((await given.waiting(room, to=ADA))[-1]) == f"Ett svar till dig:\n{text(answer)}"
    assert not await is_admin(room, CEM)


async def test_nobody_approves_what_they_asked_for(room):
    """Not from another account of theirs either: the rule is two persons, not two presses."""
    ada, _ = await admins(room, ADA, BEN)
    await proposed(room)
    other = Someone("Ada", Address(Platform.DISCORD, "1099"))
    await given.person(room, other)
    async with room.database.write() as session:
        theirs = Account.address_index == KEYS.blind_index("address", "discord", "1099")
        await session.execute(update(Account).where(theirs).values(person_id=ada))

    answers = [
        await room.presses(Button("x", "approvals.approve", "1"), by=one) for one in (ADA, other, PERSONA, CEM)
    ]

    assert [text(one) for one in answers[:2]] == [
        "Det får en annan admin avgöra, eftersom det var du som frågade."
    ] * 2
    assert [text(one) for one in answers[2:]] == ["Det kan bara arrangörer göra."] * 2
    assert not await is_admin(room, CEM)


async def test_another_world_decides_nothing(room):
    """Whoever may do everything on the try-out page is nobody here."""
    await admins(room, ADA, BEN, PERSONA)
    await proposed(room)

    answer = await room.presses(Button("x", "approvals.approve", "1"), by=PERSONA)

    assert text(answer) == "Det är redan avgjort, eller äldre än tre dagar."
    assert await given.waiting(room, to=PERSONA) == []


@pytest.mark.parametrize("first", ["Godkänn", "Nej"])
async def test_it_is_decided_once(room, first):
    """Two admins press at the same time: the second one reads what the first one said."""
    await admins(room, ADA, BEN, EVA)
    await proposed(room)
    (question,) = await given.waiting(room, to=EVA)
    answer = await decided(room, first)

    again = [await room.presses(question, label, by=EVA) for label in ("Godkänn", "Nej")]

    assert [text(one) for one in again] == ["Det är redan avgjort, eller äldre än tre dagar."] * 2
    assert await given.waiting(room, to=EVA) == []  # cancelled before it went out
    async with room.database.read() as session:
        post = await session.scalar(select(models.Post).where(models.Post.key.startswith("approval:1:")))
    assert post is not None
    assert post.stale
    assert text(answer)[:20] in post.private
    assert "Cem" not in post.private


async def test_after_three_days_it_is_over_and_told(room):
    """A yes that comes when nobody remembers the question is worse than none."""
    await admins(room, ADA, BEN)
    await proposed(room)
    (question,) = await given.waiting(room, to=BEN)
    await tick(room, approvals.run, after=timedelta(days=2, hours=23))
    early = await given.waiting(room, to=ADA)

    await tick(room, approvals.run, after=timedelta(hours=1))
    late = await room.presses(question, "Godkänn", by=BEN)
    await tick(room, approvals.run, after=timedelta(hours=1))

    assert len(await given.waiting(room, to=ADA)) == len(early) + 1
    assert text((await given.waiting(room, to=ADA))[-1]) == (
        "Ett svar till dig:\nIngen sade ja i tid: släppa in en admin till. Ingenting har ändrats. "
        "Fråga igen om det fortfarande behövs."
    )
    assert text(late) == "Det är redan avgjort, eller äldre än tre dagar."
    assert (await logged(room))[-1] == ("expire organisers.admin", "approval:1", None)


async def test_what_an_incident_ends_is_over_at_once_and_told(room):
    """Whoever asked may be somebody in a stolen account; a question that has not left yet never does."""
    await admins(room, ADA, BEN)
    await proposed(room)
    (question,) = await given.waiting(room, to=BEN)
    earlier = len(await given.waiting(room, to=ADA))

    async with room.database.write() as session:
        assert await two_persons.lapse(session, now=room.now) == 1
    left = await given.waiting(room, to=BEN)
    late = await room.presses(question, "Godkänn", by=BEN)
    await tick(room, approvals.run, after=timedelta(minutes=1))

    assert left == []
    assert text(late) == "Det är redan avgjort, eller äldre än tre dagar."
    told = (await given.waiting(room, to=ADA))[earlier:]
    assert ["Ingen sade ja i tid" in text(one) for one in told] == [True]
    async with room.database.write() as session:
        assert await two_persons.lapse(session, now=room.now) == 0


async def test_what_waited_in_a_restored_backup_is_over_and_told(room):
    """It may have been approved since: a second yes would let in, publish or hand out once more."""
    await admins(room, ADA, BEN)
    await proposed(room)
    (question,) = await given.waiting(room, to=BEN)

    async with room.database.write() as session:
        await restored.settle(session, now=room.now, backup_at=None)
    late = await room.presses(question, "Godkänn", by=BEN)
    await tick(room, approvals.run, after=timedelta(minutes=1))

    assert text(late) == "Det är redan avgjort, eller äldre än tre dagar."
    assert not await is_admin(room, CEM)
    assert await given.waiting(room, to=BEN) == []
    assert "Ingen sade ja i tid" in text((await given.waiting(room, to=ADA))[-1])


async def test_even_before_the_clock_has_looked_it_is_too_late(room):
    """The moment decides, not the minute at which somebody looked."""
    await admins(room, ADA, BEN)
    await proposed(room)
    (question,) = await given.waiting(room, to=BEN)
    room.passes(timedelta(days=3))

    answer = await room.presses(question, "Godkänn", by=BEN)

    assert text(answer) == "Det är redan avgjort, eller äldre än tre dagar."
    assert not await is_admin(room, CEM)


async def test_who_may_no_longer_ask_gets_nothing(room):
    """An admin whose role was taken back does not leave a friend behind."""
    ada, _ = await admins(room, ADA, BEN)
    await proposed(room)
    async with room.database.write() as session:
        await roles.withdraw(session, ada, roles.ADMIN, association_id=None)

    answer = await decided(room, "Godkänn")

    assert (
        text(answer) == "Den som frågade får inte längre göra det: släppa in en admin till. Ingenting har ändrats."
    )
    assert not await is_admin(room, CEM)


async def test_who_may_no_longer_approve_does_not(room):
    """Rights are checked at the press."""
    _, ben = await admins(room, ADA, BEN)
    await proposed(room)
    (question,) = await given.waiting(room, to=BEN)
    async with room.database.write() as session:
        await roles.withdraw(session, ben, roles.ADMIN, association_id=None)

    answer = await room.presses(question, "Godkänn", by=BEN)

    assert text(answer) == "Det kan bara arrangörer göra."
    assert not await is_admin(room, CEM)


async def test_alone_one_is_told_the_way_that_works(room):
    """The operator's code makes the second admin; after that two of them can let others in."""
    await admins(room, ADA)

    answer = await room.presses(await room.says("/arrangorer", by=ADA), "Föreslå en admin", by=ADA)

    assert "./kallelse admin-code" in text(answer)
    assert "/admin" in text(answer)


async def test_the_same_is_not_asked_twice(room):
    """Pressing again does not fill the other admins' chats."""
    await admins(room, ADA, BEN)
    question = await invited(room, CEM, by=ADA)
    await room.presses(question, "Ja, släpp in", by=ADA)
    question = await invited(room, CEM, by=ADA)

    again = await room.presses(question, "Ja, släpp in", by=ADA)

    assert text(again) == "Det är redan frågat, och väntar på en annan admin."
    assert len(await given.waiting(room, to=BEN)) == 1


async def test_admins_who_cannot_be_reached_are_said_so(room):
    """Else the one who asked would wait three days for nothing."""
    await admins(room, ADA)
    ben = await given.person(room, BEN, opened=False)
    async with room.database.write() as session:
        await roles.grant(
            session, ben, roles.ADMIN, association_id=None, name="Ben", granted_by=None, now=room.now
        )

    answer = await proposed(room)

    assert text(answer) == "Jag når ingen annan admin just nu. Försök igen senare."
    async with room.database.read() as session:
        assert (await session.scalars(select(Approval))).all() == []


async def arguments(room):
    """What is kept of each request."""
    async with room.database.read() as session:
        return list(await session.scalars(select(Approval.argument)))


async def test_who_was_proposed_and_is_gone_is_not_let_in_nor_named(room):
    """What told the admins of somebody goes with that person."""
    await admins(room, ADA, BEN)
    await proposed(room)
    (question,) = await given.waiting(room, to=BEN)
    sure = await room.says("/glommig", by=CEM)

    await room.presses(sure, "Ja, glöm mig", by=CEM)
    pressed = await room.presses(question, "Godkänn", by=BEN)

    assert await given.waiting(room, to=BEN) == []
    assert text(pressed) == "Den personen finns inte kvar här."
    assert await arguments(room) == [""]


@pytest.mark.parametrize("press", ["Godkänn", "Nej"])
async def test_what_was_decided_about_somebody_does_not_outlive_them(room, press):
    """The name stands in it for a month else."""
    await admins(room, ADA, BEN)
    await proposed(room)
    await decided(room, press)
    assert "Cem" in (await arguments(room))[0]

    await room.presses(await room.says("/glommig", by=CEM), "Ja, glöm mig", by=CEM)

    assert await arguments(room) == [""]


async def test_what_was_decided_is_forgotten_after_a_month(room):
    """The audit log tells that it was."""
    await admins(room, ADA, BEN)
    await proposed(room)
    await decided(room, "Nej")

    kept = []
    for days in (30, 1):
        await tick(room, housekeeping.run, after=timedelta(days=days))
        async with room.database.read() as session:
            kept.append(len((await session.scalars(select(Approval))).all()))

    assert kept == [1, 0]


async def test_it_is_asked_in_everybodys_language(room):
    """The sentence, the action and the buttons."""
    await admins(room, ADA, DORIS)

    await proposed(room)
    (question,) = await given.waiting(room, to=DORIS)

    assert text(question) == "A question for you:\nAda asks for your yes: let in another admin.\nIt is Cem."
    assert labels(question) == ["Approve", "No"]


async def test_what_waits_is_found_again(room):
    """A message that was lost, or came before one was an admin, holds up nothing for three days."""
    await admins(room, ADA, BEN)
    await proposed(room)
    await admins(room, EVA)

    listed = await room.presses(await room.says("/arrangorer", by=EVA), "Väntar på ditt ja: 1", by=EVA)
    await room.presses(listed, "Godkänn", by=EVA)

    assert "Ada ber om ditt ja: släppa in en admin till.\nDet gäller Cem." in text(listed)
    assert await is_admin(room, CEM)
    assert not [one for one in labels(await room.says("/arrangorer", by=ADA)) if one.startswith("Väntar")]
    assert text(await room.presses(Button("x", "approvals.list"), by=ADA)) == "Ingenting väntar på dig."
