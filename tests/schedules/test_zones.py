"""Rules of a time zone that change between planning and due: real zone files, other ones than before."""

from __future__ import annotations

import shutil
import zoneinfo
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from db import reminders, zones
from db.installation import Installation
from db.models import Activity, Reminder
from db.outbox import Quiet
from schedules import zones as schedule
from tests import given as there
from tests.room import NOW, Room

NAME = "Europe/Stockholm"
ALWAYS_WINTER, ALWAYS_SUMMER = "Africa/Algiers", "Africa/Johannesburg"  # UTC+1 and UTC+2, and never changed


@pytest.fixture
def law(tmp_path):
    """Makes the rules of another zone those of Sweden, as a new tzdata would."""
    before = zoneinfo.TZPATH

    def passes(like: str) -> ZoneInfo:
        there = tmp_path / "zones" / NAME
        there.parent.mkdir(parents=True, exist_ok=True)
        with as_file(files("tzdata").joinpath("zoneinfo", *like.split("/"))) as file:
            shutil.copy(file, there)
        return starts_anew([tmp_path / "zones"])

    yield passes
    starts_anew(before)


def starts_anew(path: list[Path] | tuple[str, ...]) -> ZoneInfo:
    """The zone as a new process finds it."""
    zoneinfo.reset_tzpath(to=[str(one) for one in path])
    ZoneInfo.clear_cache()
    zones.rules.cache_clear()
    return ZoneInfo(NAME)


async def starts(room: Room, zone: ZoneInfo) -> int:
    """How many looks the first start under these rules took, until all is computed."""
    installation = Installation("Exempeldistriktet", "sv", zone, "21-08")
    for looks in range(1, 100):
        async with room.database.write() as session:
            if await schedule.run(session, now=room.now, installation=installation) is None:
                return looks
    raise AssertionError("it does not end")


async def planned(room: Room, at: str, zone: ZoneInfo) -> int:
    """An activity in the summer of 2027, with its reminders, by the rules of today."""
    association = await there.association(room, f"Exempelby {at}")
    start = datetime.fromisoformat(at).replace(tzinfo=zone)
    activity = await there.activity(room, "Demonstration", association, start, hours=2)
    async with room.database.write() as session:
        await session.execute(
            update(Activity).where(Activity.id == activity).values(starts_local=at.replace(" ", "T"))
        )
        await reminders.plan(session, activity, now=room.now, quiet=Quiet(zone, "21-08"))
    return activity


async def moments(room: Room, activity: int) -> dict[str, str]:
    """When it begins, ends and is reminded of, in UTC."""
    async with room.database.read() as session:
        row = await session.get_one(Activity, activity)
        due = await session.scalars(select(Reminder).where(Reminder.done_at.is_(None)).order_by(Reminder.due_at))
        found = {"starts": row.starts_at, "ends": row.ends_at} | {one.rule: one.due_at for one in due}
    return {name: f"{at:%d %H:%M}" for name, at in found.items()}


async def test_summer_time_is_abolished_between_planning_and_due(room, law):
    """14.00 stays 14.00, and the evening before stays at six; two hours before stays two hours before."""
    zone = starts_anew(zoneinfo.TZPATH)
    march = await planned(room, "2027-07-10 14:00", zone)
    await starts(room, zone)
    before = await moments(room, march)

    await starts(room, law(ALWAYS_WINTER))

    assert before == {"starts": "10 12:00", "ends": "10 14:00", "day_before": "09 16:00", "two_hours": "10 10:00"}
    assert await moments(room, march) == {
        "starts": "10 13:00",
        "ends": "10 15:00",
        "day_before": "09 17:00",
        "two_hours": "10 11:00",
    }


async def test_rules_that_change_and_change_back(room, law):
    """Also when the law is taken back before it is in force."""
    zone, path = starts_anew(zoneinfo.TZPATH), zoneinfo.TZPATH
    march = await planned(room, "2026-12-12 14:00", zone)
    await starts(room, zone)
    before = await moments(room, march)

    await starts(room, law(ALWAYS_SUMMER))
    between = await moments(room, march)
    await starts(room, starts_anew(path))

    assert (before["starts"], between["starts"]) == ("12 13:00", "12 12:00")
    assert await moments(room, march) == before


async def test_what_was_due_under_the_old_rules_and_not_swept_is_not_lost(room, law):
    """The process was down at six, and is started again with a new tzdata: the sweep still finds it."""
    zone = starts_anew(zoneinfo.TZPATH)
    march = await planned(room, "2026-12-12 14:00", zone)
    await starts(room, zone)
    room.now = datetime(2026, 12, 11, 17, 30, tzinfo=UTC)

    await starts(room, law(ALWAYS_SUMMER))

    assert (await moments(room, march))["day_before"] == "11 17:00"


async def test_many_are_computed_in_parts_and_only_after_a_change(room, law, monkeypatch):
    """No transaction holds up everybody, a crash between two goes on where it was, and most starts do nothing."""
    monkeypatch.setattr(zones, "AT_ONCE", 2)
    zone = starts_anew(zoneinfo.TZPATH)
    marches = [await planned(room, f"2027-07-1{day} 14:00", zone) for day in range(5)]
    first = await starts(room, zone)
    winter = law(ALWAYS_WINTER)

    assert (first, await starts(room, winter), await starts(room, winter)) == (1, 5, 1)
    assert [(await moments(room, one))["starts"] for one in marches] == [f"1{day} 13:00" for day in range(5)]


async def test_what_is_past_stays_as_it_was(room, law):
    """Nobody was there an hour later."""
    zone = starts_anew(zoneinfo.TZPATH)
    march = await planned(room, "2026-11-21 14:00", zone)
    await starts(room, zone)
    assert room.now == NOW

    await starts(room, law(ALWAYS_SUMMER))

    assert await moments(room, march) == {"starts": "21 13:00", "ends": "21 15:00"}
