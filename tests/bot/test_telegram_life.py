"""The life of the Telegram connection: what was acknowledged was done, and what is wrong is said."""

import asyncio
import io
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
import uvicorn
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.routing import Route

from bot.pacing import Pace
from chat.address import Address, Platform
from chat.signing import sign
from db.models import SeenUpdate
from tests.bot.telegram_house import House, open_house
from tests.room import KEYS
from tests.servers.telegram import TelegramServer
from tests.servers.telegram_limits import GUARDED


@pytest.fixture
async def server():
    async with TelegramServer() as running:
        yield running


@pytest.fixture
async def house(tmp_path, server):
    async with open_house(tmp_path, server) as opened:
        yield opened


async def test_an_update_is_acknowledged_after_its_effect_is_committed(house: House, server):
    """Killed in between, it comes again; acknowledged first, it would be lost."""
    testa = server.person("Testa")
    async with house.running():
        async with house.database.engine.connect() as only_writer:
            await only_writer.execute(text("SELECT 1"))
            testa.opens()
            await server.until(lambda: server.counts["getUpdates"])
            with pytest.raises(TimeoutError):
                await server.until(lambda: server.counts["getUpdates"] > 2 or testa.inbox, within=0.3)
            assert len(server.updates.queue) == 1

        assert (await testa.next_message()).text == "Hej!"
        await house.acknowledged()


async def test_an_update_that_comes_twice_has_one_effect_and_one_answer(house: House, server):
    """After a crash between commit and acknowledgement."""
    testa = server.person("Testa")
    testa.opens()
    again = server.updates.queue[0]
    async with house.running():
        await testa.next_message()
        await house.acknowledged()
        server.updates.put_back(again[1], again[0])
        testa.says("/vecka")
        assert (await testa.next_message()).text == "Veckan"

    assert len(house.heard) == 2
    async with house.database.read() as session:
        assert await session.get(SeenUpdate, ("telegram", str(again[1]["update_id"]))) is not None


async def test_what_is_in_hand_at_the_end_is_finished_and_acknowledged(house: House, server):
    """A restart answers nobody twice and forgets nobody."""
    testa = server.person("Testa")
    for _ in range(20):
        testa.says("/vecka")
    async with house.running():
        await house.hears()

    assert len(house.heard) == 20
    assert len(testa.inbox) == 20
    assert not server.updates.queue


async def test_one_chat_is_in_order_and_chats_do_not_wait_for_each_other(house: House, server):
    """An answer that has to wait holds up neither others nor the taking in."""
    testa, prova = server.person("Testa"), server.person("Prova")
    server.fail("sendMessage", 429, seconds=2, chat=testa.chat)
    testa.says("/vecka")
    testa.says("hmm")
    prova.says("/vecka")
    async with house.running():
        assert (await prova.next_message(within=1)).text == "Veckan"
        await house.acknowledged(within=1)
        assert testa.inbox == []
        assert [(await testa.next_message()).text for _ in range(2)] == ["Veckan", "Det förstod inte jag"]


@pytest.mark.parametrize(
    "poison",
    [
        {"message": {}},
        {"message": {"chat": None, "text": "/vecka"}},
        {"callback_query": {"id": "1", "from": {"id": 1}, "message": {"chat": {"id": 1}}}},
        {"chat_member": {"chat": {"id": 1}}},
        {"unheard_of": {"id": 1}},
    ],
)
async def test_a_poison_update_is_acknowledged_and_named_by_its_number(house: House, server, caplog, poison):
    """It would come again for ever, and hold up everybody behind it."""
    testa = server.person("Testa")
    server.updates.put_back({"update_id": 17, **poison}, testa.id)
    testa.says("/vecka")
    with caplog.at_level(logging.WARNING):
        async with house.running():
            assert (await testa.next_message()).text == "Veckan"
            await house.acknowledged()

    assert "unheard_of" in poison or "update 17 could not be read" in caplog.text


async def test_a_crowd_that_presses_at_once_is_answered_at_once(tmp_path, server):
    """A group takes 20 messages a minute; who comes after gets the pop-up, and nobody waits for nobody."""
    server.limits.on = True
    pace = Pace()

    async def before_reply(chat_id: str, private: bool) -> None:
        await pace.before_reply(Address(Platform.TELEGRAM, chat_id), private=private)

    people = [server.person(f"Testa {number}") for number in range(26)]
    group = server.group("Provstad", people)
    card = server.new_message(group, "Demonstration", sender=None)
    async with open_house(tmp_path, server, pace=before_reply) as house, house.running():
        presses = [one.sends_data(card, sign(KEYS.buttons, "sample.go", "12")) for one in people]
        toasts = [await press.answer(within=8) for press in presses]

    assert {toast.text for toast in toasts} == {"Du är anmäld"}
    assert [toast.alert for toast in toasts].count(True) == 6
    assert sum(len(one.inbox) for one in people) == 20
    assert len(group.messages) == 1


async def test_every_call_that_telegram_counts_asks_the_pace_first(tmp_path, server):
    """Buttons taken away and a message changed after a press count as much as a message does."""
    asked = []

    async def before_reply(chat_id: str, private: bool) -> None:
        asked.append((chat_id, private))

    testa = server.person("Testa")
    testa.says("/start")
    async with open_house(tmp_path, server, pace=before_reply) as house, house.running():
        message = await testa.next_message()
        for route in ("sample.done", "sample.go", "sample.chose"):
            await testa.sends_data(message, sign(KEYS.buttons, route, "")).answer(within=8)
        await house.acknowledged()
        await house.until(lambda: len(_counted(server)) >= 4)

    assert asked == [(str(testa.id), True)] * len(_counted(server))


def _counted(server) -> list[str]:
    return [method for method, _ in server.calls if method.startswith(GUARDED)]


async def test_a_refused_token_is_said_and_tried_again(house: House, server):
    """The other platform goes on; when the token is right again, so does this one."""
    right = server.token
    server.token = "987654321:AAother"
    async with house.running():
        await house.until(lambda: house.reports)
        server.token = right
        await house.until(lambda: house.reports[-1] == "ok", within=10)

    assert house.reports == ["refused: Telegram does not know the token", "ok"]


async def test_another_poller_is_said(house: House, server):
    """Two processes with one token take each other's updates."""
    async with house.running():
        await server.until(lambda: server.updates.polls)
        await server.updates.get({"timeout": 0})
        await house.until(lambda: "another process" in house.reports[-1])
        await house.until(lambda: house.reports[-1] == "ok", within=10)


async def test_an_old_webhook_is_taken_away(house: House, server):
    """Who changes back to polling needs to do nothing else."""
    server.updates.webhook.url = "https://example.org/old"
    testa = server.person("Testa")
    testa.opens()
    async with house.running():
        assert (await testa.next_message()).text == "Hej!"

    assert server.updates.webhook.url == ""


async def test_an_outage_is_said_and_survived(house: House, server):
    """What happened meanwhile is answered afterwards."""
    testa = server.person("Testa")
    async with house.running():
        await house.until(lambda: house.reports == ["ok"])
        await server.outage()
        testa.says("/vecka")
        await house.until(lambda: house.reports[-1] == "cannot be reached")
        await server.start()
        assert (await testa.next_message(within=10)).text == "Veckan"


async def test_it_can_be_run_again(house: House, server):
    """The supervisor starts a part over."""
    testa = server.person("Testa")
    async with house.running():
        testa.opens()
        await testa.next_message()
    async with house.running():
        testa.says("/vecka")
        assert (await testa.next_message()).text == "Veckan"


async def test_a_webhook_is_answered_after_the_commit_and_only_to_the_platform(tmp_path, server):
    """The secret is compared; a stranger's post has no effect."""
    async with open_house(tmp_path, server) as house, _web(house) as address:
        house.bot._webhook_url = address  # noqa: SLF001 - the port is known only now
        testa = server.person("Testa")
        async with house.running():
            await server.until(lambda: server.updates.webhook.url)
            testa.opens()
            assert (await testa.next_message()).text == "Hej!"
            await house.acknowledged()
            for headers, status in (({}, 403), ({"X-Telegram-Bot-Api-Secret-Token": "fel"}, 403)):
                assert await _post(address, headers, b'{"update_id": 1}') == status
            secret = {"X-Telegram-Bot-Api-Secret-Token": server.updates.webhook.secret}
            assert await _post(address, secret, b"[]") == 400
            assert await _post(address, secret, b"\xff") == 400
            assert await _post(address, secret, b"[" * 100_000) == 400
            assert await _post(address, secret, b" " * 1_100_000) == 413

        testa.says("/vecka")
        assert (await testa.next_message()).text == "Veckan", "any process takes what is posted to it"
        assert len(house.heard) == 2
        assert server.counts["getUpdates"] == 0


async def test_a_webhook_waits_until_the_bot_knows_itself(tmp_path, server):
    """What is posted before that comes again."""
    async with open_house(tmp_path, server) as house, _web(house) as address:
        await server.outage()
        secret = {"X-Telegram-Bot-Api-Secret-Token": house.bot._secret}  # noqa: SLF001 - set by no server yet

        assert await _post(address, secret, b'{"update_id": 1}') == 503


async def test_a_webhook_that_telegram_cannot_reach_is_said(tmp_path, server):
    """Updates would pile up there while everything looks well here."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/telegram/webhook"
        async with open_house(tmp_path, server, webhook_url=address) as house:
            house.bot._look_seconds = 0.05  # noqa: SLF001 - a minute is long in a test
            async with house.running():
                await house.until(lambda: house.reports == ["ok"])
                server.person("Testa").opens()
                await house.until(lambda: house.reports[-1] == "Telegram cannot reach the webhook")


@asynccontextmanager
async def _web(house: House) -> AsyncIterator[str]:
    """The webhook's address, served by the web server that the product uses."""
    app = Starlette(routes=[Route("/telegram/webhook", house.bot.webhook, methods=["POST"])])
    serving = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        task = asyncio.create_task(serving.serve(sockets=[listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/telegram/webhook"
        serving.should_exit = True
        await task


async def _post(address: str, headers: dict[str, str], body: bytes) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, headers=headers, data=io.BytesIO(body)) as answer,
    ):
        return answer.status
