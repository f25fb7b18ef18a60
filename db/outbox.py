"""What is to be said to anybody but the one who asks: posts, and one delivery a person or chat."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, literal, or_, select, text, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat.message import Message, from_json, to_json
from chat.quiet import allowed_from, parse
from db import audiences
from db.audiences import Audience, is_by_signup
from db.models import Answer, Delivery, Person, Post, PostKind, Priority, State
from db.session import Rows, UtcDateTime, affected, insert

Content = Mapping[str, Message]  # by language, and by `for_answer` where it differs by that
NOTHING = "{}"  # content of a post that says nothing of its own: to groups, or of what it reminds of


@dataclass(frozen=True, slots=True)
class Quiet:
    """What decides when a person may hear something: the installation's zone and hours."""

    zone: ZoneInfo
    default: str


async def queue_post(
    session: AsyncSession,
    key: str,
    kind: PostKind,
    *,
    private: Content,
    group: Content | None = None,
    priority: Priority,
    now: datetime,
    expires_at: datetime | None = None,
    activity_id: int | None = None,
    author_id: int | None = None,
    audience: Audience | None = None,
) -> int | None:
    """The id of a new post; None when one with this key exists: whatever runs twice says a thing once."""
    query = insert(session, Post).values(
        key=key,
        kind=kind.value,
        private=pack(private),
        group=pack(group or {}),
        priority=int(priority),
        created_at=now,
        expires_at=expires_at,
        activity_id=activity_id,
        author_id=author_id,
        audience=audiences.to_json(audience) if audience else None,
    )
    made = await session.execute(query.on_conflict_do_nothing(index_elements=["key"]).returning(Post.id))
    post_id: int | None = made.scalar()
    return post_id


def for_answer(language: str, answer: Answer | str) -> str:
    """The key of what is said in that language to whoever gave that answer."""
    return f"{language}:{answer}"


def in_language(content: Content, language: str, default: str, *, answer: str | None = None) -> Message:
    """What a reader is told: in their language and for their answer, as far as it is there."""
    wanted = [for_answer(language, answer)] if answer else []
    return next(content[key] for key in (*wanted, language, default, *content) if key in content)


def pack(content: Content) -> str:
    """Messages by language as the post keeps them."""
    return json.dumps({language: to_json(message) for language, message in content.items()}, ensure_ascii=False)


def unpack(kept: str) -> dict[str, Message]:
    """Messages by language as `pack` kept them."""
    return {language: from_json(message) for language, message in json.loads(kept).items()}


async def queue_to_people(
    session: AsyncSession,
    post_id: int,
    people: Rows,
    *,
    now: datetime,
    quiet: Quiet | None,
    not_before: datetime | None = None,
) -> int:
    """How many of these persons (rows as `reach.reached` gives them) now have a delivery of the post.

    `quiet` None: at once, whatever the hour. A person has one delivery a post, however often this runs.
    """
    rows = people.subquery()
    when = await _when(session, rows, not_before or now, quiet)
    return await _queue(
        session, post_id, {"person_id": rows.c[0], "account_id": rows.c[1]}, rows.c.platform, when, rows
    )


async def queue_to_each(session: AsyncSession, people: Rows, *, now: datetime, quiet: Quiet | None) -> int:
    """As `queue_to_people`, of several posts at once: rows as `reach.coming` gives them, the post first."""
    rows = people.subquery()
    when = await _when(session, rows, now, quiet)
    return await _queue(
        session, rows.c[0], {"person_id": rows.c[1], "account_id": rows.c[2]}, rows.c.platform, when, rows
    )


async def _when(session: AsyncSession, rows: Any, start: datetime, quiet: Quiet | None) -> Any:
    moments = await _moments(session, start, quiet)
    return case(
        *((rows.c.quiet_hours.is_not_distinct_from(hours), _at(moment)) for hours, moment in moments.items()),
        else_=_at(start),
    )


async def _moments(session: AsyncSession, start: datetime, quiet: Quiet | None) -> dict[str | None, datetime]:
    """From when on each distinct set of quiet hours lets a message through: SQLite knows no zones."""
    if quiet is None:
        return {"": start}
    profiles = set(await session.scalars(select(Person.quiet_hours).distinct())) | {None}
    return {
        hours: allowed_from(start, parse(quiet.default if hours is None else hours), quiet.zone)
        for hours in profiles
    }


def _at(moment: datetime) -> Any:
    return literal(moment, UtcDateTime())


async def queue_to_chats(session: AsyncSession, post_id: int, chats: Rows, *, now: datetime) -> int:
    """How many of these chats (rows as `reach.chats` gives them) now have a delivery of the post."""
    rows = chats.subquery()
    return await _queue(session, post_id, {"chat_id": rows.c[0]}, rows.c.platform, _at(now), rows)


async def _queue(  # noqa: PLR0917 - one statement with its parts
    session: AsyncSession, post_id: Any, recipient: dict[str, Any], lane: Any, not_before: Any, rows: Any
) -> int:
    columns = {**recipient, "lane": lane, "not_before": not_before}
    chosen = (
        select(Post.id, Post.priority, Post.expires_at, *columns.values())
        .select_from(rows.join(Post, Post.id == post_id))
        .where(true())  # SQLite cannot tell ON CONFLICT from a join's ON without a WHERE
    )
    query = insert(session, Delivery).from_select(["post_id", "priority", "expires_at", *columns], chosen)
    made = await affected(session, query.on_conflict_do_nothing())
    if made:
        wake(session)
    return made


def wake(session: AsyncSession) -> None:
    """Delivery looks at once after this transaction's commit."""
    session.info["wake"] = True


async def revise(
    session: AsyncSession, post_ids: Iterable[int], *, private: Content, group: Content | None = None
) -> None:
    """Every copy of these posts is edited to look like this."""
    values = {
        "private": pack(private),
        "group": pack(group or {}),
        "revision": Post.revision + 1,
        "stale": True,
    }
    await session.execute(update(Post).where(Post.id.in_(list(post_ids))).values(**values))
    wake(session)


# Built once, in words that both databases know: every signup runs it.
_RECOUNT = text(
    "UPDATE post SET counts = counts + 1, stale = true WHERE activity_id = :activity AND kind = 'call'"
)


async def recount(session: AsyncSession, activity_id: int) -> None:
    """The cards of this activity in groups get their counts anew."""
    await session.execute(_RECOUNT, {"activity": activity_id})
    wake(session)


async def cancel_unsent(session: AsyncSession, post_ids: Iterable[int], *, reason: str) -> int:
    """How many deliveries of these posts will now never be sent. What is in the air lands or is over."""
    return await _call_off(session, Delivery.post_id.in_(list(post_ids)), reason=reason)


async def cancel_for(
    session: AsyncSession,
    person_id: int,
    kinds: Iterable[PostKind],
    *,
    activity_id: int | None = None,
    reason: str,
) -> None:
    """What waits to be sent to the person of these kinds (about that activity) never is.

    A message to those who come to something is no post to many: it still reaches them.
    """
    posts = select(Post.id).where(Post.kind.in_([kind.value for kind in kinds]), ~is_by_signup(Post.audience))
    if activity_id is not None:
        posts = posts.where(Post.activity_id == activity_id)
    await _call_off(session, Delivery.person_id == person_id, Delivery.post_id.in_(posts), reason=reason)


async def cancel_copies(session: AsyncSession, person_id: int, post_ids: Iterable[int], *, reason: str) -> None:
    """What waits to be sent to the person of these posts never is."""
    await _call_off(session, Delivery.person_id == person_id, Delivery.post_id.in_(list(post_ids)), reason=reason)


_WAITING = (State.READY.value, State.CLAIMED.value, State.HELD.value)


async def _call_off(session: AsyncSession, *which: ColumnElement[bool], reason: str) -> int:
    """How many of these will never be sent. What is in the air lands, but is not sent again if it does not."""
    # One statement: between two, a row could go from waiting into the air and be seen by neither.
    is_flying = Delivery.state == State.SENDING.value
    called_off = case((is_flying, State.SENDING.value), else_=State.CANCELLED.value)
    query = update(Delivery).where(*which, or_(is_flying, Delivery.state.in_(_WAITING)))
    query = query.values(state=called_off, reason=reason).returning(Delivery.state)
    states = await session.scalars(query, execution_options={"synchronize_session": False})
    return sum(state == State.CANCELLED.value for state in states)
