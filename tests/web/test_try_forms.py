"""Forms and files on the try-out page, without a script."""

import re
from html import unescape


async def test_a_form_keeps_what_was_typed_and_says_what_is_wrong(site):
    """Nobody writes it all again for one wrong date."""
    page = await site.does("say", text="/formular")
    sent = _form(page) | {"field.title": "Öppet <möte>", "field.when": "31 feb kl 18", "field.who": "own"}

    wrong = await site.does("form", **sent)

    assert 'value="Öppet &lt;möte&gt;"' in wrong
    assert re.search(
        r'value="31 feb kl 18"[^>]*aria-describedby="(f\d+-when-problem)[^>]*aria-invalid="true"', wrong
    )
    assert re.search(r'id="f\d+-when-problem">[^<]*februari', wrong)
    assert re.search(r'value="own" checked', wrong)

    done = await site.does("form", **sent | {"field.when": "3/12 18"})

    assert "Öppet &lt;möte&gt;: torsdag 3 december kl. 18.00, own" in done
    assert 'class="fields"' not in done


async def test_a_form_can_be_left(site):
    """There is a way out of everything."""
    await site.does("say", text="/formular")

    page = await site.presses("Avbryt")

    assert "Avbrutet" in page
    assert 'class="fields"' not in page


async def test_a_question_shows_what_was_chosen(site):
    """Who scrolls up sees the answer, and nothing left to press."""
    await site.does("say", text="/formular\nsteg\nför steg")
    for said in ("Möte", "28/11 kl 14"):
        await site.does("say", text=said)
    for label in ("Stämmer", "Hoppa över"):
        await site.presses(label)

    page = await site.presses("Alla")

    assert "Vem? – Alla" in page
    assert "När – lördag 28 november kl. 14.00" in page
    assert ">Alla<" not in page


async def test_one_form_is_open_at_a_time(site):
    """Two of the same would contradict each other."""
    await site.does("say", text="/formular")

    page = await site.does("say", text="/formular")

    assert page.count('class="fields"') == 1


async def test_a_forged_form_is_not_taken(site):
    """Its draft and page are ours to name."""
    page = await site.does("say", text="/formular")

    after = await site.does("form", **_form(page) | {"data": "play.form:1:0~AAAAAAAA", "field.title": "Falskt"})

    assert "Falskt" not in after
    assert 'class="fields"' in after


async def test_a_file_is_downloaded_by_the_one_who_got_it(site):
    """And by nobody who guesses its number."""
    page = await site.does("say", text="/fil")
    address = unescape(re.findall(r'href="(/try/file/[^"]+)"', page)[-1])

    mine = await site.client.get(address)
    other = await site.client.get(address.replace("medlem", "ny"))

    assert mine.content == b'{"a": 1}'
    assert mine.headers["content-disposition"].startswith("attachment")
    assert mine.headers["content-type"] == "application/octet-stream"
    assert other.status_code == 404


def _form(page: str) -> dict[str, str]:
    """The hidden fields of the open form."""
    form = re.findall(r'<form class="fields".*?</form>', page, re.DOTALL)[-1]
    return {
        name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    }
