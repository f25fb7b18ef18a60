"""Updates already taken: one that comes twice has its effect once."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import SeenUpdate
from db.session import affected, insert

KEPT = timedelta(days=3)  # Telegram repeats for at most 24 hours


async def is_new(session: AsyncSession, platform: str, update: str, *, now: datetime) -> bool:
    """True when the update had no effect yet; from this transaction on it has."""
    query = insert(session, SeenUpdate).values(platform=platform, update=update, at=now).on_conflict_do_nothing()
    return bool(await affected(session, query))


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """Updates that cannot come again are no longer remembered."""
    await session.execute(delete(SeenUpdate).where(SeenUpdate.at < now - KEPT))
