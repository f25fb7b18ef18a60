"""Whom something is for: one type for calls, messages and whatever else is said to many, and its SQL."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from db import labels, offices
from db.inside import IS_ACTIVE, is_inside
from db.models import Account, Answer, Member, Office, Person, PersonLabel, Role, Signup
from db.roles import Rights, organising
from db.session import Rows

VERSION = 1  # of the JSON


@dataclass(frozen=True, slots=True)
class Audience:
    """Which persons something concerns: within a field any of, across fields all of; an empty field asks nothing.

    `invented` keeps the try-out page's world apart. `association_id`: whose call it is, for those to whom that
    association is nearest (None: the whole district). `internal`: only those inside it, or inside any.
    `coming_to`: those who gave one of `answers` to that activity; `consented` asks them for consent all the same,
    where it is not about what they signed up for. `associations`: those who belong there. `offices`: those who
    hold one of these kinds on the day `on`, in one of `associations` where these are named. `joined_since`:
    members who joined that day or later. `labels`: those who have one of them.
    """

    invented: bool
    association_id: int | None = None
    internal: bool = False
    coming_to: int | None = None
    answers: tuple[Answer, ...] = (Answer.COMING, Answer.MAYBE)
    consented: bool = False
    associations: tuple[int, ...] = ()
    offices: tuple[int, ...] = ()
    on: date | None = None
    joined_since: date | None = None
    labels: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """ValueError for offices without the day that they are held."""
        if self.offices and self.on is None:
            raise ValueError("offices without a day")

    @property
    def by_signup(self) -> bool:
        """True when the signup itself is the wish to hear of it."""
        return self.coming_to is not None and not self.consented

    @property
    def narrows(self) -> bool:
        """True when it asks for more than whose it is, what is internal, or a signup to what it is about."""
        return bool(self.associations or self.offices or self.joined_since or self.labels or self.consented)


def is_seen(audience: Audience, rights: Rights) -> bool:
    """True when those rights show the register of all whom it is for: exact numbers tell them nothing new."""
    whose = audience.associations or (audience.association_id,)
    return all(rights.keeps_register(one) for one in whose)


_USUAL = {one.name: one.default for one in fields(Audience)}


def to_json(audience: Audience) -> str:
    """The audience as it is kept."""
    values = {name: getattr(audience, name) for name, usual in _USUAL.items() if getattr(audience, name) != usual}
    return json.dumps({"version": VERSION, **values}, default=date.isoformat, separators=(",", ":"))


def from_json(kept: str) -> Audience:
    """The audience as `to_json` kept it. ValueError when a newer version wrote it."""
    values: dict[str, Any] = json.loads(kept)
    if values.pop("version") > VERSION:
        raise ValueError("an audience of a newer version")
    for name, value in values.items():
        if name in {"on", "joined_since"}:
            values[name] = date.fromisoformat(value)
        elif isinstance(value, list):
            values[name] = tuple(value)
    if "answers" in values:
        values["answers"] = tuple(Answer(one) for one in values["answers"])
    return Audience(**values)


def is_internal(kept: Any) -> ColumnElement[bool]:
    """True of a column with an audience as it is kept, when that is of those inside only."""
    return and_(kept.is_not(None), kept.contains('"internal":true'))


def is_by_signup(kept: Any) -> ColumnElement[bool]:
    """True of a column with an audience as it is kept, when the signup itself is the wish to hear of it."""
    coming = kept.contains('"coming_to":', autoescape=True)
    return and_(kept.is_not(None), coming, ~kept.contains('"consented":true'))


def concerned(audience: Audience) -> Rows:
    """The ids of the persons of an audience, reachable or not.

    Somebody without any account concerns nobody, unless they are a member.
    """
    return select(Person.id).where(*meant(audience), _IS_THERE)


_IS_THERE = or_(
    exists().where(Account.person_id == Person.id), exists().where(Member.person_id == Person.id, IS_ACTIVE)
)


def meant(audience: Audience) -> list[ColumnElement[bool]]:
    """What is true of each person of an audience; that somebody is there at all is not among it."""
    asked: list[ColumnElement[bool]] = [Person.invented.is_(audience.invented)]
    if audience.internal:
        asked.append(_is_inside(audience.association_id))
    elif audience.association_id is not None:
        asked.append(or_(_is_theirs([audience.association_id]), _HAS_NONE))
    if audience.coming_to is not None:
        answers = [answer.value for answer in audience.answers]
        signups = (Signup.activity_id == audience.coming_to, Signup.answer.in_(answers))
        asked.append(Person.id.in_(select(Signup.person_id).where(*signups)))
    if audience.offices and audience.on:
        asked.append(_holds(audience, audience.on))
    elif audience.associations:
        asked.append(_is_theirs(audience.associations))
    if audience.joined_since is not None:
        joined = select(Member.person_id).where(IS_ACTIVE, Member.joined_on >= audience.joined_since)
        asked.append(Person.id.in_(joined))
    if audience.labels:
        labelled = select(PersonLabel.person_id).where(PersonLabel.label_id.in_(audience.labels), labels.counts())
        asked.append(Person.id.in_(labelled))
    return asked


def _is_inside(association_id: int | None) -> ColumnElement[bool]:
    organises = exists().where(Role.person_id == Person.id, organising(association_id))
    if association_id is None:
        return or_(is_inside(Person.id, lambda _: true()), organises)
    return or_(is_inside(Person.id, lambda column: column == association_id), organises)


def _is_theirs(associations: Sequence[int]) -> ColumnElement[bool]:
    """One of these is the one they chose as nearest, or the one whose member they are."""
    member = (Member.person_id == Person.id, IS_ACTIVE, Member.association_id.in_(associations))
    return or_(Person.association_id.in_(associations), exists().where(*member))


# Somebody without an association has no nearer one than all of them.
_HAS_NONE = and_(
    Person.association_id.is_(None),
    ~exists().where(Member.person_id == Person.id, IS_ACTIVE, Member.association_id.is_not(None)),
)


def _holds(audience: Audience, on: date) -> ColumnElement[bool]:
    held = select(Office.person_id).where(Office.kind_id.in_(audience.offices), offices.holds(on))
    if audience.associations:
        held = held.where(Office.association_id.in_(audience.associations))
    return Person.id.in_(held)


async def count(session: AsyncSession, audience: Audience) -> int:
    """How many persons the audience has now."""
    query = concerned(audience).with_only_columns(func.count(Person.id))
    return await session.scalar(query) or 0
