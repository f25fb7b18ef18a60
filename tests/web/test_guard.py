"""The try-out page and the figures answer this machine alone, and forms only from the page itself."""

import asyncio

import httpx
import pytest
from starlette.requests import HTTPConnection

from tests.room import Room
from tests.web.site import Serving, pane, served
from web import guard, protection

FORWARDED = [
    {"forwarded": "for=192.0.2.1"},
    {"x-forwarded-for": "127.0.0.1"},
    {"x-forwarded-host": "localhost"},
    {"X-Forwarded-Proto": "https"},
    {"x-real-ip": "127.0.0.1"},
    {"via": "1.1 proxy"},
]
LOCAL = ("/try", "/try/news?persona=medlem", "/metrics")


async def test_nothing_local_answers_through_a_proxy(site):
    """A proxy on the same machine looks local, and brings in the whole world."""
    for path in LOCAL:
        assert (await site.client.get(path)).status_code == 200
        for headers in FORWARDED:
            assert (await site.client.get(path, headers=headers)).status_code == 404, (path, headers)


async def test_nothing_local_answers_to_another_name(site):
    """A page elsewhere whose name is made to point here (DNS rebinding) reads nothing."""
    for path in LOCAL:
        for host in ("evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "127.0.0.1:x", ""):
            answer = await site.client.get(path, headers={"host": host})
            assert answer.status_code in {400, 404}, (path, host)


async def test_this_machines_own_names_are_known(site):
    """Whichever of them the visitor types."""
    for host in ("localhost", "localhost:8080", "127.0.0.1:1", "[::1]", "[::1]:8080"):
        assert (await site.client.get("/try", headers={"host": host})).status_code == 200, host


async def test_a_public_installation_has_no_try_out_page(playroom: Room):
    """Where PUBLIC_URL is set a proxy stands in front, whether it says so or not."""
    async with served(playroom, Serving(public=True)) as site:
        for path in LOCAL:
            assert (await site.client.get(path)).status_code == 404, path
        assert (await site.client.get("/healthz")).status_code == 200


@pytest.mark.parametrize(
    ("peer", "local"),
    [("127.0.0.1", True), ("::1", True), ("192.0.2.7", False), ("10.0.0.1", False), ("2001:db8::1", False)],
)
def test_only_this_machine_is_local(peer: str, local: bool):
    """The name asked for can be anything; the peer cannot."""
    scope = {"type": "http", "client": (peer, 1), "headers": [(b"host", b"localhost")]}

    assert guard.is_local(HTTPConnection(scope)) is local


async def test_ipv6_is_this_machine_too(playroom: Room):
    """Some browsers take localhost for ::1 first."""
    async with served(playroom) as site:
        port = site.url.rpartition(":")[2]
        async with httpx.AsyncClient(base_url=f"http://localhost:{port}") as client:
            assert (await client.get("/try")).status_code == 200


FOREIGN = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
]


async def test_another_sites_form_does_nothing(site):
    """A page that the visitor opens elsewhere cannot act here in their name."""
    sent = {"persona": "medlem", "text": "/eka hej"}

    for path in ("say", "press", "form", "join"):
        for headers in FOREIGN:
            answer = await site.client.post(f"/try/{path}", data=sent, headers=headers)
            assert answer.status_code == 403, (path, headers)
    assert "hej" not in pane(await site.shows(), "talk")


async def test_our_own_form_is_taken(site):
    """Browsers say that it comes from here."""
    for headers in ({"sec-fetch-site": "same-origin"}, {"origin": site.url}):
        answer = await site.client.post(
            "/try/say", data={"persona": "medlem", "text": "/eka hej"}, headers=headers
        )

        assert answer.status_code == 200


async def test_who_sends_a_byte_now_and_then_holds_nothing_open(site, monkeypatch):
    """A few hundred slow senders would otherwise keep everybody out."""
    monkeypatch.setattr(protection, "BODY_SECONDS", 0.2)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(site.url.rpartition(":")[2]))
    head = "POST /try/say HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
    writer.write(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\np".encode())

    async with asyncio.timeout(10):
        status = await reader.readline()

    writer.close()
    await writer.wait_closed()
    assert status.split()[1] == b"408"
