"""Whose menus of commands are not everybody's."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from chat.address import Platform
from db.models import Account, Role


async def organisers(session: AsyncSession, platform: Platform) -> Sequence[str]:
    """The platform's ids of all accounts whose person has a role."""
    roles = select(Role.person_id)
    query = select(Account.address).where(Account.platform == platform.value, Account.person_id.in_(roles))
    return (await session.scalars(query)).all()
