"""Who did what to what: append-only, ids and words of ours, no content."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from chat.request import whole_number
from db.models import Audit, Person

FORGET = "forget"
KEPT = timedelta(days=731)  # 24 months


def note(session: AsyncSession, action: str, about: str, *, actor_id: int | None, now: datetime) -> None:
    """The action is in the audit log with this transaction. `about` is like "activity:12"."""
    session.add(Audit(at=now, actor_id=actor_id, action=action, object=about))


@dataclass(frozen=True, slots=True)
class Step:
    """What stands in the log. `actor_id` None: nobody asked for it, or nobody is to be known."""

    id: int
    at: datetime
    actor_id: int | None
    action: str
    about: str


async def steps(
    session: AsyncSession, *, invented: bool, about: str = "", before: int | None = None, most: int
) -> Sequence[Step]:
    """The newest steps, newest first, of one world; `about`: those to do with that object or action alone.

    An object is "activity:12"; "person:12" also finds what that person did. An action may be its first words.
    """
    in_try_out = exists().where(Person.id == Audit.actor_id, Person.invented)
    query = select(Audit.id, Audit.at, Audit.actor_id, Audit.action, Audit.object)
    query = query.where(in_try_out if invented else ~in_try_out).order_by(Audit.id.desc()).limit(most)
    if before is not None:
        query = query.where(Audit.id < before)
    kind, _, number = about.partition(":")
    person_id = whole_number(number) if kind == "person" else 0
    if person_id:
        query = query.where((Audit.object == about) | (Audit.actor_id == person_id))
    elif about:
        to_do_with = (Audit.object == about) | Audit.action.startswith(about, autoescape=True)
        query = query.where(to_do_with | Audit.action.endswith(f" {about}", autoescape=True))
    return [Step(*row) for row in await session.execute(query)]


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """What was noted over two years before the newest line is gone; a clock that is put forward takes nothing."""
    newest = await session.scalar(select(func.max(Audit.at)))
    if newest is not None:
        await session.execute(delete(Audit).where(Audit.at < min(now, newest) - KEPT))
