"""Telegram: what people do there arrives as requests, and answers appear where they belong."""

import pytest
from markupsafe import Markup

from bot.telegram_bot.layout import html
from chat.address import Address, Platform
from chat.request import Event, Kind
from chat.signing import sign
from tests.bot.telegram_house import LONG, House, open_house
from tests.room import KEYS
from tests.servers.telegram import TelegramServer
from tests.servers.telegram_html import read_html


@pytest.fixture
async def server():
    async with TelegramServer() as running:
        yield running


@pytest.fixture
async def house(tmp_path, server):
    async with open_house(tmp_path, server) as opened, opened.running():
        yield opened


async def test_a_command_is_answered_with_buttons_that_work(house: House, server):
    """The first thing anybody does."""
    testa = server.person("Testa")
    testa.opens()

    hello = await testa.next_message()
    press = testa.presses(hello, "Jag kommer")

    assert (await press.answer()).text == ""
    await server.until(lambda: hello.edits)
    assert hello.text == "Du är anmäld"
    request = await house.hears(2)
    assert (request.kind, request.route, request.argument) == (Kind.PRESS, "sample.go", "12")
    assert request.own_message
    assert request.sender == Address(Platform.TELEGRAM, str(testa.id))


async def test_a_deep_link_carries_its_payload(house: House, server):
    """A letter's link leads to what it was for."""
    testa = server.person("Testa", language="en-GB")
    testa.opens("remind-12")

    assert (await testa.next_message()).text == "Jag påminner dig"
    request = await house.hears()
    assert (request.argument, request.sender_name, request.language) == ("12", "Testa", "en-GB")


async def test_a_command_keeps_its_lines(house: House, server):
    """A call in one message is several lines after the command."""
    server.person("Testa").says("/vecka\nDemonstration\nlördag kl 14")

    assert (await house.hears()).argument == "Demonstration\nlördag kl 14"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("/vecka@kallelse_test_bot", "Veckan"),
        ("/VECKA", "Veckan"),
        ("/vekca", "Menade du /vecka?"),
        ("vad händer i veckan?", "Du frågade"),
        ("hmm", "Det förstod inte jag"),
    ],
)
async def test_what_is_said_in_private_is_answered(house: House, server, said, answer):
    """Nobody has to know how to write it."""
    testa = server.person("Testa")
    testa.says(said)

    assert (await testa.next_message()).text == answer


@pytest.mark.parametrize("data", ["sample.go:13~AAAAAAAA", "sample.go:12", "", "🎈~🎈", "~"])
async def test_a_forged_button_changes_nothing(house: House, server, data):
    """What a person may press was signed by us."""
    testa = server.person("Testa")
    testa.opens()
    hello = await testa.next_message()

    press = testa.sends_data(hello, data)

    assert (await press.answer()).text == ""
    await server.until(lambda: hello.edits or len(testa.inbox) > 1)
    assert all(request.route != "sample.go" for request in house.heard)


async def test_every_press_is_answered_also_when_there_is_nothing_to_say(house: House, server):
    """No button keeps on spinning."""
    testa = server.person("Testa")
    testa.opens()
    press = testa.sends_data(await testa.next_message(), data("sample.quiet"))

    assert (await press.answer()).text == ""


async def test_buttons_that_have_done_their_work_go_away(house: House, server):
    """The words stay."""
    testa = server.person("Testa")
    testa.opens()
    hello = await testa.next_message()
    testa.sends_data(hello, data("sample.done"))

    await server.until(lambda: not hello.labels)

    assert hello.text == "Hej!"


async def test_a_question_shows_what_was_chosen(house: House, server):
    """Who scrolls up sees the answer, and nothing left to press."""
    testa = server.person("Testa")
    testa.opens()
    question = await testa.next_message()
    testa.sends_data(question, data("sample.chose"))

    after = await testa.next_message()

    assert (question.text, question.labels) == ("Var? – <b>Torget</b>", [])
    assert after.text == "Vidare"


async def test_an_answer_to_a_message_that_is_gone_is_a_new_one(house: House, server):
    """People delete messages, and press all the same on another screen."""
    testa = server.person("Testa")
    testa.opens()
    hello = await testa.next_message()
    hello.deleted = True
    testa.presses(hello, "Jag kommer")

    assert (await testa.next_message()).text == "Du är anmäld"


async def test_a_long_answer_comes_in_pieces_with_the_buttons_last(house: House, server):
    """Telegram takes 4,096 units a message; no word is cut."""
    testa = server.person("Testa")
    testa.says("/langt")

    first, second, third = [await testa.next_message() for _ in range(3)]

    assert " ".join(one.text for one in (first, second, third)) == LONG
    assert (first.labels, second.labels, third.labels) == ([], [], ["Jag kommer"])


async def test_a_file_follows_its_message(house: House, server):
    """One's own data comes as a file."""
    testa = server.person("Testa")
    testa.says("/fil")

    message, file = await testa.next_message(), await testa.next_message()

    assert message.text == "Här är allt"
    assert (file.content, file.media["document"]["file_name"]) == (b"{}", "allt.json")


async def test_people_who_come_and_go_are_told_of(house: House, server):
    """By service message, by chat_member, by request; bots are nobody."""
    testa, prova = server.person("Testa"), server.person("Prova")
    group = server.group("Provstad", [])
    group.adds([testa, prova], by=testa)
    await house.hears(2)
    testa.leaves(group)
    await house.hears(3)

    assert [(one.route, one.sender and one.sender.id) for one in house.heard] == [
        ("joined", str(testa.id)),
        ("joined", str(prova.id)),
        ("left", str(testa.id)),
    ]
    assert house.heard[0].chat.title == "Provstad"
    assert len({one.update for one in house.heard}) == 3


async def test_who_asks_to_be_let_in_is_greeted_before_the_door_opens(house: House, server):
    """The platform lets us write to them only until they are in."""
    testa = server.person("Testa")
    group = server.group("Provstad", [], bot="administrator", join_by_request=True)
    testa.joins(group)

    assert (await testa.next_message()).text == "Välkommen!"
    await server.until(lambda: group.members.get(testa.id) == "member")


async def test_the_bots_own_comings_and_goings(house: House, server):
    """Added, removed, blocked, unblocked; a promotion is none of these."""
    testa = server.person("Testa")
    group = server.group("Provstad", [testa], bot="left")
    group.add_bot(testa)
    group.promote_bot(testa)
    group.remove_bot(testa)
    await house.hears(2)
    testa.blocks_bot()
    testa.unblocks()
    await house.hears(4)

    assert [one.route for one in house.heard] == ["bot_added", "bot_removed", "blocked", "unblocked"]
    assert house.heard[0].sender == Address(Platform.TELEGRAM, str(testa.id))
    assert house.heard[2].chat.private


async def test_a_group_that_moves_takes_its_id_along(house: House, server):
    """By its service message; and where an answer learns of it, the answer follows."""
    testa = server.person("Testa")
    group = server.group("Provstad", [testa], kind="group")
    new = group.migrate(testa)

    request = await house.hears()

    assert (request.route, request.chat.address.id, request.argument) == (
        Event.CHAT_MOVED,
        str(group.id),
        str(new.id),
    )


async def test_forwarded_commands_are_only_text(house: House, server):
    """What somebody else wrote gives nobody a right."""
    testa = server.person("Testa")
    origin = {"type": "hidden_user", "sender_user_name": "Prova", "date": 1}
    message = testa.says("/anslut", media={"forward_origin": origin})

    answer = await testa.next_message()

    assert message.text == "/anslut"
    assert answer.text == "Det förstod inte jag"


async def test_nobody_is_mentioned_by_what_somebody_typed(house: House):
    """A name after @ would call its owner; in code it reads the same and calls nobody."""
    text = Markup("<b>{}</b> a@b.se").format("@everyone & @testa_t *x*")

    plain, entities = read_html(html(text))

    assert plain == "@everyone & @testa_t *x* a@b.se"
    assert [one["type"] for one in entities].count("code") == 2


def data(route: str, argument: str = "") -> str:
    return sign(KEYS.buttons, route, argument)
