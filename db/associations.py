"""The district and its associations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Association as Row


@dataclass(frozen=True, slots=True)
class Association:
    """An association, or the district itself."""

    id: int
    name: str
    is_district: bool


_COLUMNS = select(Row.id, Row.name, Row.is_district)


async def associations(session: AsyncSession, *, invented: bool) -> Sequence[Association]:
    """The district first, then every association by name."""
    query = _COLUMNS.where(Row.invented.is_(invented)).order_by(Row.is_district.desc(), func.lower(Row.name))
    return [Association(*row) for row in await session.execute(query)]


async def get_association(session: AsyncSession, association_id: int, *, invented: bool) -> Association | None:
    """That association, in the same world."""
    query = _COLUMNS.where(Row.id == association_id, Row.invented.is_(invented))
    row = (await session.execute(query)).one_or_none()
    return Association(*row) if row else None


async def district_name(session: AsyncSession, *, invented: bool) -> str:
    """What the district is called in that world; empty when it has no name yet."""
    query = select(Row.name).where(Row.is_district, Row.invented.is_(invented))
    return await session.scalar(query) or ""


async def find_association(session: AsyncSession, name: str, *, invented: bool) -> Association | None:
    """The association of that name, however it is capitalised."""
    wanted = name.strip().casefold()
    every = await associations(session, invented=invented)
    return next((one for one in every if one.name.casefold() == wanted), None)


async def add_association(session: AsyncSession, name: str, *, invented: bool, now: datetime) -> int:
    """The id of the new association. The caller has seen that the name is free."""
    row = Row(name=name, invented=invented, created_at=now)
    session.add(row)
    await session.flush()
    return row.id


async def rename_association(session: AsyncSession, association_id: int, name: str) -> None:
    """The association is called this from now on."""
    await session.execute(update(Row).where(Row.id == association_id).values(name=name))
