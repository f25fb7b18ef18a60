"""Telegram takes a message and is gone before it says so: the organiser is asked, and decides."""

import pytest

pytestmark = pytest.mark.parametrize("platform", ["telegram"], indirect=True)
WEEK = "Veckan 30 november–6 december"


@pytest.fixture
async def unsure(stage):
    """Monday's message reached the member; nobody but Telegram knows."""
    stage.goes_wrong = True  # the local server says so when it is cut
    await stage.planned("Öppet möte", "2026-12-01 18:30")
    stage.driver.server.fail("sendMessage", "drop", chat=stage.member.body.account.chat)
    await stage.time_is("2026-11-30 09:00")
    await stage.settles()
    await stage.product.look()


async def test_the_organiser_sends_it_anyway(stage, unsure):
    """A digest is not worth coming twice by itself; by a press it goes out once more, and no more."""
    await stage.organiser.sees(
        "Jag vet inte om veckans översikt kom fram till 1 person.", buttons=("Skicka ändå", "Låt bli")
    )
    assert await stage.member.has_seen(WEEK) == 1

    await stage.organiser.presses("Skicka ändå")

    await stage.organiser.sees("Jag skickar veckans översikt en gång till, till 1.")
    await stage.moves_on()
    assert await stage.member.has_seen(WEEK) == 2
    assert await stage.organiser.has_seen("Jag vet inte om") == 0


async def test_it_is_unsure_again(stage, unsure):
    """The same happens to the second try: the organiser is asked anew, and lets it be."""
    await stage.organiser.sees("Jag vet inte om veckans översikt")
    stage.driver.server.fail("sendMessage", "drop", chat=stage.member.body.account.chat)
    await stage.organiser.presses("Skicka ändå")
    await stage.organiser.sees("en gång till, till 1.")
    await stage.moves_on()

    await stage.time_is("2026-11-30 09:02")
    await stage.organiser.sees("Jag vet inte om veckans översikt kom fram till 1 person.")
    await stage.organiser.presses("Låt bli")

    await stage.organiser.sees("Då låter jag veckans översikt vara.")
    await stage.restarts()
    await stage.time_is("2026-11-30 09:04")
    await stage.settles()
    assert await stage.member.has_seen(WEEK) == 2
    assert await stage.organiser.has_seen("Jag vet inte om") == 0
