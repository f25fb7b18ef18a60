"""A call on its way to many people, for stories in which something happens to the process meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.opening import opened
from bot.settings import Settings
from chat.address import Platform
from db import models, people, roles
from db.models import Consent
from tests.stories.seen import within
from tests.stories.stage import call

JOINED = datetime(2026, 1, 2, 9, 0, tzinfo=UTC)  # long before today: the process runs by the real clock
SOON = {"when": "i morgon kl 18"}


async def seeded(process, everybody, *, organiser=None):
    """These people said yes before; one of them organises. `everybody` are (address, name)."""
    database = process.environment.get("KALLELSE_DATABASE_URL", "")
    settings = Settings(data_dir=process.folder, database_url=database, quiet_hours="", _env_file=None)
    async with opened(settings) as house, house.database.write() as session:
        session.add(models.Association(name="Provstad", created_at=JOINED))
        for address, name in everybody:
            one = await people.add_person(session, house.keys, address, language="sv", invented=False, now=JOINED)
            one = await people.set_opened(session, one)
            await people.set_consent(
                session, one, address.platform.value, Consent.YES, text_version="1", now=JOINED
            )
            await people.set_values(session, one.id, greeted_at=JOINED)
            if address == organiser:
                await roles.grant(
                    session, one.id, roles.ORGANISER, association_id=None, name=name, granted_by=None, now=JOINED
                )


async def saw(driver, one, text):
    """Whether that stands in their private chat."""
    return any(text in seen.text for seen in await driver.private(one))


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
    await within(5, lambda: saw(driver, prova, "Så här blir det"))
    await driver.presses(prova, (await driver.private(prova))[-1], "Publicera")
    return others


async def copies(driver, others):
    """How many copies of the call each of them has."""
    found = []
    for one in others:
        seen = await driver.private(one)
        found.append(sum("vårdcentralen" in message.text for message in seen))
    return found


async def everybody_has_it(driver, others):
    """Whether the call has come to all of them."""
    return min(await copies(driver, others)) >= 1
