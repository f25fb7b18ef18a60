"""Who gets the week on Mondays: chats and persons, by whose things come first and what they may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db import reach, roles
from db.audiences import Audience
from db.inside import IS_ACTIVE, is_inside
from db.models import Association, Chat, Insider, Level, Member, Person, Role
from db.session import Rows


@dataclass(frozen=True, slots=True)
class Profile:
    """Readers of the same digest.

    `association_id`: whose things come first (None: nobody's).
    `inside`: whose internal things are shown (0: nobody's).
    """

    association_id: int | None
    inside: int


def key(week: str, profile: Profile, *, invented: bool) -> str:
    """The key of that week's digest for readers with this profile."""
    return f"digest:{week}:{int(invented)}:{profile.association_id or 0}:{profile.inside}"


def readers(key: str) -> Profile:
    """The profile of those whom the digest under that key is for."""
    association_id, inside = key.split(":")[3:5]
    return Profile(int(association_id) or None, int(inside))


def is_invented(key: str) -> bool:
    """True when the digest under that key is the try-out page's."""
    return key.split(":")[2] == "1"


def _person_inside() -> ColumnElement[int]:
    """The association whose internal things a person sees in the digest: their own, or one they belong to."""
    mine = or_(
        is_inside(Person.id, lambda column: column == Person.association_id),
        exists().where(Role.person_id == Person.id, roles.organising(Person.association_id)),
    )
    own = case((mine, Person.association_id))
    theirs = func.coalesce(Member.association_id, _district(Person.invented))
    member = select(theirs).where(Member.person_id == Person.id, IS_ACTIVE).scalar_subquery()
    other = select(func.min(Insider.association_id)).where(Insider.person_id == Person.id).scalar_subquery()
    return func.coalesce(own, member, other, literal(0, Integer))


def _chat_inside() -> ColumnElement[int]:
    """The association whose internal things a chat sees: its own, or the district, when its level is internal."""
    own = func.coalesce(Chat.association_id, _district(Chat.invented), literal(0, Integer))
    return case((Chat.level == Level.INTERNAL.value, own), else_=literal(0, Integer))


def _district(invented: Any) -> ColumnElement[int]:
    """The district's id in that world, of a column."""
    query = select(func.min(Association.id)).where(Association.is_district, Association.invented == invented)
    return query.scalar_subquery()


def people(*, invented: bool) -> Rows:
    """Persons who said yes and want the digest, as `reach.reached` gives them."""
    return reach.reached(Audience(invented)).where(Person.digest)


def chats(*, invented: bool) -> Rows:
    """Bound chats that want the digest, as `reach.chats` gives them."""
    return reach.chats(invented=invented, association_ids=None, internal=False).where(Chat.digest)


def people_of(profile: Profile, *, invented: bool) -> Rows:
    """Those of `people` with this profile."""
    same = Person.association_id.is_not_distinct_from(profile.association_id)
    return people(invented=invented).where(same, _person_inside() == profile.inside)


def chats_of(profile: Profile, *, invented: bool) -> Rows:
    """Those of `chats` with this profile."""
    same = Chat.association_id.is_not_distinct_from(profile.association_id)
    return chats(invented=invented).where(same, _chat_inside() == profile.inside)


async def profiles(session: AsyncSession, *, invented: bool) -> Sequence[Profile]:
    """Every profile that somebody has."""
    persons = people(invented=invented).with_only_columns(Person.association_id, _person_inside())
    groups = chats(invented=invented).with_only_columns(Chat.association_id, _chat_inside())
    found = {(row[0], row[1]) for query in (persons, groups) for row in await session.execute(query.distinct())}
    return [Profile(*one) for one in sorted(found, key=lambda one: (one[0] or 0, one[1]))]
