"""Thirty days after they left, the register forgets former members; who has an account stays as a guest."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from db import labels, models, register
from db.models import LabelKind, Member, Office, OfficeKind, Person, PersonLabel, Tombstone
from schedules import former_members
from tests import given
from tests.room import ADA, BEN, KEYS, NOW, text
from tests.schedules.ticking import tick

FORGET = partial(former_members.run, keys=KEYS)
MONTH = timedelta(days=30)


@pytest.fixture
async def home(room):
    """Provstad, where Ada is a former member with an account, and Per one without."""
    home = await given.association(room, "Provstad")
    await given.member(room, "Ada Öberg", of=home, by=ADA, status="former", left_at=NOW)
    await given.member(room, "Per Ek", of=home, number="18", email="per@example.org", status="former", left_at=NOW)
    await given.member(room, "Cia Lund", of=home, by=BEN)
    return home


async def names(room):
    """Whom the register knows."""
    async with room.database.read() as session:
        return {one.name for one in await register.cards(session, invented=False)}


async def test_thirty_days_and_not_one_less(room, home):
    """The day that they are told."""
    due_at = await tick(room, FORGET, after=MONTH - timedelta(seconds=1))
    before = await names(room)
    after = await tick(room, FORGET, after=timedelta(seconds=1))

    assert due_at == NOW + MONTH
    assert (len(before), await names(room), after) == (3, {"Cia Lund"}, None)


async def test_who_never_had_an_account_is_gone_altogether(room, home):
    """And may come back with the next list: they asked nothing of us."""
    await tick(room, FORGET, after=MONTH)

    async with room.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Person)) == 2
        stones = set(await session.scalars(select(Tombstone.index)))
    assert len(stones) == 1  # of the person's number here, for a backup that is put back
    assert register.number_index(KEYS, "18") not in stones


async def test_who_has_an_account_stays_as_a_guest(room, home):
    """What the register said of them is gone; what they chose themselves is theirs."""
    async with room.database.write() as session:
        person_id = await session.scalar(select(Member.person_id).order_by(Member.id))
        kind = OfficeKind(name="Ordförande")
        session.add(kind)
        await session.flush()
        session.add(Office(person_id=person_id, kind_id=kind.id, association_id=home, starts_on=NOW.date()))
        for name, of in (("tagg", LabelKind.TAG), ("baka", LabelKind.SKILL)):
            label = models.Label(kind=of.value, name=name)
            session.add(label)
            await session.flush()
            session.add(PersonLabel(person_id=person_id, label_id=label.id, at=NOW))

    await tick(room, FORGET, after=MONTH)

    async with room.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Office)) == 0
        kept = await labels.labels_of(session, person_id)
        assert list(await session.scalars(select(models.Label.name).where(models.Label.id.in_(kept)))) == ["baka"]
    assert "Välkommen" not in text(await room.says("/vecka", by=ADA))


async def test_many_are_forgotten_a_few_at_a_time(room, home, monkeypatch):
    """Nobody waits for a transaction with hundreds in it."""
    monkeypatch.setattr(former_members, "MOST", 1)

    first = await tick(room, FORGET, after=MONTH)
    between = await names(room)
    second = await tick(room, FORGET)

    assert (first, len(between), second, len(await names(room))) == (NOW + MONTH, 2, None, 1)
