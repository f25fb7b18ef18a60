"""The real process and its clock: held for half a minute, and started with other rules for its time zone."""

from __future__ import annotations

import asyncio
import shutil
import signal
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.resources import as_file, files
from zoneinfo import ZoneInfo

import pytest

from bot.opening import opened
from bot.settings import Settings
from db import models, people, reminders
from db.models import Activity, Answer
from db.outbox import Quiet
from db.signup import set_answer
from tests.stories.publishing import seeded
from tests.stories.seen import within

pytestmark = pytest.mark.long
STOCKHOLM = ZoneInfo("Europe/Stockholm")
HELD_SECONDS = 30  # three times what the watchdog waits for


def now() -> datetime:
    """The real clock, which the process asks too."""
    return datetime.now(UTC)  # noqa: TID251 - as above


async def planned(process, starts_at, *, comes=None):
    """The id of an activity of the one association, with its reminders; `comes` is somebody's address."""
    settings = Settings(data_dir=process.folder, quiet_hours="", _env_file=None)
    local = starts_at.astimezone(STOCKHOLM)
    async with opened(settings) as house, house.database.write() as session:
        row = Activity(
            association_id=1, kind="meeting", open=True, title="Öppet möte", starts_at=starts_at, created_at=now(),
            starts_local=f"{local:%Y-%m-%dT%H:%M}", zone=STOCKHOLM.key, reminders="two_hours",
        )  # fmt: skip
        session.add(row)
        await session.flush()
        if comes is not None:
            person = await people.get_person(session, house.keys, comes)
            assert person is not None
            yesterday = now() - timedelta(days=1)
            await set_answer(session, row.id, person.id, Answer.COMING, name="Prova", now=yesterday)
        await reminders.plan(session, row.id, now=now(), quiet=Quiet(STOCKHOLM, ""))
        return row.id


async def reminded(telegram, one):
    """How many reminders the person has."""
    return sum("Öppet möte" in message.text for message in await telegram.private(one))


async def test_a_process_held_over_a_reminder_sends_it_when_it_goes_on(make, telegram):
    """SIGSTOP for half a minute: the watchdog sees that it was held too, and leaves the process alone."""
    prova = telegram.person("Prova", "sv")
    prova.account.has_started = True
    process = make(**telegram.settings)
    await seeded(process, [(telegram.address(prova), "Prova")])
    await planned(process, now() + timedelta(hours=2, seconds=15), comes=telegram.address(prova))
    await process.start()

    process.signal(signal.SIGSTOP)
    await asyncio.sleep(HELD_SECONDS)
    before = await reminded(telegram, prova)
    process.signal(signal.SIGCONT)

    await within(10, partial(_has, telegram, prova))
    await within(15, partial(_is_well, process))
    assert (before, await reminded(telegram, prova)) == (0, 1)
    assert "ending the process" not in process.log
    assert await process.stop() == 0


async def _is_well(process):
    return (await process.get("/readyz"))[0] == 200


async def _has(telegram, one):
    return await reminded(telegram, one) > 0


async def test_started_with_other_rules_for_its_zone(make, tmp_path):
    """Summer time is abolished by a new tzdata, and comes back with the next: 14.00 on the wall stays 14.00."""
    process = make()
    await process.start()
    await process.stop()
    await seeded(process, [])
    meeting = await planned(process, datetime(2027, 7, 10, 14, 0, tzinfo=STOCKHOLM))
    folder = tmp_path / "zones" / "Europe"
    folder.mkdir(parents=True)
    with as_file(files("tzdata").joinpath("zoneinfo", "Africa", "Algiers")) as always_winter:
        shutil.copy(always_winter, folder / "Stockholm")
    process.environment["PYTHONTZPATH"] = str(tmp_path / "zones")

    await process.start()

    async def moved():
        return "the rules of Europe/Stockholm have changed" in process.log

    await within(10, moved)
    assert await starts(process, meeting) == datetime(2027, 7, 10, 13, 0, tzinfo=UTC)
    await process.stop()
    del process.environment["PYTHONTZPATH"]
    await process.start()
    await within(10, partial(_is_back, process, meeting))


async def _is_back(process, meeting):
    return await starts(process, meeting) == datetime(2027, 7, 10, 12, 0, tzinfo=UTC)


async def starts(process, meeting):
    """When the meeting begins."""
    async with (
        opened(Settings(data_dir=process.folder, _env_file=None)) as house,
        house.database.read() as session,
    ):
        return (await session.get_one(models.Activity, meeting)).starts_at
