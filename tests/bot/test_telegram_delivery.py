"""Telegram's Sender says truly what became of a message."""

import socket

import pytest
from markupsafe import Markup

from bot.telegram_bot import TelegramBot
from chat.address import Address, Platform
from chat.message import Button, Message
from chat.sending import MessageGone, Moved, NotSent, Outgoing, Paused, Refused, Uncertain, Unreachable
from tests.bot.telegram_house import LONG, House, open_house
from tests.servers.telegram import TelegramServer

CALL = Message.of(Markup("<b>Demonstration</b>"), Button("Jag kommer", "sample.go", "12"))


@pytest.fixture
async def server():
    async with TelegramServer() as running:
        yield running


@pytest.fixture
async def house(tmp_path, server):
    async with open_house(tmp_path, server) as opened, opened.running():
        await server.until(lambda: server.counts["getUpdates"])
        yield opened


def to(who, message: Message = CALL, *, private: bool = True) -> Outgoing:
    return Outgoing(Address(Platform.TELEGRAM, str(who.id)), private, message, "nonce-1")


async def test_a_post_arrives_and_is_edited(house: House, server):
    """The id that comes back finds it again; the same look twice is fine."""
    testa = server.person("Testa")
    testa.has_started = True

    sent = await house.bot.send(to(testa))
    changed = to(testa, Message(Markup("<b>Inställt</b>")))
    await house.bot.edit(changed, sent)
    await house.bot.edit(changed, sent)

    assert (testa.inbox[0].text, testa.inbox[0].labels) == ("Inställt", [])
    assert testa.inbox[0].edits == 1


async def test_two_posts_that_go_out_at_once_stay_apart(house: House, server):
    """What is laid out once for everybody is never another post's."""
    testa = server.person("Testa")
    testa.has_started = True
    other = Message(Markup("Påminnelse"))

    for message in (CALL, other, other, CALL):
        await house.bot.send(to(testa, message))

    assert [one.text for one in testa.inbox] == ["Demonstration", "Påminnelse", "Påminnelse", "Demonstration"]
    assert [bool(one.labels) for one in testa.inbox] == [True, False, False, True]


async def test_a_long_post_is_edited_piece_by_piece(house: House, server):
    """What it no longer needs is taken away."""
    testa = server.person("Testa")
    testa.has_started = True
    sent = await house.bot.send(to(testa, Message(LONG, CALL.rows)))
    assert len(testa.inbox) == 3

    await house.bot.edit(to(testa), sent)

    assert [(one.text, one.labels) for one in testa.inbox] == [("Demonstration", ["Jag kommer"])]


async def test_a_post_can_be_silent_and_in_a_topic(house: House, server):
    """A welcome makes no sound."""
    testa = server.person("Testa")
    group = server.group("Provstad", [testa], forum=True)
    topic = group.topic("Aktiviteter", testa)
    place = Address(Platform.TELEGRAM, str(group.id), str(topic))

    await house.bot.send(Outgoing(place, False, Message(Markup("Välkomna"), silent=True), "n"))

    assert (group.bot_messages[0].silent, group.bot_messages[0].thread_id) == (True, topic)


async def test_who_cannot_be_reached_is_told_from_what_is_wrong(house: House, server):
    """Blocked, never opened, unknown: this account. Thrown out of a group, bad message: no try helps."""
    blocked, never = server.person("Testa"), server.person("Prova")
    blocked.opens()
    blocked.blocks_bot()
    group = server.group("Provstad", [], bot="kicked")

    with pytest.raises(Unreachable):
        await house.bot.send(to(blocked))
    with pytest.raises(Unreachable):
        await house.bot.send(to(never))
    with pytest.raises(Refused):
        await house.bot.send(to(group, private=False))
    blocked.unblocks()
    with pytest.raises(Refused):
        await house.bot.send(to(blocked, Message(Markup("<b>"))))


async def test_an_edit_of_what_is_gone_says_so(house: House, server):
    """A new copy may be sent instead."""
    testa = server.person("Testa")
    testa.has_started = True
    sent = await house.bot.send(to(testa))
    testa.inbox[0].deleted = True

    with pytest.raises(MessageGone):
        await house.bot.edit(to(testa, Message(Markup("Inställt"))), sent)


async def test_told_to_wait_is_surely_not_sent(house: House, server):
    """In private Telegram does not say whether everything waits; in a group, that group does."""
    testa = server.person("Testa")
    testa.has_started = True
    group = server.group("Provstad")
    server.fail("sendMessage", 429, seconds=7, times=2)

    with pytest.raises(Paused) as private:
        await house.bot.send(to(testa))
    with pytest.raises(Paused) as public:
        await house.bot.send(to(group, private=False))

    assert (private.value.seconds, private.value.everywhere) == (7, None)
    assert (public.value.seconds, public.value.everywhere) == (7, False)
    assert testa.inbox == []


async def test_a_group_that_moved_gives_its_new_id(house: House, server):
    """The delivery follows it."""
    testa = server.person("Testa")
    group = server.group("Provstad", [testa], kind="group")
    new = group.migrate(testa)

    with pytest.raises(Moved) as moved:
        await house.bot.send(to(group, private=False))

    assert moved.value.new_id == str(new.id)


@pytest.mark.parametrize(("fault", "arrived"), [("drop", 1), ("refuse", 0), ("500", 0), ("502", 0)])
async def test_an_answer_that_is_lost_leaves_it_open(house: House, server, fault, arrived):
    """From outside a message that was taken and one that was not look the same."""
    testa = server.person("Testa")
    testa.has_started = True
    server.fail("sendMessage", fault)

    with pytest.raises(Uncertain):
        await house.bot.send(to(testa))

    assert len(testa.inbox) == arrived


async def test_a_refused_connection_is_surely_not_sent(house: House, server):
    """Nothing left the house: another try does no harm."""
    testa = server.person("Testa")
    testa.has_started = True
    await server.outage()

    with pytest.raises(NotSent):
        await house.bot.send(to(testa))

    await server.start()
    await house.bot.send(to(testa))
    assert len(testa.inbox) == 1


async def test_half_of_a_long_post_is_uncertain(house: House, server):
    """Another try would show its beginning twice."""
    testa = server.person("Testa")
    testa.has_started = True
    server.fail("sendMessage", "slow", seconds=0)
    server.fail("sendMessage", 400)

    with pytest.raises(Uncertain):
        await house.bot.send(to(testa, Message(LONG)))

    assert len(testa.inbox) == 1


async def test_who_hears_nothing_can_send(tmp_path, server):
    """Of several processes one takes the updates; each of them delivers, from the first moment on."""
    testa = server.person("Testa")
    testa.has_started = True
    async with open_house(tmp_path, server) as house:
        await house.bot.send(to(testa))

    assert len(testa.inbox) == 1


async def test_an_address_that_leads_nowhere_is_surely_not_sent(tmp_path, server):
    """Also while the first connection is tried."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        async with open_house(tmp_path, server) as house:
            dispatch = house.bot._dispatch  # noqa: SLF001 - the same house with another address
            house.bot = TelegramBot(dispatch, server.token, api_url=f"http://127.0.0.1:{taken.getsockname()[1]}")
            async with house.running():
                await house.until(lambda: house.reports)
                with pytest.raises(NotSent):
                    await house.bot.send(to(server.person("Testa")))

    assert house.reports == ["cannot be reached"]
