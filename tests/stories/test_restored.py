"""A backup is made while people press, and restored at noon: nothing goes out before the operator releases it."""

from __future__ import annotations

import asyncio
import sys

import pytest

from tests.stories.process import ROOT
from tests.stories.publishing import seeded
from tests.stories.seen import within
from tests.stories.stage import call

pytestmark = pytest.mark.parametrize(
    "driver", ["telegram", pytest.param("discord", marks=pytest.mark.long)], indirect=True
)

BEFORE, AFTER = "Soppa i Påhittsås", "Torgmöte i Låtsasvik"


async def command(process, *arguments):
    """What the operator's command says, beside the process or without it."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, cwd=ROOT, env=process.environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    out, _ = await child.communicate()
    assert child.returncode == 0, out.decode()
    return out.decode()


async def saw(driver, one, words):
    """How many messages with these words the person has."""
    return sum(words in seen.text for seen in await driver.private(one))


async def sees(driver, one, words, times=1):
    """The person has so many messages with these words, in some seconds."""

    async def found():
        return await saw(driver, one, words) == times

    await within(10, found)


async def called(driver, organiser, **answers):
    """The organiser publishes a call."""
    await driver.says(organiser, "/kallelse", in_group=False)
    await driver.fills(organiser, call(when="i morgon kl 18", association="Distriktet", **answers))

    async def preview():
        return next((seen for seen in reversed(await driver.private(organiser)) if seen.has("Publicera")), None)

    await driver.presses(organiser, await within(10, preview), "Publicera")


async def cards(driver, one, title):
    """How many copies of the call to that the person has."""
    return sum(title in seen.text and seen.has("Jag kommer") for seen in await driver.private(one))


@pytest.fixture
async def world(make, driver):
    """A running bot, its organiser and three who said yes to being written to."""
    process = make(**driver.settings)
    everybody = [driver.person(name, "sv") for name in ("Prova", "Testa", "Hitta", "Låtsa")]
    for one in everybody:
        if driver.platform == "telegram":
            one.account.has_started = True
    addresses = [(driver.address(one), one.name) for one in everybody]
    await seeded(process, addresses, organiser=addresses[0][0])
    await process.start()
    await driver.connected("")
    return process, *everybody


async def restored(process, driver, tmp_path, meanwhile):
    """A backup was made, the bot lived on, and the backup was put back; what the command said. It runs again."""
    file = str(tmp_path / "kept.backup")
    await command(process, "backup", file)
    await meanwhile()
    assert await process.stop() == 0
    said = await command(process, "restore", file, "--yes")
    await process.start()
    await driver.connected("")
    return said


@pytest.mark.long
async def test_a_backup_restored_at_noon(world, driver, tmp_path):
    """Who asks is answered, what is published waits; released, it comes once, and nothing comes a second time."""
    process, prova, testa, *_ = world

    async def meanwhile():
        await called(driver, prova, title=BEFORE)
        await sees(driver, prova, "Klart kl.")

    await restored(process, driver, tmp_path, meanwhile)
    status, states = await process.get("/readyz")
    await driver.says(prova, "/aktiviteter", in_group=False)
    await sees(driver, prova, "Just nu vilar alla utskick, tills")
    await called(driver, prova, title=AFTER)
    await sees(driver, prova, "Publicerat. Just nu vilar alla utskick")
    await driver.says(testa, "/kommande", in_group=False)
    await sees(driver, testa, AFTER)
    on_hold = await cards(driver, testa, AFTER)
    said = await command(process, "release")
    await sees(driver, prova, "Klart kl.", times=2)

    assert "Nothing is sent: on HOLD since" in process.log
    assert (status, states["delivery"][:13]) == (503, "on HOLD since")
    assert "  call: 4, the oldest waits since" in said
    assert (on_hold, await cards(driver, testa, AFTER), await cards(driver, testa, BEFORE)) == (0, 1, 1)
    assert await process.stop() == 0


@pytest.mark.long
async def test_who_said_no_meanwhile_has_said_no(world, driver, tmp_path):
    """Forgotten stays forgotten and stopped stays stopped, where the database that is replaced can be read."""
    process, prova, testa, hitta, latsa = world

    async def meanwhile():
        await driver.says(testa, "/glommig", in_group=False)
        await sees(driver, testa, "Ska jag glömma dig?")
        await driver.presses(testa, (await driver.private(testa))[-1], "Ja, glöm mig")
        await driver.says(hitta, "/stopp", in_group=False)
        await sees(driver, hitta, "Jag slutar direkt.")

    said = await restored(process, driver, tmp_path, meanwhile)
    await command(process, "release")
    await called(driver, prova, title=AFTER)
    await sees(driver, prova, "Klart kl.")

    assert "1 had used /glommig since, and are forgotten here as well." in said
    assert [await cards(driver, one, AFTER) for one in (testa, hitta, latsa)] == [0, 0, 1]
    assert await process.stop() == 0
