"""Updates already taken: one that comes twice has its effect once."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import SeenUpdate
from db.session import UtcDateTime, affected

KEPT = timedelta(days=3)  # Telegram repeats for at most 24 hours

# Every update runs it, so it is built once, in words that both databases know.
_MARK = text(
    "INSERT INTO seen_update (platform, update_id, at) VALUES (:platform, :update, :at) ON CONFLICT DO NOTHING"
).bindparams(bindparam("at", type_=UtcDateTime()))


async def is_new(session: AsyncSession, platform: str, update: str, *, now: datetime) -> bool:
    """True when the update had no effect yet; from this transaction on it has."""
    return bool(await affected(session, _MARK, {"platform": platform, "update": update, "at": now}))


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """Updates that cannot come again are no longer remembered."""
    await session.execute(delete(SeenUpdate).where(SeenUpdate.at < now - KEPT))
