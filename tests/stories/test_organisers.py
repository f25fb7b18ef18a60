"""Organisers, associations and groups: the first by a code, others let in, groups bound, help offered."""

import pytest

from bot.admin_code import new_code
from tests.stories.stage import HOME, PLACES


async def organiser_code(stage):
    """A code as the operator's command prints it."""
    return await new_code(stage.product.opened, stage.now)


@pytest.mark.parametrize("platform", PLACES, indirect=True)
async def test_the_first_organiser_comes_by_a_code(stage):
    """The code works once, for whoever writes it first, and wrong and used are told alike."""
    code = await organiser_code(stage)

    await stage.newcomer.says(f"/admin {code}")

    await stage.newcomer.sees("Välkommen som arrangör!", "/foreningar")
    await stage.newcomer.says("/foreningar")
    await stage.newcomer.sees("Provstad", "Exempelby", buttons=("Lägg till en förening",))
    for wrong in (code, "AAAA-BBBB-CCCC"):
        await stage.member.says(f"/admin {wrong}")
        await stage.member.sees("Koden gäller inte. Den som sköter boten kan göra en ny.")


@pytest.mark.parametrize("platform", ["telegram"], indirect=True)
async def test_a_code_in_the_group_is_burnt(stage):
    """What everybody has read is taken away, and is of no use any more."""
    code = await organiser_code(stage)
    chat = stage.driver.chat

    stage.newcomer.body.account.says(f"/admin {code}", chat, ephemeral=False)
    await stage.settles()
    await stage.newcomer.says(f"/admin {code}")

    await stage.newcomer.sees("Koden gäller inte.")
    assert chat.messages == []


async def test_an_organiser_lets_another_in_and_takes_back(stage):
    """The other opens an invitation, the one who gave it confirms; taking back asks once more."""
    await stage.organiser.says("/arrangorer")
    await stage.organiser.sees("Arrangörer:", buttons=("Lägg till en arrangör",))
    await stage.organiser.presses("Lägg till en arrangör")
    await stage.organiser.sees("Var ska hen vara arrangör?", buttons=(HOME,))
    await stage.organiser.presses(HOME)
    invitation = await stage.organiser.sees("/start organiser-")
    await stage.newcomer.says("/start " + invitation.text.split("/start ")[1].split()[0])
    await stage.newcomer.sees("Tack! Jag frågar den som bjöd in dig")
    await stage.organiser.sees("Testa Testsson har öppnat din inbjudan", buttons=("Ja, släpp in", "Nej"))

    await stage.organiser.presses("Ja, släpp in")

    await stage.newcomer.sees("Välkommen som arrangör!")
    await stage.newcomer.says("/aktiviteter")
    await stage.newcomer.sees("Skriv /kallelse för att kalla till något.")
    await stage.organiser.says("/arrangorer")
    listed = await stage.organiser.sees("Testa Testsson, Provstad")
    number = next(line for line in listed.text.splitlines() if "Testa" in line).partition(".")[0]
    await stage.organiser.presses(f"Ta tillbaka {number}")
    await stage.organiser.sees("Ska Testa Testsson inte längre vara arrangör", buttons=("Ja, ta tillbaka",))
    await stage.organiser.presses("Ja, ta tillbaka")
    await stage.organiser.sees("Klart.")
    await stage.newcomer.says("/aktiviteter")
    await stage.newcomer.sees("Det kan bara arrangörer göra.")


async def test_associations_are_added_in_chat(stage):
    """A name a line, and nothing twice."""
    await stage.organiser.says("/foreningar Påhittsås")
    await stage.organiser.sees("Distriktet och 3 föreningar", "Påhittsås", buttons=("Byt namn på Påhittsås",))

    await stage.organiser.says("/foreningar påhittsås")

    await stage.organiser.sees("Det finns redan en förening som heter Påhittsås.")


@pytest.mark.parametrize("platform", PLACES, indirect=True)
async def test_a_group_is_bound_with_a_level(stage):
    """Only who runs the group and organises may bind it; then it gets what its level allows."""
    await stage.new_group("Provstads egna")
    await stage.member.says("/anslut Provstad", in_group=True)
    await stage.member.sees("Det kan bara")
    await stage.organiser.says("/anslut Provstad", in_group=True)
    await stage.organiser.sees("Vilka läser här?", buttons=("Alla", "Bara våra egna"))
    await stage.organiser.presses("Bara våra egna")
    await stage.organiser.sees("Klart. Det som Provstad skickar kommer hit")
    assert await stage.group.everything() == []

    await stage.publish(title="Styrelsemöte", kind="Möte", seen_by="Bara våra egna")

    await stage.group.sees("Styrelsemöte", buttons=("Jag kommer",))


@pytest.mark.parametrize("platform", PLACES, indirect=True)
async def test_a_group_is_let_go_again(stage):
    """Disconnected, the bot is silent there: no posts, and nobody who joins is welcomed."""
    await stage.new_group("Provstads egna")
    await stage.organiser.says("/anslut Provstad", in_group=True)
    await stage.organiser.sees("Vilka läser här?")
    await stage.organiser.presses("Alla")
    await stage.organiser.sees("Klart.", buttons=("Koppla från",))

    await stage.organiser.presses("Koppla från")

    await stage.organiser.sees("Där är jag tyst")
    await stage.publish()
    assert await stage.group.everything() == []


@pytest.mark.parametrize("platform", PLACES, indirect=True)
async def test_an_organiser_who_does_not_run_the_group_cannot_bind_it(stage):
    """A group belongs to those who run it."""
    await stage.organiser.says("/anslut Provstad", in_group=True)

    await stage.organiser.sees("Det kan bara en administratör i gruppen göra")


async def test_who_wants_to_help_is_told_to_the_organisers(stage):
    """With the person's consent the organisers know the name, and can answer."""
    await stage.newcomer.says("/start")
    await stage.newcomer.sees("Hej Testa!")
    await stage.newcomer.presses("Jag vill hjälpa till")
    await stage.newcomer.sees("Var vill du hjälpa till?", buttons=(HOME,))
    await stage.newcomer.presses(HOME)
    await stage.newcomer.sees("arrangörerna i Provstad", buttons=("Ja, berätta", "Nej"))

    await stage.newcomer.presses("Ja, berätta")

    await stage.newcomer.sees("Tack!")
    await stage.organiser.sees("Testa Testsson vill hjälpa till i Provstad", buttons=("Svara",))
    await stage.organiser.presses("Svara")
    await stage.organiser.fills({"Ditt svar": "Så roligt! Kom på fikat."})
    await stage.newcomer.sees("Svar från Provstad", "Så roligt! Kom på fikat.")
