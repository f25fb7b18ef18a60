"""The local Telegram answers the unmodified library as the real one would."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
import telegram
from aiohttp import web
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
)

from tests.servers.telegram import TelegramServer

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as running:
        yield running


async def test_an_update_stays_until_the_next_offset(server, bot):
    """A bot that falls before it acknowledged gets the update again."""
    server.person("Testa").says("hej")

    first = await bot.get_updates()
    again = await bot.get_updates(timeout=0)
    after = await bot.get_updates(offset=first[0].update_id + 1)

    assert first[0].message.text == "hej"
    assert again[0].update_id == first[0].update_id
    assert after == ()


async def test_a_long_poll_answers_as_soon_as_something_happens(server, bot):
    """Nobody waits for the end of the poll."""
    testa = server.person("Testa")
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await server.until(lambda: server.counts["getUpdates"])

    testa.opens("kod-1")

    updates = await asyncio.wait_for(poll, 5)
    assert updates[0].message.text == "/start kod-1"
    assert updates[0].message.entities[0].type == "bot_command"


async def test_a_second_poller_ends_the_first(server, bot):
    """Two processes with one token notice each other."""
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await server.until(lambda: server.counts["getUpdates"])

    await bot.get_updates(timeout=0)

    with pytest.raises(Conflict, match="terminated by other getUpdates"):
        await poll


async def test_a_webhook_gets_each_update_until_it_says_yes(server, bot):
    """An answer other than 2xx is repeated, and polling is refused meanwhile."""
    seen = []

    async def hear(request: web.Request) -> web.Response:
        seen.append((request.headers["X-Telegram-Bot-Api-Secret-Token"], (await request.json())["update_id"]))
        return web.Response(status=500 if len(seen) == 1 else 200)

    app = web.Application()
    app.router.add_post("/hook", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()

    await bot.set_webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/hook", secret_token="hemlig")
    server.person("Testa").says("hej")
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    async with asyncio.timeout(5):
        while server.updates.queue:  # noqa: ASYNC110 - the queue has no event of its own
            await asyncio.sleep(0.01)

    assert len(seen) == 2
    assert seen[0] == seen[1]
    assert seen[0][0] == "hemlig"
    await bot.delete_webhook()
    await runner.cleanup()


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<b>hej", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>hej</b></i>", 'expected "</i>", found "</b>"'),
        ("<p>hej</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("hej</b>", "Unexpected end tag at byte offset 3"),
        ("", "message text is empty"),
        ("<b> </b>", "message text is empty"),
        ("å" * 4097, "message is too long"),
    ],
)
async def test_bad_text_is_refused(server, bot, html, words):
    """What the real server would refuse never looks sent."""
    testa = server.person("Testa")
    testa.opens()

    with pytest.raises(BadRequest) as refused:
        await bot.send_message(testa.id, html, parse_mode="HTML")

    assert words.lower() in str(refused.value).lower()  # the library writes the first letter large
    assert testa.inbox == []


async def test_html_becomes_text_and_entities(server, bot):
    """People see the text, not the markup."""
    testa = server.person("Testa")
    testa.opens()

    sent = await bot.send_message(
        testa.id, '<b>Å &amp; 😀</b> <a href="https://exempel.se/?a=1&amp;b=2">mer</a>', parse_mode="HTML"
    )

    assert testa.inbox[0].text == "Å & 😀 mer"
    assert sent.parse_entity(sent.entities[0]) == "Å & 😀"
    assert sent.entities[1].url == "https://exempel.se/?a=1&b=2"


async def test_who_cannot_be_reached_says_why(server, bot):
    """Never opened, blocked, unknown: three different answers."""
    never, blocked = server.person("Testa"), server.person("Prova")
    blocked.opens()
    blocked.blocks_bot()

    with pytest.raises(Forbidden, match="can't initiate conversation"):
        await bot.send_message(never.id, "hej")
    with pytest.raises(Forbidden, match="blocked by the user"):
        await bot.send_message(blocked.id, "hej")
    with pytest.raises(BadRequest, match=r"[Cc]hat not found"):
        await bot.send_message(42, "hej")


async def test_data_over_64_bytes_and_unknown_parameters_are_refused(server, bot):
    """A slip in what is sent shows in a test, not at the first user."""
    testa = server.person("Testa")
    testa.opens()
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("Knapp", callback_data="å" * 33)]])

    with pytest.raises(BadRequest, match=r"(?i)button_data_invalid"):
        await bot.send_message(testa.id, "hej", reply_markup=keys)
    with pytest.raises(BadRequest, match="nknown parameter"):
        await bot.send_message(testa.id, "hej", api_kwargs={"shout": True})


async def test_faults_and_limits_are_told_apart(server, bot):
    """429 before anything is done, 500 too; a cut connection after it is done."""
    testa = server.person("Testa")
    testa.opens()
    server.fail("sendMessage", 429, seconds=7)
    server.fail("sendMessage", 500)
    server.fail("sendMessage", "drop")

    with pytest.raises(RetryAfter, match="0:00:07"):
        await bot.send_message(testa.id, "ett")
    with pytest.raises(NetworkError, match="Internal Server Error"):
        await bot.send_message(testa.id, "två")
    with pytest.raises(NetworkError):
        await bot.send_message(testa.id, "tre")

    assert [one.text for one in testa.inbox] == ["tre"]


async def test_limits_hold_back_a_crowd(server, bot):
    """The 21st message to a group within a minute waits."""
    server.limits.on = True
    group = server.group("Provstad")
    for number in range(20):
        await bot.send_message(group.id, f"nummer {number}")

    with pytest.raises(RetryAfter):
        await bot.send_message(group.id, "nummer 20")

    assert server.limits.refused == 1


async def test_an_outage_refuses_and_ends(server, bot):
    """The port comes back the same."""
    await server.outage()
    with pytest.raises(NetworkError):
        await bot.get_me()

    await server.start()

    assert (await bot.get_me()).username == server.username


async def test_a_wrong_token_is_unauthorised(server):
    """As after a token was revoked."""
    wrong = telegram.Bot("1:x", base_url=f"{server.url}/bot")
    with pytest.raises(InvalidToken):
        await wrong.initialize()
    await wrong.shutdown()


async def test_answers_are_json_in_the_usual_form(server):
    """What the library reads is also what curl would see."""
    async with aiohttp.ClientSession() as session:
        answer = await session.get(f"{server.url}/bot{server.token}/sendMessage", params={"chat_id": "1"})

        assert answer.status == 400
        assert await answer.json() == {
            "ok": False,
            "error_code": 400,
            "description": "Bad Request: message text is empty",
        }
