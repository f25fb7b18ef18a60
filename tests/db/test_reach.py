"""Whom a post reaches: what is previewed is what is queued, and is what a plain rule in Python says."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from chat.message import Message
from db import outbox, reach, roles
from db.audiences import Audience, count, from_json, to_json
from db.models import (
    Account,
    Activity,
    Answer,
    Association,
    Consent,
    Delivery,
    Insider,
    Label,
    Member,
    Office,
    OfficeKind,
    Person,
    PersonLabel,
    PostKind,
    Priority,
    Role,
    Signup,
)
from db.reach import Outside, Reach
from tests.room import NOW, open_room

DAY = date(2026, 11, 22)
NEAR, FAR = 2, 3  # associations; 1 is the district
TAG = 1  # of the labels; 2 is an interest
DAYS = (date(2026, 1, 1), DAY, date(2026, 12, 31))
HERE = st.sampled_from((NEAR, FAR))
MAYBE = st.none() | HERE
ROLES = (roles.ADMIN, roles.ORGANISER, roles.REGISTRAR, roles.HOST)
YES = (Consent.YES, Consent.HIDDEN)


@dataclass(frozen=True)
class Way:
    """An account."""

    platform: str
    opened: bool
    reachable: bool
    stopped: bool
    consent: Consent
    preferred: bool
    organises: bool


@dataclass(frozen=True)
class Known:
    """What the register has of somebody."""

    association: int | None
    status: str
    joined_on: date | None
    email: str | None
    address: str | None

    @property
    def is_active(self) -> bool:
        return self.status == "active"


@dataclass(frozen=True)
class Somebody:
    """A person with everything that decides what reaches them."""

    invented: bool
    nearest: int | None
    private_copies: bool
    ways: list[Way]
    member: Known | None
    insider: frozenset[int]
    role: tuple[str, int | None] | None
    offices: list[tuple[int, int, date, date | None]]  # kind, association, first and last day
    labels: frozenset[int]
    answer: Answer | None


ways = st.builds(
    Way,
    platform=st.sampled_from(("telegram", "discord")),
    opened=st.sampled_from((True, True, True, True, False)),
    reachable=st.sampled_from((True, True, True, True, False)),
    stopped=st.sampled_from((False, False, False, False, True)),
    consent=st.sampled_from((*Consent, Consent.YES)),
    preferred=st.booleans(),
    organises=st.booleans(),
)
known = st.builds(
    Known,
    association=MAYBE,
    status=st.sampled_from(("active", "active", "former")),
    joined_on=st.none() | st.sampled_from(DAYS),
    email=st.sampled_from((None, "a@example.org")),
    address=st.sampled_from((None, "Gatan 1")),
)
offices = st.tuples(st.sampled_from((1, 2)), HERE, st.sampled_from(DAYS), st.none() | st.sampled_from(DAYS))
somebody = st.builds(
    Somebody,
    invented=st.sampled_from((False, False, False, False, True)),
    nearest=MAYBE,
    private_copies=st.sampled_from((True, True, False)),
    ways=st.lists(ways, max_size=4),
    member=st.none() | known,
    insider=st.frozensets(HERE),
    role=st.none() | st.tuples(st.sampled_from(ROLES), MAYBE),
    offices=st.lists(offices, max_size=2, unique_by=lambda office: office[:3]),
    labels=st.frozensets(st.sampled_from((1, 2))),
    answer=st.none() | st.sampled_from(Answer),
)
some = st.frozensets(HERE).map(lambda found: tuple(sorted(found)))
ones = st.sampled_from(((1,), (2,)))


def seldom(usual, other):
    """Mostly what is usual: an audience that asks for everything at once has nobody."""
    return st.sampled_from((False, False, False, True)).flatmap(lambda rare: other if rare else st.just(usual))


audience = st.builds(
    Audience,
    invented=seldom(False, st.just(True)),
    association_id=MAYBE,
    internal=seldom(False, st.just(True)),
    coming_to=seldom(None, st.just(1)),
    answers=st.sampled_from(((Answer.COMING, Answer.MAYBE), (Answer.COMING,))),
    consented=st.booleans(),
    associations=seldom((), some),
    offices=seldom((), ones),
    on=st.just(DAY),
    joined_since=seldom(None, st.sampled_from(DAYS)),
    labels=seldom((), ones),
)


def is_concerned(one: Somebody, to: Audience) -> bool:
    """The rule, in words."""
    member = one.member if one.member and one.member.is_active else None
    theirs = {one.nearest, member.association if member else None} - {None}
    asked = [one.invented is to.invented, bool(one.ways) or member is not None]
    if to.internal:
        asked.append(is_inside(one, member, to.association_id))
    elif to.association_id:
        asked.append(to.association_id in theirs or not theirs)
    if to.coming_to:
        asked.append(one.answer in to.answers)
    if to.offices:
        asked.append(member is not None and any(holds(office, to) for office in one.offices))
    elif to.associations:
        asked.append(bool(theirs & set(to.associations)))
    if to.joined_since:
        asked.append(bool(member and member.joined_on and member.joined_on >= to.joined_since))
    if to.labels:
        theirs_still = one.labels if member else one.labels - {TAG}
        asked.append(bool(theirs_still & set(to.labels)))
    return all(asked)


def is_inside(one: Somebody, member: Known | None, there: int | None) -> bool:
    """Confirmed or a member there, or organising there from some account; `there` None: anywhere."""
    organises = False
    if one.role and one.role[0] in roles.ORGANISING and any(way.organises for way in one.ways):
        organises = there is None or one.role[1] in {None, there}
    if there is None:
        return organises or bool(one.insider) or member is not None
    return organises or there in one.insider or bool(member and member.association == there)


def holds(office: tuple[int, int, date, date | None], to: Audience) -> bool:
    """An office that the audience asks for, held on its day, and there."""
    kind, association, first, last = office
    on_time = first <= DAY and (last is None or last >= DAY)
    return kind in to.offices and on_time and (not to.associations or association in to.associations)


def way_of(one: Somebody, to: Audience) -> int | None:
    """The place of the account that it goes to."""
    usable = [n for n, way in enumerate(one.ways) if way.opened and way.reachable and not way.stopped]
    if not to.by_signup:
        usable = [n for n in usable if one.private_copies and one.ways[n].consent in YES]
    return min(usable, key=lambda n: (one.ways[n].consent not in YES, not one.ways[n].preferred, n), default=None)


@dataclass(frozen=True)
class Found:
    """What was previewed and what was queued: the account of each person, by numbers."""

    previewed: Reach
    queued: list[tuple[int, int]]
    again: int
    counted: int


def expected(people: list[Somebody], to: Audience) -> Found:
    """By the plain rule; accounts are numbered through."""
    concerned = [one for one in people if is_concerned(one, to)]
    queued: list[tuple[int, int]] = []
    platforms: dict[str, int] = {}
    number = 1
    for person_id, one in enumerate(people, 1):
        chosen = way_of(one, to) if is_concerned(one, to) else None
        if chosen is not None:
            queued.append((person_id, number + chosen))
            lane = one.ways[chosen].platform
            platforms[lane] = platforms.get(lane, 0) + 1
        number += len(one.ways)
    outside = [one.member for one in concerned if way_of(one, to) is None]
    elsewhere = [one for one in outside if one and one.is_active and (one.email or one.address)]
    return Found(Reach(0, platforms, Outside(len(outside), len(elsewhere))), queued, 0, len(concerned))


async def found(session: AsyncSession, people: list[Somebody], to: Audience) -> Found:
    """As the product does it, on what the database keeps of the audience."""
    accounts = itertools.count(1)
    rows = [row for number, one in enumerate(people, 1) for row in rows_of(number, one, accounts)]
    for first in (True, False):
        session.add_all(row for row in rows if isinstance(row, Person) is first)
        await session.flush()
    kept = from_json(to_json(to))
    previewed = await reach.preview(session, kept, association_ids=(), internal=False)
    post_id = await outbox.queue_post(
        session, "x", PostKind.CALL, private={"sv": Message(Markup("x"))}, priority=Priority.CALL, now=NOW
    )
    await outbox.queue_to_people(session, post_id or 0, reach.reached(kept), now=NOW, quiet=None)
    again = await outbox.queue_to_people(session, post_id or 0, reach.reached(kept), now=NOW, quiet=None)
    made = await session.execute(select(Delivery.person_id, Delivery.account_id).order_by(Delivery.person_id))
    return Found(previewed, [(row[0] or 0, row[1] or 0) for row in made], again, await count(session, kept))


def rows_of(number: int, one: Somebody, accounts: Iterator[int]) -> Iterator[Any]:
    """What the database keeps of somebody."""
    copies = {"private_copies": one.private_copies, "invented": one.invented, "association_id": one.nearest}
    yield Person(id=number, language="sv", created_at=NOW, **copies)
    for way in one.ways:
        values = {**vars(way), "id": next(accounts), "consent": way.consent.value, "created_at": NOW}
        yield Account(person_id=number, address="x", address_index=str(values["id"]).encode(), **values)
    if one.member:
        values = {"association_id": one.member.association, "created_at": NOW, "updated_at": NOW}
        register = {name: value for name, value in vars(one.member).items() if name != "association"}
        yield Member(person_id=number, name="x", **values, **register)
    for there in one.insider:
        yield Insider(person_id=number, association_id=there, confirmed_at=NOW)
    if one.role:
        role, there_or_all = one.role
        yield Role(person_id=number, role=role, association_id=there_or_all, name="x", granted_at=NOW)
    for kind, there, first, last in one.offices:
        yield Office(person_id=number, kind_id=kind, association_id=there, starts_on=first, ends_on=last)
    for label in one.labels:
        yield PersonLabel(person_id=number, label_id=label, at=NOW)
    if one.answer:
        yield Signup(activity_id=1, person_id=number, answer=one.answer.value, name="x", answered_at=NOW)


async def furnish(session: AsyncSession) -> None:
    """What persons can have to do with."""
    session.add_all(Association(id=n, name=f"{n}", created_at=NOW) for n in (NEAR, FAR))
    session.add_all(OfficeKind(id=n, name=f"{n}") for n in (1, 2))
    session.add_all(Label(id=n, kind="tag" if n == TAG else "interest", name=f"{n}") for n in (1, 2))
    await session.flush()
    when = {"starts_local": "x", "zone": "x", "starts_at": NOW, "created_at": NOW}
    session.add(Activity(id=1, association_id=NEAR, kind="meeting", open=True, title="x", **when))


@pytest.fixture(scope="module")
def asks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[list[Somebody], Audience], Found]]:
    """Asks the database about people and an audience; it is as empty afterwards as before."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        room = runner.run(stack.enter_async_context(open_room(tmp_path_factory.mktemp("reach"))))

        async def ask(people: list[Somebody], to: Audience) -> Found:
            async with AsyncSession(room.database.engine) as session:
                await furnish(session)
                answer = await found(session, people, to)
                await session.rollback()
                return answer

        yield lambda people, to: runner.run(ask(people, to))
        runner.run(stack.aclose())


SHORT = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)
worlds = given(people=st.lists(somebody, min_size=2, max_size=6), to=audience)


WAY = Way("telegram", True, True, False, Consent.YES, preferred=False, organises=True)
PLAIN = Somebody(False, NEAR, True, [WAY], None, frozenset(), None, [], frozenset(), None)
FORMER = Known(NEAR, "former", None, None, None)


@SHORT
@worlds
@example([replace(PLAIN, ways=[WAY, replace(WAY, platform="discord", preferred=True)])], Audience(False))
@example([replace(PLAIN, member=FORMER), replace(PLAIN, insider=frozenset((NEAR,)))], Audience(False, NEAR, True))
@example([replace(PLAIN, ways=[replace(WAY, consent=Consent.NO)]), replace(PLAIN, invented=True)], Audience(False))
@example([replace(PLAIN, ways=[], member=FORMER), replace(PLAIN, ways=[])], Audience(False))
def test_what_is_previewed_is_what_is_queued(asks, people, to):
    """Each person once, on the one channel that the rule names; nobody of the other world; the rest is counted."""
    assert asks(people, to) == expected(people, to)


@pytest.mark.long
@settings(SHORT, max_examples=1_000, derandomize=False)
@worlds
def test_what_is_previewed_is_what_is_queued_at_length(asks, people, to):
    """The same, for many more of them."""
    assert asks(people, to) == expected(people, to)
