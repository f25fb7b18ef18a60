"""Who has offered to help an association, and agreed that its organisers are told."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import HelpOffer
from db.session import affected, insert

KEPT = timedelta(days=365)


async def add_offer(
    session: AsyncSession, *, person_id: int, association_id: int, text: str, name: str, now: datetime
) -> bool:
    """True when the person had not offered the association help before."""
    query = insert(session, HelpOffer).values(
        person_id=person_id, association_id=association_id, text=text, name=name, at=now
    )
    return bool(await affected(session, query.on_conflict_do_nothing()))


async def forget_old(session: AsyncSession, *, now: datetime) -> None:
    """Offers of over a year ago are gone; whoever still wants to help may say so again."""
    await session.execute(delete(HelpOffer).where(HelpOffer.at < now - KEPT))
