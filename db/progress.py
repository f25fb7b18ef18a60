"""How far a post is, and the messages that tell organisers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Delivery, Post, State

PREFIX = "progress:"
AFTER = "progress:a"  # what sorts after every number with that prefix, by whatever rules a database sorts
LATELY = timedelta(seconds=30)  # the stretch over which the pace is measured
ITS_TURN = timedelta(minutes=1)  # a shorter wait is the platform's pace or a new try, and no clock need be named


@dataclass(frozen=True, slots=True)
class Progress:
    """A message about the post `about`, as it looks now."""

    id: int
    about: int
    private: str


async def under_way(session: AsyncSession) -> Sequence[Progress]:
    """Those whose post was not done when they were last written."""
    query = select(Post.id, Post.key, Post.private).where(
        Post.key >= PREFIX, Post.key < AFTER, Post.expires_at.is_(None)
    )
    return [
        Progress(post_id, int(key.removeprefix(PREFIX)), private)
        for post_id, key, private in await session.execute(query.order_by(Post.id))
    ]


async def set_done(session: AsyncSession, post_id: int, *, now: datetime) -> None:
    """It has said the result and is not written again."""
    await session.execute(update(Post).where(Post.id == post_id).values(expires_at=now))


async def take_up(session: AsyncSession, about: int) -> None:
    """The message about that post, if there is one, is written again: the post is not done after all."""
    await session.execute(update(Post).where(Post.key == f"{PREFIX}{about}").values(expires_at=None))


@dataclass(frozen=True, slots=True)
class Flow:
    """How a post that is on its way gets on: persons and chats counted together.

    `waiting` are held back, the first until `first_at`, the last until `last_at`; `untried` of them are persons
    whom nothing has been tried with yet: it is their quiet hours. `held`: perhaps arrived, and a person decides.
    `on_turn` go as soon as the platforms' pace lets them, in about `seconds_left`; None: nobody can tell.
    """

    waiting: int = 0
    untried: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    held: int = 0
    on_turn: int = 0
    seconds_left: float | None = None


NO_FLOW = Flow()


async def flow(session: AsyncSession, post_id: int, *, now: datetime) -> Flow:
    """How the post gets on.

    Time left: on each platform, those whose turn it is divided by the pace of the last half minute, counted from
    the first that arrived in it; the slowest platform decides. So what else is sent beside it, and pauses that a
    platform asks for, are in it. Where nothing has arrived lately there is no pace, and no time is named.
    """
    ready = Delivery.state == State.READY.value
    later = and_(ready, Delivery.not_before > now + ITS_TURN)
    flying = Delivery.state.in_([State.CLAIMED.value, State.SENDING.value])
    on_turn = or_(flying, and_(ready, Delivery.not_before <= now + ITS_TURN))
    lately = and_(Delivery.state == State.SENT.value, Delivery.sent_at > now - LATELY)
    one = func.count(Delivery.id)
    query = select(
        one.filter(later), one.filter(later, Delivery.person_id.is_not(None), Delivery.attempt == 0),
        func.min(Delivery.not_before).filter(later), func.max(Delivery.not_before).filter(later),
        one.filter(Delivery.state == State.HELD.value), one.filter(on_turn),
        one.filter(lately), func.min(Delivery.sent_at).filter(lately),
    ).where(Delivery.post_id == post_id, Delivery.part == 1).group_by(Delivery.lane)  # fmt: skip
    return _together((await session.execute(query)).all(), now)


def _together(lanes: Sequence[Any], now: datetime) -> Flow:
    """All platforms as one."""
    waiting, untried, first, last, held, on_turn, lately, since = zip(*lanes, strict=True) if lanes else ((),) * 8
    return Flow(
        sum(waiting),
        sum(untried),
        min(_known(first), default=None),
        max(_known(last), default=None),
        sum(held),
        sum(on_turn),
        _seconds_left(zip(on_turn, lately, since, strict=True), now),
    )


def _known(moments: Iterable[datetime | None]) -> list[datetime]:
    return [moment for moment in moments if moment is not None]


def _seconds_left(lanes: Iterable[tuple[int, int, datetime | None]], now: datetime) -> float | None:
    slowest = None
    for on_turn, lately, since in lanes:
        if not on_turn:
            continue
        seconds = (now - since).total_seconds() if since else 0.0
        if seconds < 1:
            return None
        slowest = max(slowest or 0.0, on_turn * seconds / lately)
    return slowest
