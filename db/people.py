"""Persons, their accounts, consents and roles. A person exists from the first contact."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat.address import Address
from db import models
from db.keys import Keys
from db.models import Account, Consent, ConsentLog, Draft, Insider, Role
from db.models import Person as PersonRow
from db.prepared import Prepared
from db.session import Rows, rows

ADMIN = "admin"  # an organiser of the whole district who also runs the installation
ORGANISER = "organiser"
REGISTRAR = "registrar"  # sees and keeps the register, there
AUDITOR = "auditor"  # reads the audit log
HOST = "host"  # of one activity, without the register
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


@dataclass(frozen=True, slots=True)
class Person:
    """The person who asks, with the account they use and what they may do."""

    id: int
    language: str
    association_id: int | None
    invented: bool
    greeted: bool
    account_id: int
    opened: bool
    consent: Consent
    stopped: bool
    reachable: bool
    rights: Rights = Rights()
    asking: str | None = None  # the form whose draft waits for free text; None: none does


NOBODY = Person(0, "", None, False, False, 0, False, Consent.UNASKED, False, False)  # fmt: skip
"""Stands for whom an event is about when that person never was in contact."""


def address_index(keys: Keys, address: Address) -> bytes:
    """The blind index under which an account or a chat is found."""
    return keys.blind_index("address", address.platform.value, address.id)


_KNOWN = Prepared(
    select(
        PersonRow.id,
        PersonRow.language,
        PersonRow.association_id,
        PersonRow.invented,
        PersonRow.greeted_at,
        Account.id.label("account_id"),
        Account.opened,
        Account.consent,
        Account.stopped,
        Account.reachable,
        Role.role,
        Role.association_id.label("role_association_id"),
        Role.activity_id.label("role_activity_id"),
        select(func.max(Draft.form))
        .where(Draft.person_id == PersonRow.id, Draft.asking != "")
        .scalar_subquery()
        .label("asking"),
    )
    .join(Account, Account.person_id == PersonRow.id)
    .outerjoin(Role, and_(Role.person_id == PersonRow.id, Account.organises))
    .where(Account.platform == bindparam("platform"), Account.address_index == bindparam("index"))
)


async def get_person(session: AsyncSession, keys: Keys, address: Address) -> Person | None:
    """The person behind that account."""
    index = address_index(keys, address)
    found = await rows(session, _KNOWN, {"platform": address.platform.value, "index": index})
    if not found:
        return None
    row = found[0]
    roles = [(one.role, one.role_association_id, one.role_activity_id) for one in found if one.role]
    return Person(
        row.id, row.language, row.association_id, row.invented, row.greeted_at is not None,
        row.account_id, row.opened, Consent(row.consent), row.stopped, row.reachable, _rights(roles), row.asking,
    )  # fmt: skip


def _rights(roles: Sequence[tuple[str, int | None, int | None]]) -> Rights:
    organising = {association for role, association, _ in roles if role in ORGANISING}
    names = {role for role, _, _ in roles}
    return Rights(
        district=None in organising,
        admin=ADMIN in names,
        auditor=AUDITOR in names,
        associations=frozenset(one for one in organising if one is not None),
        register=frozenset(association for role, association, _ in roles if role == REGISTRAR),
        hosted=frozenset(activity for role, _, activity in roles if role == HOST and activity is not None),
    )


async def add_person(
    session: AsyncSession, keys: Keys, address: Address, *, language: str, invented: bool, now: datetime
) -> Person:
    """A new person with this account."""
    row = PersonRow(language=language, invented=invented, created_at=now)
    session.add(row)
    await session.flush()
    account = Account(
        person_id=row.id,
        platform=address.platform.value,
        address=address.id,
        address_index=address_index(keys, address),
        created_at=now,
    )
    session.add(account)
    await session.flush()
    return Person(
        row.id, language, None, invented, False, account.id, False, Consent.UNASKED, False, True
    )  # fmt: skip


async def set_opened(session: AsyncSession, person: Person) -> Person:
    """The person's account takes private messages from now on."""
    await session.execute(
        update(Account).where(Account.id == person.account_id).values(opened=True, reachable=True)
    )
    return replace(person, opened=True, reachable=True)


async def set_unreachable(session: AsyncSession, account_id: int) -> None:
    """Nothing is sent to this account until the person comes back."""
    await session.execute(update(Account).where(Account.id == account_id).values(reachable=False))


async def set_consent(
    session: AsyncSession, person: Person, platform: str, answer: Consent, *, text_version: str, now: datetime
) -> None:
    """The person's answer is in force at once and logged. Any answer but NO ends an earlier /stopp."""
    values = {"consent": answer.value} | ({} if answer is Consent.NO else {"stopped": False})
    await session.execute(update(Account).where(Account.id == person.account_id).values(**values))
    session.add(
        ConsentLog(
            person_id=person.id,
            platform=platform,
            answer=answer.value,
            text_version=text_version,
            language=person.language,
            at=now,
        )
    )


async def set_stopped(
    session: AsyncSession, person: Person, platform: str, *, stopped: bool, now: datetime
) -> None:
    """Nothing at all is sent unasked to the person's account, or things are again; logged beside the consents."""
    await session.execute(update(Account).where(Account.id == person.account_id).values(stopped=stopped))
    answer = "stop" if stopped else "start"
    session.add(
        ConsentLog(
            person_id=person.id,
            platform=platform,
            answer=answer,
            text_version="",
            language=person.language,
            at=now,
        )
    )


async def set_values(session: AsyncSession, person_id: int, **values: object) -> None:
    """Columns of the person's row have these values."""
    await session.execute(update(PersonRow).where(PersonRow.id == person_id).values(**values))


async def grant(
    session: AsyncSession,
    person_id: int,
    role: str,
    *,
    association_id: int | None,
    name: str,
    granted_by: int | None,
    now: datetime,
) -> bool:
    """The person has the role; False when they had it already. `name` is shown to other organisers only."""
    same = (
        Role.person_id == person_id,
        Role.role == role,
        Role.association_id.is_not_distinct_from(association_id),
    )
    if await session.scalar(select(exists().where(*same))):
        return False
    session.add(
        Role(
            person_id=person_id,
            role=role,
            association_id=association_id,
            name=name,
            granted_by=granted_by,
            granted_at=now,
        )
    )
    await session.flush()
    return True


async def withdraw(session: AsyncSession, person_id: int, role: str, *, association_id: int | None) -> None:
    """The person no longer has the role."""
    same = (
        Role.person_id == person_id,
        Role.role == role,
        Role.association_id.is_not_distinct_from(association_id),
    )
    await session.execute(delete(Role).where(*same))


async def has_organiser(session: AsyncSession) -> bool:
    """True when a real person has a role; personas of the try-out page do not count."""
    real = exists().where(Role.person_id == PersonRow.id, PersonRow.invented.is_(False))
    return bool(await session.scalar(select(real)))


async def set_insider(session: AsyncSession, person_id: int, association_id: int, *, now: datetime) -> None:
    """The person sees what is internal in the association. Safe to repeat."""
    await session.merge(Insider(person_id=person_id, association_id=association_id, confirmed_at=now))


def organisers_of(association_id: int) -> Rows:
    """A SELECT of the ids of those who organise for the association, in it or in the district.

    Personas of the try-out page organise for invented associations only, and nobody else does.
    """
    world = select(models.Association.invented).where(models.Association.id == association_id).scalar_subquery()
    return (
        select(models.Role.person_id)
        .join(PersonRow, PersonRow.id == models.Role.person_id)
        .where((models.Role.association_id == association_id) | models.Role.association_id.is_(None))
        .where(PersonRow.invented == world)
        .distinct()
    )
