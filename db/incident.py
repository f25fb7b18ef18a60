"""Who is affected when what is kept here may be in wrong hands (GDPR articles 33 and 34)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db import outbox
from db.models import Account, Activity, Association, Code, Draft, HelpOffer, Member, Person, Question, Signup
from db.session import affected

FREE_TEXT: Mapping[str, Any] = {
    "answers to activities": Signup,
    "questions": Question,
    "offers to help": HelpOffer,
    "drafts": Draft,
}


@dataclass(frozen=True, slots=True)
class Affected:
    """How many of an association, and what is known of them. `association` None: of none."""

    association: str | None
    persons: int
    members: int
    emails: int
    phones: int
    addresses: int


_OF = func.coalesce(Member.association_id, Person.association_id)


async def by_association(session: AsyncSession) -> Sequence[Affected]:
    """Every real person once, by the association of their membership, else of their choice."""
    counted = [func.count(one) for one in (Person.id, Member.id, Member.email, Member.phone, Member.address)]
    query = (
        select(Association.name, *counted)
        .select_from(Person)
        .outerjoin(Member, Member.person_id == Person.id)
        .outerjoin(Association, Association.id == _OF)
        .where(Person.invented.is_(False))
        .group_by(Association.id, Association.name)
        .order_by(Association.name)
    )
    return [Affected(*row[:6]) for row in await session.execute(query)]


async def kinds(session: AsyncSession) -> Mapping[str, int]:
    """How many accounts there are on each platform, and rows of what people wrote or answered."""
    real = Person.invented.is_(False)
    platforms = select(Account.platform, func.count()).join(Person).where(real).group_by(Account.platform)
    found = {
        f"accounts on {row[0]}": row[1] for row in await session.execute(platforms.order_by(Account.platform))
    }
    for name, table in FREE_TEXT.items():
        of_real = select(func.count()).select_from(table).join(Person, Person.id == table.person_id).where(real)
        found[name] = await session.scalar(of_real) or 0
    return found


@dataclass(frozen=True, slots=True)
class Concerned:
    """One whom it concerns, and the ways to them. `accounts`: "telegram 1001"."""

    person_id: int
    association: str
    name: str
    email: str
    phone: str
    address: str
    accounts: Sequence[str]


async def everybody(session: AsyncSession) -> Sequence[Concerned]:
    """Every real person, to be told."""
    accounts: dict[int, list[str]] = {}
    for row in await session.execute(select(Account.person_id, Account.platform, Account.address)):
        accounts.setdefault(row.person_id, []).append(f"{row.platform} {row.address}")
    columns = (Association.name.label("association"), Member.name, Member.email, Member.phone, Member.address)
    query = select(Person.id, *columns).outerjoin(Member, Member.person_id == Person.id)
    query = query.outerjoin(Association, Association.id == _OF).where(Person.invented.is_(False))
    found = []
    for number, *ways in await session.execute(query.order_by(Association.name, Person.id)):
        association, name, email, phone, address = (one or "" for one in ways)
        found.append(Concerned(number, association, name, email, phone, address, accounts.get(number, [])))
    return found


async def kill_codes(session: AsyncSession) -> int:
    """How many codes that were not used yet can be used no more."""
    return await affected(session, delete(Code).where(Code.used_at.is_(None)))


async def draw_cards_anew(session: AsyncSession, *, now: datetime) -> None:
    """What is to come gets cards with buttons of today in groups, once edits go out again."""
    ahead = select(Activity.id).where(Activity.starts_at > now, Activity.invented.is_(False))
    for activity_id in (await session.scalars(ahead)).all():
        await outbox.recount(session, activity_id)
