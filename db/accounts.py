"""A person's accounts: which there are, which is preferred, and an account that becomes somebody else's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, exists, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat.address import Platform
from db import organisers
from db.models import Account, Consent, Delivery, Person, Post, PostKind, Role, State
from db.session import Rows

NEW = timedelta(hours=72)  # as long as a code is valid: an account that was linked is new
UNLINKED = "unlinked"  # why a delivery does not go to an account that has become somebody else's


@dataclass(frozen=True, slots=True)
class Linked:
    """One of a person's accounts. `organises`: may use the roles that the person has."""

    id: int
    platform: str
    preferred: bool
    organises: bool
    created_at: datetime
    linked_at: datetime | None


async def accounts(session: AsyncSession, person_id: int) -> Sequence[Linked]:
    """The person's accounts, the oldest first."""
    columns = (Account.id, Account.platform, Account.preferred, Account.organises, Account.created_at)
    mine = (
        Account.person_id == person_id,
        Account.platform != Platform.EMAIL.value,
    )  # that one carries codes only
    query = select(*columns, Account.linked_at).where(*mine).order_by(Account.id)
    return [Linked(*row) for row in await session.execute(query)]


def one_account(account_id: int) -> Rows:
    """That account, when it takes messages, as `reach.one_person` gives one: what is said of it is said there.

    Also after /stopp: who has taken over another account could have written it.
    """
    usable = (Account.opened, Account.reachable)
    query = select(Account.person_id, Account.id, Account.platform, literal("").label("quiet_hours"))
    return query.where(Account.id == account_id, *usable)


async def held_back(
    session: AsyncSession, account_id: int, person_id: int, *, now: datetime
) -> tuple[Linked, datetime] | None:
    """Which account was there before that new one, and until when it alone decides about them; None: not any more.

    So whoever sits there can unlink the new one before that is done to them.
    """
    every = await accounts(session, person_id)
    since = next(one.linked_at for one in every if one.id == account_id)
    if since is None or since + NEW <= now:
        return None
    older = (one for one in every if one.linked_at is None or one.linked_at < since)
    return next(((one, since + NEW) for one in older), None)


async def has_roles(session: AsyncSession, person_id: int) -> bool:
    """True when the person may do something that not everybody may."""
    return bool(await session.scalar(select(exists().where(Role.person_id == person_id))))


async def leaves_nobody(session: AsyncSession, account_id: int, person_id: int, *, invented: bool) -> bool:
    """True when without that account nobody could let organisers in any more."""
    if not await organisers.is_last_admin(session, person_id, invented=invented):
        return False
    others = exists().where(Account.person_id == person_id, Account.id != account_id, Account.organises)
    return not await session.scalar(select(others))


async def lock(session: AsyncSession, *person_ids: int) -> None:
    """Nobody writes a row of theirs until the commit: on PostgreSQL it would be gone with the guest."""
    rows = select(Person.id).where(Person.id.in_(person_ids)).order_by(Person.id).with_for_update()
    await session.execute(rows)


async def move(session: AsyncSession, account_id: int, person_id: int, *, now: datetime) -> None:
    """The account is that person's, without their rights; what else was its person's stays there.

    Whether it may be written to is asked anew.
    """
    was = await session.scalar(select(Account.person_id).where(Account.id == account_id))
    await lock(session, was or 0, person_id)
    values: dict[str, Any] = {"person_id": person_id, "consent": Consent.UNASKED.value, "preferred": False}
    values["linked_at"] = now
    if await has_roles(session, person_id):
        values["organises"] = False
    await session.execute(update(Account).where(Account.id == account_id).values(**values))
    await _redirect(session, account_id, was or 0)


async def unlink(session: AsyncSession, account_id: int, *, language: str, now: datetime) -> int:
    """The id of the guest whose the account is from now on; they have no roles, and are asked anew."""
    guest = Person(language=language, invented=False, created_at=now, greeted_at=now)
    session.add(guest)
    await session.flush()
    await move(session, account_id, guest.id, now=now)
    await session.execute(update(Account).where(Account.id == account_id).values(organises=True, linked_at=None))
    return guest.id


async def _redirect(session: AsyncSession, account_id: int, person_id: int) -> None:
    """What waits for that person on an account that is no longer theirs goes to another one, or nowhere.

    What is in the air lands, and is not tried again.
    """
    mine = (Delivery.account_id == account_id, Delivery.person_id == person_id)
    waiting = Delivery.state.in_([State.READY.value, State.CLAIMED.value, State.HELD.value])
    other = await _other(session, person_id)
    there: dict[str, Any] = {"state": State.CANCELLED.value, "reason": UNLINKED}
    if other is not None:
        back = case((Delivery.state == State.CLAIMED.value, State.READY.value), else_=Delivery.state)
        there = {"state": back, "account_id": other[0], "lane": other[1]}
    kept = await _kept_there(session, person_id, other)
    posts = Delivery.post_id.in_(select(Post.id).where(Post.kind.in_(kept)))
    off = {"state": State.CANCELLED.value, "reason": UNLINKED}
    await session.execute(update(Delivery).where(*mine, waiting, posts).values(owner=None, **off))
    await session.execute(update(Delivery).where(*mine, waiting).values(owner=None, **there))
    flying = Delivery.state == State.SENDING.value
    await session.execute(update(Delivery).where(*mine, flying).values(reason=UNLINKED))
    await session.execute(update(Delivery).where(*mine).values(account_id=None))  # no copy there is edited now


async def _kept_there(session: AsyncSession, person_id: int, other: Sequence[Any] | None) -> list[str]:
    """Kinds of posts that do not go to the other account: about accounts, and what one that organises was told."""
    kinds = [PostKind.SECURITY.value]
    if other is not None and not other[2] and await has_roles(session, person_id):
        kinds.append(PostKind.PERSONAL.value)
    return kinds


async def _other(session: AsyncSession, person_id: int) -> Sequence[Any] | None:
    """An account on which the person has said yes to being written to, its platform, and whether it organises."""
    said_yes = Account.consent.in_([Consent.YES.value, Consent.HIDDEN.value])
    usable = (Account.opened, Account.reachable, Account.stopped.is_(False), said_yes)
    query = select(Account.id, Account.platform, Account.organises).where(Account.person_id == person_id, *usable)
    return (await session.execute(query.order_by(Account.preferred.desc(), Account.id).limit(1))).first()


async def prefer(session: AsyncSession, account_id: int, person_id: int) -> None:
    """That account of the person's goes before the others."""
    await prefer_none(session, person_id)
    same = and_(Account.id == account_id, Account.person_id == person_id)
    await session.execute(update(Account).where(same).values(preferred=True))


async def prefer_none(session: AsyncSession, person_id: int) -> None:
    """No account of the person's goes before the others."""
    await session.execute(update(Account).where(Account.person_id == person_id).values(preferred=False))
