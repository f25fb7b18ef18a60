"""What is known of one post and one person: the delivery, or what kept it from being made."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from chat.request import whole_number
from db import digest, reach, reminders
from db.audiences import Audience, concerned, from_json
from db.models import (
    Account,
    Activity,
    Answer,
    ConsentLog,
    Delivery,
    Person,
    Post,
    PostKind,
    Reminder,
    Signup,
    State,
)
from db.reach import ITS_ACCOUNT
from db.session import Rows


@dataclass(frozen=True, slots=True)
class Said:
    """A post without what it says. `association_id` and `open` are its activity's.

    `invented`: it is of the try-out page's world; None where a post has neither activity nor readers of its own.
    """

    id: int
    key: str
    kind: PostKind
    activity_id: int | None
    author_id: int | None
    created_at: datetime
    revision: int
    invented: bool | None
    association_id: int | None
    open: bool | None
    audience: Audience | None


_SAID = select(
    Post.id, Post.key, Post.kind, Post.activity_id, Post.author_id, Post.created_at, Post.revision,
    Activity.invented, Activity.association_id, Activity.open, Post.audience,
).outerjoin(Activity, Activity.id == Post.activity_id)  # fmt: skip


async def get_post(session: AsyncSession, name: str) -> Said | None:
    """The post of that number or key."""
    number = whole_number(name)
    wanted = Post.id == number if number else Post.key == name
    row: Any = (await session.execute(_SAID.where(wanted))).one_or_none()
    if row is None:
        return None
    post_id, key, kind, *rest, audience = row
    values = (*rest, from_json(audience) if audience else None)
    found = Said(post_id, key, PostKind(kind), *values)
    if found.audience is not None:
        return replace(found, invented=found.audience.invented)
    return replace(found, invented=digest.is_invented(found.key)) if found.kind is PostKind.DIGEST else found


@dataclass(frozen=True, slots=True)
class Way:
    """An account without its address."""

    id: int
    platform: str
    opened: bool
    reachable: bool
    stopped: bool
    consent: str


@dataclass(frozen=True, slots=True)
class Reader:
    """A person as far as it decides what reaches them. `consented_at`: when they last answered or stopped."""

    id: int
    invented: bool
    association_id: int | None
    created_at: datetime
    private_copies: bool
    digest: bool
    reminders: bool
    quiet_hours: str | None
    consented_at: datetime | None
    ways: tuple[Way, ...]


async def get_reader(session: AsyncSession, person_id: int) -> Reader | None:
    """That person."""
    consented = select(func.max(ConsentLog.at, type_=ConsentLog.at.type)).where(ConsentLog.person_id == person_id)
    query = select(
        Person.id, Person.invented, Person.association_id, Person.created_at, Person.private_copies,
        Person.digest, Person.reminders, Person.quiet_hours, consented.scalar_subquery(),
    )  # fmt: skip
    row = (await session.execute(query.where(Person.id == person_id))).one_or_none()
    columns = (Account.id, Account.platform, Account.opened, Account.reachable, Account.stopped, Account.consent)
    theirs = select(*columns).where(Account.person_id == person_id).order_by(Account.id)
    return Reader(*row, tuple(Way(*one) for one in await session.execute(theirs))) if row else None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a delivery stands."""

    id: int
    account_id: int | None
    lane: str
    state: State
    reason: str | None
    attempt: int
    not_before: datetime
    expires_at: datetime | None
    sent_at: datetime | None
    shown_revision: int


async def deliveries(session: AsyncSession, post_id: int, person_id: int) -> Sequence[Standing]:
    """The person's deliveries of the post."""
    query = select(
        Delivery.id, Account.id, Delivery.lane, Delivery.state, Delivery.reason, Delivery.attempt,
        Delivery.not_before, Delivery.expires_at, Delivery.sent_at, Delivery.shown_revision,
    ).outerjoin(Account, ITS_ACCOUNT)  # fmt: skip
    theirs = query.where(Delivery.post_id == post_id, Delivery.person_id == person_id)
    return [_standing(*row) for row in await session.execute(theirs.order_by(Delivery.part))]


def _standing(delivery_id: int, account_id: int | None, lane: str, state: str, *rest: Any) -> Standing:
    return Standing(delivery_id, account_id, lane, State(state), *rest)


async def groups(session: AsyncSession, post_id: int) -> int:
    """In how many groups the post stands."""
    sent = (Delivery.post_id == post_id, Delivery.chat_id.is_not(None), Delivery.state == State.SENT.value)
    return await session.scalar(select(func.count()).select_from(Delivery).where(*sent)) or 0


@dataclass(frozen=True, slots=True)
class Aim:
    """Whom a post of many is for, as things are now: the queries by which it is previewed and queued."""

    concerned: Rows
    reached: Rows
    audience: Audience


async def aim(session: AsyncSession, post: Said) -> Aim | None:
    """None for a post to single persons, or to groups only."""
    if post.audience is not None:
        return Aim(concerned(post.audience), reach.reached(post.audience), post.audience)
    match post.kind:
        case PostKind.DIGEST:
            everybody = Audience(bool(post.invented))
            readers = digest.people_of(digest.readers(post.key), invented=bool(post.invented))
            return Aim(concerned(everybody), readers, everybody)
        case PostKind.REMINDER if post.activity_id is not None:
            return await _reminded(session, post)
    return None


async def _reminded(session: AsyncSession, post: Said) -> Aim | None:
    """By the reminder's own rule, while it is kept."""
    _, activity_id, rule, version, *_ = post.key.split(":")
    query = select(Reminder.due_at).where(
        Reminder.activity_id == int(activity_id), Reminder.rule == rule, Reminder.version == int(version)
    )
    due_at = await session.scalar(query)
    if due_at is None:
        return None
    coming = Audience(bool(post.invented), coming_to=int(activity_id), answers=(Answer.COMING,))
    reminded = reminders.recipients([post.id], now=due_at).subquery()
    return Aim(concerned(coming), select(*list(reminded.c)[1:]), coming)


async def is_among(session: AsyncSession, people: Rows, person_id: int) -> bool:
    """True when the query's first column has that person."""
    return bool(await session.scalar(select(exists().where(people.subquery().c[0] == person_id))))


async def answered_at(session: AsyncSession, activity_id: int, person_id: int) -> datetime | None:
    """When the person last answered to the activity."""
    mine = (Signup.activity_id == activity_id, Signup.person_id == person_id)
    found: datetime | None = await session.scalar(select(Signup.answered_at).where(*mine))
    return found
