"""Who asked to be forgotten does not come back with a list."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from db import tombstones
from db.import_members.rows import Row
from db.installation import Installation
from db.keys import Keys


async def not_forgotten(
    session: AsyncSession, rows: Sequence[Row], *, keys: Keys, installation: Installation
) -> Sequence[Row]:
    """The rows without those of people who asked to be forgotten and have not joined again since."""
    stones = await tombstones.load(session, keys, installation.zone)
    if not stones.raised_at:
        return rows
    return [
        row
        for row in rows
        if not stones.is_forgotten(
            name=row.name, number=row.number, email=row.email, phone=row.phone, joined_on=row.joined_on
        )
    ]
