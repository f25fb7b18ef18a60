"""Linking: whom a code is for, and a guest who turns out to be a member."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    and_,
    delete,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from chat.address import Platform
from chat.markup import one_line
from db import codes, register, roles
from db.keys import Keys
from db.models import Account, Code, LinkRequest, Member, MemberStatus, Person, Role
from db.register import Card
from db.session import Rows, insert

MEMBER, TYPED = "member", "member-typed"  # codes of links, and digits
A_DAY = timedelta(days=1)
HANDED = ";"  # in what digits are for: before it who was asked for, behind it who they were handed over for
MOST_A_DAY = 3  # digits that an account asks for
MOST_FOR_ONE = 12  # to an address, by whomever: a stranger's three leave some for the one whose it is


async def member_of(session: AsyncSession, person_id: int) -> int | None:
    """The member whose person this is."""
    return (await session.scalars(select(Member.id).where(Member.person_id == person_id))).one_or_none()


async def offered(
    session: AsyncSession, keys: Keys, typed: str, *, person_id: int, now: datetime
) -> Sequence[Card]:
    """The members one of whom the person may be by that code, which stays unused; none when it is not valid.

    That takes the same work whatever is wrong with it. A family with one e-mail address has one code.
    """
    hashes = _hashes(keys, typed, person_id)
    argument = await codes.get_argument(session, hashes, person_id=person_id, now=now)
    return await _members(session, _handed(argument))


async def take(session: AsyncSession, keys: Keys, typed: str, *, person_id: int, now: datetime) -> Sequence[Card]:
    """The same, and the code is used."""
    hashes = _hashes(keys, typed, person_id)
    argument = await codes.take(session, hashes, person_id=person_id, now=now)
    return await _members(session, _handed(argument))


def _hashes(keys: Keys, typed: str, person_id: int) -> list[bytes]:
    """What is kept of it, were it a code of a link or the person's digits."""
    return [codes.long_hash(keys, MEMBER, typed), codes.digits_hash(keys, TYPED, person_id, typed)]


def _handed(argument: str | None) -> str:
    return (argument or "").rpartition(HANDED)[2]


async def _members(session: AsyncSession, argument: str | None) -> Sequence[Card]:
    numbers = [int(one) for one in argument.split(",")] if argument else [0]
    found = [await register.get_card(session, number, invented=False) for number in numbers]
    return [card for card in found if card and card.status == MemberStatus.ACTIVE]


async def burn_others(session: AsyncSession, card: Card, *, now: datetime) -> None:
    """No other code for that member is valid any more."""
    used = update(Code).where(Code.purpose == MEMBER, Code.argument == str(card.id), Code.used_at.is_(None))
    await session.execute(used.values(used_at=now))


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for digits. `cards`: whom they are for; none when nobody will get them."""

    code_id: int
    digits: str
    cards: Sequence[Card]


async def ask(
    session: AsyncSession,
    keys: Keys,
    email: str,
    *,
    person_id: int,
    account_id: int,
    valid: timedelta,
    now: datetime,
) -> Asked | None:
    """A code for the members with that address; None when that account has asked too often today.

    Where no member has it, or they were asked for too often, a code that nobody gets is made by the same work.
    """
    account = await session.scalar(select(Account.address_index).where(Account.id == account_id)) or b""
    if await _asked(session, LinkRequest.account_index == account, now=now) >= MOST_A_DAY:
        return None
    index = register.email_index(keys, email)
    too_often = await _asked(session, LinkRequest.email_index == index, now=now) >= MOST_FOR_ONE
    session.add(LinkRequest(account_index=account, email_index=index, at=now))
    cards = await register.with_email(session, keys, email, invented=False)
    if too_often:
        cards = ()
    argument = ",".join(str(card.id) for card in cards)
    code_id, digits = await codes.new_digits(
        session, keys, TYPED, argument=argument, person_id=person_id, valid=valid, now=now
    )
    return Asked(code_id, digits, cards)


async def _asked(session: AsyncSession, about: ColumnElement[bool], *, now: datetime) -> int:
    """How often, in a day."""
    query = select(func.count()).select_from(LinkRequest).where(about, LinkRequest.at > now - A_DAY)
    return await session.scalar(query) or 0


async def asked_for(session: AsyncSession, code_id: int, *, since: datetime) -> Sequence[Card]:
    """The members that the digits of that number are for, while they may still be handed over."""
    wanted = (Code.id == code_id, Code.purpose == TYPED, Code.used_at.is_(None), Code.created_at > since)
    argument = await session.scalar(select(Code.argument).where(*wanted)) or ""
    return await _members(session, argument.partition(HANDED)[0])


async def hand_over(
    session: AsyncSession,
    keys: Keys,
    code_id: int,
    cards: Sequence[Card],
    kept: Sequence[Card],
    *,
    valid: timedelta,
    now: datetime,
) -> str | None:
    """Fresh digits for those of the cards that are kept by whoever hands them over, and for no other.

    None when the code is used or gone. The others can still be handed over by who keeps them.
    """
    asked, handed = (",".join(str(card.id) for card in some) for some in (cards, kept))
    argument = f"{asked}{HANDED}{handed}"
    return await codes.renew(session, keys, TYPED, code_id, argument=argument, valid=valid, now=now)


def registrars(*association_ids: int | None, any_at_all: bool = True) -> Rows:
    """Each who keeps the register of one of these (None: the whole one), rows as `reach.reached` gives them.

    On an account that may use the role: another one of theirs may be in other hands. Not `any_at_all`: nobody, by
    the same question.
    """
    there = or_(
        Role.association_id.is_(None), Role.association_id.in_([one or 0 for one in association_ids] or [0])
    )
    keeps_it = or_(Role.role == roles.ADMIN, and_(Role.role == roles.REGISTRAR, there))
    keeps = select(Role.person_id).where(keeps_it)
    usable = (Account.opened, Account.reachable, Account.stopped.is_(False), Account.organises)
    first = select(func.min(Account.id)).where(*usable, Account.person_id.in_(keeps)).group_by(Account.person_id)
    query = select(Person.id, Account.id, Account.platform, literal("").label("quiet_hours"))
    query = query.join(Account, Account.person_id == Person.id)
    return query.where(Account.id.in_(first), Person.invented.is_(False), literal(int(any_at_all)) == 1)


async def mailbox(session: AsyncSession, keys: Keys, card: Card | None, address: str, *, now: datetime) -> Rows:
    """The member's e-mail address as an account of theirs for a day, rows as `reach.reached` gives them.

    It is never opened, so nothing but this finds it. None: the same work, and no rows.
    """
    person_id = card.person_id if card else 0
    platform = Platform.EMAIL.value
    index = keys.blind_index("address", platform, str(person_id), register.email_index(keys, address).hex())
    values = {
        "person_id": Person.id,
        "platform": literal(platform),
        "address": literal(one_line(card.email or "") if card else address, Account.address.type),
        "address_index": literal(index),
        "organises": false(),
        "created_at": literal(now, Account.created_at.type),
    }
    chosen = select(*values.values()).where(Person.id == person_id)
    made = insert(session, Account).from_select(list(values), chosen).on_conflict_do_nothing()
    await session.execute(made)
    columns = (Account.person_id, Account.id, Account.platform, literal("").label("quiet_hours"))
    return select(*columns).where(Account.address_index == index, Account.reachable)


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """E-mail addresses of over a day ago are accounts no longer, and nobody knows who asked for digits then."""
    await session.execute(delete(LinkRequest).where(LinkRequest.at <= now - A_DAY))
    old = (Account.platform == Platform.EMAIL.value, Account.created_at < now - A_DAY)
    await session.execute(delete(Account).where(*old))


async def unlinked_members(session: AsyncSession) -> Sequence[tuple[int, str | None]]:
    """Every active member without an account: number here, and the list's own."""
    linked = exists().where(Account.person_id == Person.id, Account.platform != Platform.EMAIL.value)
    query = select(Member.id, Member.number).join(Person, Person.id == Member.person_id).order_by(Member.id)
    query = query.where(Member.status == MemberStatus.ACTIVE.value, Person.invented.is_(False), ~linked)
    return [(number, of_list) for number, of_list in await session.execute(query)]
