"""In Telegram groups only the one who asked sees the answer, and who may not be known is not."""

import asyncio

import pytest

from chat.request import Kind
from chat.signing import sign
from tests.bot.telegram_house import LONG, House, open_house
from tests.room import KEYS
from tests.servers.telegram import TelegramServer


@pytest.fixture
async def server():
    async with TelegramServer() as running:
        yield running


@pytest.fixture
async def house(tmp_path, server):
    async with open_house(tmp_path, server) as opened, opened.running():
        yield opened


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


async def test_a_pop_up_that_is_too_short_opens_the_private_chat(house: House, server):
    """Or says as much as it holds, where there is no way in."""
    testa = server.person("Testa")
    group = server.group("Provstad", [testa])
    testa.says("/hit", group)
    await server.until(lambda: group.bot_messages)
    server.fail("sendMessage", 400, times=9, chat=group)

    with_a_way = await testa.sends_data(group.bot_messages[0], data("sample.wordy")).answer()
    without = await testa.sends_data(group.bot_messages[0], data("sample.long")).answer()

    assert with_a_way.url == f"https://t.me/{server.username}?start=remind-12"
    assert without.alert
    assert without.text.endswith("…")
    assert LONG.startswith(without.text[:-1])


async def test_where_nothing_ephemeral_goes_a_way_into_private_is_taken_at_once(house: House, server):
    """A pop-up that says "let us do that privately" and has no button would be a dead end."""
    testa = server.person("Testa")
    group = server.group("Provstad", [testa])
    testa.says("/hit", group)
    await server.until(lambda: group.bot_messages)
    server.fail("sendMessage", 400, times=9, chat=group)

    answer = await testa.sends_data(group.bot_messages[0], data("sample.ask")).answer()

    assert answer.url == f"https://t.me/{server.username}?start=ask-12"
    assert len(group.bot_messages) == 1


async def test_a_press_is_answered_in_time_when_the_message_takes_long(house: House, server):
    """A button that seems dead is pressed again; the message may come later."""
    testa = server.person("Testa")
    group = server.group("Provstad", [testa])
    testa.says("/hit", group)
    await server.until(lambda: group.bot_messages)
    server.fail("sendMessage", "slow", seconds=5, chat=group)
    began = asyncio.get_running_loop().time()

    toast = await testa.sends_data(group.bot_messages[0], data("sample.go", "12")).answer()

    assert (toast.text, toast.alert) == ("Du är anmäld", True)
    assert asyncio.get_running_loop().time() - began < 4


async def test_a_late_answer_in_an_ephemeral_message_still_reaches_the_presser(house: House, server):
    """Neither changed nor sent anew: then the pop-up, and nothing for the group."""
    testa = server.person("Testa")
    group = server.group("Provstad", [testa])
    await server.until(lambda: testa.menu(group))
    testa.says("/vecka", group)
    answer = await testa.next_message()
    server.fail("editEphemeralMessageText", 400)
    server.fail("sendMessage", 400, chat=group)

    toast = await testa.sends_data(answer, data("sample.go", "12")).answer()

    assert (toast.text, toast.alert) == ("Du är anmäld", True)
    assert group.bot_messages == []


async def test_an_answer_follows_a_group_that_moved(house: House, server):
    """The first to learn of it may be an answer; the handlers are told, and the answer arrives."""
    testa = server.person("Testa")
    group = server.group("Provstad", [testa], kind="group")
    testa.says("/hit", group)
    await server.until(lambda: group.bot_messages)
    group.migrated_to = new = server.group("Provstad", [testa])
    testa.says("/hit", group)

    await server.until(lambda: new.bot_messages)

    moved = house.heard[-1]
    assert (moved.route, moved.chat.address.id, moved.argument) == ("chat_moved", str(group.id), str(new.id))


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


def data(route: str, argument: str = "") -> str:
    return sign(KEYS.buttons, route, argument)
