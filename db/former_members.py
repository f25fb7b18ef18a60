"""Former members: for thirty days they can come back with a list, then the register forgets them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Account, Label, LabelKind, Member, MemberStatus, Office, PersonLabel

KEPT = timedelta(days=30)


async def next_due(session: AsyncSession) -> datetime | None:
    """When the next one is forgotten."""
    query = select(func.min(Member.left_at)).where(Member.status == MemberStatus.FORMER.value)
    left_at: datetime | None = await session.scalar(query)
    return left_at + KEPT if left_at else None


async def due(session: AsyncSession, *, now: datetime, most: int) -> Sequence[tuple[int, bool]]:
    """The persons who left that long ago, the first to leave first, and whether they have an account."""
    has_account = exists().where(Account.person_id == Member.person_id)
    left = (Member.status == MemberStatus.FORMER.value, Member.left_at <= now - KEPT)
    query = select(Member.person_id, has_account).where(*left).order_by(Member.left_at).limit(most)
    return [(person_id, linked) for person_id, linked in await session.execute(query)]


async def take_off(session: AsyncSession, person_id: int) -> None:
    """The register knows nothing of the person any more: no member, no office, no tag. They stay as a guest.

    What they chose themselves stays theirs: interests, what they can give, invitation lists.
    """
    tags = select(Label.id).where(Label.kind == LabelKind.TAG.value)
    for table in (Member, Office):
        await session.execute(delete(table).where(table.person_id == person_id))
    mine = (PersonLabel.person_id == person_id, PersonLabel.label_id.in_(tags))
    await session.execute(delete(PersonLabel).where(*mine))
