"""Who waits for the end of their quiet hours, that they need not, and that these hours change."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat.quiet import allowed_from, parse
from db import outbox
from db.models import Delivery, Person, State
from db.outbox import Quiet
from db.progress import Flow
from db.session import Rows, affected


def _ends(hours: Iterable[str | None], now: datetime, quiet: Quiet) -> Mapping[str | None, datetime]:
    """When the quiet hours end that it is now, by the profiles that have them."""
    ends = {one: allowed_from(now, parse(quiet.default if one is None else one), quiet.zone) for one in hours}
    return {one: end for one, end in ends.items() if end > now}


async def who_wait(session: AsyncSession, people: Rows, *, now: datetime, quiet: Quiet) -> Flow:
    """How many of these persons, as `reach.reached` gives them, would wait for the end of their quiet hours."""
    rows = people.subquery()
    counted = await session.execute(select(rows.c.quiet_hours, func.count()).group_by(rows.c.quiet_hours))
    number: dict[str | None, int] = {row[0]: row[1] for row in counted}
    ends = _ends(number, now, quiet)
    first, last = min(ends.values(), default=None), max(ends.values(), default=None)
    return Flow(waiting=sum(number[hours] for hours in ends), first_at=first, last_at=last)


async def send_now(session: AsyncSession, post_id: int, *, now: datetime, quiet: Quiet) -> int:
    """How many persons need no longer wait for the end of their quiet hours to get the post.

    What waits until a moment in their quiet hours is not held back again when it is claimed: it was meant to go.
    """
    ends = _ends({None, *await session.scalars(select(Person.quiet_hours).distinct())}, now, quiet)
    if not ends:
        return 0
    asleep = (
        and_(
            Delivery.person_id.in_(select(Person.id).where(Person.quiet_hours.is_not_distinct_from(hours))),
            Delivery.not_before >= end,
        )
        for hours, end in ends.items()
    )
    waiting = (Delivery.post_id == post_id, Delivery.state == State.READY.value, or_(*asleep))
    woken = await affected(session, update(Delivery).where(*waiting).values(not_before=now))
    if woken:
        outbox.wake(session)
    return woken


async def wait_anew(
    session: AsyncSession, person_id: int, *, was: str, hours: str, now: datetime, quiet: Quiet
) -> None:
    """What waits for the end of the quiet hours that were the person's waits for the end of these.

    What would be too late by then stays as it was, and what was to come in the night is not among it.
    """
    end, becomes = (allowed_from(now, parse(one), quiet.zone) for one in (was, hours))
    in_time = or_(Delivery.expires_at.is_(None), Delivery.expires_at > becomes)
    waiting = (Delivery.person_id == person_id, Delivery.state == State.READY.value, Delivery.not_before == end)
    if end > now:
        await session.execute(update(Delivery).where(*waiting, in_time).values(not_before=becomes))
        outbox.wake(session)
