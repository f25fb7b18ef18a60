"""Deliveries of which nobody knows whether they arrived: a person decides whether they are sent once more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Update, exists, func, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import digest, outbox, progress
from db.audiences import from_json
from db.models import Activity, ActivityState, Chat, Delivery, Person, Post, PostKind, State
from db.session import Rows, affected

PREFIX = "held:"
AFTER = "held:a"  # what sorts after every key with that prefix
_IS_HELD = literal_column("delivery.state = 'held'", Boolean)  # a partial index is not found by a parameter
AGAIN, LEFT = "again", "left"  # words of bot/delivery's Reason


@dataclass(frozen=True, slots=True)
class Held:
    """A post, and to how many persons and chats of it nobody knows whether it came.

    `association_id`: whose organisers decide when its author cannot; None: the district's. `narrow`: it was for an
    audience with a name, and how many of that it is tells who.
    """

    post_id: int
    kind: PostKind
    author_id: int | None
    activity_id: int | None
    title: str | None
    association_id: int | None
    people: int
    chats: int
    invented: bool
    narrow: bool = False


def _undecided(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        _IS_HELD,
        Delivery.reason.is_distinct_from(LEFT),
        or_(Delivery.expires_at.is_(None), Delivery.expires_at > now),
    )


def _held(now: datetime) -> Rows:
    """A row a post. Messages that follow a post, or ask about one, are nothing to ask about."""
    asides = [
        (Post.key >= prefix) & (Post.key < after)
        for prefix, after in ((PREFIX, AFTER), (progress.PREFIX, progress.AFTER))
    ]
    counted = (
        func.max(func.coalesce(Activity.association_id, Chat.association_id)).label("association_id"),
        func.count(Delivery.person_id).label("people"),
        func.count(Delivery.chat_id).label("chats"),
        func.count().filter(or_(Person.invented, Chat.invented)).label("invented"),
    )
    post = (Post.id, Post.key, Post.kind, Post.author_id, Post.activity_id, Post.audience, Activity.title)
    return (
        select(*post, *counted)
        .join(Post, Post.id == Delivery.post_id)
        .outerjoin(Activity, Activity.id == Post.activity_id)
        .outerjoin(Person, Person.id == Delivery.person_id)
        .outerjoin(Chat, Chat.id == Delivery.chat_id)
        .where(*_undecided(now), ~or_(*asides))
        .group_by(*post)
        .order_by(Post.id)
    )


async def undecided(session: AsyncSession, *, now: datetime) -> Sequence[Held]:
    """What waits for a decision, earliest post first; what has expired needs none."""
    return [_read(row) for row in await session.execute(_held(now))]


async def get_held(session: AsyncSession, post_id: int, *, now: datetime) -> Held | None:
    """What of that post waits for a decision."""
    row = (await session.execute(_held(now).where(Post.id == post_id))).one_or_none()
    return _read(row) if row else None


def _read(row: Any) -> Held:
    kind = PostKind(row.kind)
    whose = digest.readers(row.key).association_id if kind is PostKind.DIGEST else row.association_id
    about = (row.author_id, row.activity_id, row.title, whose)
    narrow = bool(row.audience) and from_json(row.audience).narrows
    return Held(row.id, kind, *about, row.people, row.chats, row.invented > 0, narrow)


async def is_called_off(session: AsyncSession, post_id: int) -> bool:
    """True when the post is about an activity that is cancelled."""
    query = select(Activity.state).join(Post, Post.activity_id == Activity.id).where(Post.id == post_id)
    return await session.scalar(query) == ActivityState.CANCELLED.value


async def is_too_late(session: AsyncSession, post_id: int, *, now: datetime) -> bool:
    """True when something of the post was never decided about and has expired."""
    late = (Delivery.post_id == post_id, Delivery.state == State.HELD.value, Delivery.expires_at <= now)
    return bool(await session.scalar(select(exists().where(*late, Delivery.reason.is_distinct_from(LEFT)))))


async def send_again(session: AsyncSession, post_id: int, *, now: datetime) -> int:
    """How many wait to be sent once more, and no more than once: marked like every second try.

    Without the moment of the first try, for that would hold them back again. Quiet hours stay what they were.
    """
    values = {"state": State.READY.value, "reason": AGAIN, "sent_at": None}
    sent = await affected(session, _decide(post_id, now).values(**values))
    if sent:
        await progress.take_up(session, post_id)
        outbox.wake(session)
    return sent


async def leave(session: AsyncSession, post_id: int, *, now: datetime) -> int:
    """How many stay as they are, and nobody is asked about them again."""
    return await affected(session, _decide(post_id, now).values(reason=LEFT))


def _decide(post_id: int, now: datetime) -> Update:
    return update(Delivery).where(Delivery.post_id == post_id, *_undecided(now))


@dataclass(frozen=True, slots=True)
class Question:
    """A message that asks about the post `about`, as it looks now."""

    id: int
    about: int
    private: str


async def next_key(session: AsyncSession, about: int) -> str:
    """The key of the next question about that post: what was sent anyway may be unsure again."""
    earlier = select(func.count()).where(Post.key >= f"{PREFIX}{about}:", Post.key < f"{PREFIX}{about}:a")
    return f"{PREFIX}{about}:{(await session.scalar(earlier) or 0) + 1}"


async def questions(session: AsyncSession) -> Sequence[Question]:
    """Those that nobody has answered."""
    query = select(Post.id, Post.key, Post.private).where(
        Post.key >= PREFIX, Post.key < AFTER, Post.expires_at.is_(None)
    )
    return [
        Question(post_id, int(key.split(":")[1]), private)
        for post_id, key, private in await session.execute(query)
    ]


async def is_asked(session: AsyncSession, question_id: int) -> bool:
    """True when the question reached somebody, or still may."""
    lost = (State.DEAD.value, State.EXPIRED.value, State.HELD.value, State.CANCELLED.value)
    there = exists().where(Delivery.post_id == question_id, Delivery.state.not_in(lost))
    return bool(await session.scalar(select(there)))


async def close(session: AsyncSession, about: int, answer: outbox.Content, *, now: datetime) -> None:
    """Every open question about that post says the answer instead; whom it has not reached yet is not asked."""
    asked = [one.id for one in await questions(session) if one.about == about]
    await outbox.cancel_unsent(session, asked, reason="cancelled")
    await outbox.revise(session, asked, private=answer)
    await session.execute(update(Post).where(Post.id.in_(asked)).values(expires_at=now))
