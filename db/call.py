"""Whom a call is for, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, and_, distinct, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db import progress, reach, roles
from db.audiences import Audience, from_json, is_seen
from db.models import Activity, Answer, Association, Chat, Delivery, Level, Post, PostKind, Signup, State
from db.progress import NO_FLOW, Flow
from db.reach import Reach
from db.session import Rows


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a call goes to: persons, and the chats of these associations (None: of all; none of a narrowed one)."""

    audience: Audience
    chat_associations: Sequence[int] | None


async def target(
    session: AsyncSession, association_id: int, *, wide: bool, internal: bool, invented: bool
) -> Target:
    """Whom a call from that association is for; `wide` is the whole district.

    A call from the district is for all of it. An open one also goes to the district's own chats.
    """
    query = select(Association.id).where(Association.is_district, Association.invented.is_(invented))
    district: int | None = await session.scalar(query)
    if wide or association_id == district:
        return Target(Audience(invented, None, internal), None)
    chats = [association_id] if internal or district is None else [association_id, district]
    return Target(Audience(invented, association_id, internal), chats)


async def reach_of(session: AsyncSession, aim: Target) -> Reach:
    """How many the call would reach now."""
    return await reach.preview(
        session, aim.audience, association_ids=aim.chat_associations, internal=aim.audience.internal
    )


def chats_of(aim: Target) -> Rows:
    """The chats of a call, as `reach.chats` gives them."""
    audience = aim.audience
    return reach.chats(
        invented=audience.invented, association_ids=aim.chat_associations, internal=audience.internal
    )


async def posts_about(session: AsyncSession, activity_id: int, *kinds: PostKind) -> list[int]:
    """The ids of the posts of these kinds about the activity."""
    wanted = [kind.value for kind in kinds]
    query = select(Post.id).where(Post.activity_id == activity_id, Post.kind.in_(wanted))
    return list(await session.scalars(query))


_OUT = (State.SENT.value, State.SENDING.value)


def chats_that_saw(activity_id: int) -> Rows:
    """The chats, (chat, platform), that a call to the activity went to and the bot is still in.

    One that has become open since is left out when the activity is internal.
    """
    saw = (
        select(Delivery.chat_id)
        .join(Post, Post.id == Delivery.post_id)
        .where(Post.activity_id == activity_id, Post.kind == PostKind.CALL.value, Delivery.state.in_(_OUT))
    )
    is_open = select(Activity.open).where(Activity.id == activity_id).scalar_subquery()
    may_see = or_(Chat.level == Level.INTERNAL.value, and_(is_open, Chat.level.is_not(None)))
    return select(Chat.id, Chat.platform).where(Chat.id.in_(saw), Chat.present, may_see)


@dataclass(frozen=True, slots=True)
class Stats:
    """What became of a post so far, and how the rest gets on.

    `people` and `chats` count everybody it is for; what is neither sent nor failed nor held is on its way.
    Somebody whom there was no private way to from the start has failed. `narrow`: it was for an audience with a
    name, and its author does not see the register of all in it: how many that are is told in fives.
    """

    post_id: int
    kind: PostKind
    activity_id: int | None
    people: int
    people_sent: int
    people_failed: int
    chats: int
    chats_sent: int
    chats_failed: int
    flow: Flow = NO_FLOW
    narrow: bool = False

    @property
    def is_done(self) -> bool:
        """True when nothing goes out any more, unless a person says so of what is held."""
        gone = self.people_sent + self.people_failed + self.chats_sent + self.chats_failed + self.flow.held
        return gone == self.people + self.chats


_FAILED = (State.DEAD.value, State.EXPIRED.value, State.CANCELLED.value)


async def stats(session: AsyncSession, post_id: int, *, now: datetime) -> Stats | None:
    """What became of the post, each person and chat counted once."""
    columns = (Post.kind, Post.activity_id, Post.audience, Post.author_id)
    post = (await session.execute(select(*columns).where(Post.id == post_id))).one_or_none()
    if post is None:
        return None
    of = func.count
    person, chat = Delivery.person_id.is_not(None), Delivery.chat_id.is_not(None)
    sent, failed = Delivery.state == State.SENT.value, Delivery.state.in_(_FAILED)
    one = distinct(func.coalesce(Delivery.person_id, Delivery.chat_id))
    query = select(
        of(one).filter(person), of(one).filter(person, sent), of(one).filter(person, failed),
        of(one).filter(chat), of(one).filter(chat, sent), of(one).filter(chat, failed),
    ).where(Delivery.post_id == post_id, Delivery.part == 1)  # fmt: skip
    if post.kind == PostKind.CALL.value or post.activity_id is None:  # what was called off did not fail to arrive
        query = query.where(Delivery.state != State.CANCELLED.value)
    counts = (await session.execute(query)).one()
    flow = await progress.flow(session, post_id, now=now)
    audience = from_json(post.audience) if post.audience else None
    rights = await roles.get_rights(session, post.author_id or 0)
    narrow = audience is not None and audience.narrows and not is_seen(audience, rights)
    queued = Stats(post_id, PostKind(post.kind), post.activity_id, *counts, flow, narrow)
    others = await session.scalar(select(of()).select_from(_without_a_way(post_id).subquery())) or 0
    return replace(queued, people=queued.people + others, people_failed=queued.people_failed + others)


_TO_THOSE_COMING = (PostKind.CHANGE.value, PostKind.CANCELLATION.value, PostKind.ANNOUNCEMENT.value)


def _without_a_way(post_id: int) -> Select[int]:
    """The persons the post concerns but was not queued for: who answered in a group and never opened the bot."""
    queued = select(Delivery.person_id).where(Delivery.post_id == post_id, Delivery.person_id.is_not(None))
    answers = (Answer.COMING.value, Answer.MAYBE.value)
    return (
        select(Signup.person_id)
        .join(Post, Post.activity_id == Signup.activity_id)
        .where(Post.id == post_id, Post.kind.in_(_TO_THOSE_COMING), Signup.answer.in_(answers))
        .where(Signup.answered_at <= Post.created_at, Signup.person_id.not_in(queued))
    )


async def names_missed(session: AsyncSession, post_id: int) -> list[str]:
    """What those are called who answered to the post's activity and could not be told, or perhaps not."""
    unsure = (*_FAILED, State.HELD.value)
    missed = select(Delivery.person_id).where(Delivery.post_id == post_id, Delivery.state.in_(unsure))
    query = (
        select(Signup.name)
        .join(Post, Post.activity_id == Signup.activity_id)
        .where(Post.id == post_id, Signup.person_id.in_(missed.union(_without_a_way(post_id))))
        .order_by(Signup.answered_at)
    )
    return list(await session.scalars(query))


async def activity_of(session: AsyncSession, post_id: int) -> int | None:
    """The id of the activity that the post is about."""
    found: int | None = await session.scalar(select(Post.activity_id).where(Post.id == post_id))
    return found
