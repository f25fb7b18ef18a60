"""The week on Mondays: to those who want it, once, with what they may see, and never empty."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from chat.address import Address, Platform
from chat.markup import plain
from chat.request import Chat
from db import people
from db.models import Account, Consent, Level, Person
from schedules import digest
from tests import given as there
from tests.room import ADA, BEN, GROUP, NOW, STOCKHOLM, Room, Someone
from tests.schedules.ticking import posts, said, tick

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=STOCKHOLM)
INNER = Chat(Address(Platform.TELEGRAM, "-2002"), private=False, title="Provstads inre")


async def reader(room: Room, someone: Someone, association: int, *, consent: Consent = Consent.YES) -> None:
    """A person of that association who gave that answer to the consent question."""
    person = await there.person(room, someone, association_id=association)
    async with room.database.write() as session:
        accounts = update(Account).where(Account.person_id == person)
        await session.execute(accounts.values(consent=consent.value))


async def test_the_week_reaches_people_and_groups_on_monday(room):
    """What is on, unasked, once a week."""
    association = await there.association(room, "Provstad")
    await there.activity(room, "Öppet möte", association, "2026-11-24 18:30")
    await there.activity(room, "Julfika", association, "2026-12-05 12:00")
    await reader(room, ADA, association)
    await there.bound_chat(room, association_id=association)

    await tick(room, digest.run, after=MONDAY - NOW)

    (mine,), (group,) = await there.waiting(room, to=ADA), await there.waiting_in(room)
    assert plain(mine.text).splitlines() == [
        "Veckan 23–29 november",
        "Tisdag 24 18.30 Öppet möte, Provstad (din förening)",
        "",
        "Från Exempeldistriktet",
    ]
    assert "din förening" not in group.text
    assert [button.route for button in mine.buttons] == ["activity.card", "contact.ask"]


async def test_the_digest_comes_once_however_often_the_clock_looks(room):
    """A restart on Monday morning is no second digest."""
    association = await there.association(room, "Provstad")
    await there.activity(room, "Öppet möte", association, "2026-11-24 18:30")
    await reader(room, ADA, association)

    await tick(room, digest.run, after=MONDAY - NOW)
    for _ in range(3):
        await tick(room, digest.run, after=timedelta(hours=1))

    assert len(await there.waiting(room, to=ADA)) == 1


@pytest.mark.parametrize(
    ("late", "expected"), [(timedelta(minutes=-1), 0), (timedelta(hours=8), 1), (timedelta(hours=10), 0)]
)
async def test_a_process_that_was_down_says_it_late_but_not_at_night(room, late, expected):
    """Better at five in the afternoon than never; in the evening the week has begun."""
    association = await there.association(room, "Provstad")
    await there.activity(room, "Öppet möte", association, "2026-11-24 18:30")
    await reader(room, ADA, association)

    await tick(room, digest.run, after=MONDAY + late - NOW)

    assert len(await posts(room, "digest")) == expected


async def test_an_empty_week_says_nothing(room):
    """A message that says "nothing" teaches people not to read."""
    association = await there.association(room, "Provstad")
    await there.activity(room, "Julfika", association, "2026-12-05 12:00")
    await there.activity(room, "Inställt", association, "2026-11-25 12:00", cancelled=True)
    await reader(room, ADA, association)

    await tick(room, digest.run, after=MONDAY - NOW)

    assert await posts(room, "digest") == []


async def test_internal_activities_go_only_to_those_inside(room):
    """An open group and a newcomer never read what is for the association's own."""
    association = await there.association(room, "Provstad")
    await there.activity(room, "Styrelsemöte", association, "2026-11-24 18:30", is_open=False)
    await there.activity(room, "Öppet möte", association, "2026-11-25 18:30")
    await reader(room, ADA, association)
    await reader(room, BEN, association)
    await there.insider(room, BEN, association)
    await there.bound_chat(room, association_id=association)
    await there.bound_chat(room, INNER, association_id=association, level=Level.INTERNAL)

    await tick(room, digest.run, after=MONDAY - NOW)

    (ada,), (ben,) = await there.waiting(room, to=ADA), await there.waiting(room, to=BEN)
    (outer,), (inner,) = await there.waiting_in(room), await there.waiting_in(room, INNER.address)
    assert "Styrelsemöte" not in ada.text
    assert "Styrelsemöte" not in outer.text
    assert "Styrelsemöte" in ben.text
    assert "Styrelsemöte" in inner.text


async def test_a_member_reads_what_is_internal_in_their_association(room):
    """The register knows that they belong; who has left it reads what everybody reads."""
    association = await there.association(room, "Provstad")
    elsewhere = await there.association(room, "Exempelby")
    await there.activity(room, "Styrelsemöte", association, "2026-11-24 18:30", is_open=False)
    await there.activity(room, "Öppet möte", association, "2026-11-25 18:30")
    for someone, nearest, status in ((ADA, elsewhere, "active"), (BEN, association, "former")):
        await reader(room, someone, nearest)
        await there.member(room, someone.name, of=association, by=someone, status=status)

    await tick(room, digest.run, after=MONDAY - NOW)

    (ada,), (ben,) = await there.waiting(room, to=ADA), await there.waiting(room, to=BEN)
    assert "Styrelsemöte" in ada.text
    assert "Styrelsemöte" not in ben.text


async def test_only_those_who_said_yes_and_want_it_get_it(room):
    """No is no, and the setting is kept."""
    association = await there.association(room, "Provstad")
    await there.activity(room, "Öppet möte", association, "2026-11-24 18:30")
    await reader(room, ADA, association, consent=Consent.NO)
    await reader(room, BEN, association)
    async with room.database.write() as session:
        ben = await people.get_person(session, room.dispatch.keys, BEN.address)
        assert ben is not None
        await session.execute(update(Person).where(Person.id == ben.id).values(digest=False))

    await tick(room, digest.run, after=MONDAY - NOW)

    assert await there.waiting(room, to=ADA) == await there.waiting(room, to=BEN) == []


async def test_the_try_out_world_never_meets_the_real_one(room):
    """Invented activities are not news to anybody real."""
    association = await there.association(room, "Påhittsås", invented=True)
    await there.activity(room, "Låtsasmöte", association, "2026-11-24 18:30", invented=True)
    real = await there.association(room, "Provstad")
    await reader(room, ADA, real)
    await there.bound_chat(room, GROUP, association_id=real)

    await tick(room, digest.run, after=MONDAY - NOW)

    assert await there.waiting(room, to=ADA) == []
    assert await there.waiting_in(room) == []


async def test_the_clock_is_told_when_the_next_one_is_due(room):
    """Nine o'clock, also after the clocks have changed."""
    assert await tick(room, digest.run) == datetime(2026, 11, 23, 9, 0, tzinfo=STOCKHOLM)
    spring = datetime(2027, 3, 27, 12, 0, tzinfo=STOCKHOLM)
    assert await tick(room, digest.run, after=spring - room.now) == datetime(2027, 3, 29, 9, 0, tzinfo=STOCKHOLM)


async def test_each_language_reads_its_own(room):
    """The English text is there for those who read English."""
    association = await there.association(room, "Provstad")
    await there.activity(room, "Öppet möte", association, "2026-11-24 18:30")
    await reader(room, ADA, association)

    await tick(room, digest.run, after=MONDAY - NOW)

    (post,) = await posts(room, "digest")
    assert said(post, language="en").startswith("The week")
