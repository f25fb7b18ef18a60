"""Whose menus of commands are not everybody's."""

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from chat.address import Platform
from db.models import Account, Role


async def organisers(session: AsyncSession, platform: Platform) -> Sequence[str]:
    """The platform's ids of all accounts from which somebody has a role."""
    has_role = exists().where(Role.person_id == Account.person_id)
    query = select(Account.address).where(Account.platform == platform.value, Account.organises, has_role)
    return (await session.scalars(query)).all()
