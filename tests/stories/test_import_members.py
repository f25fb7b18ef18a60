"""The list of members, sent to the bot as a file: fetched from the platform, looked at, taken over."""

import pytest

from bot.admin_code import new_code
from tests.lists import ASA, BO, as_bytes
from tests.stories.stage import PLACES

LISTED = ("Öberg", "Åsa", "asa@example.org", "+46701740605")


@pytest.fixture
async def keeper(stage):
    """Somebody who keeps the whole register."""
    await stage.newcomer.says(f"/admin {await new_code(stage.product.opened, stage.now)}")
    await stage.newcomer.sees("Välkommen som arrangör!")
    return stage.newcomer


@pytest.mark.parametrize("platform", PLACES, indirect=True)
async def test_a_list_is_sent_and_taken_over(stage, keeper, caplog):
    """The whole way, over the platform's own file server; nothing of it stands in the log."""
    await keeper.sends_file("Medlemmar 2026.csv", as_bytes(ASA, BO))
    await keeper.sees("Nya: 2", "Inget är ändrat än.", buttons=("Genomför", "Avbryt"))

    await keeper.presses("Genomför")

    await keeper.sees("Klart.", "Nya: 2")
    await keeper.says("/register")
    await keeper.sees("Registret har 2 medlemmar", "• Provstad: 1")
    assert not [word for word in LISTED if word in caplog.text]


@pytest.mark.parametrize("platform", PLACES, indirect=True)
async def test_a_file_from_somebody_else_is_not_even_fetched(stage, keeper):
    """What is in it is none of ours; neither is a file of a kind that nobody takes."""
    await stage.member.sends_file("medlemmar.csv", as_bytes(ASA))
    await stage.member.sees("Skriv vad du vill veta")
    await keeper.sends_file("protokoll.docx", b"PK")
    await keeper.sees("Det är ingen lista som jag kan läsa: jag tar CSV och XLSX.")

    assert stage.driver.server.fetched == []


@pytest.mark.parametrize("platform", PLACES, indirect=True)
async def test_a_file_that_cannot_be_had_is_told(stage, keeper):
    """The platform says that it is there, and does not give it."""
    stage.driver.server.loses_files = True

    await keeper.sends_file("medlemmar.csv", as_bytes(ASA))

    await keeper.sees("Jag kunde inte hämta filen.")


@pytest.mark.parametrize("platform", PLACES, indirect=True)
async def test_a_file_that_is_too_large_is_not_fetched(stage, keeper):
    """By what the platform says of it; a list has at most five megabytes."""
    await keeper.sends_file("medlemmar.csv", bytes(5 * 2**20 + 1))

    await keeper.sees("Filen är för stor: jag tar högst 5 MB.")
    assert stage.driver.server.fetched == []
