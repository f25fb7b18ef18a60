"""A new key beside the real process, which takes it up without a restart; an incident, after which it rests."""

import pytest

from bot.opening import KEY_FILE
from db import rotation
from db.keys import read_keys, use_keys
from db.session import Database
from tests.stories.test_restored import command, sees, world

__all__ = ["world"]  # a fixture

pytestmark = [pytest.mark.long, pytest.mark.parametrize("driver", ["telegram"], indirect=True)]


async def older(folder):
    """How many rows are not under the newest key of the file."""
    keys = read_keys(folder / KEY_FILE)
    use_keys(keys)
    database = Database(f"sqlite+aiosqlite:///{folder / 'kallelse.db'}")
    try:
        async with database.read() as session:
            return await rotation.older(session, rotation.newest(keys))
    finally:
        await database.close()


async def test_the_running_bot_reads_and_writes_with_the_new_key(world, driver, tmp_path):
    """What somebody asks afterwards is under it, what was there before is read with it."""
    process, prova, testa, *_ = world
    said = await command(process, "keys", "rotate")
    await driver.says(testa, "/kontakt", in_group=False)
    await sees(driver, testa, "Vad vill du säga?")
    await driver.says(testa, "Får kanariefågeln följa med?", in_group=False)
    await sees(driver, prova, "Får kanariefågeln följa med?")

    assert "A new key encrypts" in said
    assert await older(process.folder) == 0
    assert await process.stop() == 0


async def test_after_an_incident_nothing_goes_out_and_old_buttons_are_dead(world, driver, tmp_path):
    """Questions are answered; buttons made before are refused from the next start on, and the new ones work."""
    process, _, testa, *_ = world
    await driver.says(testa, "/glommig", in_group=False)
    await sees(driver, testa, "Ska jag glömma dig?")

    said = await command(process, "incident")
    assert await process.stop() == 0
    await process.start()
    await driver.connected("")
    _, states = await process.get("/readyz")
    await driver.presses(testa, (await driver.private(testa))[-1], "Ja, glöm mig")
    await sees(driver, testa, "Den knappen används inte längre")
    await driver.says(testa, "/mindata", in_group=False)
    await sees(driver, testa, "allt jag sparar")

    assert "This report is kept in" in said
    assert states["delivery"].startswith("on HOLD since")
    assert await process.stop() == 0
