"""Roles: the words, what they let a person do, and the one place that says who organises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Account, Activity, Association, Person, Role
from db.session import Rows

ADMIN = "admin"  # an organiser of the whole district who also runs the installation
ORGANISER = "organiser"
REGISTRAR = "registrar"  # sees and keeps the register, there
AUDITOR = "auditor"  # reads the audit log
HOST = "host"  # of one activity, without the register
HOSTED = timedelta(days=30)  # a host still sees who came so long after it
ORGANISING = (ADMIN, ORGANISER)


@dataclass(frozen=True, slots=True)
class Rights:
    """What a person may do. `district`: everything an organiser may, everywhere.

    `register`: the associations whose register they keep; None among them: the whole one. `hosted`: activities.
    """

    district: bool = False
    admin: bool = False
    auditor: bool = False
    associations: frozenset[int] = frozenset()
    register: frozenset[int | None] = frozenset()
    hosted: frozenset[int] = frozenset()

    @classmethod
    def of(cls, roles: Iterable[tuple[str, int | None, int | None]]) -> Rights:
        """What these roles give together: role, association, activity."""
        every = list(roles)
        organising = {association for role, association, _ in every if role in ORGANISING}
        names = {role for role, _, _ in every}
        return cls(
            district=None in organising,
            admin=ADMIN in names,
            auditor=AUDITOR in names,
            associations=frozenset(one for one in organising if one is not None),
            register=frozenset(association for role, association, _ in every if role == REGISTRAR),
            hosted=frozenset(activity for role, _, activity in every if role == HOST and activity is not None),
        )

    @property
    def is_organiser(self) -> bool:
        """True when there is any association they may act for."""
        return self.district or bool(self.associations)

    def covers(self, association_id: int) -> bool:
        """True when they may act for that association."""
        return self.district or association_id in self.associations

    @property
    def is_registrar(self) -> bool:
        """True when there is any association whose register they may see."""
        return self.admin or bool(self.register)

    def keeps_register(self, association_id: int | None) -> bool:
        """True when they may see that association's register; None: the whole one."""
        return self.admin or None in self.register or association_id in self.register


NO_RIGHTS = Rights()


_ORGANISES = or_(*(Role.role == one for one in ORGANISING))  # no IN: a prepared statement has no lists


def in_force() -> ColumnElement[bool]:
    """Of a role: there is an account from which it can be used."""
    return exists().where(Account.person_id == Role.person_id, Account.organises)


def organising(association: Any = None) -> ColumnElement[bool]:
    """Of a role: whoever has it organises for that association, in it or in the district; None: anywhere."""
    of_kind = and_(_ORGANISES, in_force())
    if association is None:
        return of_kind
    return and_(of_kind, or_(Role.association_id == association, Role.association_id.is_(None)))


def organises_from(account: Any, association: Any, is_district: Any) -> ColumnElement[bool]:
    """Whoever uses that account organises for that association; what is the district's is every organiser's."""
    mine = (Account.id == account, Account.organises, Role.person_id == Account.person_id)
    near = or_(Role.association_id == association, Role.association_id.is_(None), is_district)
    return exists().where(*mine, _ORGANISES, near)


async def get_rights(session: AsyncSession, person_id: int) -> Rights:
    """What the person may do, from the account they organise with."""
    query = select(Role.role, Role.association_id, Role.activity_id).where(Role.person_id == person_id, in_force())
    return Rights.of([(row.role, row.association_id, row.activity_id) for row in await session.execute(query)])


def with_role(role: str, *, invented: bool) -> Select[int]:
    """A SELECT of the ids of the persons who have the role for the whole district."""
    query = select(Role.person_id).join(Person, Person.id == Role.person_id)
    return query.where(Role.role == role, Role.association_id.is_(None), Person.invented.is_(invented), in_force())


def hosts_of(activity_id: int, *, invented: bool) -> Select[int]:
    """A SELECT of the ids of the activity's hosts."""
    query = select(Role.person_id).join(Person, Person.id == Role.person_id)
    host = (Role.role == HOST, Role.activity_id == activity_id, Person.invented.is_(invented), in_force())
    return query.where(*host).order_by(Role.id)


async def name_of(session: AsyncSession, person_id: int) -> str:
    """What the other organisers know the person as; empty when the person has no role."""
    query = select(Role.name).where(Role.person_id == person_id).order_by(Role.id).limit(1)
    return await session.scalar(query) or ""


async def grant(
    session: AsyncSession,
    person_id: int,
    role: str,
    *,
    association_id: int | None,
    name: str,
    granted_by: int | None,
    now: datetime,
    activity_id: int | None = None,
    account_id: int | None = None,
) -> bool:
    """The person has the role; False when they had it already. `name` is shown to other organisers only.

    It can be used from that account of theirs; None: from those that they have.
    """
    if account_id is not None:
        await _let_organise(session, person_id, account_id)
    if await session.scalar(select(exists().where(*_same(person_id, role, association_id, activity_id)))):
        return False
    about = {"association_id": association_id, "activity_id": activity_id}
    session.add(Role(person_id=person_id, role=role, **about, name=name, granted_by=granted_by, granted_at=now))
    await session.flush()
    return True


async def roles_of(session: AsyncSession, person_id: int) -> Sequence[Role]:
    """The person's roles, whichever account they are used from."""
    return (await session.scalars(select(Role).where(Role.person_id == person_id).order_by(Role.id))).all()


def scope(association_id: int | None, activity_id: int | None = None) -> str:
    """What a role is for, as the audit log says it."""
    if activity_id is not None:
        return f"activity:{activity_id}"
    return "district" if association_id is None else f"association:{association_id}"


async def may_organise(session: AsyncSession, person_id: int, account_id: int) -> bool:
    """True when the person's roles can be used from that account of theirs."""
    mine = exists().where(Account.id == account_id, Account.person_id == person_id, Account.organises)
    return bool(await session.scalar(select(mine)))


async def _let_organise(session: AsyncSession, person_id: int, account_id: int) -> None:
    """The person's roles can be used from that account of theirs, too.

    Before the first role nobody has looked at their other accounts: it can be used from none of those.
    """
    await session.execute(select(Person.id).where(Person.id == person_id).with_for_update())  # none is linked now
    theirs = update(Account).where(Account.person_id == person_id)
    if not await roles_of(session, person_id):
        await session.execute(theirs.values(organises=False))
    await session.execute(theirs.where(Account.id == account_id).values(organises=True))


async def withdraw(
    session: AsyncSession,
    person_id: int,
    role: str,
    *,
    association_id: int | None,
    activity_id: int | None = None,
) -> None:
    """The person no longer has the role."""
    await session.execute(delete(Role).where(*_same(person_id, role, association_id, activity_id)))


def _same(person_id: int, role: str, association_id: int | None, activity_id: int | None) -> tuple[Any, ...]:
    return (
        Role.person_id == person_id,
        Role.role == role,
        Role.association_id.is_not_distinct_from(association_id),
        Role.activity_id.is_not_distinct_from(activity_id),
    )


async def end_hosts(session: AsyncSession, *, now: datetime) -> Sequence[tuple[int, int]]:
    """Who is no longer the host of what, a month after it was: (person, activity)."""
    been = select(Activity.id).where(func.coalesce(Activity.ends_at, Activity.starts_at) <= now - HOSTED)
    ended = delete(Role).where(Role.role == HOST, Role.activity_id.in_(been))
    return [
        (row[0], row[1] or 0) for row in await session.execute(ended.returning(Role.person_id, Role.activity_id))
    ]


async def has_organiser(session: AsyncSession) -> bool:
    """True when a real person organises; personas of the try-out page do not count."""
    real = exists().where(Role.person_id == Person.id, Person.invented.is_(False), organising())
    return bool(await session.scalar(select(real)))


def organisers_of(association_id: int) -> Rows:
    """A SELECT of the ids of those who organise for the association, in it or in the district.

    Personas of the try-out page organise for invented associations only, and nobody else does.
    """
    world = select(Association.invented).where(Association.id == association_id).scalar_subquery()
    return (
        select(Role.person_id)
        .join(Person, Person.id == Role.person_id)
        .where(organising(association_id), Person.invented == world)
        .distinct()
    )
