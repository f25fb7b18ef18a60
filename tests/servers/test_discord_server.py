"""The local Discord's gateway, as the unmodified discord.py meets it."""

import aiohttp
import discord
import pytest

from tests.servers.discord_library import Bot, running


async def test_guild_and_members_are_known_when_ready(server):
    """Members come in chunks, as with large guilds of the real one."""
    guild = server.guild()
    for number in range(1500):
        server.person(f"Person {number}", guild)

    async with running(Bot(server)) as bot:
        assert [len(one.members) for one in bot.guilds] == [1501]


async def test_without_the_members_intent_nobody_is_told_of(server):
    """A join is heard with the members intent only."""
    guild = server.guild()
    person = server.person("Testa Testsson")

    async with running(Bot(server, members=False)) as bot:
        person.joins(guild)
        person.says("hej", person.dm)
        await server.until(lambda: bot.heard)
        assert bot.got == ["ready"]


async def test_a_join_is_told(server):
    """The welcome starts here."""
    guild = server.guild()
    person = server.person("Testa Testsson")

    async with running(Bot(server)) as bot:
        person.joins(guild)
        await server.until(lambda: ("joined", person.id) in bot.got)


async def test_content_is_told_in_dms_and_mentions_only(server):
    """Without the message content intent a group's talk is none of the bot's business."""
    guild = server.guild()
    channel = server.channel(guild)
    person = server.person("Testa Testsson", guild)

    async with running(Bot(server)) as bot:
        person.says("bara prat", channel)
        person.says("vad händer?", channel, mention=True)
        person.says("vad händer i DM?")
        await server.until(lambda: len(bot.heard) == 3)

        assert bot.heard == ["", f"<@{bot.application_id}> vad händer?", "vad händer i DM?"]


@pytest.mark.parametrize(("token", "code"), [("wrong", 4004), ("right", 4014)])
async def test_a_wrong_token_and_intents_are_refused_with_their_codes(server, token, code):
    """The operator must be told which of the two it was."""
    server.gateway.allowed_intents = 0
    async with aiohttp.ClientSession() as session:
        socket = await session.ws_connect(f"{server.gateway.url}/?v=10&encoding=json")
        await socket.receive_json()
        data = {"token": server.token if token == "right" else token, "intents": 2, "properties": {"os": "x"}}
        await socket.send_json({"op": 2, "d": data})
        await socket.receive()

    assert socket.close_code == code


async def test_disallowed_intents_end_the_connection(server):
    """Discord.py names it."""
    server.gateway.allowed_intents = 0

    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with running(Bot(server)):
            pass


async def test_a_wrong_token_is_refused_by_rest(server):
    """401 before any gateway."""
    bot = Bot(server)
    async with bot:
        with pytest.raises(discord.LoginFailure):
            await bot.login("wrong")


async def test_a_dropped_gateway_is_resumed_and_what_was_missed_comes(server):
    """Nothing is lost while the session lives."""
    guild = server.guild()
    person = server.person("Testa Testsson")

    async with running(Bot(server)) as bot:
        server.drop_gateway()
        person.joins(guild)
        await server.until(lambda: ("joined", person.id) in bot.got)

        assert "resumed" in bot.got
        assert server.gateway.resumed == 1


async def test_an_invalid_session_loses_its_events(server):
    """Members are compared when ready again for this reason."""
    guild = server.guild()
    person = server.person("Testa Testsson")

    async with running(Bot(server)) as bot:
        server.drop_gateway()
        person.joins(guild)
        server.forget_sessions()
        await server.until(lambda: bot.got.count("ready") == 2)

        assert ("joined", person.id) not in bot.got
        assert bot.guilds[0].get_member(person.id)


async def test_asked_to_reconnect_the_session_goes_on(server):
    """Op 7 comes daily."""
    async with running(Bot(server)):
        server.asks_to_reconnect()
        await server.until(lambda: server.gateway.resumed)

        assert server.gateway.identified == 1
