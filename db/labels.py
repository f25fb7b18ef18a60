"""Interests, what one can give, invitation lists and tags: the labels there are, and who has which."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.inside import IS_ACTIVE
from db.models import Association, LabelKind, Member, PersonLabel
from db.models import Label as Row
from db.session import insert

CHOSEN = (LabelKind.INTEREST, LabelKind.SKILL, LabelKind.LIST)  # by people themselves; nobody puts them on others


@dataclass(frozen=True, slots=True)
class Label:
    """One label. `association` None: of the whole district."""

    id: int
    kind: LabelKind
    name: str
    association_id: int | None
    association: str | None


def _select() -> Select[int, str, str, int | None, str]:
    columns = select(Row.id, Row.kind, Row.name, Row.association_id, Association.name)
    return columns.outerjoin(Association, Association.id == Row.association_id)


async def labels(
    session: AsyncSession, *, invented: bool, kinds: Collection[LabelKind] = tuple(LabelKind)
) -> Sequence[Label]:
    """The labels of these kinds, kind by kind, by name."""
    query = _select().where(Row.invented.is_(invented), Row.kind.in_([kind.value for kind in kinds]))
    place = case({kind.value: number for number, kind in enumerate(LabelKind)}, value=Row.kind)
    found = await session.execute(query.order_by(place, func.lower(Row.name)))
    return [Label(row[0], LabelKind(row[1]), *row[2:]) for row in found]


async def get_label(session: AsyncSession, label_id: int, *, invented: bool) -> Label | None:
    """That label."""
    row = (await session.execute(_select().where(Row.id == label_id, Row.invented.is_(invented)))).one_or_none()
    return Label(row[0], LabelKind(row[1]), *row[2:]) if row else None


async def add_label(
    session: AsyncSession, kind: LabelKind, name: str, *, association_id: int | None, invented: bool
) -> int:
    """The id of the new label. The caller has seen that the name is free."""
    row = Row(kind=kind.value, name=name, association_id=association_id, invented=invented)
    session.add(row)
    await session.flush()
    return row.id


async def rename_label(session: AsyncSession, label_id: int, name: str) -> None:
    """The label is called this from now on."""
    await session.execute(update(Row).where(Row.id == label_id).values(name=name))


async def remove_label(session: AsyncSession, label_id: int) -> None:
    """The label is gone, and nobody has it."""
    await session.execute(delete(Row).where(Row.id == label_id))


async def labels_of(session: AsyncSession, person_id: int) -> frozenset[int]:
    """The ids of the labels that the person has."""
    query = select(PersonLabel.label_id).where(PersonLabel.person_id == person_id)
    return frozenset(await session.scalars(query))


async def set_label(session: AsyncSession, person_id: int, label_id: int, *, on: bool, now: datetime) -> None:
    """The person has the label, or has it no more. Safe to repeat."""
    if on:
        row = insert(session, PersonLabel).values(person_id=person_id, label_id=label_id, at=now)
        await session.execute(row.on_conflict_do_nothing())
    else:
        same = (PersonLabel.person_id == person_id, PersonLabel.label_id == label_id)
        await session.execute(delete(PersonLabel).where(*same))


def counts() -> ColumnElement[bool]:
    """What a row looks like of a label that is still somebody's.

    What people chose themselves stays theirs, members or not; a tag goes when its member leaves the register.
    """
    tags = select(Row.id).where(Row.kind == LabelKind.TAG.value)
    is_member = exists().where(Member.person_id == PersonLabel.person_id, IS_ACTIVE)
    return or_(PersonLabel.label_id.not_in(tags), is_member)


async def holders(session: AsyncSession, *, invented: bool) -> Mapping[int, int]:
    """How many persons have each label that anybody has."""
    there = exists().where(Row.id == PersonLabel.label_id, Row.invented.is_(invented))
    query = select(PersonLabel.label_id, func.count()).where(there, counts()).group_by(PersonLabel.label_id)
    return {row[0]: row[1] for row in await session.execute(query)}
