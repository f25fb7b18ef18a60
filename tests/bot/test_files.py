"""Files that people send are fetched from where the platform keeps them: bounded, and from nowhere else."""

import asyncio

import pytest
from aiohttp import web

from bot import files as fetching
from bot.discord_bot import files
from bot.discord_bot.rest import OFFICIAL

HERE = "http://127.0.0.1:8082/api/v10"


@pytest.mark.parametrize(("url", "api", "is_kept"), [
    ("https://cdn.discordapp.com/attachments/1/2/lista.csv?ex=1", OFFICIAL, True),
    ("https://media.discordapp.net/attachments/1/2/lista.csv", OFFICIAL, True),
    ("http://cdn.discordapp.com/attachments/1/2/lista.csv", OFFICIAL, False),
    ("https://cdn.discordapp.com.example.org/lista.csv", OFFICIAL, False),
    ("https://cdn.discordapp.com:8443/lista.csv", OFFICIAL, False),
    ("https://me@cdn.discordapp.com/lista.csv", OFFICIAL, False),
    ("https://169.254.169.254/latest/meta-data", OFFICIAL, False),
    ("file:///etc/passwd", OFFICIAL, False),
    ("http://127.0.0.1:8082/attachments/1/lista.csv", OFFICIAL, False),
    ("http://127.0.0.1:8082/attachments/1/lista.csv", HERE, True),
    ("http://127.0.0.1:9000/attachments/1/lista.csv", HERE, False),
    ("https://cdn.discordapp.com/attachments/1/2/lista.csv", HERE, False),
])  # fmt: skip
def test_only_where_discord_keeps_files(url, api, is_kept):
    """An address comes with the message: it must not lead into somebody's own network."""
    assert files.is_kept_by_discord(url, api) is is_kept


@pytest.fixture
async def keeps():
    """A server of files that misbehaves; gives back its address."""

    async def serve(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name == "moved":
            raise web.HTTPFound("/attachments/small")
        if name == "slow":
            await asyncio.sleep(5)
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(1000 if name == "endless" else 1):
            await answer.write(b"x" * 1000)
        return answer

    app = web.Application()
    app.router.add_get("/attachments/{name}", serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.mark.parametrize(("name", "length"), [
    ("small", 1000), ("endless", None), ("moved", None), ("missing/", None), ("slow", None),
])  # fmt: skip
async def test_what_misbehaves_is_not_had(keeps, monkeypatch, name, length):
    """More than was said, leading elsewhere, not there, never ending."""
    monkeypatch.setattr(fetching, "FETCH_SECONDS", 0.5)

    content = await files.fetch(f"{keeps}/attachments/{name}", 5000, f"{keeps}/api/v10")

    assert (None if content is None else len(content)) == length


@pytest.mark.parametrize("url", ["", "http://[", "http://127.0.0.1:1/lista.csv"])
async def test_an_address_that_is_none_is_told_like_the_rest(url):
    """Nobody's message may end with an error."""
    assert await files.fetch(url, 5000, "http://127.0.0.1:1/api/v10") is None
