"""What has served its purpose is forgotten."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from db import (
    approvals,
    arrivals,
    audit,
    codes,
    copies,
    drafts,
    help_offer,
    inbound,
    linking,
    pace,
    question,
    roles,
    signup,
    try_out,
)
from db.installation import Installation


async def run(session: AsyncSession, *, now: datetime, installation: Installation) -> None:
    """Old updates, drafts, codes, arrivals and deliveries are gone, and what waited for too long waits no more."""
    await inbound.forget_old(session, now=now)
    await drafts.forget_old(session, now=now)
    await codes.forget_old(session, now=now)
    await linking.forget_old(session, now=now)
    await arrivals.forget_old(session, now=now)
    await try_out.forget_old(session, now=now)
    await approvals.forget_old(session, now=now)
    await copies.expire(session, now=now)
    await copies.forget_old(session, now=now)
    for person_id, activity_id in await roles.end_hosts(session, now=now):
        audit.note(session, f"end host activity:{activity_id}", f"person:{person_id}", actor_id=None, now=now)
    await signup.forget_old(session, now=now)
    await question.forget_old(session, now=now)
    await help_offer.forget_old(session, now=now)
    await audit.forget_old(session, now=now)
    await pace.forget_old(session, now=now)
