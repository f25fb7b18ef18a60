"""Everything that is kept about one person: to be shown, and to be erased."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, and_, delete, exists, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import approvals, register, tombstones
from db.import_members.forgotten import drop_lists_with
from db.import_members.rows import CHANGING, WAITING
from db.keys import Keys
from db.models import (
    TO_ONE,
    Account,
    Activity,
    Approval,
    Arrival,
    Audit,
    Base,
    ConsentLog,
    ConsentText,
    Delivery,
    Draft,
    LinkRequest,
    Person,
    Post,
    PostKind,
    Question,
    Signup,
    State,
)

Kept = dict[str, list[dict[str, Any]]]  # rows by table
Words = dict[str, dict[int, str]]  # names by number, by column
CALLED = {"association": "name", "office_kind": "name", "label": "name", "activity": "title"}
BY_ACCOUNT = {Arrival.__tablename__: "address_index", LinkRequest.__tablename__: "account_index"}
# Posts whose key begins so, with the id of the person whose name they say.
NAMED = (
    "correction",
    "corrected",
    "insider",
    "insider-yes",
    "insider-no",
    "insider-back",
    "help",
    "organiser-asked",
    "link-asked",
)


async def everything(session: AsyncSession, person_id: int) -> Kept:
    """Every row about the person, decrypted, names beside numbers, from every table that knows of persons."""
    kept: Kept = {}
    told = await _told_of(session, person_id)
    for table in Base.metadata.sorted_tables:
        condition = _about(table, person_id)
        if table.name == Post.__tablename__:
            condition = or_(condition, *told)
        if condition is None:
            continue
        rows = (await session.execute(select(table).where(condition))).mappings().all()
        if rows:
            words = await _words(session, table, rows)
            shown = await _without_others(session, table, rows)
            kept[table.name] = [_said(row, words) for row in shown]
    return kept


async def _without_others(
    session: AsyncSession, table: Table, rows: Sequence[Mapping[Any, Any]]
) -> Sequence[Mapping[Any, Any]]:
    """The rows without what says who asked for the person to be let in, or whom else the person asked about."""
    if table.name == Post.__tablename__:
        nothing = {"private": None, "group_content": None}
        return [{**row, **nothing} if approvals.names_somebody(row["key"]) else row for row in rows]
    if table.name == Approval.__tablename__:
        own = await approvals.naming_nobody(session, [row["id"] for row in rows])
        return [row if row["id"] in own else {**row, "argument": None} for row in rows]
    return rows


async def _words(session: AsyncSession, table: Table, rows: Sequence[Mapping[Any, Any]]) -> Words:
    """What the numbers in these rows stand for, by column."""
    words: Words = {}
    for column in table.c:
        for key in column.foreign_keys:
            other = key.column.table
            if other.name in CALLED:
                query = select(key.column, other.c[CALLED[other.name]])
                wanted = query.where(key.column.in_({row[column.name] for row in rows}))
                words[column.name] = {row[0]: row[1] for row in await session.execute(wanted)}
    return words


def _about(table: Table, person_id: int) -> Any:
    """What a row of that table about the person looks like; None when the table knows no persons."""
    if table.name == Person.__tablename__:
        return table.c.id == person_id
    if table.name == ConsentText.__tablename__:
        shown = select(ConsentLog.text_version, ConsentLog.language).where(ConsentLog.person_id == person_id)
        return tuple_(table.c.version, table.c.language).in_(shown)
    if table.name in BY_ACCOUNT:
        return table.c[BY_ACCOUNT[table.name]].in_(_indexes(person_id))
    if table.name == Audit.__tablename__:
        return or_(table.c.actor_id == person_id, table.c.object == f"person:{person_id}")
    if table.name == Draft.__tablename__:  # a list of members that waits is about others, and so is one's card
        return and_(table.c.person_id == person_id, table.c.form.not_in((WAITING, CHANGING)))
    # Not roles that they granted: those rows are about others.
    columns = [one for one in table.c if any(key.column.table.name == "person" for key in one.foreign_keys)]
    return or_(*(one == person_id for one in columns)) if columns else None


def _indexes(person_id: int) -> Any:
    return select(Account.address_index).where(Account.person_id == person_id)


def _said(row: Mapping[Any, Any], words: Words) -> dict[str, Any]:
    """The row as JSON can hold it, with a name beside each number that has one: "kind_id", and "kind" in words."""
    said: dict[str, Any] = {}
    for name, value in row.items():
        said[name] = _plain(value)
        if name in words:
            said[name.removesuffix("_id")] = words[name].get(value)
    return said


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value


async def upcoming_signups(session: AsyncSession, person_id: int, *, now: datetime) -> int:
    """How many activities to come the person has said yes or maybe to."""
    query = select(func.count()).select_from(Signup).join(Activity, Activity.id == Signup.activity_id)
    coming = (Signup.person_id == person_id, Signup.answer != "no", Activity.starts_at > now)
    return await session.scalar(query.where(*coming)) or 0


async def answered_activities(session: AsyncSession, person_id: int) -> list[int]:
    """The activities the person has answered to."""
    return list(await session.scalars(select(Signup.activity_id).where(Signup.person_id == person_id)))


async def named_activities(session: AsyncSession, person_id: int) -> list[int]:
    """The activities that name the person as the one who answers questions."""
    mine = (Activity.organiser_id == person_id, Activity.contact_name.is_not(None))
    return list(await session.scalars(select(Activity.id).where(*mine)))


async def unname(session: AsyncSession, activity_id: int) -> list[tuple[int, str, str]]:
    """The activity names nobody any more; its posts may still: id, what is said in private, what in groups."""
    await session.execute(update(Activity).where(Activity.id == activity_id).values(contact_name=None))
    posts = select(Post.id, Post.private, Post.group).where(Post.activity_id == activity_id)
    return [(row.id, row.private, row.group) for row in await session.execute(posts)]


async def erase(
    session: AsyncSession, keys: Keys, person_id: int, *, now: datetime, may_return: bool = False
) -> None:
    """The person is gone with everything that hangs on them, and what was said about them or to them alone.

    Activities they arranged stay, without them. The audit log keeps a number that leads to nobody, and tombstones
    keep them away: `may_return` with the next list they stand in, for who only left.
    """
    await tombstones.raise_for(session, keys, person_id, now=now, may_return=may_return)
    card = await register.card_of(session, person_id)
    if card:
        changing = (Draft.form == CHANGING, Draft.argument == str(card.id))
        await session.execute(delete(Draft).where(*changing))
    if card and not may_return:
        await drop_lists_with(session, card)
    await approvals.unname(session, person_id)
    await session.execute(delete(Post).where(await _posts_about(session, person_id)))
    await session.execute(delete(Arrival).where(Arrival.address_index.in_(_indexes(person_id))))
    await session.execute(delete(Person).where(Person.id == person_id))


async def _posts_about(session: AsyncSession, person_id: int) -> Any:
    """Personal posts that tell of the person, and those that went to nobody else."""
    told = await _told_of(session, person_id)
    to_them = exists().where(Delivery.post_id == Post.id, Delivery.person_id == person_id)
    to_others = exists().where(Delivery.post_id == Post.id, Delivery.person_id.is_distinct_from(person_id))
    alone = and_(Post.kind.in_([kind.value for kind in TO_ONE]), to_them, ~to_others)
    return or_(*told, alone)


async def _told_of(session: AsyncSession, person_id: int) -> list[Any]:
    """What posts look like, by their keys, that tell somebody of the person or answer them."""
    requests = await session.scalars(select(Approval.id).where(Approval.asked_by == person_id))
    asked = await session.scalars(select(Question.id).where(Question.person_id == person_id))
    told = [Post.key.startswith(f"{name}:{person_id}:") for name in NAMED]
    for question_id in asked:
        told += [Post.key == f"question:{question_id}", Post.key.startswith(f"answer:{question_id}:")]
    told += [Post.key.startswith(f"approval:{number}:") for number in requests]
    return [*told, Post.key.like(f"approval:%:{person_id}")]


async def cancel_waiting(session: AsyncSession, person_id: int) -> None:
    """What waits to be sent to the person is never sent, but for what is about their accounts."""
    waiting = (State.READY.value, State.CLAIMED.value, State.HELD.value)
    about_accounts = exists().where(Post.id == Delivery.post_id, Post.kind == PostKind.SECURITY.value)
    query = update(Delivery).where(Delivery.person_id == person_id, Delivery.state.in_(waiting), ~about_accounts)
    await session.execute(query.values(state=State.CANCELLED.value, reason="stopped"))
