"""The register: what is kept of each member, and how one is found without reading all."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from chat.address import Platform
from db.keys import Keys
from db.models import Account, Association, Audit, Member, MemberStatus, Person
from db.session import Rows

ENOUGH_DIGITS = 6  # of a telephone number, to find somebody by
ON_THE_CARD = ("give office", "end office", "tag")  # steps in the log that change what it shows
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Card:
    """A member as those see them who keep the register. `phone` is E.164, `address` a postal one in lines."""

    id: int
    person_id: int
    association_id: int | None
    association: str | None
    status: str  # a MemberStatus
    number: str | None
    name: str
    email: str | None
    phone: str | None
    address: str | None
    joined_on: date | None
    paid_until: date | None
    born_year: int | None
    language: str


_CARDS: Rows = (
    select(
        Member.id,
        Member.person_id,
        Member.association_id,
        Association.name.label("association"),
        Member.status,
        Member.number,
        Member.name,
        Member.email,
        Member.phone,
        Member.address,
        Member.joined_on,
        Member.paid_until,
        Member.born_year,
        Person.language,
    )
    .join(Person, Person.id == Member.person_id)
    .outerjoin(Association, Association.id == Member.association_id)
)


async def get_card(session: AsyncSession, member_id: int, *, invented: bool) -> Card | None:
    """That member."""
    query = _CARDS.where(Member.id == member_id, Person.invented.is_(invented))
    row = (await session.execute(query)).one_or_none()
    return Card(*row) if row else None


async def card_of(session: AsyncSession, person_id: int) -> Card | None:
    """What the register knows of that person."""
    row = (await session.execute(_CARDS.where(Member.person_id == person_id))).one_or_none()
    return Card(*row) if row else None


async def is_changed_since(session: AsyncSession, person_id: int, at: datetime) -> bool:
    """True when something on that member's card is not as it was then: details, an office, a tag."""
    details = exists().where(Member.person_id == person_id, Member.updated_at > at)
    step = (Audit.object == f"person:{person_id}", Audit.action.in_(ON_THE_CARD), Audit.at > at)
    return bool(await session.scalar(select(or_(details, exists().where(*step)))))


async def cards(session: AsyncSession, *, invented: bool, association_id: int | None = None) -> Sequence[Card]:
    """Every member of the association (None: of all), former ones too, in the order of their numbers here."""
    query = _CARDS.where(Person.invented.is_(invented)).order_by(Member.id)
    if association_id is not None:
        query = query.where(Member.association_id == association_id)
    return [Card(*row) for row in await session.execute(query)]


@dataclass(frozen=True, slots=True)
class Strength:
    """How many members an association (None: no association) has, and how many of the active have an account."""

    association_id: int | None
    association: str | None
    active: int
    former: int
    linked: int


async def strengths(session: AsyncSession, *, invented: bool) -> Sequence[Strength]:
    """Of every association that has members, by name."""
    is_active = Member.status == MemberStatus.ACTIVE.value
    has_account = exists().where(Account.person_id == Member.person_id, Account.platform != Platform.EMAIL.value)
    query = (
        select(
            Member.association_id,
            Association.name,
            func.count().filter(is_active),
            func.count().filter(~is_active),
            func.count().filter(is_active, has_account),
        )
        .join(Person, Person.id == Member.person_id)
        .outerjoin(Association, Association.id == Member.association_id)
        .where(Person.invented.is_(invented))
        .group_by(Member.association_id, Association.name)
        .order_by(func.lower(Association.name))
    )
    return [Strength(*row) for row in await session.execute(query)]


async def with_email(session: AsyncSession, keys: Keys, email: str, *, invented: bool) -> Sequence[Card]:
    """The active members with that e-mail address, however it is written; a family may share one."""
    index = email_index(keys, email)
    query = _CARDS.where(Member.email_index == index, Member.status == MemberStatus.ACTIVE.value)
    query = query.where(Person.invented.is_(invented)).order_by(Member.id)
    return [Card(*row) for row in await session.execute(query)]


async def find(
    session: AsyncSession, words: str, *, invented: bool, associations: Collection[int] | None
) -> Sequence[Card]:
    """The active members of these associations (None: of all) whom the words may mean, by name.

    Every word begins a part of the name, or is the membership number, the e-mail address or the end of the
    telephone number. Names are encrypted: all of them are read.
    """
    wanted = words.casefold().split()
    query = _CARDS.where(Person.invented.is_(invented), Member.status == MemberStatus.ACTIVE.value)
    if associations is not None:
        query = query.where(Member.association_id.in_(associations))
    every = [Card(*row) for row in await session.execute(query)]
    found = [one for one in every if wanted and all(_says(one, word) for word in wanted)]
    return sorted(found, key=lambda one: one.name.casefold())


def _says(one: Card, word: str) -> bool:
    if any(part.startswith(word) for part in one.name.casefold().replace("-", " ").split()):
        return True
    digits = word.lstrip("0+").replace("-", "")
    is_phone = len(digits) >= ENOUGH_DIGITS and digits.isdecimal() and (one.phone or "").endswith(digits)
    return is_phone or word in {(one.number or "").casefold(), (one.email or "").casefold()}


def folded_number(number: str) -> str:
    """A membership number as it is compared: spaces and capitals make no difference."""
    return "".join(number.split()).casefold()


def folded_email(email: str) -> str:
    """An e-mail address as it is compared, however it is capitalised and composed."""
    return unicodedata.normalize("NFC", email.strip()).casefold()


def folded_name(name: str) -> str:
    """A name as it is compared: its words, in whatever order."""
    return " ".join(sorted(_WORD.findall(unicodedata.normalize("NFC", name).casefold())))


def number_index(keys: Keys, number: str) -> bytes:
    """The blind index of a membership number."""
    return keys.blind_index("member.number", folded_number(number))


def email_index(keys: Keys, email: str) -> bytes:
    """The blind index of an e-mail address."""
    return keys.blind_index("member.email", folded_email(email))


def phone_index(keys: Keys, phone: str) -> bytes:
    """The blind index of a telephone number in E.164."""
    return keys.blind_index("member.phone", phone)


def masked(name: str) -> str:
    """What is shown of a name before somebody has said that it is theirs: "T… T…"."""
    return " ".join(f"{word[0]}…" for word in name.split())
