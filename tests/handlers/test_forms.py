"""Forms: what every platform can show, and fields that are asked only where they mean something."""

import pytest

from chat.address import Address, Platform
from chat.form import Form
from chat.markup import plain
from db import models
from handlers import FEATURES
from tests import given
from tests.room import ADA, STOCKHOLM, Someone, labels, text
from texts import LANGUAGES, translator

EVE = Someone("Eve", Address(Platform.TRY, "1005"))
MODAL = 45  # characters of a title or a label on Discord
FORMS = [one.form for feature in FEATURES for one in feature.forms]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_every_title_and_label_fits_a_modal(form: Form, language: str):
    """Discord refuses a longer one, and the person would see nothing at all."""
    t = translator(language, STOCKHOLM)

    long = [label for label in (form.title, *(one.label for one in form.fields)) if len(t.plain(label)) > MODAL]

    assert not long


@pytest.fixture
async def invented(room):
    """The try-out page's association, whose organiser is Eve, with a meeting."""
    await given.association(room, "Exempeldistriktet", district=True, invented=True)
    association = await given.association(room, "Exempelby", invented=True)
    await given.organiser(room, EVE, of=association)
    return await given.activity(room, "Öppet möte", association, "2026-11-28 14:00", invented=True)


async def test_a_change_on_a_page_is_prefilled(room, invented):
    """All five answers stand there; only one is written anew."""
    one = await room.presses(await room.says("/aktiviteter", by=EVE), "1. Öppet möte", by=EVE)
    page = await room.presses(one, "Ändra", by=EVE)
    assert page.form is not None
    shown = {field.name: field.value for field in page.form.fields}
    assert shown == {
        "title": "Öppet möte", "kind": "meeting", "when": "lördag 28 november kl. 14.00", "place": "", "text": "",
    }  # fmt: skip

    preview = await room.sends_page(page, {"place": "Folkets hus"}, by=EVE)

    assert text(preview) == (
        "Det här ändras:\nVar: Folkets hus (var: inget)\n\nIngen har svarat än. Alla kopior ändras."
    )


async def test_one_of_very_many_associations_is_named(room):
    """The beginning of the name is enough, and where two begin alike one is asked which."""
    await given.association(room, "Exempeldistriktet", district=True, invented=True)
    for number in range(30):
        await given.association(room, f"Ort {number} i länet", invented=True)
    await given.organiser(room, EVE, of=None)
    first = await room.says("/kallelse", by=EVE)
    second = await room.sends_page(first, {"title": "Möte", "when": "28/11 kl 14", "place": "Torget"}, by=EVE)
    assert second.form.fields[0].hint == "En av 31; början av namnet räcker."

    several = await room.sends_page(second, {"association": "ort 2", "seen_by": "open", "contact": "me"}, by=EVE)
    assert text(several).startswith("Flera börjar så: Ort 2 i länet, Ort 20 i länet, ")
    preview = await room.sends_page(several, {"association": "ort 27"}, by=EVE)

    assert "Från Ort 27 i länet" in text(preview)


async def test_an_empty_page_says_what_is_missing_and_keeps_the_rest(room, invented):
    """One sentence, and what was written is still there."""
    page = await room.says("/kallelse", by=EVE)

    wrong = await room.sends_page(page, {"place": "Torget"}, by=EVE)

    assert text(wrong) == "Skriv det med några ord. Inget har gått förlorat."
    assert wrong.form is not None
    assert {field.name: field.value for field in wrong.form.fields}["place"] == "Torget"
    assert [field.name for field in wrong.form.fields if field.problem] == ["title", "when"]


async def test_a_date_in_the_past_is_asked_about(room, exempelby):
    """Nothing is published for yesterday, and nothing is guessed."""
    asked = await room.says("/kallelse\nÖppet möte\ni går kl 18\nTorget", by=ADA)

    assert "Torget" not in text(asked)
    again = await room.says("i morgon kl 18", by=ADA)
    assert text(again) == "Måndag 23 november 2026 kl. 18.00?"


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("vad händer i veckan?", "Inget är inplanerat"),
        ("what is on tomorrow?", "Inget är inplanerat"),
        ("när är nästa möte?", "Inget är inplanerat"),
        ("i morgon 18", "Måndag 23 november 2026 kl. 18.00?"),
        ("i morgon", "Vilken tid på måndag 23 november?"),
        ("torsdag kväll", "Jag förstod torsdag 26 november men inte ”kväll”. Vilken tid?"),
        ("i veckan", "”i veckan” förstod jag inte."),
    ],
)
async def test_a_question_while_a_date_is_asked_for_is_answered(room, exempelby, said, answered):
    """Whoever looks for a free day asks what is on; what can be a date stays one."""
    await room.says("/kallelse\nJulfika", by=ADA)

    answer = await room.says(said, by=ADA)

    assert text(answer).startswith(answered)
    assert ("Ditt utkast väntar." in text(answer)) == (answered == "Inget är inplanerat")
    assert text(await room.says("28/11 kl 14", by=ADA)) == "Lördag 28 november 2026 kl. 14.00?"


async def test_a_question_while_a_choice_is_asked_for_is_answered(room, exempelby):
    """None of the choices is a question, so nothing is lost by answering it."""
    asked = await room.says("/kallelse\nJulfika\n28/11 kl 14\nTorget\nVälkomna!", by=ADA)

    answer = await room.says("vad händer i veckan?", by=ADA)

    assert text(answer).startswith("Inget är inplanerat")
    assert "Ditt utkast väntar." in text(answer)
    assert text(await room.presses(asked, "Alla", by=ADA)).startswith("Vem svarar på frågor?")


@pytest.mark.parametrize(
    ("typed", "asked", "meant"),
    [
        (
            "28/3 kl 02.30",
            "Den tiden finns inte den dagen: klockan ställs fram. Menar du den här?",
            "Söndag 28 mars 2027 kl. 03.30",
        ),
        (
            "31/10 2027 kl 02.30",
            "Den tiden finns två gånger den dagen: klockan ställs tillbaka. Menar du den första?",
            "Söndag 31 oktober 2027 kl. 02.30",
        ),
    ],
)
async def test_the_organiser_is_warned_when_the_clock_is_changed(room, exempelby, typed, asked, meant):
    """Step by step and in one message alike: who wrote half past two must know that it is half past three."""
    await room.says("/kallelse\nNattvandring", by=ADA)
    answer = await room.says(typed, by=ADA)
    in_one = await room.says(f"/kallelse\nNattvandring\n{typed}\nTorget", by=ADA)

    assert text(answer) == text(in_one) == asked
    assert labels(answer)[0] == meant
    assert text(await room.presses(in_one, meant, by=ADA)) == "Vad mer behöver man veta?"


async def test_an_old_button_of_a_form_asks_what_is_asked_now(room, exempelby):
    """Answering an earlier question twice breaks nothing."""
    place = await room.says("/kallelse\nÖppet möte\nlördag 28/11 kl 14", by=ADA)
    more = await room.presses(place, "På nätet", by=ADA)

    again = await room.presses(place, "Inte klart än", by=ADA)

    assert text(again) == text(more) == "Vad mer behöver man veta?"
    assert labels(again) == ["Hoppa över", "Tillbaka", "Avbryt"]


async def test_a_question_that_was_pressed_keeps_its_answer(room, exempelby):
    """A question alone would not tell whether everybody or only our own see it."""
    when = await room.says("/kallelse\n<b>Möte</b>", by=ADA)
    read_back = await room.says("lördag 28/11 kl 14", by=ADA)
    place = await room.presses(read_back, "Stämmer", by=ADA)
    more = await room.presses(place, "På nätet", by=ADA)
    seen_by = await room.presses(more, "Hoppa över", by=ADA)
    contact = await room.presses(seen_by, "Alla", by=ADA)
    kind = await room.presses(when, "Tillbaka", by=ADA)
    title = await room.presses(await room.presses(kind, "Tillbaka", by=ADA), "Behåll", by=ADA)

    settled = [plain(one.pressed.text) for one in (place, more, seen_by, contact, title) if one.pressed]

    assert settled == [
        "När – lördag 28 november kl. 14.00", "Var? – På nätet", "Vad mer behöver man veta? – Hoppa över",
        "Vem får se den? – Alla", "Vad ska hända? En kort rubrik räcker. – <b>Möte</b>",
    ]  # fmt: skip


async def test_two_calls_under_way_keep_apart(room, exempelby):
    """A preview on the screen is still good after another call was begun."""
    first = await room.says("/kallelse\nÖppet möte\nlördag 28/11 kl 14\nTorget\nKaffe", by=ADA)
    preview = await room.presses(await room.presses(first, "Alla", by=ADA), "Exempelby", by=ADA)
    room.now = room.now.replace(minute=5)
    await room.says("/kallelse", by=ADA)

    published = await room.presses(preview, "Publicera", by=ADA)

    assert text(published).startswith("Publicerat.")
    assert text(await room.says("Julfika", by=ADA)).startswith("När?")
    async with room.database.read() as session:
        assert await session.get(models.Activity, 1) is not None
