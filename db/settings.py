"""What a person has set for themselves."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Account, Association, Consent, Person


@dataclass(frozen=True, slots=True)
class Settings:
    """A person's settings, and those of the account they ask from. `quiet_hours` None: the installation's."""

    reminders: bool
    digest: bool
    private_copies: bool
    quiet_hours: str | None
    association: str | None
    is_district: bool
    consent: Consent
    stopped: bool


async def get_settings(session: AsyncSession, person_id: int, account_id: int) -> Settings:
    """The settings as they are now."""
    query = (
        select(
            Person.reminders, Person.digest, Person.private_copies, Person.quiet_hours,
            Association.name, Association.is_district, Account.consent, Account.stopped,
        )
        .join(Account, Account.person_id == Person.id)
        .outerjoin(Association, Association.id == Person.association_id)
        .where(Person.id == person_id, Account.id == account_id)
    )  # fmt: skip
    row = (await session.execute(query)).one()
    return Settings(*row[:5], bool(row.is_district), Consent(row.consent), row.stopped)
