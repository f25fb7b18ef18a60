"""The landing page, health, errors and the headers that every answer carries."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from db import demo
from db.models import Activity, ActivityKind, Association
from tests.room import NOW, Room
from tests.web.site import Serving, Site, served


async def test_every_answer_forbids_what_no_page_needs(site):
    """A text that slips through escaping still cannot run, frame or send anything."""
    for path in ("/", "/try", "/healthz", "/nowhere", "/static/style.css"):
        answer = await site.client.get(path)

        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        assert "base-uri 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in answer.headers


async def test_no_page_holds_a_script_or_style_of_its_own(site):
    """The policy would block them; the page must not depend on them."""
    await site.does("say", text="/formular")
    await site.does("say", text="/kort")

    page = await site.shows()

    assert "<style" not in page
    assert " style=" not in page
    assert page.count("<script ") == page.count('<script src="/static/')
    assert "onclick" not in page


async def test_alive_is_not_the_same_as_ready(playroom: Room):
    """A supervisor restarts what is dead; a proxy only waits for what is not ready."""
    async with served(playroom) as site:
        ready = await site.client.get("/readyz")
        site.states["telegram"] = "the token is refused"
        waiting = await site.client.get("/readyz")
        alive = await site.client.get("/healthz")

    assert ready.status_code == 200
    assert json.loads(ready.text) == {
        "ready": True,
        "database": "ok",
        "clock": "ok",
        "telegram": "off",
        "discord": "off",
        "delivery": "off",
        "email": "off",
        "backup": "off",
    }
    assert waiting.status_code == 503
    assert waiting.json()["ready"] is False
    assert waiting.json()["telegram"] == "the token is refused"
    assert alive.status_code == 200


async def test_metrics_name_nobody(site):
    """Figures of the process, without what anybody wrote."""
    await site.does("say", text="/eka Hemligsson")

    answer = await site.client.get("/metrics")

    assert answer.status_code == 200
    assert "python_info" in answer.text
    assert "Hemligsson" not in answer.text
    assert "medlem" not in answer.text


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("DELETE", "/", 405)])
async def test_an_error_is_a_friendly_page(site: Site, method: str, path: str, status: int):
    """Nobody is shown a bare number or a traceback."""
    answer = await site.client.request(method, path, headers={"accept-language": "sv"})

    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert 'lang="sv"' in answer.text
    assert "Traceback" not in answer.text


async def test_what_is_too_large_is_refused_with_a_sentence(site):
    """Nobody fills the memory with one request."""
    answer = await site.client.post("/try/say", data={"persona": "medlem", "text": "x" * 2_000_000})

    assert answer.status_code == 413
    assert "för mycket" in answer.text


async def test_a_database_that_fails_is_said_in_a_sentence(site, caplog):
    """The disk is full or read-only: the visitor is told, and the log names the kind of error alone."""
    await site.shows()
    async with site.room.database.write() as session:
        await session.execute(text("DROP TABLE try_message"))

    answer = await site.client.post("/try/say", data={"persona": "medlem", "text": "/eka hemligt"})

    assert answer.status_code == 503
    assert "<h1>" in answer.text
    assert "OperationalError" in caplog.text
    assert "hemligt" not in caplog.text


async def test_the_first_page_speaks_the_visitors_language(site):
    """Swedish first, English for those who ask for it."""
    swedish = await site.client.get("/")
    english = await site.client.get("/", headers={"accept-language": "en-GB,en;q=0.9,sv;q=0.5"})
    chosen = await site.client.get("/?lang=en", headers={"accept-language": "sv"})
    unknown = await site.client.get("/", headers={"accept-language": "xx;q=nothing, *"})

    assert 'lang="sv"' in swedish.text
    assert 'lang="en"' in english.text
    assert 'lang="en"' in chosen.text
    assert 'lang="sv"' in unknown.text


async def test_the_first_page_shows_what_is_open_and_real(site):
    """Neither what is kept to members nor the try-out page's world is public."""
    async with site.room.database.write() as session:
        real = Association(name="Provstad", created_at=NOW)
        unreal = Association(name="Påhittsås", invented=True, created_at=NOW)
        session.add_all([real, unreal])
        await session.flush()
        session.add_all(
            [
                _activity("Öppet <möte>", real.id),
                _activity("Slutet möte", real.id, is_open=False),
                _activity("Påhittat möte", unreal.id, invented=True),
            ]
        )

    page = (await site.client.get("/")).text

    assert "Öppet &lt;möte&gt;" in page
    assert "Slutet möte" not in page
    assert "Påhittat möte" not in page


async def test_the_first_page_of_a_demo_shows_its_district_here_alone(playroom: Room):
    """A demo without anything on would show nothing; to others nothing invented is ever public."""
    async with playroom.database.write() as session:
        unreal = Association(name="Påhittsdistriktet", is_district=True, invented=True, created_at=NOW)
        session.add(unreal)
        await session.flush()
        session.add(_activity("Påhittat möte", unreal.id, invented=True))
        await demo.set_demo(session)

    async with served(playroom, Serving(public=True)) as public:
        elsewhere = (await public.client.get("/")).text
    async with served(playroom) as here:
        local = (await here.client.get("/")).text

    assert "Påhittat möte" in local
    assert "<h1>Påhittsdistriktet" in local
    assert "Påhitt" not in elsewhere


def _activity(title: str, association_id: int, *, is_open: bool = True, invented: bool = False) -> Activity:
    return Activity(
        association_id=association_id,
        kind=ActivityKind.MEETING.value,
        open=is_open,
        title=title,
        starts_local="2026-11-24T18:00",
        zone="Europe/Stockholm",
        starts_at=NOW + timedelta(days=2),
        invented=invented,
        created_at=NOW,
    )


async def test_the_first_page_leads_to_the_try_out_only_where_it_answers(playroom: Room):
    """No link into nothing."""
    async with served(playroom, Serving(public=True)) as public:
        elsewhere = await public.client.get("/")
    async with served(playroom) as here:
        local = await here.client.get("/")

    assert 'href="/try"' not in elsewhere.text
    assert 'href="/try"' in local.text
