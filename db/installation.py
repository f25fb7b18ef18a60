"""What the installation is called, which language and zone it has, and its quiet hours."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Association, Setting
from db.session import insert

TELEGRAM_NAME = "telegram.username"  # the setting that says what the bot is called there, once it has connected


@dataclass(frozen=True, slots=True)
class Installation:
    """First values come from the environment; organisers edit them later."""

    organisation: str  # empty: not named yet
    language: str
    zone: ZoneInfo
    quiet_hours: str  # "21-08"; empty: none
    mail: bool = False  # codes can be sent by e-mail


async def get_setting(session: AsyncSession, name: str) -> str | None:
    """What is remembered under that name."""
    value: str | None = await session.scalar(select(Setting.value).where(Setting.name == name))
    return value


async def set_setting(session: AsyncSession, name: str, value: str) -> None:
    """That is remembered under that name."""
    query = insert(session, Setting).values(name=name, value=value)
    await session.execute(query.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


async def district(session: AsyncSession, organisation: str, *, invented: bool, now: datetime) -> int:
    """The id of the district's own row, made at first use and named after the organisation."""
    query = select(Association.id).where(Association.is_district, Association.invented.is_(invented))
    found: int | None = await session.scalar(query)
    if found is None:
        row = insert(session, Association).values(
            name=organisation, is_district=True, invented=invented, created_at=now
        )
        await session.execute(row.on_conflict_do_nothing())  # another process may have begun at the same time
        found = await session.scalar(query)
    assert found is not None
    return found
