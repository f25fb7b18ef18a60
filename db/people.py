"""Persons, their accounts, consents and roles. A person exists from the first contact."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import and_, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat.address import Address
from db.keys import Keys
from db.models import Account, Consent, ConsentLog, Draft, Insider, Role
from db.models import Person as PersonRow
from db.prepared import Prepared
from db.roles import NO_RIGHTS, Rights
from db.session import rows


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
    rights: Rights = NO_RIGHTS
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
        row.account_id, row.opened, Consent(row.consent), row.stopped, row.reachable, Rights.of(roles), row.asking,
    )  # fmt: skip


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


async def unstop(session: AsyncSession, person: Person, platform: str, *, now: datetime) -> None:
    """Things are sent to the account again; logged beside the consents."""
    await session.execute(update(Account).where(Account.id == person.account_id).values(stopped=False))
    session.add(
        ConsentLog(
            person_id=person.id,
            platform=platform,
            answer="start",
            text_version="",
            language=person.language,
            at=now,
        )
    )


async def stop(session: AsyncSession, person: Person, *, now: datetime) -> int:
    """On how many accounts the person was stopped: all they have; each is logged."""
    stopped = update(Account).where(Account.person_id == person.id).values(stopped=True)
    platforms = (await session.scalars(stopped.returning(Account.platform))).all()
    same = {"person_id": person.id, "answer": "stop", "text_version": "", "language": person.language, "at": now}
    session.add_all(ConsentLog(platform=platform, **same) for platform in platforms)
    return len(platforms)


async def set_values(session: AsyncSession, person_id: int, **values: object) -> None:
    """Columns of the person's row have these values."""
    await session.execute(update(PersonRow).where(PersonRow.id == person_id).values(**values))


async def set_insider(session: AsyncSession, person_id: int, association_id: int, *, now: datetime) -> None:
    """The person sees what is internal in the association. Safe to repeat."""
    await session.merge(Insider(person_id=person_id, association_id=association_id, confirmed_at=now))
