"""The connection to Discord: arrivals, lost connections, refusals; each leaves the rest alone."""

import asyncio

import discord
import pytest
from sqlalchemy import update

from bot.discord_bot import gateway
from chat.request import Event
from db.models import Chat
from tests.bot.discord_trial import open_talk, until
from tests.servers.discord import DiscordServer


@pytest.fixture
async def talk(tmp_path, monkeypatch):
    """A bot that is not connected yet; it does not wait before it identifies again."""
    monkeypatch.setattr(gateway.Client, "before_identify_hook", _at_once)
    async with open_talk(tmp_path) as opened:
        yield opened


async def _at_once(self, shard_id, *, initial=False):
    """The library waits five seconds here."""


def events(talk, what):
    """Whom events of that kind were about."""
    return [one.sender.id for one in talk.trial.requests if one.route == what.value]


async def test_who_joins_is_told_of_once_with_the_name_they_show(talk):
    """A welcome needs no more; an unbound server is silent."""
    person = talk.server.person("Testa Testsson")
    await talk.connect()
    await talk.bind()

    person.joins(talk.guild)
    await until(lambda: talk.trial.requests)
    person.leaves(talk.guild)
    await until(lambda: len(talk.trial.requests) == 2)

    came, went = talk.trial.requests
    assert (came.route, came.sender.id, came.sender_name) == ("joined", str(person.id), "Testa Testsson")
    assert came.chat.address.id == went.chat.address.id == str(talk.channel.id)
    assert went.route == "left"


async def test_a_server_without_a_bound_channel_gets_silence(talk):
    """Nothing is kept of people who came into somebody else's server."""
    await talk.connect()
    person = talk.server.person("Testa", talk.guild)
    person.slash("vecka", talk.channel)
    await person.next_message()
    await talk.disconnect()  # after everything that came is handled

    assert [one.route for one in talk.trial.requests] == ["vecka"]


async def test_who_came_while_the_bot_was_down_is_found_when_it_is_back(talk):
    """A lost session loses its events; only those who are new are told of, each once."""
    old = talk.server.person("Gammal Provsdotter", talk.guild)
    await talk.bind()
    talk.guild.members[old.id].joined_at = "2025-01-01T00:00:00+00:00"
    await talk.connect()
    live = talk.server.person("Testa", talk.guild)
    await until(lambda: events(talk, Event.JOINED) == [str(live.id)])
    await talk.disconnect()
    missed = [talk.server.person(f"Ny {number}", talk.guild) for number in range(3)]
    talk.bot.status = "off"

    await talk.connect()
    await until(lambda: len(events(talk, Event.JOINED)) >= 4)
    talk.server.invalidates_sessions()
    await until(lambda: talk.server.gateway.identified == 3 and talk.bot.status == "ok")
    last = talk.server.person("Sist", talk.guild)
    await until(lambda: str(last.id) in events(talk, Event.JOINED))

    expected = [live.id, *(one.id for one in missed), last.id]
    assert events(talk, Event.JOINED) == [str(number) for number in expected]


async def test_at_its_end_nothing_goes_on(talk, monkeypatch):
    """The database closes after the last event, also when that one waits for the database."""
    monkeypatch.setattr(gateway, "LAST_ANSWERS_SECONDS", 0.1)
    await talk.bind()
    async with talk.room.database.write() as session:
        await session.execute(update(Chat).values(present=False))

    async with talk.room.database.write():  # somebody else's, for long
        await talk.connect()
        await talk.disconnect()

        assert [one for one in asyncio.all_tasks() if one.get_name().startswith("discord.py: on_")] == []


async def test_where_the_bot_no_longer_is_is_told(talk):
    """A deleted channel and a server that threw it out."""
    await talk.bind()
    await talk.connect()

    talk.server.removes_bot(talk.guild)
    await until(lambda: talk.trial.requests)

    assert [(one.route, one.chat.address.id) for one in talk.trial.requests] == [
        ("bot_removed", str(talk.channel.id))
    ]


async def test_a_lost_channel_is_there_again_when_the_bot_may_write(talk):
    """What it was bound to holds once more, without anybody connecting it anew."""
    await talk.bind()
    async with talk.room.database.write() as session:
        await session.execute(update(Chat).values(present=False))
    other = talk.server.channel(talk.guild)
    await talk.connect()

    await until(lambda: talk.trial.requests)
    talk.server.gateway.tell_channel("CHANNEL_UPDATE", other)
    talk.server.gateway.tell_channel("CHANNEL_UPDATE", talk.channel)
    await until(lambda: len(talk.trial.requests) == 2)

    assert [(one.route, one.chat.address.id) for one in talk.trial.requests] == [
        ("bot_added", str(talk.channel.id))
    ] * 2


async def test_without_the_members_intent_the_rest_works_and_the_reason_is_shown(talk):
    """Only the welcome is lost, and the operator learns where to allow it."""
    talk.server.gateway.allowed_intents = 0
    person = talk.server.person("Testa", talk.guild)
    talk.task = asyncio.create_task(talk.bot.run())
    await until(lambda: talk.bot.status == gateway.NO_MEMBERS)

    person.slash("vecka", talk.channel)

    assert (await person.next_message()).text == "**Veckan**"


async def test_a_wrong_token_is_said_and_ends_the_try(talk, caplog):
    """One clear sentence for the operator, not one at each try; the token stands nowhere."""
    talk.server.world.token = "another"

    for _ in range(2):
        with pytest.raises(discord.LoginFailure):
            await talk.connect()

    assert talk.bot.status == gateway.WRONG_TOKEN
    assert [one.message for one in caplog.records if one.name == gateway.__name__] == [
        "Discord: the token is refused"
    ]


async def test_a_token_refused_by_the_gateway_alone_is_said_too(talk):
    """A token can be reset at any moment."""
    await talk.connect()
    await talk.server.closes_gateway(4004)

    with pytest.raises(discord.ConnectionClosed):
        await talk.task

    assert talk.bot.status == gateway.WRONG_TOKEN
    talk.task = None


async def test_no_server_and_no_gateway_are_said_and_tried_again_later(talk):
    """The library ends the first failed gateway connection with an AttributeError."""
    talk.server.gateway.refusing = True
    with pytest.raises(ConnectionError):
        await asyncio.wait_for(_first_try(talk), 10)
    assert talk.bot.status.startswith(gateway.UNREACHABLE)

    talk.server.gateway.refusing = False
    await talk.connect()
    assert talk.bot.status == "ok"


async def _first_try(talk):
    await talk.bot.run()


async def test_an_api_that_is_not_there_is_said(talk):
    """Refused connections."""
    await talk.server.stop()

    with pytest.raises(OSError, match="onnect"):
        await talk.bot.run()

    assert talk.bot.status == f"{gateway.UNREACHABLE} (ClientConnectorError)"


async def test_a_long_outage_ends_the_try_so_that_a_new_one_begins(talk, monkeypatch):
    """The library would wait up to a quarter of an hour before it looks again."""
    await talk.connect()
    monkeypatch.setattr(gateway, "GIVE_UP_SECONDS", 0.2)

    await talk.server.stop()
    with pytest.raises(TimeoutError):
        await talk.task
    assert talk.bot.status.startswith(gateway.UNREACHABLE)

    await talk.server.start()
    monkeypatch.undo()
    await talk.connect()
    assert talk.bot.status == "ok"


async def test_a_lost_connection_is_resumed_and_presses_meanwhile_arrive(talk):
    """Nothing is lost while the session lives."""
    person = talk.server.person("Testa", talk.guild)
    await talk.connect()

    talk.server.drop_gateway()
    person.slash("vecka", talk.channel)

    assert (await person.next_message()).text == "**Veckan**"
    await until(lambda: talk.bot.status == "ok")
    assert talk.server.gateway.resumed == 1


async def test_an_end_waits_for_what_is_being_answered(talk):
    """An orderly end leaves nobody without the answer to a press that had its effect."""
    person = talk.server.person("Testa", talk.guild)
    await talk.connect()
    person.slash("visa", talk.channel)
    person.presses(await person.next_message(), "Jag kommer")
    person.presses(await person.next_message(), "Sakta")
    await until(lambda: [one.route for one in talk.trial.requests][-1:] == ["trial.slow"])
    ending = asyncio.create_task(talk.disconnect())
    await until(lambda: not talk.server.gateway.connections)

    talk.trial.go.set()
    await ending

    assert (await person.next_message()).text == "Till sist"


async def test_the_gateway_is_asked_of_the_api(talk):
    """Another server has its gateway elsewhere."""
    async with DiscordServer() as other:
        talk.server.gateway.url = other.gateway.url
        other.world.token = talk.server.token

        await talk.connect()

        assert (talk.server.gateway.identified, other.gateway.identified) == (0, 1)
