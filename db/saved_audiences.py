"""Audiences with a name, kept by those who may use them; and what there is to make one of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import delete, exists, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from db import activities, associations, audiences, labels, offices
from db.audiences import Audience
from db.labels import Label
from db.models import SavedAudience as Row
from db.roles import Rights
from db.session import insert


@dataclass(frozen=True, slots=True)
class Saved:
    """An audience with a name. `association_id`: whose it is; None: the district's."""

    id: int
    name: str
    association_id: int | None
    audience: Audience


def may_use(rights: Rights, association_id: int | None) -> bool:
    """True for those who may make, use and remove that association's audiences (None: the district's)."""
    return rights.district if association_id is None else rights.covers(association_id)


async def saved(session: AsyncSession, rights: Rights, *, invented: bool, on: date) -> Sequence[Saved]:
    """Those that may be used, by name; offices count as they are held on that day."""
    mine = true() if rights.district else Row.association_id.in_(rights.associations)
    query = select(Row.id, Row.name, Row.association_id, Row.definition).where(mine, Row.invented.is_(invented))
    return [_read(row, on) for row in await session.execute(query.order_by(func.lower(Row.name)))]


async def get_saved(session: AsyncSession, audience_id: int, *, invented: bool, on: date) -> Saved | None:
    """That one, in the same world; offices count as they are held on that day."""
    query = select(Row.id, Row.name, Row.association_id, Row.definition)
    row = (await session.execute(query.where(Row.id == audience_id, Row.invented.is_(invented)))).one_or_none()
    return _read(row, on) if row else None


def _read(row: Any, on: date) -> Saved:
    audience = audiences.from_json(row.definition)
    return Saved(row.id, row.name, row.association_id, replace(audience, on=on) if audience.offices else audience)


async def add(
    session: AsyncSession, name: str, audience: Audience, *, association_id: int | None, now: Any
) -> int | None:
    """The id of the new audience; None when the name is taken."""
    query = insert(session, Row).values(
        name=name,
        definition=audiences.to_json(audience),
        association_id=association_id,
        invented=audience.invented,
        created_at=now,
    )
    made: int | None = await session.scalar(query.on_conflict_do_nothing().returning(Row.id))
    return made


async def rename(session: AsyncSession, audience_id: int, name: str, *, invented: bool) -> bool:
    """True when it is called so now; False when another one is."""
    taken = exists().where(Row.name == name, Row.invented.is_(invented), Row.id != audience_id)
    if await session.scalar(select(taken)):
        return False
    await session.execute(update(Row).where(Row.id == audience_id).values(name=name))
    return True


async def remove(session: AsyncSession, audience_id: int) -> None:
    """The audience is gone; posts that were for it keep whom they were for."""
    await session.execute(delete(Row).where(Row.id == audience_id))


@dataclass(frozen=True, slots=True)
class Names:
    """What the parts of audiences are called, by their ids."""

    associations: Mapping[int, str] = field(default_factory=dict)
    offices: Mapping[int, str] = field(default_factory=dict)
    labels: Mapping[int, Label] = field(default_factory=dict)
    activity: str = ""
    activity_of: str = ""  # the association; empty for the district's


async def names(session: AsyncSession, *, invented: bool, coming_to: int | None = None) -> Names:
    """Everything there is to make audiences of in that world, by name; and that activity."""
    activity = await activities.get_activity(session, coming_to, invented=invented) if coming_to else None
    return Names(
        {one.id: one.name for one in await associations.associations(session, invented=invented)},
        {one.id: one.name for one in await offices.kinds(session, invented=invented)},
        {one.id: one for one in await labels.labels(session, invented=invented)},
        activity.title if activity else "",
        activity.association if activity else "",
    )
