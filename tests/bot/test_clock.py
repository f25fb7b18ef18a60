"""The clock through outages, sleep and wrong wall clocks: once, in time or while it is of use, in true words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from apscheduler.schedulers import base
from sqlalchemy import update

from db.models import Activity
from tests.bot.clock_house import ADA, BEN, House, a_moment, at
from tests.bot.outbox_world import World, until
from tests.room import open_room

TODAY, TOMORROW = "I dag", "I morgon"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Nothing runs."""
    async with open_room(tmp_path) as room:
        made = House(World(room.database))
        yield made
        await made.stop()


# Saturday the 28th at 14, reminded of the evening before and two hours before: what the clock on the wall shows
# one after the other, and the messages that have come in the end.
TIMES = {
    "nothing happens": (["27 17:59", "27 18:00", "28 00:01", "28 11:59", "28 12:00"], [TOMORROW, TODAY]),
    "away in the evening": (["27 17:00", "27 20:00", "28 12:00"], [TOMORROW, TODAY]),
    "away overnight": (["27 17:00", "28 09:00", "28 12:00"], [TODAY, TODAY]),
    "back when the next is near": (["27 17:00", "28 11:10", "28 12:00"], [TODAY]),
    "away over both": (["27 17:00", "28 12:30"], [TODAY]),
    "back just before it begins": (["27 17:00", "28 13:59"], [TODAY]),
    "back when it has begun": (["27 17:00", "28 14:00"], []),
    "back the day after": (["27 18:00", "29 09:00"], [TOMORROW]),
    "an hour fast, then mended": (["27 18:00", "27 17:05", "27 18:00", "28 12:00"], [TOMORROW, TODAY]),
    "an hour slow, then mended": (["27 17:30", "27 18:35", "28 12:00"], [TOMORROW, TODAY]),
    "fast over its beginning": (["27 18:00", "28 12:00", "28 14:30", "28 13:30"], [TOMORROW, TODAY]),
}


@pytest.mark.parametrize("killed", [False, True], ids=["asleep", "killed"])
@pytest.mark.parametrize(("times", "said"), TIMES.values(), ids=TIMES.keys())
async def test_what_is_said_whenever_the_clock_runs(house, times, said, killed):
    """The machine slept, or the process was not there and starts again: nothing twice, nothing untrue or over."""
    await house.march()

    await house.start(times[0])
    for clock in times[1:]:
        if killed:
            await house.stop()
            await house.start(clock)
        else:
            await house.shows(clock)
    await a_moment()

    assert house.said == said


async def test_what_did_not_leave_in_the_evening_does_not_say_tomorrow_in_the_morning(house):
    """Queued at six, and the platform or the machine was away until the day itself: the words follow."""
    await house.march(reminders="day_before")
    await house.start("27 18:00", with_delivery=False)
    await house.stop()

    await house.start("28 09:00")
    await a_moment()

    assert house.said == [TODAY]


async def test_own_quiet_hours_over_midnight(house):
    """Ben's evening reminder waits until nine, and says today; Ada's has come, and is not said anew."""
    march = await house.march(reminders="day_before")
    await house.world.signup(march, await house.world.person(BEN, quiet_hours="17-09"))

    await house.start("27 18:00")
    await house.shows("28 00:01")
    evening = house.world.telegram.addresses[:]
    await house.shows("28 09:00")

    assert evening == [str(ADA)]
    assert house.world.telegram.addresses == [str(ADA), str(BEN)]
    assert house.said == [TOMORROW, TODAY]


async def test_a_reminder_that_waited_speaks_of_things_as_they_are_when_it_leaves(house):
    """The platform was away while the place was changed: each reads the new one, in their own language."""
    march = await house.march(place="Stortorget")
    await house.world.signup(march, await house.world.person(BEN, quiet_hours="", language="en"))
    await house.start("27 18:00", with_delivery=False)
    await house.stop()

    await house.world.does(lambda s: s.execute(update(Activity).values(place="Folkets hus")))
    await house.start("27 18:30")

    assert sorted(house.said) == [TOMORROW, "Tomorrow"]
    assert all("Folkets hus" in text for text in house.world.telegram.texts)


async def test_a_change_before_the_first_look_loses_no_reminder(house):
    """Back after an outage, somebody is faster with a correction than the clock with what is late."""
    march = await house.march()
    house.world.now = at("27 18:30")
    await house.world.does(lambda s: s.execute(update(Activity).values(title="Stor demonstration", revision=2)))
    await house.plan(march)

    await house.start("27 18:30")
    await house.shows("28 12:00")

    assert house.said == [TOMORROW, TODAY]


async def test_a_moved_activity_is_reminded_of_at_its_new_time_alone(house):
    """What was due and not swept belongs to the old time."""
    march = await house.march()
    house.world.now = at("27 18:30")
    later = at("30 14:00")
    await house.world.does(lambda s: s.execute(update(Activity).values(starts_at=later, revision=2)))
    await house.plan(march)

    await house.start("27 18:30")
    await house.shows("28 12:00")
    before = house.said
    await house.shows("29 18:00")

    assert (before, house.said) == ([], [TOMORROW])


async def test_a_wall_clock_put_back_does_not_stop_the_ticks(house, monkeypatch):
    """An hour fast and mended by hand or by the net: without ticks the watchdog would end the process."""
    ahead = timedelta(hours=1)

    class Wall(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + ahead  # noqa: TID251 - the scheduler's own clock, an hour fast

    monkeypatch.setattr(base, "datetime", Wall)
    await house.march()
    await house.start("27 18:00")
    ahead = timedelta(0)
    await house.shows("27 17:00")
    beats = house.beats

    async def goes_on():
        return house.beats >= beats + 2

    await until(goes_on)
    await house.shows("28 12:00")
    assert house.said == [TOMORROW, TODAY]
