"""The code by which the first organiser becomes one."""

from datetime import datetime, timedelta

from bot.opening import Opened
from db import audit, codes, roles
from handlers.organisers import ADMIN_CODE

VALID = timedelta(hours=24)


async def new_code(opened: Opened, now: datetime) -> str:
    """A single-use code of the form XXXX-XXXX-XXXX for `/admin CODE`."""
    async with opened.database.write() as session:
        audit.note(session, "make admin code", "code", actor_id=None, now=now)
        return await codes.new_code(session, opened.keys, ADMIN_CODE, valid=VALID, now=now)


async def first_code(opened: Opened, now: datetime) -> str | None:
    """Such a code when nobody real organises yet."""
    async with opened.database.read() as session:
        if await roles.has_organiser(session):
            return None
    return await new_code(opened, now)
