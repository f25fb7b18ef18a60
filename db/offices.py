"""Offices: which there are, and who holds which from when to when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.inside import IS_ACTIVE
from db.models import Association, Member, OfficeKind
from db.models import Office as Row
from db.session import insert


@dataclass(frozen=True, slots=True)
class Kind:
    """An office that can be held, like chair or board."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Office:
    """An office that a person holds in an association, both days included; `ends_on` None: with no end yet."""

    id: int
    person_id: int
    kind: str
    association_id: int
    association: str
    starts_on: date
    ends_on: date | None


def holds(on: date) -> ColumnElement[bool]:
    """What a row looks like of an office that is held on that day; who has left the register holds none."""
    is_member = exists().where(Member.person_id == Row.person_id, IS_ACTIVE)
    return and_(Row.starts_on <= on, or_(Row.ends_on.is_(None), Row.ends_on >= on), is_member)


async def kinds(session: AsyncSession, *, invented: bool) -> Sequence[Kind]:
    """The offices there are, by name."""
    query = select(OfficeKind.id, OfficeKind.name).where(OfficeKind.invented.is_(invented))
    return [Kind(*row) for row in await session.execute(query.order_by(func.lower(OfficeKind.name)))]


async def get_kind(session: AsyncSession, kind_id: int, *, invented: bool) -> Kind | None:
    """That office."""
    return next((one for one in await kinds(session, invented=invented) if one.id == kind_id), None)


async def add_kinds(session: AsyncSession, names: Sequence[str], *, invented: bool) -> None:
    """These offices can be held; those that were there already stay as they are."""
    for name in names:
        row = insert(session, OfficeKind).values(name=name, invented=invented)
        await session.execute(row.on_conflict_do_nothing())


async def rename_kind(session: AsyncSession, kind_id: int, name: str) -> None:
    """The office is called this from now on."""
    await session.execute(update(OfficeKind).where(OfficeKind.id == kind_id).values(name=name))


async def remove_kind(session: AsyncSession, kind_id: int) -> None:
    """The office is gone, with who held it."""
    await session.execute(delete(OfficeKind).where(OfficeKind.id == kind_id))


async def holders(session: AsyncSession, *, invented: bool, on: date) -> Mapping[int, int]:
    """How many persons hold each office on that day, of the offices that anybody holds."""
    query = (
        select(Row.kind_id, func.count(Row.person_id.distinct()))
        .join(OfficeKind, OfficeKind.id == Row.kind_id)
        .where(OfficeKind.invented.is_(invented), holds(on))
        .group_by(Row.kind_id)
    )
    return {row[0]: row[1] for row in await session.execute(query)}


def _offices() -> Select[int, int, str, int, str, date, date | None]:
    return (
        select(
            Row.id,
            Row.person_id,
            OfficeKind.name,
            Row.association_id,
            Association.name,
            Row.starts_on,
            Row.ends_on,
        )
        .join(OfficeKind, OfficeKind.id == Row.kind_id)
        .join(Association, Association.id == Row.association_id)
    )


async def offices_of(session: AsyncSession, person_id: int) -> Sequence[Office]:
    """The offices that the person holds or held, the latest first."""
    query = _offices().where(Row.person_id == person_id).order_by(Row.starts_on.desc(), Row.id.desc())
    return [Office(*row) for row in await session.execute(query)]


async def get_office(session: AsyncSession, office_id: int, *, invented: bool) -> Office | None:
    """That office of that person."""
    query = _offices().where(Row.id == office_id, OfficeKind.invented.is_(invented))
    row = (await session.execute(query)).one_or_none()
    return Office(*row) if row else None


async def give(
    session: AsyncSession,
    person_id: int,
    kind_id: int,
    association_id: int,
    *,
    starts_on: date,
    ends_on: date | None,
) -> None:
    """The person holds the office from the first to the last day. Given again from that day: the new end holds."""
    same = {"person_id": person_id, "kind_id": kind_id, "association_id": association_id, "starts_on": starts_on}
    row = insert(session, Row).values(**same, ends_on=ends_on)
    await session.execute(row.on_conflict_do_update(index_elements=list(same), set_={"ends_on": ends_on}))


async def end(session: AsyncSession, office_id: int, *, on: date) -> None:
    """That day is the office's last; one that had not begun by then is gone."""
    await session.execute(delete(Row).where(Row.id == office_id, Row.starts_on > on))
    await session.execute(update(Row).where(Row.id == office_id).values(ends_on=on))
