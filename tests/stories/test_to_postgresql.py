"""An installation outgrows its SQLite file in the middle of a call: nobody but the operator notices."""

from __future__ import annotations

from functools import partial

import pytest

from tests.stories.publishing import copies, everybody_has_it, published, saw
from tests.stories.seen import within

pytestmark = pytest.mark.postgres


@pytest.mark.long
async def test_a_call_half_sent_goes_on_from_postgresql(make, telegram, postgres_url):
    """What waited goes out once; a button from before the move is answered, and its answer is kept."""
    small = make(**telegram.settings)
    others = await published(telegram, small, readers=40)

    async def begun():
        return sum(await copies(telegram, others)) >= 5

    await within(20, begun)
    assert await small.stop() == 0
    reached = await copies(telegram, others)
    assert sum(reached) < len(others), "it was stopped too late to tell anything"
    testa = others[reached.index(1)]
    [old] = await telegram.private(testa)
    grown = make(**telegram.settings, DATABASE_URL=postgres_url)
    grown.command = "to-postgresql"
    await grown.launch()
    assert await grown.ended() == 0, grown.log
    grown.command = "run"
    await grown.start()

    await telegram.presses(testa, old, "Jag kommer")

    assert await within(5, partial(saw, telegram, testa, "Du är anmäld"))
    await within(20, partial(everybody_has_it, telegram, others))
    assert await copies(telegram, others) == [1] * len(others)
    await telegram.says(testa, "/mina", in_group=False)
    assert await within(5, partial(saw, telegram, testa, ": kommer"))
    assert await grown.stop() == 0
