"""The try-out page in a real Chromium: with and without script, by keyboard, and for screen readers."""

import re
from typing import Any

import pytest
from markupsafe import Markup

from chat.message import Message
from chat.sending import Outgoing
from db import try_out
from tests.web.browser import DESK, TELEPHONE, browsing

pytestmark = pytest.mark.browser

SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])


async def say(page: Any, persona: str, text: str, *, to: str = "") -> None:
    """Do what a person does: choose who to be, write, press Skicka."""
    await page.get_by_role("radio", name=persona, exact=True).check()
    await page.get_by_label("Skriv till").select_option(to)
    await page.get_by_label("Meddelande").fill(text)
    await page.get_by_role("button", name="Skicka", exact=True).click()


def talk(page: Any) -> Any:
    return page.get_by_role("log", name="Samtal")


def group(page: Any) -> Any:
    return page.get_by_role("log", name="Gruppen")


async def shown(where: Any, text: str) -> None:
    """Nothing, once the text is shown and the page's script has taken it up.

    In the 20 ms between the two a press goes out as without script; no hand is that fast.
    """
    await where.get_by_text(text).first.wait_for(timeout=10_000)
    await settled(where.page)


async def settled(page: Any) -> None:
    """Nothing, once htmx is at rest: it marks what it has not taken up yet with these classes."""
    busy = page.locator(".htmx-added, .htmx-settling, .htmx-swapping, .htmx-request")
    await busy.first.wait_for(state="detached", timeout=10_000)


@pytest.mark.long
@SCRIPT
async def test_three_people_talk_on_one_page(site, script: bool):
    """The page does its job with and without script, by the same labels."""
    async with browsing(java_script_enabled=script) as page:
        await page.goto(f"{site.url}/try")
        await say(page, "Medlem", "/eka hej där")
        await shown(talk(page), "hej där")
        await say(page, "Organisatör", "/ropa samling", to="grupp")
        await shown(group(page), "samling")

        await say(page, "Ny medlem", "/kort")
        await talk(page).get_by_role("button", name="Fler").click()
        await shown(talk(page), "Räknar 1")

        assert await talk(page).get_by_text("hej där").count() == 0
        assert await talk(page).get_by_text("Räknar 0").count() == 0
        assert await group(page).get_by_text("samling").count() == 1


@pytest.mark.long
@SCRIPT
async def test_a_form_is_filled_in_by_its_labels(site, script: bool):
    """What is wrong stands at its field, and what was right stays."""
    async with browsing(java_script_enabled=script) as page:
        await page.goto(f"{site.url}/try?persona=arrangor")
        await say(page, "Organisatör", "/formular")
        await page.get_by_label("Rubrik").fill("Öppet möte")
        await page.get_by_label("När").fill("31 feb kl 18")
        await page.get_by_label("Bara våra egna").check()
        await page.get_by_role("button", name="Fortsätt").click()
        await shown(talk(page), "31 februari finns inte")

        field = page.get_by_label("När")
        described = await field.get_attribute("aria-describedby") or ""
        assert await field.get_attribute("aria-invalid") == "true"
        assert "februari" in await page.locator(f"#{described.split()[0]}").inner_text()
        assert await page.get_by_label("Rubrik").input_value() == "Öppet möte"

        await field.fill("lördag 29/11 kl 14")
        await page.get_by_label("Rubrik").press("Enter")
        await shown(talk(page), "29 november är en söndag")
        await page.get_by_label("Rubrik").fill("Öppet möte om vården")
        await page.get_by_role("button", name="Lördag 28 november").click()
        await shown(talk(page), "Öppet möte om vården: lördag 28 november kl. 14.00, own")


@pytest.mark.long
@SCRIPT
async def test_nothing_is_in_the_way_of_assistive_technology(site, script: bool):
    """Checked by axe, in light and dark, on a telephone and on a desk."""
    from axe_playwright_python.async_playwright import Axe  # noqa: PLC0415 - see tests/web/browser.py

    await site.does("say", text="/eka hej")
    await site.does("say", text="/kort", to="grupp")
    await site.does("say", text="/eka " + "viskat " * 80, to="grupp")
    await site.does("say", text="/fil")
    await site.does("say", text="/formular")
    page_form = re.findall(
        r'name="message" value="(\d+)"><input type="hidden" name="data" value="([^"]+)"', await site.shows()
    )
    await site.does("form", message=page_form[-1][0], data=page_form[-1][1])
    for scheme, size in (("light", TELEPHONE), ("dark", DESK)):
        async with browsing(bypass_csp=True, color_scheme=scheme, viewport=size) as page:
            if not script:
                await page.route("**/*", _without_script)
            for path in ("/try?persona=medlem", "/", "/nowhere"):
                await page.goto(site.url + path)
                found = await Axe().run(page)
                assert found.violations_count == 0, found.generate_report()


async def _without_script(route: Any) -> None:
    """The page as it is where scripts are off; axe itself needs them on."""
    if route.request.resource_type == "script":
        await route.fulfill(body="", content_type="text/javascript")
        return
    answer = await route.fetch()
    await route.fulfill(response=answer, body=re.sub("</?noscript>", "", await answer.text()))


@pytest.mark.long
async def test_news_arrive_without_disturbing_who_writes(site):
    """Somebody in the middle of a sentence keeps the sentence, and the place in it."""
    async with browsing() as page:
        await page.goto(f"{site.url}/try?persona=medlem")
        field = page.get_by_label("Meddelande")
        await field.fill("Halva men")
        await site.sender.send(
            Outgoing(try_out.account("medlem"), private=True, message=Message(Markup("Ny <b>tid</b>")), nonce="a")
        )
        await shown(talk(page), "Ny tid")

        assert await field.input_value() == "Halva men"
        assert await field.evaluate("field => field === document.activeElement")

        first = await talk(page).locator(".bubble").first.get_attribute("id")
        changed = Message(Markup("Inställt"))
        await site.sender.edit(
            Outgoing(try_out.account("medlem"), private=True, message=changed, nonce="a"), str(first)[1:]
        )
        await shown(talk(page), "Inställt")

        assert await talk(page).locator(".bubble").count() == 1
        assert await field.input_value() == "Halva men"


async def test_everything_can_be_done_with_the_keyboard(site):
    """Tab, arrows, Enter and space are enough."""
    async with browsing() as page:
        await page.goto(f"{site.url}/try")
        await page.get_by_role("radio", name="Ny medlem", exact=True).focus()
        await page.keyboard.press("ArrowRight")
        await page.get_by_label("Meddelande").focus()
        await page.keyboard.type("/ropa en")
        await page.keyboard.press("Shift+Enter")
        await page.keyboard.type("två")
        await page.keyboard.press("Enter")
        await shown(talk(page), "en två")
        await page.keyboard.type("/kort")
        await page.keyboard.press("Enter")
        more = talk(page).get_by_role("button", name="Fler")
        await more.wait_for(timeout=10_000)
        await settled(page)
        await more.focus()
        await page.keyboard.press("Space")
        await shown(talk(page), "Räknar 1")

        assert await page.get_by_role("radio", name="Medlem", exact=True).is_checked()
        assert page.url.endswith("persona=medlem")
        await page.wait_for_function("() => document.activeElement.textContent === 'Fler'", timeout=5_000)


async def test_long_and_strange_texts_do_not_break_the_page(site):
    """Nothing has to be scrolled sideways, and nothing typed is taken for markup."""
    strange = "<b>fet</b> @everyone 😀\u202eomvänt " + "lång" * 1200
    async with browsing(viewport=TELEPHONE) as page:
        await page.goto(f"{site.url}/try?persona=medlem")
        await say(page, "Medlem", f"/eka {strange}")
        await shown(talk(page), "@everyone")
        await say(page, "Medlem", f"/eka {strange}", to="grupp")
        await shown(group(page), "@everyone")

        assert await talk(page).locator(".bubble").last.locator("b").count() == 0
        wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert await page.evaluate(wide)
        for log in (talk(page), group(page)):
            assert await log.evaluate("log => log.scrollWidth <= log.clientWidth")


async def test_what_did_not_get_through_is_said_and_not_lost(site):
    """The text is back in the field, and the page says so aloud."""
    async with browsing() as page:
        await page.goto(f"{site.url}/try?persona=medlem")
        await page.route("**/try/say", lambda route: route.fulfill(status=404))
        await say(page, "Medlem", "/eka viktigt")
        await page.get_by_role("alert").wait_for(timeout=10_000)

        assert "kom inte fram" in await page.get_by_role("alert").inner_text()
        assert await page.get_by_label("Meddelande").input_value() == "/eka viktigt"

        await page.unroute("**/try/say")
        await page.get_by_role("button", name="Skicka", exact=True).click()
        await shown(talk(page), "viktigt")

        assert await page.get_by_role("alert").count() == 0


async def test_the_place_is_kept_when_what_was_pressed_has_gone(site):
    """Who uses the keyboard, or listens, goes on from the answer and not from the top of the page."""
    async with browsing() as page:
        await page.goto(f"{site.url}/try?persona=arrangor")
        await say(page, "Organisatör", "/formular")
        await page.get_by_label("Rubrik").fill("Öppet möte")
        await page.get_by_label("När").fill("28/11 kl 14")
        await page.get_by_label("Alla", exact=True).check()
        await page.get_by_role("button", name="Fortsätt").focus()
        await page.keyboard.press("Enter")
        await shown(talk(page), "Öppet möte: lördag 28 november kl. 14.00")

        answer = talk(page).locator(".bubble").last
        await page.wait_for_function("document.activeElement !== document.body")
        assert await answer.evaluate("answer => answer === document.activeElement")


@pytest.mark.long
@pytest.mark.parametrize("size", [TELEPHONE, DESK], ids=["telephone", "desk"])
async def test_the_answer_to_what_one_wrote_is_in_view(site, size: dict[str, int]):
    """Also below a long form, in the group, and above the field that stays at the bottom of a telephone."""
    async with browsing(viewport=size) as page:
        await page.goto(f"{site.url}/try?persona=arrangor")
        await say(page, "Organisatör", "/formular")
        await shown(talk(page), "En kort rubrik räcker.")
        for to, log in (("grupp", group(page)), ("", talk(page))):
            await say(page, "Organisatör", "/eka sist", to=to)
            newest = log.locator(".bubble").last
            await newest.get_by_text("sist").wait_for()
            seen = "one => { const box = one.getBoundingClientRect(), x = box.left + 9, y = box.bottom - 9;"
            await page.wait_for_function(
                f"one => ({seen} return one.contains(document.elementFromPoint(x, y)) }})(one)",
                arg=await newest.element_handle(),
            )
