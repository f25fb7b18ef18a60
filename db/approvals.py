"""What needs a second person's yes: asked for by one, decided once by another, within three days."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat.message import Message
from db import outbox, roles
from db.models import Approval as Row
from db.models import Person, Post, Role
from db.session import affected

VALID = timedelta(days=3)
KEPT = timedelta(days=30)  # after it was decided


@dataclass(frozen=True, slots=True)
class Approval:
    """What was asked for: `action` is one that a feature declares, `argument` is the action's own.

    An argument about somebody who was forgotten is empty.
    """

    id: int
    action: str
    argument: str
    asked_by: int
    invented: bool


_COLUMNS = select(Row.id, Row.action, Row.argument, Row.asked_by, Person.invented).join(
    Person, Person.id == Row.asked_by
)


async def add(session: AsyncSession, action: str, argument: str, *, asked_by: int, now: datetime) -> int:
    """The id of the new request, which waits for three days."""
    row = Row(action=action, argument=argument, asked_by=asked_by, asked_at=now, expires_at=now + VALID)
    session.add(row)
    await session.flush()
    return row.id


async def waiting(session: AsyncSession, *, invented: bool, now: datetime) -> Sequence[Approval]:
    """What nobody has decided yet and still can be, earliest first."""
    open_ones = (Row.decided_at.is_(None), Row.expires_at > now, Person.invented.is_(invented))
    return await _read(session, *open_ones)


async def expired(session: AsyncSession, *, now: datetime) -> Sequence[Approval]:
    """What nobody decided in time."""
    return await _read(session, Row.decided_at.is_(None), Row.expires_at <= now)


async def get_approval(session: AsyncSession, number: int, *, invented: bool) -> Approval | None:
    """That request, whether it still waits or not."""
    return next(iter(await _read(session, Row.id == number, Person.invented.is_(invented))), None)


async def _read(session: AsyncSession, *which: Any) -> Sequence[Approval]:
    return [Approval(*row) for row in await session.execute(_COLUMNS.where(*which).order_by(Row.id))]


async def decide(session: AsyncSession, number: int, *, by: int | None, now: datetime) -> bool:
    """True for the one who decides first, who is not the one who asked. `by` None: nobody did in time."""
    open_one = (Row.id == number, Row.decided_at.is_(None))
    allowed = Row.expires_at <= now if by is None else (Row.expires_at > now) & (Row.asked_by != by)
    query = update(Row).where(*open_one, allowed).values(decided_by=by, decided_at=now)
    return bool(await affected(session, query))


async def withdraw(session: AsyncSession, number: int, *, now: datetime) -> None:
    """Nobody can decide it any more, and nobody has."""
    await session.execute(update(Row).where(Row.id == number, Row.decided_at.is_(None)).values(decided_at=now))


async def deciders(session: AsyncSession, *, invented: bool, but: int) -> Sequence[int]:
    """The admins who may decide what that person asks for."""
    admins = roles.with_role(roles.ADMIN, invented=invented).where(Person.id != but)
    return list(await session.scalars(admins.distinct().order_by(Role.person_id)))


def key(number: int, *, about: int = 0) -> str:
    """The key of the question to the admins; `about`: another person whom it names, and who may be forgotten."""
    return f"approval:{number}:{about}"


def names_somebody(post_key: str) -> bool:
    """True of the key of a question that names another person than the one who asked for it."""
    return post_key.startswith("approval:") and not post_key.endswith(":0")


async def naming_nobody(session: AsyncSession, numbers: Iterable[int]) -> Collection[int]:
    """Those of these requests whose question is still kept and names nobody else."""
    keys = {key(number): number for number in numbers}
    return [keys[one] for one in await session.scalars(select(Post.key).where(Post.key.in_(keys)))]


async def question(session: AsyncSession, number: int) -> dict[str, Message]:
    """What the admins are asked about that request, by language; empty when it is forgotten."""
    private = await session.scalar(select(Post.private).where(Post.key.startswith(f"approval:{number}:")))
    return outbox.unpack(private) if private else {}


async def unname(session: AsyncSession, person_id: int) -> None:
    """No request, decided or not, says whom it is about any more when it is that person."""
    asked = await session.scalars(select(Post.key).where(Post.key.like(f"approval:%:{person_id}")))
    numbers = [int(one.split(":")[1]) for one in asked]
    await session.execute(update(Row).where(Row.id.in_(numbers)).values(argument=""))


async def close(session: AsyncSession, number: int, answer: outbox.Content) -> None:
    """The question says the answer instead; whom it has not reached yet is not asked."""
    asked = await _questions(session, number)
    await outbox.cancel_unsent(session, asked, reason="cancelled")
    await outbox.revise(session, asked, private=answer)


async def _questions(session: AsyncSession, number: int) -> Sequence[int]:
    return list(await session.scalars(select(Post.id).where(Post.key.startswith(f"approval:{number}:"))))


async def lapse(session: AsyncSession, *, now: datetime) -> int:
    """How many requests nobody can decide from now on. The clock closes them and tells the one who asked."""
    waits = (Row.decided_at.is_(None), Row.expires_at > now)
    lapsed = list(await session.scalars(update(Row).where(*waits).values(expires_at=now).returning(Row.id)))
    for number in lapsed:
        await outbox.cancel_unsent(session, await _questions(session, number), reason="cancelled")
    return len(lapsed)


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """What was decided over a month ago is gone; the audit log tells that it was."""
    await session.execute(delete(Row).where(Row.decided_at < now - KEPT))
