"""Other organisations that we do things together with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Partner as Row


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner; `contact` is how to get hold of them, empty when that is not known."""

    id: int
    name: str
    contact: str


_COLUMNS = select(Row.id, Row.name, Row.contact)


async def partners(session: AsyncSession, *, invented: bool) -> Sequence[Partner]:
    """Every partner, by name."""
    query = _COLUMNS.where(Row.invented.is_(invented)).order_by(func.lower(Row.name))
    return [Partner(*row) for row in await session.execute(query)]


async def get_partner(session: AsyncSession, partner_id: int, *, invented: bool) -> Partner | None:
    """That partner."""
    row = (await session.execute(_COLUMNS.where(Row.id == partner_id, Row.invented.is_(invented)))).one_or_none()
    return Partner(*row) if row else None


async def add_partner(session: AsyncSession, name: str, contact: str, *, invented: bool, now: datetime) -> int:
    """The id of the new partner. The caller has seen that the name is free."""
    row = Row(name=name, contact=contact, invented=invented, created_at=now)
    session.add(row)
    await session.flush()
    return row.id


async def change_partner(session: AsyncSession, partner_id: int, name: str, contact: str) -> None:
    """The partner is called this and reached like that from now on."""
    await session.execute(update(Row).where(Row.id == partner_id).values(name=name, contact=contact))


async def remove_partner(session: AsyncSession, partner_id: int) -> None:
    """The partner is gone."""
    await session.execute(delete(Row).where(Row.id == partner_id))
