"""The process as its operator meets it: starts, bad settings, signals, and kill -9 at bad moments."""

from __future__ import annotations

import socket
from functools import partial

import pytest

from bot.opening import opened
from bot.settings import Settings
from chat.address import Platform
from db import models, people
from db.models import Consent
from handlers.call.form import CALL
from tests.stories.driver import label
from tests.stories.on_discord import OnDiscord
from tests.stories.on_telegram import OnTelegram
from tests.stories.process import Process
from tests.stories.running import NOW
from tests.stories.seen import within
from tests.stories.stage import call

SOON = {"when": "i morgon kl 18"}


@pytest.fixture
async def telegram():
    """A Telegram with a group."""
    driver = OnTelegram()
    await driver.start()
    yield driver
    await driver.stop()


@pytest.fixture
async def discord():
    """A Discord with a server."""
    driver = OnDiscord()
    await driver.start()
    yield driver
    await driver.stop()


@pytest.fixture
async def driver(request):
    """The platform that the story is told on."""
    opened = OnTelegram() if request.param == "telegram" else OnDiscord()
    await opened.start()
    yield opened
    await opened.stop()


@pytest.fixture
async def make(tmp_path):
    """Makes processes on one data directory; none is left behind."""
    made = []

    def one(**settings):
        made.append(Process(tmp_path / "data", **settings))
        return made[-1]

    yield one
    for process in made:
        await process.clean_up()


async def is_ready(process, **wanted):
    """The platforms say that of themselves."""

    async def found():
        _, states = await process.get("/readyz")
        return all(states[name] == state for name, state in wanted.items())

    await within(15, found)


async def seeded(process, everybody, *, organiser=None):
    """These people said yes before; one of them organises. `everybody` are (address, name)."""
    settings = Settings(data_dir=process.folder, quiet_hours="", _env_file=None)
    async with opened(settings) as house, house.database.write() as session:
        session.add(models.Association(name="Provstad", created_at=NOW))
        for address, name in everybody:
            one = await people.add_person(session, house.keys, address, language="sv", invented=False, now=NOW)
            one = await people.set_opened(session, one)
            await people.set_consent(session, one, address.platform.value, Consent.YES, text_version="1", now=NOW)
            await people.set_values(session, one.id, greeted_at=NOW)
            if address == organiser:
                await people.grant(
                    session, one.id, people.ORGANISER, association_id=None, name=name, granted_by=None, now=NOW
                )


async def test_a_later_start_answers_within_three_seconds(make):
    """An operator, or a supervisor, sees at once that it lives."""
    process = make()
    await process.start()
    assert await process.stop() == 0

    seconds = await process.start()

    assert seconds < 3
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


@pytest.mark.long
async def test_killed_in_the_middle_of_a_form(make, telegram):
    """After kill -9 between two questions the next answer goes on where the organiser was."""
    prova = telegram.person("Prova", "sv")
    prova.account.has_started = True
    process = make(**telegram.settings)
    await seeded(process, [(telegram.address(prova), "Prova")], organiser=telegram.address(prova))
    await process.start()
    await telegram.says(prova, "/kallelse", in_group=False)
    first = {name: value for name, value in call(**SOON).items() if name != label_of("place")}
    await telegram.fills(prova, first)

    await process.kill()
    await telegram.says(prova, "Stortorget, Exempelby", in_group=False)
    await process.start()

    await within(5, partial(_saw, telegram, prova, "Vad mer behöver man veta?"))
    await telegram.fills(prova, {name: value for name, value in call(**SOON).items() if name not in done()})
    assert await within(5, lambda: _saw(telegram, prova, "Så här blir det"))
    preview = prova.account.inbox[-1].text
    assert "Demonstration för vårdcentralen" in preview
    assert "Stortorget, Exempelby" in preview


def label_of(name):
    """The Swedish label of a field of the call."""
    return label(CALL.field(name), "sv")


def done():
    """The fields that were answered before the process was killed, and the one after."""
    return {label_of(name) for name in ("title", "kind", "when", "place")}


async def published(driver, process, *, readers):
    """The readers, while a call to them is on its way."""
    prova = driver.person("Prova", "sv")
    others = [driver.person(f"Testa{number}", "sv") for number in range(readers)]
    if driver.platform is Platform.TELEGRAM:
        for one in (prova, *others):
            one.account.has_started = True
    everybody = [(driver.address(one), one.name) for one in (prova, *others)]
    await seeded(process, everybody, organiser=driver.address(prova))
    await process.start()
    await driver.connected("")
    await driver.says(prova, "/kallelse", in_group=False)
    await driver.fills(prova, call(**SOON, association="Distriktet"))
    await within(5, lambda: _saw(driver, prova, "Så här blir det"))
    await driver.presses(prova, (await driver.private(prova))[-1], "Publicera")
    return others


async def copies(driver, others):
    """How many copies of the call each of them has."""
    found = []
    for one in others:
        seen = await driver.private(one)
        found.append(sum("vårdcentralen" in message.text for message in seen))
    return found


@pytest.mark.long
@pytest.mark.parametrize(("driver", "most_twice"), [("telegram", 3), ("discord", 0)], indirect=["driver"])
async def test_killed_while_publishing(make, driver, most_twice):
    """After kill -9 halfway everybody has the call; twice only what was in the air, on Discord nobody."""
    process = make(**driver.settings)
    others = await published(driver, process, readers=40)

    async def halfway():
        return sum(await copies(driver, others)) >= 10

    await within(20, halfway)
    await process.kill()
    reached = sum(await copies(driver, others))
    assert reached < len(others), "it was killed too late to tell anything"
    await process.start()

    async def everybody_has_it():
        return min(await copies(driver, others)) >= 1

    await within(30, everybody_has_it)
    assert await process.stop() == 0
    found = await copies(driver, others)
    assert sum(found) - len(found) <= most_twice
    assert max(found) <= 2


@pytest.mark.long
async def test_told_to_stop_while_publishing(make, telegram):
    """SIGTERM halfway: it ends in seconds with 0, and nothing is lost or sent twice."""
    process = make(**telegram.settings)
    others = await published(telegram, process, readers=60)

    async def begun():
        return sum(await copies(telegram, others)) >= 5

    await within(20, begun)
    assert await process.stop() == 0
    assert sum(await copies(telegram, others)) < len(others), "it was stopped too late to tell anything"
    await process.start()

    async def everybody_has_it():
        return min(await copies(telegram, others)) >= 1

    await within(30, everybody_has_it)
    assert await copies(telegram, others) == [1] * len(others)
