"""Messages and limits of the local Discord, as the unmodified discord.py meets them."""

import aiohttp
import discord
import pytest

from tests.servers.discord import Fault
from tests.servers.discord_library import Bot, running

BUTTONS = [{"type": 1, "components": [{"type": 2, "style": 1, "label": "Jag kommer · 7", "custom_id": "come"}]}]


async def test_the_same_nonce_gives_the_earlier_message(server):
    """Nothing goes out twice after a crash."""
    channel = server.channel(server.guild())

    async with running(Bot(server)) as bot:
        first = await bot.say(channel, content="Hej", nonce="k1", enforce_nonce=True)
        again = await bot.say(channel, content="Hej", nonce="k1", enforce_nonce=True)
        other = await bot.say(channel, content="Hej", nonce="k1")

        assert first["id"] == again["id"] != other["id"]
        channel.shown[-1].deleted = True
        with pytest.raises(discord.NotFound):
            await bot.say(channel, content="Hej", nonce="k1", enforce_nonce=True)


async def test_who_cannot_be_written_to_is_told_by_code(server):
    """Each reason has its own code."""
    guild = server.guild()
    hidden, silent, gone = (server.channel(guild) for _ in range(3))
    hidden.bot_sees = silent.bot_writes = False
    closed, stranger = server.person("Testa", guild), server.person("Prova")
    closed.closes_dms()
    expected = {50001: hidden, 50013: silent, 10003: gone, 50007: closed.dm, 50278: stranger.dm}

    async with running(Bot(server)) as bot:
        server.deletes(gone)
        for code, channel in expected.items():
            with pytest.raises(discord.HTTPException) as error:
                await bot.say(channel, content="Hej")
            assert error.value.code == code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"content": "x" * 2001}, 50035),
        ({"content": ""}, 50006),
        ({"content": "x", "nonce": "n" * 26}, 50035),
        ({"content": "x", "flags": 64}, 50035),
        ({"content": "x", "embeds": [{"description": "x" * 4097}]}, 50035),
        ({"content": "x", "components": BUTTONS * 6}, 50035),
        ({"content": "x", "components": BUTTONS * 2}, 50035),
        (
            {
                "content": "x",
                "components": [{"type": 1, "components": [{"type": 2, "style": 1, "label": "x" * 81}]}],
            },
            50035,
        ),
        ({"content": "x", "components": [{"type": 1, "components": [{"type": 3, "custom_id": "a"}]}]}, 50035),
    ],
)
async def test_what_is_too_long_or_empty_is_refused(server, body, code):
    """The limits are Discord's."""
    channel = server.channel(server.guild())

    async with running(Bot(server)) as bot:
        with pytest.raises(discord.HTTPException) as error:
            await bot.say(channel, **body)

    assert error.value.code == code
    assert channel.shown == []


async def test_too_many_new_conversations_are_refused(server):
    """No mass messages."""
    guild = server.guild()
    server.world.new_dms_allowed = 1
    first, second = server.person("Testa", guild), server.person("Prova", guild)

    async with running(Bot(server)) as bot:
        await bot.http.start_private_message(first.id)
        with pytest.raises(discord.HTTPException) as error:
            await bot.http.start_private_message(second.id)

    assert error.value.code == 40003


async def test_enforced_limits_are_in_the_headers_and_kept_by_the_library(server):
    """Five messages in five seconds; the sixth waits."""
    server.limits.enforced = True
    server.limits.bucket = (5, 0.3)
    channel = server.channel(server.guild())

    async with running(Bot(server)) as bot:
        for number in range(6):
            await bot.say(channel, content=str(number))

    assert channel.texts == list("012345")
    assert server.limits.refused == 0


async def test_who_does_not_wait_is_refused_with_429(server):
    """The answer says how long."""
    server.limits.enforced = True
    channel = server.channel(server.guild())
    url = f"{server.url}/channels/{channel.id}/messages"
    headers = {"Authorization": f"Bot {server.token}"}

    async with aiohttp.ClientSession(headers=headers) as session:
        answers = [await session.post(url, json={"content": "x"}) for _ in range(6)]
        body = await answers[-1].json()

    assert [one.status for one in answers] == [200] * 5 + [429]
    assert 0 < body["retry_after"] <= 5
    assert answers[-1].headers["Content-Type"] == "application/json"


async def test_an_answer_can_be_lost_after_the_effect(server):
    """What a sender cannot know."""
    channel = server.channel(server.guild())
    server.fault(Fault.DROPPED_AFTER, "POST /channels")

    async with running(Bot(server)) as bot:
        with pytest.raises(aiohttp.ClientError):
            await bot.say(channel, content="Hej")

    assert channel.texts == ["Hej"]


async def test_planned_errors_and_an_outage_are_met(server):
    """503 is told at once by the library; a stopped server refuses connections."""
    channel = server.channel(server.guild())
    server.fault(Fault.ERROR, "POST /channels", status=503)

    async with running(Bot(server)) as bot:
        with pytest.raises(discord.DiscordServerError):
            await bot.say(channel, content="Hej")
        await server.stop()
        with pytest.raises(aiohttp.ClientConnectionError):
            await bot.say(channel, content="Hej")
        await server.start()
        await server.until(lambda: server.gateway.resumed)
        await bot.say(channel, content="Hej")

    assert channel.texts == ["Hej"]


async def test_who_is_called_by_a_text_is_known(server):
    """A text from a person must call nobody."""
    channel = server.channel(server.guild())

    async with running(Bot(server)) as bot:
        await bot.say(channel, content="@everyone <@12>", allowed_mentions={"parse": []})
        await bot.say(channel, content="@everyone <@12>")

    assert [one.pinged for one in channel.shown] == [set(), {"everyone", "12"}]
