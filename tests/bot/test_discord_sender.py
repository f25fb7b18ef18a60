"""What the outbox sends to Discord, and what it is told of the outcome."""

from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest
from markupsafe import Markup

from bot.discord_bot.private import PrivateChannels
from bot.discord_bot.rest import Rest
from bot.discord_bot.sender import DiscordSender
from bot.pacing import Pace
from chat.address import Address, Platform
from chat.message import Button, Message
from chat.sending import (
    MessageGone,
    NotSent,
    Outgoing,
    Paused,
    Refused,
    Uncertain,
    Unreachable,
)
from db import people
from tests.room import KEYS
from tests.servers.discord import DiscordServer, Fault

KEY = b"k" * 32
HELLO = Message(Markup("<b>Hej</b> @everyone &lt;@12&gt;"), ((Button("Jag kommer", "trial.come", "12"),),))


@pytest.fixture
async def server():
    """A local Discord with nobody connected to its gateway."""
    async with DiscordServer() as running:
        yield running


@asynccontextmanager
async def opened_sender(server, room):
    """A sender to it, as a process has it that has just begun."""
    rest = Rest(server.token, server.url)
    yield DiscordSender(rest, PrivateChannels(rest, room.database, KEYS, Pace({})), KEY)
    await rest.close()


@pytest.fixture
async def sender(server, room):
    """A sender to it."""
    async with opened_sender(server, room) as opened:
        yield opened


def to_channel(channel, message=HELLO, nonce="d1.1"):
    """A delivery to a channel."""
    return Outgoing(Address(Platform.DISCORD, str(channel.id)), False, message, nonce)


def to_person(person, message=HELLO, nonce="d2.1"):
    """A delivery to a person."""
    return Outgoing(Address(Platform.DISCORD, str(person.id)), True, message, nonce)


async def test_a_message_arrives_once_however_often_it_is_sent(server, sender):
    """After a crash nobody knows, so it is sent again with the same nonce."""
    channel = server.channel(server.guild())

    first = await sender.send(to_channel(channel))
    again = await sender.send(to_channel(channel))

    assert first == again == str(channel.shown[0].id)
    assert channel.texts == [r"**Hej** @everyone \<@12>"]
    assert channel.shown[0].pinged == set()
    assert channel.shown[0].labels == ["Jag kommer"]


async def test_a_lost_answer_is_uncertain_and_the_next_try_finds_the_message(server, sender):
    """Accepted, then dropped: the worst of faults."""
    channel = server.channel(server.guild())
    server.fault(Fault.DROPPED_AFTER, "POST /channels")

    with pytest.raises(Uncertain):
        await sender.send(to_channel(channel))
    await sender.send(to_channel(channel))

    assert len(channel.shown) == 1


async def test_a_message_that_came_and_was_deleted_is_not_sent_again(server, sender):
    """A used nonce answers with "unknown message": somebody removed what had arrived."""
    channel = server.channel(server.guild())
    await sender.send(to_channel(channel))
    channel.shown[0].deleted = True

    assert await sender.send(to_channel(channel)) == ""
    assert channel.shown == []


async def test_a_long_message_is_split_and_each_part_comes_once(server, sender):
    """The buttons are below the last part, and an edit finds all of them."""
    channel = server.channel(server.guild())
    long = replace(HELLO, text=Markup("ord ") * 900)

    ids = await sender.send(to_channel(channel, long, "n" * 25))
    await sender.send(to_channel(channel, long, "n" * 25))
    await sender.edit(to_channel(channel), ids)

    assert len(ids.split(",")) == 2
    assert len(channel.messages) == 2
    assert channel.texts == [r"**Hej** @everyone \<@12>"]
    assert channel.shown[0].labels == ["Jag kommer"]


async def test_an_edit_changes_the_message_and_says_when_it_is_gone(server, sender):
    """The same edit twice is fine."""
    channel = server.channel(server.guild())
    number = await sender.send(to_channel(channel))
    changed = to_channel(channel, Message(Markup("Inställt")))

    await sender.edit(changed, number)
    await sender.edit(changed, number)

    assert channel.texts == ["Inställt"]
    assert channel.shown[0].labels == []
    channel.shown[0].deleted = True
    for lost in (number, ""):
        with pytest.raises(MessageGone):
            await sender.edit(changed, lost)


async def test_a_person_gets_a_direct_message_and_the_conversation_is_opened_once(server, sender):
    """Opening is what bots are quarantined for."""
    person = server.person("Testa", server.guild())

    await sender.send(to_person(person, nonce="a"))
    await sender.send(to_person(person, replace(HELLO, silent=True), nonce="b"))

    assert [one.silent for one in person.dm.shown] == [False, True]
    assert server.requests["POST /users/@me/channels"] == 1


async def test_why_it_did_not_go_is_told_apart(server, sender):
    """Each outcome has its own next step."""
    guild = server.guild()
    hidden, silent, gone = (server.channel(guild) for _ in range(3))
    hidden.bot_sees = silent.bot_writes = False
    server.deletes(gone)
    closed, stranger = server.person("Testa", guild), server.person("Prova")
    closed.closes_dms()

    for channel in (hidden, silent, gone):
        with pytest.raises(Unreachable):
            await sender.send(to_channel(channel))
    for person in (closed, stranger):
        with pytest.raises(Unreachable):
            await sender.send(to_person(person))
    with pytest.raises(Unreachable):
        await sender.send(Outgoing(Address(Platform.DISCORD, "1"), True, HELLO, "x"))


@pytest.mark.parametrize(
    ("status", "outcome"), [(500, Uncertain), (503, Uncertain), (400, Refused), (401, NotSent)]
)
async def test_errors_are_known_by_their_status(server, sender, status, outcome):
    """5xx may have been accepted; a refused token is not the message's fault."""
    channel = server.channel(server.guild())
    server.fault(Fault.ERROR, "POST /channels", status=status)

    with pytest.raises(outcome):
        await sender.send(to_channel(channel))


@pytest.mark.parametrize("everywhere", [False, True])
async def test_too_early_is_surely_not_sent_and_says_how_long(server, sender, everywhere):
    """A full bucket rests that channel; the global limit rests everything."""
    server.limits.enforced = True
    server.limits.each_second = 3 if everywhere else 50
    channel = server.channel(server.guild())

    possible = 3 if everywhere else 5
    for number in range(possible):
        await sender.send(to_channel(channel, nonce=str(number)))

    with pytest.raises(Paused) as early:
        await sender.send(to_channel(channel, nonce="more"))

    assert early.value.everywhere is everywhere
    assert 0 < early.value.seconds <= (1 if everywhere else 5)
    assert len(channel.shown) == possible


async def test_a_limit_that_is_known_to_be_used_up_is_not_tried(server, sender):
    """Thousands of refused requests would get the bot banned."""
    server.limits.enforced = True
    channel = server.channel(server.guild())

    for number in range(9):
        with suppress(Paused):
            await sender.send(to_channel(channel, nonce=str(number)))

    assert server.limits.refused == 0
    assert server.requests["POST /channels/{channel}/messages"] == 5


@pytest.mark.parametrize(
    ("error", "meant"),
    [
        ({"status": 403, "code": 50007}, Uncertain),
        ({"status": 429, "seconds": 300}, Uncertain),
        ({"status": 429, "seconds": 1}, Paused),
    ],
)
async def test_a_beginning_that_stands_there_is_not_called_unsent(server, sender, error, meant):
    """Sent anew after minutes, or to another account, it would be there twice."""
    channel = server.channel(server.guild())
    server.fault(Fault.SLOW, "POST /channels")
    server.fault(Fault.ERROR, "POST /channels", **error)

    with pytest.raises(meant):
        await sender.send(to_channel(channel, replace(HELLO, text=Markup("ord ") * 900)))

    assert len(channel.texts) == 1


async def test_a_conversation_is_opened_once_and_remembered(server, room):
    """Each opening costs a request, and many of them look like spam."""
    person = server.person("Testa", server.guild())
    async with room.database.write() as session:
        await people.add_person(
            session, KEYS, to_person(person).address, language="sv", invented=False, now=room.now
        )

    for nonce in ("before the restart", "after it"):
        async with opened_sender(server, room) as sender:
            await sender.send(to_person(person, nonce=nonce))

    assert len(person.dm.texts) == 2
    assert server.requests["POST /users/@me/channels"] == 1


async def test_when_conversations_are_opened_too_fast_nobody_new_is_tried_for_a_while(server, sender):
    """The next step after 40003 is quarantine."""
    guild = server.guild()
    server.world.new_dms_allowed = 1
    first, second, third = (server.person(name, guild) for name in ("Testa", "Prova", "Exempel"))
    await sender.send(to_person(first))

    for person in (second, third):
        with pytest.raises(Paused) as early:
            await sender.send(to_person(person))
        assert not early.value.everywhere

    assert early.value.seconds > 60
    assert server.requests["POST /users/@me/channels"] == 2
    await sender.send(to_person(first, nonce="more"))


async def test_a_refused_connection_is_surely_not_sent(server, sender):
    """Nothing left this machine."""
    channel = server.channel(server.guild())
    await server.stop()

    with pytest.raises(NotSent):
        await sender.send(to_channel(channel))


async def test_a_lost_answer_while_a_conversation_is_opened_is_not_sent(server, sender):
    """Only the conversation may exist, not the message."""
    person = server.person("Testa", server.guild())
    server.fault(Fault.DROPPED_AFTER, "POST /users")

    with pytest.raises(NotSent):
        await sender.send(to_person(person))

    assert person.dm.texts == []
