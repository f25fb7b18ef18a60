"""Whom a call that is out did not reach: groups that failed, and those concerned who are in no chat."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db import reach, roles
from db.audiences import concerned, from_json, is_seen
from db.inside import IS_ACTIVE
from db.models import Chat, Delivery, Member, Person, Post, Role, State
from db.reach import Outside
from db.roles import Rights
from db.session import Rows

NONE = Outside()


@dataclass(frozen=True, slots=True)
class Left:
    """`groups`: titles of those that the author may act for; `other_groups`: how many more failed.

    `outside`: those whom it concerns and who are reached in no chat. `named`: the author sees some
    register, and so who of them is in it; `seen`: that of all of them, and so exactly how many they are.
    """

    groups: tuple[str, ...] = ()
    other_groups: int = 0
    outside: Outside = NONE
    named: bool = False
    seen: bool = False


NOBODY = Left()


async def who_is_left(session: AsyncSession, post_id: int) -> Left:
    """Whom the post has not reached and will not reach."""
    covered = exists().where(Role.person_id == Post.author_id, roles.organising(Chat.association_id))
    failed = Delivery.state.in_((State.DEAD.value, State.EXPIRED.value))
    query = (
        select(Chat.title, covered)
        .join(Delivery, and_(Delivery.chat_id == Chat.id, Delivery.post_id == post_id, failed))
        .join(Post, Post.id == Delivery.post_id)
        .order_by(Chat.id)
    )
    rows = (await session.execute(query)).all()
    titles = tuple(row[0] for row in rows if row[1])
    post = (await session.execute(select(Post.author_id, Post.audience).where(Post.id == post_id))).one()
    rights = await roles.get_rights(session, post.author_id or 0)
    seen = bool(post.audience) and is_seen(from_json(post.audience), rights)
    gone = await _outside(session, post_id)
    return Left(titles, len(rows) - len(titles), gone, rights.is_registrar, seen)


async def _outside(session: AsyncSession, post_id: int) -> Outside:
    people = await outside(session, post_id)
    return NONE if people is None else await reach.outside(session, people)


async def outside(session: AsyncSession, post_id: int) -> Rows | None:
    """The ids of those whom the post concerns but was not queued for; None when it was for those who answered."""
    query = select(Post.audience).where(Post.id == post_id, Post.audience.is_not(None))
    kept = await session.scalar(query)
    audience = from_json(kept) if kept else None
    if audience is None or audience.by_signup:
        return None
    has_one = select(Delivery.person_id).where(Delivery.post_id == post_id, Delivery.person_id.is_not(None))
    return concerned(audience).where(Person.id.not_in(has_one))


def failed(post_id: int) -> Rows:
    """The ids of those to whom the post was sent in vain."""
    gave_up = Delivery.state.in_((State.DEAD.value, State.EXPIRED.value))
    return select(Delivery.person_id.label("id")).where(
        Delivery.post_id == post_id, Delivery.person_id.is_not(None), Delivery.part == 1, gave_up
    )


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody in the register, with how they can be reached by hand; `address` is a postal one in lines."""

    name: str
    phone: str | None
    email: str | None
    address: str | None


async def contacts(
    session: AsyncSession, people: Rows, rights: Rights, *, most: int, skip: int
) -> tuple[Sequence[Contact], int]:
    """Those of these persons whom the register names to who has these rights, and how many all of them are."""
    rows = people.subquery()
    theirs = (Member.person_id == rows.c.id, IS_ACTIVE)
    columns = (Member.name, Member.phone, Member.email, Member.address)
    query = select(*columns).join(rows, and_(*theirs)).order_by(Member.id)
    if not rights.keeps_register(None):
        query = query.where(Member.association_id.in_([one for one in rights.register if one is not None]))
    found = await session.execute(query.limit(most).offset(skip))
    every = await session.scalar(select(func.count()).select_from(rows)) or 0
    return [Contact(*row) for row in found], every
