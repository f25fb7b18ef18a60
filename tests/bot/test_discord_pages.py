"""Pages of forms on Discord, its faults, and its list of our commands."""

from zoneinfo import ZoneInfo

import pytest

from bot.discord_bot import payloads
from bot.discord_bot.commands import described
from chat.form import FieldKind, OpenForm, ShownField
from handlers import FEATURES
from handlers.feature import Routes
from tests.bot.discord_trial import open_talk
from tests.room import KEYS
from tests.servers.discord import Fault
from tests.servers.discord_checks import check_commands
from texts import translator


@pytest.fixture
async def talk(tmp_path):
    """A connected bot on a local Discord."""
    async with open_talk(tmp_path) as opened:
        await opened.connect()
        yield opened


async def test_a_form_is_pages_joined_by_a_button(talk):
    """Five fields a page, then the rest, then the finished values."""
    person = talk.server.person("Testa", talk.guild)
    person.slash("kallelse", talk.channel)
    first = await person.next_modal()
    person.submits(first, {"Rubrik": "Demonstration", "När": "28/11 kl 14"})
    bridge = await person.next_message()
    person.presses(bridge, "Fortsätt")
    second = await person.next_modal()

    person.submits(second, {"Vem får se den?": "Alla"})
    done = await person.next_message()

    assert len(first.fields) == 5
    assert (bridge.ephemeral, done.ephemeral) == (True, True)
    assert done.text == "Klart: Demonstration 28/11 13:00 open"


async def test_a_wrong_date_opens_the_page_again_with_what_was_typed(talk):
    """Nothing is lost by a mistake."""
    person = talk.server.person("Testa", talk.guild)
    person.slash("kallelse", talk.channel)
    person.submits(await person.next_modal(), {"Rubrik": "Demonstration", "När": "31 feb kl 18"})
    problem = await person.next_message()

    person.presses(problem, "Rätta")
    again = await person.next_modal()

    assert "31 februari finns inte" in problem.text
    assert [one.value for one in again.fields[:2]] == ["Demonstration", "31 feb kl 18"]
    assert "31 februari" in again.fields[1].description


async def test_the_only_day_that_can_be_meant_is_offered_as_a_button(talk):
    """A question about "this time" is no question unless it says which."""
    person = talk.server.person("Testa", talk.guild)
    person.slash("kallelse", talk.channel)
    person.submits(
        await person.next_modal(), {"Rubrik": "Demonstration", "När": "lördag 28/11 kl 14 vid elvatåget"}
    )
    problem = await person.next_message()

    person.presses(problem, problem.labels[0])
    second = await person.next_modal()
    person.submits(second, {"Vem får se den?": "Alla"})
    done = await person.next_message()

    assert problem.labels == ["Lördag 28 november kl. 14.00", "Rätta", "Avbryt"]
    assert done.text == "Klart: Demonstration 28/11 13:00 open"


@pytest.mark.parametrize(("choices", "component"), [(25, payloads.SELECT), (26, payloads.INPUT)])
def test_one_of_very_many_is_written_by_name(choices, component):
    """A select holds 25; the association that comes twenty-sixth calls people too."""
    names = tuple((str(number), f"Förening {number}") for number in range(choices))
    field = ShownField("association", FieldKind.CHOICE, "Från", value="7", choices=names)

    (label,) = payloads.modal(OpenForm("call", "1:1", "Ny", (field,)), KEYS.buttons)["components"]

    assert label["component"]["type"] == component
    assert component == payloads.SELECT or label["component"]["value"] == "Förening 7"


async def test_a_lost_acknowledgement_is_not_an_answer_twice(talk):
    """The first answer is repeated when the connection broke; Discord knows it already."""
    person = talk.server.person("Testa", talk.guild)
    talk.server.fault(Fault.DROPPED_AFTER, "callback")

    person.slash("vecka", talk.channel)

    assert (await person.next_message()).text == "**Veckan**"
    await talk.server.until(lambda: talk.server.requests["POST /interactions/{interaction}/{token}/callback"] == 2)
    assert len(person.sees(talk.channel)) == 1
    assert person.failures == []


async def test_a_further_message_is_not_repeated_when_its_answer_was_lost(talk):
    """What follows a first answer has no nonce: better once too few than twice."""
    person = talk.server.person("Testa", talk.guild)
    talk.server.fault(Fault.DROPPED_AFTER, "POST /webhooks")

    person.slash("bred", talk.channel)
    await talk.server.until(lambda: talk.server.requests["POST /webhooks/{app}/{token}"])
    await talk.disconnect()

    assert talk.server.requests["POST /webhooks/{app}/{token}"] == 1


async def test_a_fault_of_discords_is_outlasted_by_the_first_answer(talk):
    """A 5xx is often over in a moment."""
    person = talk.server.person("Testa", talk.guild)
    talk.server.fault(Fault.ERROR, "callback", status=503)

    person.slash("vecka", talk.channel)

    assert (await person.next_message()).text == "**Veckan**"


def test_the_name_of_an_option_ends_with_a_whole_word():
    """It is read by whoever types the command."""
    zone = ZoneInfo("Europe/Stockholm")
    swedish, english = translator("sv", zone), translator("en", zone)
    call = next(one for one in Routes(FEATURES).all_commands if one.route.name == "kallelse")

    (option,) = described(call, swedish, english)["options"]

    assert option["name"] == "rubrik-när-var-och-text-en-rad"
    assert option["name_localizations"]["en-GB"] == "title-when-where-and-text-a-line"


def test_every_command_of_the_product_is_taken_by_discord():
    """Names, options and descriptions in both languages, within Discord's limits."""
    zone = ZoneInfo("Europe/Stockholm")
    swedish, english = translator("sv", zone), translator("en", zone)

    made = [described(one, swedish, english) for one in Routes(FEATURES).all_commands]

    check_commands(made)
    assert "vecka" in {one["name"] for one in made}
