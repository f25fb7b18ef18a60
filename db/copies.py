"""What has been sent and may have to look different now, and what is old enough to be forgotten."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncSession

from db import tallies
from db.hold import NOT_ON_HOLD
from db.models import Activity, Answer, Chat, Delivery, Person, Post, Signup, State
from db.prepared import Prepared
from db.session import Rows, affected, rows

KEPT = timedelta(days=30)
AT_ONCE = 200  # posts forgotten in one transaction


_STALE = Prepared(select(Post.id).where(sql("stale"), NOT_ON_HOLD).order_by(Post.id))


async def stale_posts(session: AsyncSession) -> list[int]:
    """The posts of which some copy may not show the present content or counts, and may be edited now."""
    return [row.id for row in await rows(session, _STALE)]


async def mark_shown(session: AsyncSession, copies: Sequence[tuple[int, int, int]]) -> None:
    """These copies (delivery, revision, counts) look like that now."""
    for delivery_id, revision, counts in copies:
        values = {"shown_revision": revision, "shown_counts": counts}
        await session.execute(update(Delivery).where(Delivery.id == delivery_id).values(**values))


async def settle_stale(session: AsyncSession, post_ids: Collection[int]) -> None:
    """Of these posts, those of which every copy shows the present state are stale no longer.

    A copy on its way may carry what was said before: its post stays stale until it has landed.
    """
    older = or_(
        Delivery.shown_revision < Post.revision,
        (Delivery.chat_id.is_not(None)) & (Delivery.shown_counts < Post.counts),
    )
    flying = Delivery.state.in_([State.CLAIMED.value, State.SENDING.value])
    unfinished = exists().where(
        Delivery.post_id == Post.id, or_(flying, (Delivery.state == State.SENT.value) & older)
    )
    query = update(Post).where(Post.id.in_(post_ids), ~unfinished).values(stale=False)
    await session.execute(query, execution_options={"synchronize_session": False})


async def expire(session: AsyncSession, *, now: datetime) -> int:
    """How many waiting deliveries had been waiting for too long, also on platforms that are not connected."""
    late = (sql("delivery.state = 'ready'"), Delivery.expires_at <= now)
    query = update(Delivery).where(*late).values(state=State.EXPIRED.value, reason="expired")
    return await affected(session, query)


async def forget_old(session: AsyncSession, *, now: datetime) -> int:
    """How many posts were forgotten with their deliveries: 30 days old, and their activity as long past.

    What became of the deliveries stays as counts, by activity: "call:sent".
    """
    before = now - KEPT
    past = or_(Post.activity_id.is_(None), Activity.starts_at < before)
    query = select(Post.id).outerjoin(Activity, Activity.id == Post.activity_id)
    old = list(await session.scalars(query.where(Post.created_at < before, past).limit(AT_ONCE)))
    if not old:
        return 0
    await tallies.add(session, "delivery", _counted(old))
    return await affected(session, delete(Post).where(Post.id.in_(old)))


def _counted(post_ids: Collection[int]) -> Rows:
    """(activity or 0, kind and state, how many) of the deliveries in the real world."""
    about = func.coalesce(Post.activity_id, 0)
    became = Post.kind + ":" + Delivery.state
    query = select(about, became, func.count()).join(Delivery, Delivery.post_id == Post.id)
    query = query.outerjoin(Person, Person.id == Delivery.person_id).outerjoin(Chat, Chat.id == Delivery.chat_id)
    real = func.coalesce(Person.invented, Chat.invented).is_(False)
    return query.where(Post.id.in_(post_ids), real).group_by(about, became)


@dataclass(frozen=True, slots=True)
class Content:
    """What a post says, as `db.outbox.pack` keeps it."""

    revision: int
    private: str
    group: str


async def contents(session: AsyncSession, post_ids: Collection[int]) -> dict[int, Content]:
    """What these posts say."""
    query = select(Post.id, Post.revision, Post.private, Post.group).where(Post.id.in_(post_ids))
    return {row[0]: Content(row[1], row[2], row[3]) for row in await session.execute(query)}


async def coming(session: AsyncSession, activity_ids: Collection[int]) -> dict[int, int]:
    """How many come to these activities; those nobody comes to are left out."""
    query = select(Signup.activity_id, func.count()).where(
        Signup.activity_id.in_(activity_ids), Signup.answer == Answer.COMING.value
    )
    rows = await session.execute(query.group_by(Signup.activity_id))
    return {row[0]: row[1] for row in rows}
