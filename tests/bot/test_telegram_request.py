"""The request class on aiohttp, below the library."""

import logging

import pytest
import telegram
from telegram.error import NetworkError, TelegramError, TimedOut

from bot.logs import brief
from bot.telegram_bot.request import AiohttpRequest, is_not_sent
from tests.servers.telegram import TelegramServer


@pytest.fixture
async def request_():
    made = AiohttpRequest()
    await made.initialize()
    yield made
    await made.shutdown()


async def test_the_library_works_through_it(request_):
    """Text with emoji, objects, files: all arrive as through the library's own."""
    async with TelegramServer() as server:
        testa = server.person("Testa")
        testa.has_started = True
        bot = telegram.Bot(
            server.token, base_url=f"{server.url}/bot", request=request_, get_updates_request=request_
        )
        await bot.initialize()
        keys = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("Ja", callback_data="x")]])

        await bot.send_message(testa.id, "<b>Å 😀</b>", parse_mode="HTML", reply_markup=keys)
        await bot.send_document(testa.id, b"{}", filename="allt.json", caption="Här")

    assert [one.text for one in testa.inbox] == ["Å 😀", "Här"]
    assert testa.inbox[0].labels == ["Ja"]
    assert testa.inbox[1].content == b"{}"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/bot",  # refused
        "http://no-such-host.invalid/bot",  # no name
        "https://127.0.0.1:{port}/bot",  # no handshake
    ],
)
async def test_what_never_left_is_known(request_, url):
    """Only that may be sent again without a thought."""
    async with TelegramServer() as server:
        with pytest.raises(NetworkError) as failed:
            await request_.post(url.format(port=server.port))

    assert is_not_sent(failed.value)


async def test_what_may_have_left_is_not_taken_for_unsent(request_):
    """A slow answer and a cut connection leave it open."""
    async with TelegramServer() as server:
        server.fail("getMe", "slow", seconds=5)
        server.fail("getMe", "drop")
        with pytest.raises(TimedOut) as slow:
            await request_.post(f"{server.url}/bot{server.token}/getMe", read_timeout=0.1)
        with pytest.raises(NetworkError) as cut:
            await request_.post(f"{server.url}/bot{server.token}/getMe")

    assert not is_not_sent(slow.value)
    assert not is_not_sent(cut.value)


async def test_no_error_tells_the_token(request_):
    """The address of every request holds it."""
    secret = "123456789:AAsecretsecretsecretsecretsecretsec"
    with pytest.raises(TelegramError) as failed:
        await request_.post(f"http://127.0.0.1:1/bot{secret}/getMe")

    assert secret not in repr(failed.value)
    assert secret not in brief(failed.value)
    assert secret not in repr(failed.value.__cause__)


async def test_an_answer_that_is_no_json_is_not_logged(request_, caplog):
    """It may hold anything, also what people wrote."""
    with pytest.raises(TelegramError), caplog.at_level(logging.DEBUG):
        request_.parse_json_payload(b'{"ok":true,"result":[{"text":"hemligt')

    assert "hemligt" not in caplog.text


async def test_it_can_be_closed_and_opened_again():
    """A part that is run again connects anew."""
    request = AiohttpRequest()
    with pytest.raises(NetworkError):
        await request.post("http://127.0.0.1:1/")
    for _ in range(2):
        await request.initialize()
        await request.initialize()
        await request.shutdown()
    await request.shutdown()
