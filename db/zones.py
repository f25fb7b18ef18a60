"""The rules of time zones change: what was computed by earlier ones is computed anew from the wall clock."""

import io
import zoneinfo
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chat import wall
from db.models import Activity

AT_ONCE = 200  # activities in one transaction


@lru_cache
def rules(name: str) -> bytes:
    """The zone's file as it was when this process first asked, from where `ZoneInfo` finds it."""
    for folder in zoneinfo.TZPATH:
        path = Path(folder, name)
        if path.is_file():
            return path.read_bytes()
    return files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()


def version(name: str) -> str:
    """What tells these rules from others; the version of a whole database says nothing of one zone."""
    return sha256(rules(name)).hexdigest()


async def in_use(session: AsyncSession, *, now: datetime) -> Sequence[str]:
    """The zones of what is still to come, or going on."""
    query = select(Activity.zone).where(_is_ahead(now)).distinct().order_by(Activity.zone)
    return (await session.scalars(query)).all()


def _is_ahead(now: datetime) -> ColumnElement[bool]:
    return or_(Activity.starts_at > now, Activity.ends_at > now)


async def recompute(session: AsyncSession, name: str, *, after: int, now: datetime) -> list[int]:
    """The ids of that zone's next activities, which begin now when their wall clock says; none when all do."""
    zone = ZoneInfo.from_file(io.BytesIO(rules(name)), key=name)
    columns = (Activity.id, Activity.starts_local, Activity.starts_at, Activity.ends_at)
    query = select(*columns).where(Activity.zone == name, Activity.id > after, _is_ahead(now))
    found = (await session.execute(query.order_by(Activity.id).limit(AT_ONCE))).all()
    for one in found:
        local = datetime.fromisoformat(one.starts_local)
        starts_at = wall.moment(local.date(), local.time(), zone)
        if starts_at != one.starts_at:
            ends_at = one.ends_at and one.ends_at + (starts_at - one.starts_at)
            changed = update(Activity).where(Activity.id == one.id)
            await session.execute(changed.values(starts_at=starts_at, ends_at=ends_at))
    return [one.id for one in found]
