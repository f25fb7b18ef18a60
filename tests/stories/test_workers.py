"""Several processes on one PostgreSQL: they share the work, and one that falls silent is missed by nobody."""

from __future__ import annotations

import asyncio
import re
import signal
from functools import partial

import pytest
from sqlalchemy import make_url

from tests.cable import Cable
from tests.postgres import end_connections
from tests.stories.process import doctor
from tests.stories.publishing import copies, everybody_has_it, published, saw, seeded
from tests.stories.seen import within

pytestmark = pytest.mark.postgres

LEASE_SECONDS = 2.0
TAKEN_OVER_SECONDS = LEASE_SECONDS * 35 / 30  # as promised for the usual lease of 30 seconds


@pytest.fixture
def several(make, telegram, postgres_url):
    """Makes processes on one database, each with the roles it is given."""

    def one(roles="all", database=postgres_url):
        settings = {"DATABASE_URL": database, "LEASE_SECONDS": str(LEASE_SECONDS), "ROLES": roles}
        return make(**telegram.settings, **settings)

    return one


def offices(process):
    """What it was last elected for."""
    found = re.findall(r"elected for: (.*)", process.log)
    return found[-1] if found else ""


async def test_who_hears_telegram_is_replaced_when_it_dies(several, telegram):
    """One polls, the other stands by; after kill -9 a question is answered by the other."""
    testa = telegram.person("Testa", "sv")
    testa.account.has_started = True
    first, second = several(), several()
    await seeded(first, [(telegram.address(testa), "Testa")])
    await first.start()
    await telegram.connected("")
    await second.start()
    assert "gateway" in offices(first)
    assert "gateway" not in offices(second)

    await first.kill()
    await telegram.says(testa, "/vecka", in_group=False)

    await within(TAKEN_OVER_SECONDS + 3, partial(saw, telegram, testa, "Inget är inplanerat"))
    assert offices(second) == "chats, clock, gateway"
    assert await second.stop() == 0


@pytest.mark.long
@pytest.mark.parametrize("silenced", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_worker_that_falls_silent_halfway_loses_nothing(several, telegram, silenced):
    """Three send one call; one is killed, or stands still for longer than its lease and wakes again."""
    boss, *workers = several(), several("worker,web"), several("worker,web")
    for worker in workers:
        await worker.start()
    others = await published(telegram, boss, readers=120)

    async def halfway():
        return sum(await copies(telegram, others)) >= 30

    await within(20, halfway)
    boss.signal(silenced)
    assert sum(await copies(telegram, others)) < len(others), "it was silenced too late to tell anything"
    await within(20, partial(everybody_has_it, telegram, others))
    if silenced is signal.SIGSTOP:
        boss.signal(signal.SIGCONT)
        await within(TAKEN_OVER_SECONDS + 5, partial(_has_come_back, boss))
    found = await copies(telegram, others)
    assert sum(found) - len(found) <= 3
    assert max(found) <= 2


async def _has_come_back(process):
    return process.log.count("the database does not hear us") and (await process.get("/readyz"))[0] == 200


@pytest.mark.long
async def test_lost_connections_to_the_database_lose_no_message(several, telegram, postgres_url):
    """Somebody ends all our connections while a call goes out: nobody is forgotten, at most a few twice."""
    process = several()
    others = await published(telegram, process, readers=60)

    async def begun(count):
        return sum(await copies(telegram, others)) >= count

    for count in (5, 15, 25, 35, 45):
        await within(20, partial(begun, count))
        await end_connections(postgres_url)

    await within(30, partial(everybody_has_it, telegram, others))
    assert await copies(telegram, others) == [1] * len(others)
    assert await process.stop() == 0


@pytest.fixture
async def cable(postgres_url):
    """The cable to the database, and the database's address at its near end."""
    url = make_url(postgres_url)
    laid = Cable(str(url.host), url.port or 5432)
    await laid.mend()
    yield laid, url.set(host="127.0.0.1", port=laid.port).render_as_string(hide_password=False)
    await laid.cut()


@pytest.mark.long
async def test_a_database_that_is_away_under_load_loses_nothing(several, telegram, cable):
    """Cut off while a call goes out: who presses is told, nothing is sent, and later everybody has it once."""
    laid, address = cable
    process = several(database=address)
    others = await published(telegram, process, readers=90)

    async def begun():
        return sum(await copies(telegram, others)) >= 20

    await within(20, begun)
    await laid.cut()
    newcomer = telegram.person("Nytta", "sv")
    await telegram.says(newcomer, "/start", in_group=False)
    await within(5, partial(saw, telegram, newcomer, "Jag kunde inte spara"))
    await asyncio.sleep(LEASE_SECONDS)
    before = await copies(telegram, others)
    await asyncio.sleep(LEASE_SECONDS)
    assert await copies(telegram, others) == before
    assert sum(before) < len(others), "it was cut off too late to tell anything"
    await laid.mend()

    await within(30, partial(everybody_has_it, telegram, others))
    await telegram.says(newcomer, "/vecka", in_group=False)
    await within(5, partial(saw, telegram, newcomer, "Demonstration"))
    assert await copies(telegram, others) == [1] * len(others)
    assert await process.stop() == 0


@pytest.mark.long
async def test_the_doctor_sees_which_office_nobody_has(several):
    """One worker alone hears nobody: the operator forgot the other machine."""
    worker = several("worker")
    none = await doctor(worker)
    await worker.launch()
    await within(15, partial(_is_elected, worker))
    found = await doctor(worker)
    await worker.stop()
    after = await doctor(worker)

    assert "workers" not in none
    assert (found["workers"], found["chats_office"]) == ("ok", "ok")
    assert (found["gateway_office"], found["clock_office"], found["ready"]) == (
        "nobody has it",
        "nobody has it",
        False,
    )
    assert (after["workers"], after["chats_office"], after["gateway_office"]) == ("off", "off", "off")


async def _is_elected(process):
    return "chats" in offices(process)
