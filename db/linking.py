"""Linking: whom a code is for, and a guest who turns out to be a member."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    PrimaryKeyConstraint,
    RowMapping,
    UniqueConstraint,
    and_,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from db import codes, outbox, privacy, register, roles
from db.accounts import accounts, has_roles, lock, prefer_none
from db.keys import Keys
from db.models import Account, Approval, Base, Code, Member, MemberStatus, Person, Post, Role, Signup, State
from db.register import Card
from db.session import Rows

MEMBER, TYPED = "member", "member-typed"  # codes of links, and digits
A_DAY = timedelta(days=1)
MOST_A_DAY = 3  # digits, for one who asks and for one who is asked for
# Of two deliveries of one post the one that came furthest is kept.
_CAME = [State.READY, State.CLAIMED, State.HELD, State.SENDING, State.SENT]
Rank = Callable[[RowMapping], Any]
# Where a key lets only one row stand, the highest does; elsewhere the member's own.
_RANKS: Mapping[str, Rank] = {
    "signup": lambda row: row["answered_at"],
    "draft": lambda row: row["expires_at"],
    "delivery": lambda row: _CAME.index(State(row["state"])) if row["state"] in _CAME else -1,
}


def _alike(row: RowMapping) -> int:
    return 0


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
    return await _members(session, await codes.get_argument(session, hashes, person_id=person_id, now=now))


async def take(session: AsyncSession, keys: Keys, typed: str, *, person_id: int, now: datetime) -> Sequence[Card]:
    """The same, and the code is used."""
    hashes = _hashes(keys, typed, person_id)
    return await _members(session, await codes.take(session, hashes, person_id=person_id, now=now))


def _hashes(keys: Keys, typed: str, person_id: int) -> list[bytes]:
    """What is kept of it, were it a code of a link or the person's digits."""
    return [codes.long_hash(keys, MEMBER, typed), codes.digits_hash(keys, TYPED, person_id, typed)]


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
    session: AsyncSession, keys: Keys, email: str, *, person_id: int, valid: timedelta, now: datetime
) -> Asked | None:
    """A code for the members with that address; None when the person has asked too often today.

    Where no member has it, or they were asked for too often, a code that nobody gets is made by the same work.
    """
    since = now - A_DAY
    if await codes.made_since(session, TYPED, Code.person_id == person_id, since=since) >= MOST_A_DAY:
        return None
    cards = await register.with_email(session, keys, email, invented=False)
    argument = ",".join(str(card.id) for card in cards)
    if await codes.made_since(session, TYPED, Code.argument == (argument or "-"), since=since) >= MOST_A_DAY:
        cards, argument = (), ""
    code_id, digits = await codes.new_digits(
        session, keys, TYPED, argument=argument, person_id=person_id, valid=valid, now=now
    )
    return Asked(code_id, digits, cards)


async def asked_for(session: AsyncSession, code_id: int, *, since: datetime) -> Sequence[Card]:
    """The members that the digits of that number are for, while they may still be handed over."""
    wanted = (Code.id == code_id, Code.purpose == TYPED, Code.used_at.is_(None), Code.created_at > since)
    return await _members(session, await session.scalar(select(Code.argument).where(*wanted)))


def registrars(association_id: int | None, *, any_at_all: bool = True) -> Rows:
    """Each who keeps the register of that association (None: the whole one), rows as `reach.reached` gives them.

    On an account that may use the role: another one of theirs may be in other hands. Not `any_at_all`: nobody, by
    the same question.
    """
    there = or_(Role.association_id.is_(None), Role.association_id == (association_id or 0))
    keeps_it = or_(Role.role == roles.ADMIN, and_(Role.role == roles.REGISTRAR, there))
    keeps = select(Role.person_id).where(keeps_it)
    usable = (Account.opened, Account.reachable, Account.stopped.is_(False), Account.organises)
    first = select(func.min(Account.id)).where(*usable, Account.person_id.in_(keeps)).group_by(Account.person_id)
    query = select(Person.id, Account.id, Account.platform, literal("").label("quiet_hours"))
    query = query.join(Account, Account.person_id == Person.id)
    return query.where(Account.id.in_(first), Person.invented.is_(False), literal(int(any_at_all)) == 1)


async def unlinked_members(session: AsyncSession) -> Sequence[tuple[int, str | None]]:
    """Every active member without an account: number here, and the list's own."""
    linked = exists().where(Account.person_id == Person.id)
    query = select(Member.id, Member.number).join(Person, Person.id == Member.person_id).order_by(Member.id)
    query = query.where(Member.status == MemberStatus.ACTIVE.value, Person.invented.is_(False), ~linked)
    return [(number, of_list) for number, of_list in await session.execute(query)]


async def merge(session: AsyncSession, guest_id: int, person_id: int) -> None:
    """Everything of the guest is the person's, and the guest is gone.

    Of two answers to one activity the later holds. Rights never come with it: where both had roles the guest's
    are gone, and no account has what it had not before. ValueError when the guest is a member.
    """
    if await member_of(session, guest_id) is not None:
        raise ValueError("a member is not merged into another")
    await lock(session, guest_id, person_id)
    await _keep_rights_apart(session, guest_id, person_id)
    await _settle_settings(session, guest_id, person_id)
    both = await _answered_by_both(session, guest_id, person_id)
    for column in references():
        await _give_way(session, column, guest_id, person_id)
        await session.execute(update(column.table).where(column == guest_id).values({column: person_id}))
    for number in (Role.granted_by, Approval.decided_by):  # no references: they outlive who they name
        await session.execute(update(number.class_).where(number == guest_id).values({number: person_id}))
    await _rename_posts(session, guest_id, person_id)
    await session.execute(delete(Person).where(Person.id == guest_id))
    for activity_id in both:
        await outbox.recount(session, activity_id)


def references() -> list[Column[Any]]:
    """Every column that says whose a row is: what the models know, so that no table is forgotten."""
    columns = [column for table in Base.metadata.sorted_tables for column in table.columns]
    return [one for one in columns if any(key.column.table.name == "person" for key in one.foreign_keys)]


async def _keep_rights_apart(session: AsyncSession, guest_id: int, person_id: int) -> None:
    if await has_roles(session, person_id):
        await session.execute(delete(Role).where(Role.person_id == guest_id))
        await _organise_no_more(session, guest_id)
    elif await has_roles(session, guest_id):
        await _organise_no_more(session, person_id)


async def _organise_no_more(session: AsyncSession, person_id: int) -> None:
    await session.execute(update(Account).where(Account.person_id == person_id).values(organises=False))


_CHOSEN = ("language", "reminders", "digest", "private_copies", "quiet_hours")


async def _settle_settings(session: AsyncSession, guest_id: int, person_id: int) -> None:
    """Who had no account here had set nothing: the guest's settings hold. Else the person's own do."""
    guest, person = await session.get_one(Person, guest_id), await session.get_one(Person, person_id)
    values: dict[str, Any] = {"greeted_at": person.greeted_at or guest.greeted_at}
    if await accounts(session, person_id):
        values["association_id"] = person.association_id or guest.association_id
        if await session.scalar(select(exists().where(Account.person_id == person_id, Account.preferred))):
            await prefer_none(session, guest_id)
    else:
        values |= {name: getattr(guest, name) for name in _CHOSEN}
        values["association_id"] = guest.association_id or person.association_id
    await session.execute(update(Person).where(Person.id == person_id).values(**values))


async def _answered_by_both(session: AsyncSession, guest_id: int, person_id: int) -> Sequence[int]:
    theirs = select(Signup.activity_id).where(Signup.person_id.in_([guest_id, person_id]))
    return list(await session.scalars(theirs.group_by(Signup.activity_id).having(func.count() > 1)))


async def _give_way(session: AsyncSession, column: Column[Any], guest_id: int, person_id: int) -> None:
    """Of rows that could not both be the person's, one is gone."""
    table, keys = column.table, _keys_with(column)
    if not keys:
        return
    theirs = (await session.execute(select(table).where(column == guest_id))).mappings().all()
    own = (await session.execute(select(table).where(column == person_id))).mappings().all()
    rank: Rank = _RANKS.get(table.name, _alike)
    for names in keys:
        standing = {tuple(row[name] for name in names): row for row in own}
        for row in theirs:
            twin = standing.get(tuple(row[name] for name in names))
            if twin is not None:
                goes = twin if rank(row) > rank(twin) else row
                same = (one == goes[one.name] for one in table.primary_key.columns)
                await session.execute(delete(table).where(*same))


def _keys_with(column: Column[Any]) -> list[list[str]]:
    """The other columns of each key of the table in which that column is."""
    constraints = [
        one for one in column.table.constraints if isinstance(one, PrimaryKeyConstraint | UniqueConstraint)
    ]
    keys = [one.columns.keys() for one in (*constraints, *(one for one in column.table.indexes if one.unique))]
    return [[name for name in key if name != column.name] for key in keys if column.name in key]


async def _rename_posts(session: AsyncSession, guest_id: int, person_id: int) -> None:
    """What was told of the guest is found, and forgotten, as the person's."""
    for name in privacy.NAMED:
        old = f"{name}:{guest_id}:"
        posts = select(Post.id, Post.key).where(Post.key.startswith(old, autoescape=True))
        for post_id, key in (await session.execute(posts)).all():
            new = f"{name}:{person_id}:{key.removeprefix(old)}:{guest_id}"  # never one that is there already
            await session.execute(update(Post).where(Post.id == post_id).values(key=new))
