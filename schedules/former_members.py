"""Who left thirty days ago is forgotten by the register, and altogether if they never had an account."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from db import audit, former_members, my_association
from db.former_members import next_due
from db.installation import Installation
from db.keys import Keys
from handlers import privacy

__all__ = ["next_due", "run"]

MOST = 50  # in one transaction: the next look takes the next


async def run(session: AsyncSession, *, now: datetime, installation: Installation, keys: Keys) -> datetime | None:
    """The next of them, or those that are left, when they are due."""
    for person_id, linked in await former_members.due(session, now=now, most=MOST):
        if linked:
            await former_members.take_off(session, person_id)
            await my_association.call_off_internal(session, person_id)
            audit.note(session, "take off the register", f"person:{person_id}", actor_id=None, now=now)
        else:
            await privacy.forget_person(
                session, keys, person_id, installation=installation, now=now, may_return=True
            )
    return await next_due(session)
