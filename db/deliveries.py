"""The ledger of what goes out: claims, intents and acknowledgements. What they mean is decided in bot/delivery."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, null, or_, select, update
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from db.audiences import is_by_signup, is_internal
from db.hold import NOT_ON_HOLD
from db.models import Account, Activity, Chat, Consent, Delivery, Person, Post, Priority, Signup, State, Worker
from db.prepared import Prepared
from db.reach import ITS_ACCOUNT
from db.session import affected, rows

_waiting = aliased(Delivery, name="waiting")
# As the partial indexes say it: SQLite does not match a parameter.
_IS_READY = sql("waiting.state = 'ready'")
_IS_FLYING = sql("delivery.state IN ('claimed', 'sending')")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery on its way, with what is needed to decide about it and to say it.

    `sent_at`: from when on the platform may have it. `account` and `chat` are addresses, one of them None.
    """

    id: int
    post_id: int
    person_id: int | None
    account_id: int | None
    chat_id: int | None
    lane: str
    attempt: int
    owner: str | None
    reason: str | None
    not_before: datetime
    expires_at: datetime | None
    sent_at: datetime | None
    message_id: str | None
    kind: str
    author_id: int | None
    activity_id: int | None
    revision: int
    counts: int
    account: str | None
    consent: str | None
    reachable: bool | None
    stopped: bool | None
    language: str | None
    quiet_hours: str | None
    chat: str | None
    thread: str | None
    level: str | None
    present: bool | None
    open: bool | None
    activity_state: str | None
    starts_at: datetime | None
    answer: str | None  # the person's, to the activity
    by_signup: bool  # that answer is the wish to hear of it


_OPEN = func.coalesce(Activity.open, ~is_internal(Post.audience)).label("open")  # without an activity: its own
_CLAIMED = (
    select(
        Delivery.id, Delivery.post_id, Delivery.person_id, Account.id.label("account_id"), Delivery.chat_id,
        Delivery.lane, Delivery.attempt, Delivery.owner, Delivery.reason, Delivery.not_before, Delivery.expires_at,
        Delivery.sent_at, Delivery.message_id,
        Post.kind, Post.author_id, Post.activity_id, Post.revision, Post.counts,
        Account.address.label("account"), Account.consent, Account.reachable, Account.stopped,
        Person.language, Person.quiet_hours, Chat.address.label("chat"), Chat.thread, Chat.level, Chat.present,
        _OPEN, Activity.state.label("activity_state"), Activity.starts_at, Signup.answer,
        is_by_signup(Post.audience),
    )
    .join(Post, Post.id == Delivery.post_id)
    .outerjoin(Account, ITS_ACCOUNT)
    .outerjoin(Person, Person.id == Delivery.person_id)
    .outerjoin(Chat, Chat.id == Delivery.chat_id)
    .outerjoin(Activity, Activity.id == Post.activity_id)
    .outerjoin(Signup, and_(Signup.activity_id == Post.activity_id, Signup.person_id == Delivery.person_id))
)  # fmt: skip


def _of(chats: bool) -> tuple[ColumnElement[bool], ...]:
    return () if chats else (_waiting.chat_id.is_(None),)


def _first(priority: Priority, chats: bool) -> ColumnElement[Any]:
    first = select(func.min(_waiting.not_before, type_=Delivery.not_before.type)).where(
        _IS_READY, _waiting.lane == bindparam("lane"), _waiting.priority == int(priority), NOT_ON_HOLD, *_of(chats)
    )
    return first.scalar_subquery().label(priority.name)


_FIRST = {chats: Prepared(select(*(_first(one, chats) for one in Priority))) for chats in (True, False)}


async def due(session: AsyncSession, lane: str, *, chats: bool = True) -> list[tuple[int, datetime]]:
    """Each priority that has something waiting on that lane, with the first moment it may go.

    Without `chats` only what waits for persons.
    """
    (first,) = await rows(session, _FIRST[chats], {"lane": lane})
    return [(int(priority), moment) for priority, moment in zip(Priority, first, strict=True) if moment]


async def claim(
    session: AsyncSession, lane: str, priority: int, *, now: datetime, most: int, owner: str, chats: bool = True
) -> list[int]:
    """The ids of at most `most` deliveries that are now this owner's to send; `chats` as in `due`."""
    due_now = (
        _IS_READY,
        _waiting.lane == lane,
        _waiting.priority == priority,
        _waiting.not_before <= now,
        NOT_ON_HOLD,
    )
    picked = (
        select(_waiting.id)
        .where(*due_now, *_of(chats))
        .order_by(_waiting.not_before, _waiting.id)
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("picked")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    values = {"state": State.CLAIMED.value, "owner": owner}
    query = update(Delivery).where(Delivery.id.in_(select(picked.c.id))).values(**values).returning(Delivery.id)
    return list(await session.scalars(query, execution_options={"synchronize_session": False}))


async def behind(
    session: AsyncSession, post_id: int, *, lane: str, resting: Collection[int], most: int
) -> list[Claimed]:
    """Copies of the post on that lane that do not show it as it is now; those `resting` are left out."""
    older = or_(
        Delivery.shown_revision < Post.revision,
        and_(Delivery.chat_id.is_not(None), Delivery.shown_counts < Post.counts),
    )
    mine = (Delivery.post_id == post_id, Delivery.lane == lane, Delivery.state == State.SENT.value)
    query = _CLAIMED.where(*mine, older, Delivery.id.not_in(resting)).order_by(Delivery.id).limit(most)
    return _claimed(await session.execute(query))


async def load(session: AsyncSession, ids: Collection[int]) -> list[Claimed]:
    """These deliveries, first those that are most urgent and have waited longest."""
    query = _CLAIMED.where(Delivery.id.in_(ids)).order_by(Delivery.priority, Delivery.not_before, Delivery.id)
    return _claimed(await session.execute(query))


def _abandoned(owner: str) -> ColumnElement[bool]:
    """Claimed by a worker that is dead, or under this name."""
    return or_(Delivery.owner == owner, Delivery.owner.not_in(select(Worker.id)))


async def in_flight(session: AsyncSession, *, owner: str) -> Sequence[Any]:
    """The deliveries that were being sent by this owner, or by workers that died: (id, attempt, owner)."""
    sending = (_IS_FLYING, Delivery.state == State.SENDING.value, _abandoned(owner))
    return (await session.execute(select(Delivery.id, Delivery.attempt, Delivery.owner).where(*sending))).all()


def _claimed(rows: Iterable[Sequence[Any]]) -> list[Claimed]:
    return [Claimed(*row) for row in rows]


async def unclaim(session: AsyncSession, *, owner: str, lane: str | None = None) -> int:
    """How many deliveries that this owner or dead workers had claimed, and not begun to send, wait again.

    `lane`: only those on that platform.
    """
    query = update(Delivery).where(_IS_FLYING, Delivery.state == State.CLAIMED.value, _abandoned(owner))
    query = query if lane is None else query.where(Delivery.lane == lane)
    return await affected(session, query.values(state=State.READY.value, owner=None))


async def intend(session: AsyncSession, ids: Sequence[int], *, owner: str, now: datetime) -> dict[int, int]:
    """Those of these deliveries that may be sent now, with the number of the try; the others were taken away."""
    claimed = (Delivery.state == State.CLAIMED.value, Delivery.owner == owner)
    mine = (Delivery.id.in_(ids), *claimed, NOT_ON_HOLD)
    values = {
        "state": State.SENDING.value,
        "attempt": Delivery.attempt + 1,
        "sent_at": func.coalesce(Delivery.sent_at, now, type_=Delivery.sent_at.type),
    }
    query = update(Delivery).where(*mine).values(**values).returning(Delivery.id, Delivery.attempt)
    rows = await session.execute(query, execution_options={"synchronize_session": False})
    return {row[0]: row[1] for row in rows}


async def intended(session: AsyncSession, ids: Sequence[int], *, owner: str) -> dict[int, int]:
    """Those of these deliveries that this owner may send already, with the number of the try."""
    mine = (Delivery.id.in_(ids), Delivery.state == State.SENDING.value, Delivery.owner == owner)
    return {row[0]: row[1] for row in await session.execute(select(Delivery.id, Delivery.attempt).where(*mine))}


_ACKNOWLEDGE = (
    update(Delivery.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
    .where(Delivery.id == bindparam("of_id"), Delivery.attempt == bindparam("of_attempt"))
    .where(Delivery.state != State.SENT.value)
    .values(
        state=State.SENT.value,
        owner=None,
        reason=null(),
        message_id=bindparam("message_id"),
        sent_at=bindparam("sent_at"),
        shown_revision=bindparam("shown_revision"),
        shown_counts=bindparam("shown_counts"),
    )
)


async def acknowledge(session: AsyncSession, sent: Sequence[dict[str, Any]]) -> None:
    """These tries (`of_id`, `of_attempt`, and the columns) arrived.

    So they do when somebody has given them up since: what is on the platform counts, and is not sent again.
    """
    if sent:
        connection = await session.connection()
        await connection.execute(_ACKNOWLEDGE, list(sent))


_MIGHT_GO = (State.READY.value, State.HELD.value)
# While it flies, any other reason is why db/outbox called it off.
_CALLED_OFF = and_(Delivery.reason.is_not(None), Delivery.reason != "again")


async def settle(
    session: AsyncSession, delivery_id: int, *, attempt: int, owner: str | None, values: dict[str, Any]
) -> bool:
    """That try of the delivery ended so; False when it is no longer this owner's.

    What was called off while it was in the air does not go there again.
    """
    if values["state"] in _MIGHT_GO:
        state, reason = values["state"], values["reason"]
        off = {"state": case((_CALLED_OFF, State.CANCELLED.value), else_=state)}
        values = values | off | {"reason": case((_CALLED_OFF, Delivery.reason), else_=reason)}
    mine = (Delivery.id == delivery_id, Delivery.attempt == attempt, Delivery.owner == owner)
    ours = Delivery.state.in_([State.CLAIMED.value, State.SENDING.value])
    return bool(await affected(session, update(Delivery).where(*mine, ours).values(owner=None, **values)))


async def bury(session: AsyncSession, delivery_id: int, *, reason: str) -> None:
    """The claimed delivery is dead."""
    mine = (Delivery.id == delivery_id, Delivery.state == State.CLAIMED.value)
    await session.execute(update(Delivery).where(*mine).values(state=State.DEAD.value, owner=None, reason=reason))


async def next_account(
    session: AsyncSession, person_id: int, *, after: int | None, tried: int, consenting: bool, alike: bool
) -> tuple[int, str] | None:
    """The account after that one on which the person can be reached now, with its platform; round and round.

    None when so many of them were tried in vain. `alike`: what went to one that organises goes to no other kind.
    """
    open_to_us = (Account.person_id == person_id, Account.opened, Account.reachable, Account.stopped.is_(False))
    agreed = [Account.consent.in_([Consent.YES.value, Consent.HIDDEN.value])] if consenting else []
    if alike and not await session.scalar(select(~Account.organises).where(Account.id == after)):
        agreed.append(Account.organises.is_(True))
    query = select(Account.id, Account.platform).where(*open_to_us, *agreed).order_by(Account.id)
    usable = [(row[0], row[1]) for row in await session.execute(query)]
    others = [one for one in usable if one[0] > (after or 0)] + [one for one in usable if one[0] < (after or 0)]
    return others[0] if others and tried < len(usable) else None
