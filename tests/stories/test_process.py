"""The process as its operator meets it: starts, bad settings, signals, and kill -9 at bad moments."""

from __future__ import annotations

import socket
from functools import partial

from tests.stories.seen import within


async def is_ready(process, **wanted):
    """The platforms say that of themselves."""

    async def found():
        _, states = await process.get("/readyz")
        return all(states[name] == state for name, state in wanted.items())

    await within(15, found)


async def test_a_later_start_answers_within_three_seconds(make):
    """An operator, or a supervisor, sees at once that it lives."""
    process = make()
    took = [await process.start()]
    for _ in range(2):
        assert await process.stop() == 0
        took.append(await process.start())

    assert min(took[1:]) < 3  # the machine may have been busy with something else
    status, states = await process.get("/readyz")
    assert (status, states["ready"]) == (200, True)
    assert (states["telegram"], states["discord"]) == ("off", "off")


async def test_a_wrong_token_stops_one_platform_only(make, telegram, discord):
    """Telegram refuses, Discord goes on, and /readyz names who does not."""
    wrong = telegram.settings | {"TELEGRAM_TOKEN": "987654321:AAnotTheTokenAtAllAAAAAAAAAAAAAAAA"}
    process = make(**wrong, **discord.settings)

    await process.start()

    await is_ready(process, discord="ok")
    status, states = await process.get("/readyz")
    assert (status, states["ready"]) == (503, False)
    assert states["telegram"] not in {"ok", "off"}
    testa = discord.person("Testa", "sv")
    await discord.says(testa, "/vecka", in_group=False)
    assert await within(5, lambda: discord.private(testa))
    assert await process.stop() == 0
    assert "AAnotTheToken" not in process.log + str(states)


async def test_a_taken_port_ends_the_start(make, telegram):
    """The start ends before a platform is connected, with one sentence."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = make(**telegram.settings, WEB_PORT=str(taken.getsockname()[1]))

        await process.launch()

        assert await process.ended() == 1
    assert "is taken by another program" in process.log
    assert "Traceback" not in process.log
    assert not telegram.server.counts


async def test_a_read_only_database_ends_the_start(make):
    """The operator learns what is wrong in one sentence."""
    process = make()
    await process.start()
    await process.stop()
    file = process.folder / "kallelse.db"
    locked = make(DATABASE_URL=f"sqlite+aiosqlite:///file:{file}?mode=ro&uri=true")

    await locked.launch()

    assert await locked.ended() == 1
    assert "database cannot be used" in locked.log
    assert "readonly" in locked.log
    assert "Traceback" not in locked.log


async def test_a_missing_key_file_ends_the_start(make):
    """A database without its key is not written to with another one."""
    process = make()
    await process.start()
    await process.stop()
    (process.folder / "keys.json").unlink()

    await process.launch()

    assert await process.ended() == 1
    assert "keys.json is missing" in process.log
    assert "Traceback" not in process.log


async def test_the_log_holds_nobody(make, telegram, discord):
    """At DEBUG, with people on both platforms talking: no name, no text, no id, no token."""
    process = make(LOG_LEVEL="DEBUG", **telegram.settings, **discord.settings)
    await process.start()
    await is_ready(process, telegram="ok", discord="ok")
    for driver in (telegram, discord):
        canary = driver.person("Kanarie Fågelsson", "sv")
        await driver.says(canary, "/start", in_group=False)
        await within(5, partial(_saw, driver, canary, "Hej Kanarie"))
        await driver.says(canary, "kvittrar hemligt om Påhittsås", in_group=False)
        await driver.says(canary, "/admin HEML-IGKO-D123", in_group=False)
        await driver.says(canary, "/vecka", in_group=True)
        await within(5, partial(_saw, driver, canary, "Koden gäller inte"))

    assert await process.stop() == 0

    ids = [str(one) for one in (*telegram.server.people, *discord.server.world.accounts, telegram.chat.id)]
    ids.append(str(discord.channel.id))
    for secret in (
        "Kanarie",
        "Fågelsson",
        "kvittrar",
        "Påhittsås",
        "HEML",
        telegram.server.token,
        discord.server.token,
    ):
        assert secret not in process.log
    assert [one for one in ids if one in process.log] == []
    assert "Traceback" not in process.log


async def _saw(driver, one, text):
    return any(text in seen.text for seen in await driver.private(one))
