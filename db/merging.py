"""Two persons who turn out to be one: everything of the guest becomes the member's."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    PrimaryKeyConstraint,
    RowMapping,
    UniqueConstraint,
    delete,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from db import outbox, privacy
from db.accounts import accounts, has_roles, lock, prefer_none
from db.linking import member_of
from db.models import Account, Approval, Base, Person, Post, Role, Signup, State

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


async def merge(session: AsyncSession, guest_id: int, person_id: int, *, now: datetime) -> None:
    """Everything of the guest is the person's, and the guest is gone.

    Of two answers to one activity the later holds. Rights never come with it: where both had roles the guest's
    are gone, and no account has what it had not before. ValueError when the guest is a member.
    """
    if await member_of(session, guest_id) is not None:
        raise ValueError("a member is not merged into another")
    await lock(session, guest_id, person_id)
    await _keep_rights_apart(session, guest_id, person_id)
    await session.execute(update(Account).where(Account.person_id == guest_id).values(linked_at=now))
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
