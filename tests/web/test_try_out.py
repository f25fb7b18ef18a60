"""The try-out chat without a script: what a persona does, and who sees the answer."""

import re
from html import unescape

from sqlalchemy import delete

from db import people, try_out
from db.models import Person
from tests.room import KEYS
from tests.web.site import pane

LONG = ("Ord med <b>fetstil</b> & @everyone 😀 \u202eomvänt\u202c שלום\n" * 200)[:5000]


async def test_the_page_has_its_three_people_and_two_panes(site):
    """These labels are relied on from outside."""
    page = await site.shows("ny")

    for label in ("Ny medlem", "Medlem", "Organisatör"):
        assert f"<span>{label}</span></label>" in page
    assert 'role="log" tabindex="0" aria-label="Samtal"' in page
    assert 'role="log" tabindex="0" aria-label="Gruppen"' in page
    assert '<label for="text">Meddelande</label>' in page
    assert ">Skicka</button>" in page


async def test_what_is_written_is_answered_in_the_same_conversation(site):
    """The answer is for the one who asked, and nobody else reads it."""
    page = await site.does("say", text="/eka hej <b>du</b>")

    assert pane(page, "talk").count("hej &lt;b&gt;du&lt;/b&gt;") == 2
    assert "hej" not in pane(page, "group")
    assert "hej" not in await site.shows("ny")
    assert "hej" not in await site.shows("arrangor")


async def test_the_persona_stays_chosen_after_sending(site):
    """Also where no script remembers it."""
    page = await site.does("say", persona="arrangor", text="/eka hej")

    assert re.search(r'value="arrangor" form="write" checked', page)
    assert page.count(" checked") == 1


async def test_everything_typed_comes_out_as_typed(site):
    """Five thousand characters of anything change neither the page nor the meaning."""
    page = await site.does("say", text=f"/eka {LONG}")

    talk = unescape(pane(page, "talk"))
    assert LONG.strip() in talk
    assert "<b>fetstil" not in pane(page, "talk")
    assert 'class="text" dir="auto"' in page


async def test_the_same_page_sent_twice_says_it_once(site):
    """A second press on the button, or a reload, is not a second message."""
    for _ in range(2):
        page = await site.does("say", text="/eka hej", update="abc")

    assert pane(page, "talk").count("hej") == 2  # what was said, and its answer

    page = await site.does("say", text="/eka nej", update="abc")

    assert pane(page, "talk").count("nej") == 2


async def test_a_press_in_private_changes_the_pressed_message(site):
    """No heap of old cards."""
    await site.does("say", text="/kort")

    page = await site.presses("Fler")

    assert "Räknar <b>1</b>" in page
    assert "Räknar <b>0</b>" not in page


async def test_a_press_in_the_group_is_answered_to_the_presser_alone(site):
    """The card stays as it is for everybody."""
    await site.does("say", text="/kort", to="grupp")
    await site.presses("Fler")

    mine, others = pane(await site.shows(), "group"), pane(await site.shows("ny"), "group")

    assert "Räknar <b>0</b>" in mine
    assert "Räknar <b>1</b>" in mine
    assert "Bara du ser detta" in mine
    assert "Räknar <b>0</b>" in others
    assert "Räknar <b>1</b>" not in others

    await site.presses("Fler")
    again = pane(await site.shows(), "group")

    assert "Räknar <b>2</b>" in again
    assert "Räknar <b>1</b>" not in again


async def test_a_command_in_the_group_is_seen_by_the_asker_only(site):
    """Nobody learns from the group who asks for what."""
    await site.does("say", text="/eka viskat", to="grupp")
    await site.does("say", text="/ropa hojtat", to="grupp")

    mine, others = pane(await site.shows(), "group"), pane(await site.shows("arrangor"), "group")

    assert mine.count("viskat") == 2
    assert "viskat" not in others
    assert "hojtat" in others
    assert "viskat" not in pane(await site.shows(), "talk")


async def test_the_group_talks_among_itself(site):
    """Only what mentions the bot is meant for it."""
    await site.does("say", text="Hej på er", to="grupp")
    await site.does("say", text="@Kallelse vad händer i veckan?", to="grupp")

    mine, others = pane(await site.shows(), "group"), pane(await site.shows("ny"), "group")

    assert "Hej på er" in others
    assert "Frågat: vad händer i veckan?" in mine
    assert "Frågat" not in others
    assert "Frågat: Hej" not in mine


async def test_a_forged_button_presses_nothing(site):
    """Only buttons that we made are ours."""
    await site.does("say", text="/kort")
    message = re.findall(r'name="message" value="(\d+)"', await site.shows())[-1]

    page = await site.does("press", message=message, data="play.more:7~AAAAAAAA")
    nowhere = await site.does("press", message="99999999999999999999", data="x")

    assert "Räknar <b>7</b>" not in page
    assert "knappen" in pane(page, "talk")
    assert "Räknar" in nowhere


async def test_a_message_of_somebody_else_cannot_be_pressed(site):
    """Even with the right data, what one does not see one does not press."""
    await site.does("say", text="/kort")
    page = await site.shows()
    message, data = re.findall(r'name="message" value="(\d+)">.*?name="data" value="([^"]+)"', page, re.DOTALL)[-1]

    await site.does("press", persona="ny", message=message, data=unescape(data))

    assert "Räknar <b>0</b>" in await site.shows()
    assert "Räknar" not in await site.shows("ny")


async def test_a_button_that_opens_the_private_chat_answers_there(site):
    """As a link to the bot does elsewhere."""
    await site.does("say", text="/kort", to="grupp")

    page = await site.presses("Öppna")

    assert pane(page, "talk").count('class="bubble') == 1
    assert "Räknar" not in pane(page, "talk")


async def test_links_lead_out_without_telling_from_where(site):
    """The address of this page is nobody's business."""
    page = await site.does("say", text="/kort")

    assert 'href="https://example.org/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer"' in page


async def test_a_sent_code_can_be_taken_away(site):
    """A code does not stay in a group."""
    page = await site.does("say", text="/hemlig 1234-5678", to="grupp")

    assert "Borta." in page
    assert "1234" not in page


async def test_only_the_organiser_runs_the_group(site):
    """The fact that a handler declares is found out, not believed."""
    allowed = await site.does("say", persona="arrangor", text="/admin-i-gruppen", to="grupp")
    refused = await site.does("say", persona="medlem", text="/admin-i-gruppen", to="grupp")

    assert "Du får." in allowed
    assert "Du får." not in refused


async def test_the_new_member_joins_the_group(site):
    """An arrival is something that happens, not something that is said."""
    page = await site.does("join", persona="ny")

    assert "Välkommen, Testa Testsson!" in pane(page, "group")
    assert "Du är med i gruppen." in pane(page, "group")
    assert "Du är med i gruppen." not in pane(await site.shows("medlem"), "group")


async def test_the_script_is_told_to_fetch_instead_of_being_redirected(site):
    """One way for news to reach the page, so that nothing appears twice."""
    answer = await site.client.post(
        "/try/say", data={"persona": "medlem", "text": "/eka hej"}, headers={"hx-request": "true"}
    )

    assert answer.status_code == 204
    assert answer.headers["hx-trigger"] == "news"


async def test_the_page_can_be_read_in_english(site):
    """By its address; otherwise it speaks the installation's language, whatever the browser prefers."""
    english = await site.shows("ny", "en")
    default = await site.client.get("/try", headers={"accept-language": "en"})

    assert 'lang="en"' in english
    assert "New member" in english
    assert "Ny medlem" in default.text


async def test_an_organiser_that_had_itself_forgotten_begins_anew(site, room):
    """Trying /glommig must not end the trying."""
    await site.shows("arrangor")
    async with room.database.write() as session:
        await session.execute(delete(Person).where(Person.invented))

    await site.shows("arrangor")

    async with room.database.read() as session:
        organiser = await people.get_person(session, KEYS, try_out.account(try_out.ORGANISER))
    assert organiser is not None
    assert organiser.rights.is_organiser
