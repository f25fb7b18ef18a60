"""Whom a post reaches, and on which channel: the one place that decides, for preview and sending alike."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, case, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.audiences import Audience, concerned, meant
from db.inside import IS_ACTIVE
from db.models import Account, Activity, Answer, Chat, Consent, Delivery, Level, Member, Person, Post, Signup
from db.session import Rows

# Checking a foreign key took a fifth of the time of queueing. So an account that is gone is still named, and on
# SQLite another person's can have its id: a delivery goes to its own person's account or to none.
ITS_ACCOUNT = and_(Account.id == Delivery.account_id, Account.person_id == Delivery.person_id)

_ASKED_FOR = (Consent.YES.value, Consent.HIDDEN.value)


def reached(audience: Audience) -> Rows:
    """Each reachable person of an audience once: (person, account, platform, quiet hours).

    A signup is a wish to hear about that activity; anything else needs consent and the wish for private copies.
    """
    # Numbered in one go: asked for one person after the other, 100,000 took PostgreSQL twice as long.
    place = func.row_number().over(partition_by=Account.person_id, order_by=_BEST_FIRST).label("place")
    ranked = select(Account.person_id, Account.id, Account.platform, place).where(
        *_USABLE, Account.person_id.in_(select(Person.id).where(*meant(audience)))
    )
    if not audience.by_signup:
        ranked = ranked.where(Account.consent.in_(_ASKED_FOR))
    best = ranked.subquery()
    query = select(Person.id, best.c.id, best.c.platform, Person.quiet_hours).join(
        best, and_(best.c.person_id == Person.id, best.c.place == 1)
    )
    return query if audience.by_signup else query.where(Person.private_copies)


_USABLE = (Account.opened, Account.reachable, Account.stopped.is_(False))
_BEST_FIRST = (case((Account.consent.in_(_ASKED_FOR), 0), else_=1), Account.preferred.desc(), Account.id)


def _best_account() -> Select[int]:
    return select(Account.id).where(Account.person_id == Person.id, *_USABLE).order_by(*_BEST_FIRST).limit(1)


def coming(post_ids: Collection[int]) -> Rows:
    """For each of these posts, each reachable person once who comes to what it is about, as `reached` decides.

    Its columns: post, person, account, platform, quiet hours.
    """
    return (
        select(Post.id.label("post_id"), Person.id, Account.id, Account.platform, Person.quiet_hours)
        .join(Activity, Activity.id == Post.activity_id)
        .join(Signup, and_(Signup.activity_id == Activity.id, Signup.answer == Answer.COMING.value))
        .join(Person, and_(Person.id == Signup.person_id, Person.invented == Activity.invented))
        .join(Account, Account.person_id == Person.id)
        .where(Post.id.in_(post_ids), Account.id == _best_account().correlate(Person).scalar_subquery())
    )


def one_person(person_id: int) -> Rows:
    """The channel on which one person can be answered; no row when there is none."""
    best = select(Account.id).where(Account.person_id == person_id, *_USABLE).order_by(*_BEST_FIRST).limit(1)
    query = select(Person.id, Account.id, Account.platform, literal("").label("quiet_hours"))
    return query.join(Account, Account.person_id == Person.id).where(Account.id == best.scalar_subquery())


def organiser(person_id: int) -> Rows:
    """As `one_person`, on an account from which the person may do what they may; it names people."""
    usable = (Account.person_id == person_id, Account.organises, *_USABLE)
    best = select(Account.id).where(*usable).order_by(*_BEST_FIRST).limit(1).scalar_subquery()
    query = select(Person.id, Account.id, Account.platform, literal("").label("quiet_hours"))
    return query.join(Account, Account.person_id == Person.id).where(Account.id == best)


def chats(*, invented: bool, association_ids: Sequence[int] | None, internal: bool) -> Rows:
    """The bound chats of these associations (None: of all), (chat, platform); internal posts skip open chats."""
    query = select(Chat.id, Chat.platform).where(
        Chat.present, Chat.level.is_not(None), Chat.invented.is_(invented)
    )
    if association_ids is not None:
        query = query.where(Chat.association_id.in_(association_ids))
    return query.where(Chat.level == Level.INTERNAL.value) if internal else query


def one_chat(chat_id: int) -> Rows:
    """That chat, (chat, platform), while it is bound and the bot is in it."""
    return select(Chat.id, Chat.platform).where(Chat.id == chat_id, Chat.present, Chat.level.is_not(None))


@dataclass(frozen=True, slots=True)
class Outside:
    """How many are in no chat that reaches them. `elsewhere` of them have an e-mail or a postal address."""

    people: int = 0
    elsewhere: int = 0


@dataclass(frozen=True, slots=True)
class Reach:
    """How many a post would reach now: chats, persons by platform, and those it cannot reach."""

    chats: int
    people: dict[str, int]
    outside: Outside


def unreached(audience: Audience) -> Rows:
    """The ids of those of the audience whom `reached` has no way to."""
    return concerned(audience).where(Person.id.not_in(reached(audience).with_only_columns(Person.id)))


async def outside(session: AsyncSession, people: Rows) -> Outside:
    """How many these persons are, and how many of them the register has another way to."""
    rows = people.subquery()
    has_address = or_(Member.email.is_not(None), Member.address.is_not(None))
    query = select(func.count(), func.count(Member.id).filter(has_address)).select_from(rows)
    query = query.outerjoin(Member, and_(Member.person_id == rows.c.id, IS_ACTIVE))
    return Outside(*(await session.execute(query)).one())


async def preview(
    session: AsyncSession, audience: Audience, *, association_ids: Sequence[int] | None, internal: bool
) -> Reach:
    """What `queue_to_people` and `queue_to_chats` would do now."""
    people = reached(audience).subquery()
    counted = await session.execute(select(people.c.platform, func.count()).group_by(people.c.platform))
    by_platform: dict[str, int] = {row[0]: row[1] for row in counted}
    bound = chats(invented=audience.invented, association_ids=association_ids, internal=internal).subquery()
    chat_count = await session.scalar(select(func.count()).select_from(bound)) or 0
    return Reach(chat_count, by_platform, await outside(session, unreached(audience)))
