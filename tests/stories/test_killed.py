"""The process killed with -9, or told to stop, in the middle of a form and of publishing."""

from __future__ import annotations

from functools import partial

import pytest

from handlers.call.form import CALL
from tests.stories.driver import label
from tests.stories.kills import kills
from tests.stories.publishing import SOON, copies, everybody_has_it, published, saw, seeded
from tests.stories.seen import within
from tests.stories.stage import call

pytestmark = pytest.mark.long


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

    await within(5, partial(saw, telegram, prova, "Vad mer behöver man veta?"))
    await telegram.fills(prova, {name: value for name, value in call(**SOON).items() if name not in done()})
    assert await within(5, lambda: saw(telegram, prova, "Så här blir det"))
    preview = prova.account.inbox[-1].text
    assert "Demonstration för vårdcentralen" in preview
    assert "Stortorget, Exempelby" in preview


def label_of(name):
    """The Swedish label of a field of the call."""
    return label(CALL.field(name), "sv")


def done():
    """The fields that were answered before the process was killed, and the one after."""
    return {label_of(name) for name in ("title", "kind", "when", "place")}


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

    await within(30, partial(everybody_has_it, driver, others))
    assert await process.stop() == 0
    found = await copies(driver, others)
    assert sum(found) - len(found) <= most_twice
    assert max(found) <= 2


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

    await within(30, partial(everybody_has_it, telegram, others))
    assert await copies(telegram, others) == [1] * len(others)


async def test_killed_thirty_times(make, telegram):
    """One database, thirty deaths at any moment: nobody lost, no digest twice, calls only what was in the air."""
    toll = await kills(telegram, [make(**telegram.settings)], times=30, seed=30)

    assert toll.in_the_air, "it never died while it sent"
    assert toll.is_as_promised, toll


@pytest.mark.postgres
async def test_two_workers_killed_in_turn(make, telegram, postgres_url):
    """What one leaves the other takes up, and again the other way round."""
    settings = {"DATABASE_URL": postgres_url, "LEASE_SECONDS": "2"}
    toll = await kills(telegram, [make(**telegram.settings, **settings) for _ in range(2)], times=6, seed=6)

    assert toll.is_as_promised, toll
