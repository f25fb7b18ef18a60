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


async def test_others_commands_and_small_talk_leave_no_trace(house: House, server):
    """In a group the bot takes up only what is meant for it, and writes nothing down of the rest."""
    testa = server.person("Testa")
    group = server.group("Provstad", [testa], bot="administrator")
    for said in ("fint väder", "/vecka@another_bot", "/vekca", "@another_bot vad händer i veckan?"):
        testa.says(said, group)
    testa.says(f"@{server.username} vad händer i veckan?", group)

    request = await house.hears()
    await house.acknowledged()

    assert len(house.heard) == 1
    assert (request.kind, request.text) == (Kind.TEXT, "vad händer i veckan?")
    assert group.bot_messages == []


async def test_a_group_command_and_its_answer_are_seen_by_the_asker_alone(house: House, server):
    """The menu makes the command ephemeral; the answer is a reply to it."""
    testa, prova = server.person("Testa"), server.person("Prova")
    group = server.group("Provstad", [testa, prova])
    await server.until(lambda: testa.menu(group))
    testa.says("/vecka", group)

    answer = await testa.next_message()

    assert answer.ephemeral
    assert answer.text == "Veckan"
    assert group.messages == []
    assert prova.sees(group) == []


async def test_a_plain_group_command_is_answered_in_private_or_not_at_all(house: House, server):
    """An old client sends commands for all to see; the answer still is nobody else's."""
    testa, prova = server.person("Testa"), server.person("Prova")
    testa.opens()
    await testa.next_message()
    group = server.group("Provstad", [testa, prova])
    prova.says("/vecka", group, ephemeral=False)
    testa.says("/vecka", group, ephemeral=False)

    answer = await testa.next_message()

    assert answer.chat is testa.chat
    await house.acknowledged()
    assert group.bot_messages == []
    assert prova.inbox == []


async def test_an_administrator_bot_answers_plain_commands_ephemerally(house: House, server):
    """It may write to any member at any time, so that only they see it."""
    testa = server.person("Testa")
    group = server.group("Provstad", [testa], bot="administrator")
    testa.says("/vecka", group, ephemeral=False)

    assert (await testa.next_message()).ephemeral


async def test_a_press_in_a_group_is_answered_to_the_presser_alone(house: House, server):
    """The group sees neither who pressed nor what came of it."""
    testa, prova = server.person("Testa"), server.person("Prova")
    group = server.group("Provstad", [testa, prova])
    testa.says("/hit", group)
    await server.until(lambda: group.bot_messages)
    card = group.bot_messages[0]
    card.rows = [[{"text": "Jag kommer", "callback_data": data("sample.go", "12")}]]
    press = testa.presses(card, "Jag kommer")

    toast = await press.answer()
    answer = await testa.next_message()

    assert toast.text == "Du är anmäld"
    assert not toast.alert
    assert answer.ephemeral
    assert answer.button("Påminn mig").url == f"https://t.me/{server.username}?start=remind-12"
    assert [one.text for one in prova.sees(group)] == ["/hit", "För alla"]
    assert prova.toasts == []


async def test_where_nothing_ephemeral_goes_the_pop_up_says_it(house: House, server):
    """It fails closed: an alert to the presser, never a message to the group."""
    testa = server.person("Testa")
    group = server.group("Provstad", [testa])
    testa.says("/hit", group)
    await server.until(lambda: group.bot_messages)
    server.fail("sendMessage", 400, times=9, chat=group)
    press = testa.sends_data(group.bot_messages[0], data("sample.go", "12"))

    toast = await press.answer()

    assert (toast.text, toast.alert) == ("Du är anmäld", True)
    assert len(group.bot_messages) == 1


async def test_a_server_that_does_not_know_ephemeral_messages_gets_none(house: House, server):
    """An older Bot API server would post them to everybody."""
    testa = server.person("Testa")
    group = server.group("Provstad", [testa], bot="administrator")
    server.fail("deleteEphemeralMessage", 404)
    testa.says("/hit", group)
    await server.until(lambda: group.bot_messages)

    toast = await testa.sends_data(group.bot_messages[0], data("sample.go", "12")).answer()

    assert toast.alert
    assert server.counts["sendMessage"] == 1


async def test_an_ephemeral_message_is_changed_in_its_place(house: House, server):
    """Its buttons come back to it; nothing new fills the chat."""
    testa = server.person("Testa")
    group = server.group("Provstad", [testa])
    await server.until(lambda: testa.menu(group))
    testa.says("/vecka", group)
    answer = await testa.next_message()
    answer.rows[0][0]["callback_data"] = data("sample.go", "12")
    testa.presses(answer, "Mer")

    await server.until(lambda: answer.edits)

    assert answer.text == "Du är anmäld"
    assert len(testa.inbox) == 1


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


async def test_what_was_sent_can_be_taken_away(house: House, server):
    """A code does not stay in a group."""
    testa = server.person("Testa")
    group = server.group("Provstad", [testa], bot="administrator")
    said = testa.says("/kod 12345678", group, ephemeral=False)

    await server.until(lambda: said.deleted)

    assert group.messages == []


async def test_a_topic_is_answered_in_the_topic(house: House, server):
    """The other topics stay as they are."""
    testa = server.person("Testa")
    group = server.group("Provstad", [testa], forum=True)
    topic = group.topic("Aktiviteter", testa)
    testa.says("/hit", group, thread_id=topic)

    await server.until(lambda: group.bot_messages)

    assert group.bot_messages[0].thread_id == topic


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


async def test_an_anonymous_administrator_has_no_identity(house: House, server):
    """Neither rights nor an answer: the sender could be any of them."""
    testa, prova = server.person("Testa"), server.person("Prova")
    group = server.group("Provstad", admins=[testa, prova], bot="administrator")
    group.makes_admin(testa, anonymous=True)
    testa.says("/anslut", group, ephemeral=False)
    prova.says("/anslut", group, ephemeral=False)

    answer = await prova.next_message()

    assert answer.text == "Ja"
    assert len(house.heard) == 1
    assert testa.inbox == []


async def test_only_an_administrator_is_one(house: House, server):
    """The platform is asked, not the person."""
    testa = server.person("Testa")
    group = server.group("Provstad", [testa], bot="administrator")
    testa.says("/anslut", group, ephemeral=False)

    assert (await testa.next_message()).text == "Nej"


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
