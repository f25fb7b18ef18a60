"""Who organises, as the other organisers see it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db import roles
from db.models import Association, Person, Role


@dataclass(frozen=True, slots=True)
class Organiser:
    """One role of one person. `association` None: the whole district. `activity_id`: of a host."""

    role_id: int
    person_id: int
    name: str
    role: str
    association_id: int | None
    association: str | None
    activity_id: int | None


_COLUMNS = (
    select(Role.id, Role.person_id, Role.name, Role.role, Role.association_id, Association.name, Role.activity_id)
    .join(Person, Person.id == Role.person_id)
    .outerjoin(Association, Association.id == Role.association_id)
)


async def organisers(session: AsyncSession, *, invented: bool) -> Sequence[Organiser]:
    """Every role but the hosts', the district's first."""
    query = _COLUMNS.where(Person.invented.is_(invented), Role.role != roles.HOST).order_by(
        Association.name.nulls_first(), Role.id
    )
    return [Organiser(*row) for row in await session.execute(query)]


async def hosts(session: AsyncSession, activity_id: int, *, invented: bool) -> Sequence[Organiser]:
    """The hosts of that activity."""
    host = (Role.role == roles.HOST, Role.activity_id == activity_id, Person.invented.is_(invented))
    return [Organiser(*row) for row in await session.execute(_COLUMNS.where(*host).order_by(Role.id))]


async def get_organiser(session: AsyncSession, role_id: int, *, invented: bool) -> Organiser | None:
    """That role."""
    query = _COLUMNS.where(Role.id == role_id, Person.invented.is_(invented))
    row = (await session.execute(query)).one_or_none()
    return Organiser(*row) if row else None


async def is_last_admin(session: AsyncSession, person_id: int, *, invented: bool) -> bool:
    """True when nobody else could grant roles if this person were gone."""
    admins = set(await session.scalars(roles.with_role(roles.ADMIN, invented=invented)))
    return admins == {person_id}
