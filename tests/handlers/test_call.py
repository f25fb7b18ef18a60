"""A call asked for: in one message, step by step, on pages."""

import pytest

from chat.address import Address, Platform
from chat.message import Button
from db import roles
from db.models import ActivityKind
from handlers.call.form import guess_kind, lines
from tests import given
from tests.handlers.calling import CARD, PROTEST, how_many
from tests.room import ADA, BEN, DORIS, GROUP, Someone, labels, text

EVE = Someone("Eve", Address(Platform.TRY, "1005"))


async def test_a_call_in_one_message_asks_only_what_is_missing(room, exempelby):
    """An organiser who wrote four lines answers two questions and sees the call as it will look."""
    asked = await room.says(PROTEST, by=ADA)
    assert text(asked) == "Vem får se den?"
    assert labels(asked)[:2] == ["Alla", "Bara våra egna"]

    who = await room.presses(asked, "Alla", by=ADA)
    assert text(who) == "Vem svarar på frågor?"
    assert labels(who)[:2] == ["Exempelby", "Jag, med namn"]

    preview = await room.presses(who, "Exempelby", by=ADA)
    assert text(preview).startswith(f"Så här blir det:\n\n{CARD}\n[Jag kommer] [Kanske] [Kan inte] [Fråga]")
    assert labels(preview) == [
        "Publicera", "Ändra", "Avbryt", "Till hela distriktet", "Annan målgrupp", "Text att mejla",
    ]  # fmt: skip
    assert await how_many(room) == 0


async def test_a_weekday_that_does_not_fit_is_asked_about_and_the_other_lines_are_kept(room, exempelby):
    """29 November is a Sunday: nothing is guessed, nothing is lost."""
    asked = await room.says(PROTEST.replace("28/11", "29/11"), by=ADA)
    assert text(asked) == "29 november är en söndag. Vilken dag menar du?"
    assert labels(asked)[:3] == ["Lördag 28 november kl. 14.00", "Söndag 29 november kl. 14.00", "Annan dag"]

    chosen = await room.presses(asked, "Lördag 28 november kl. 14.00", by=ADA)
    assert text(chosen) == "Vem får se den?"
    who = await room.presses(chosen, "Alla", by=ADA)
    preview = await room.presses(who, "Exempelby", by=ADA)

    assert CARD in text(preview)


async def test_two_unclear_lines_are_asked_about_one_after_the_other(room, exempelby):
    """A title of 5,000 characters and a day that does not exist: each gets its sentence."""
    asked = await room.says(f"/kallelse\n{'Möte ' * 1000}\n31 feb kl 18\nTorget", by=ADA)
    assert "4999 tecken" in text(asked)
    assert "120" in text(asked)

    when = await room.says("Möte om vården", by=ADA)

    assert text(when) == "31 februari finns inte. Vilken dag blir det?"
    clear = await room.presses(await room.says("3/12 18", by=ADA), "Stämmer", by=ADA)
    assert text(clear) == "Vad mer behöver man veta?"


async def test_a_place_behind_the_time_is_read_as_one(room, exempelby):
    """Many write when and where in one line; the line below is no place then."""
    asked = await room.says("/kallelse\nFika\nlördag 28/11 kl 14, Torget\nVi bjuder på kaffe", by=ADA)

    preview = await room.presses(await room.presses(asked, "Alla", by=ADA), "Exempelby", by=ADA)

    assert "Lördag 28 november kl. 14.00, Torget\nVi bjuder på kaffe\n" in text(preview)


async def test_step_by_step_with_a_way_back(room, exempelby):
    """A mistake does not start it over, and going back shows what was said."""
    assert text(await room.says("/kallelse", by=ADA)) == "Vad ska hända? En kort rubrik räcker."
    assert text(await room.says("Kurs för nya", by=ADA)) == "När? Till exempel ”torsdag kl 18”."
    assert text(await room.says("31 feb kl 18", by=ADA)) == "31 februari finns inte. Vilken dag blir det?"
    read_back = await room.says("3/12 18", by=ADA)
    assert text(read_back) == "Torsdag 3 december 2026 kl. 18.00?"

    place = await room.presses(read_back, "Stämmer", by=ADA)
    assert labels(place)[:2] == ["På nätet", "Inte klart än"]
    again = await room.presses(place, "Tillbaka", by=ADA)
    assert "Nu: torsdag 3 december kl. 18.00." in text(again)

    kept = await room.presses(again, "Behåll", by=ADA)
    more = await room.presses(kept, "På nätet", by=ADA)
    bring = await room.presses(more, "Hoppa över", by=ADA)
    assert text(bring) == "Vad ska man ta med?"
    read = await room.says("Penna", by=ADA)
    assert text(read) == "Finns det något att läsa innan?"


async def test_what_is_chosen_instead_of_a_place_is_said_in_the_readers_language(room, exempelby):
    """An English reader meets no Swedish words that nobody wrote."""
    place = await room.says("/kallelse\nÖppet möte\nlördag 28/11 kl 14", by=ADA)
    more = await room.presses(place, "Inte klart än", by=ADA)
    who = await room.presses(await room.presses(more, "Hoppa över", by=ADA), "Alla", by=ADA)
    preview = await room.presses(who, "Exempelby", by=ADA)
    assert "Lördag 28 november kl. 14.00, platsen är inte klar än\n" in text(preview)

    await room.presses(preview, "Publicera", by=ADA)
    card = await room.presses(Button("x", "activity.card", "1"), by=DORIS)

    assert "Saturday 28 November at 14:00, place not settled yet\n" in text(card)


async def test_another_question_in_the_middle_leaves_the_draft_waiting(room, exempelby):
    """/vecka is not taken for an answer."""
    await room.says("/kallelse", by=ADA)

    week = await room.says("/vecka", by=ADA)

    assert "Ditt utkast väntar." in text(week)
    going_on = await room.presses(week, "Fortsätt", by=ADA)
    assert text(going_on) == "Vad ska hända? En kort rubrik räcker."


async def test_a_kind_without_a_word_in_the_title_is_a_meeting_until_it_is_changed(room, exempelby):
    """One question less with cold fingers; the kind decides only what is asked and how lists are filtered."""
    asked = await room.says("/kallelse\nVi ses\nlördag 28/11 kl 14\nTorget", by=ADA)

    assert text(asked) == "Vad mer behöver man veta?"


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Kurs för nya", ActivityKind.TRAINING),
        ("Öppet möte", ActivityKind.MEETING),
        ("Torgmöte i Provstad", ActivityKind.ACTION),
        ("Julfika", ActivityKind.SOCIAL),
        ("Demonstration för vårdcentralen", ActivityKind.DEMONSTRATION),
        ("Protest march", ActivityKind.DEMONSTRATION),
        ("Vi ses", ActivityKind.MEETING),
        ("Demokratidag", ActivityKind.MEETING),
    ],
)
def test_the_kind_is_read_from_the_title(title, kind):
    """One question less where a word says it."""
    assert guess_kind({"title": title}) == kind


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Fika\n28/11 kl 14\n\nVi bjuder på kaffe", ["Fika", "28/11 kl 14", None, "Vi bjuder på kaffe"]),
        ("Fika\n28/11 kl 14\n\nKom!\n\nTa med en vän", ["Fika", "28/11 kl 14", None, "Kom!\n\nTa med en vän"]),
        ("Fika\n\n28/11 kl 14\n\nTorget\n\nVi bjuder.", ["Fika", "28/11 kl 14", "Torget", "Vi bjuder."]),
        ("Fika\n\n28/11 kl 14\n\nVi bjuder på kaffe.", ["Fika", "28/11 kl 14", None, "Vi bjuder på kaffe."]),
        ("Fika\n\n28/11 kl 14\n\nVi bjuder\nKom", ["Fika", "28/11 kl 14", None, "Vi bjuder\nKom"]),
        ("Fika\n\n28/11 kl 14\nTorget\n\nVi bjuder", ["Fika", "28/11 kl 14", "Torget", "Vi bjuder"]),
        ("Fika\nNär: 28/11 kl 14\nVar: Torget\nVi bjuder", ["Fika", "28/11 kl 14", "Torget", "Vi bjuder"]),
        (
            "📣 Vad: Fika\n\nVi bjuder\n\n📅 Datum: 28/11\n🕑 Tid: kl 14\n📍 Plats: Torget",
            ["Fika", "28/11 kl 14", "Torget", "Vi bjuder"],
        ),
        ("Fika\n28/11 kl 14, Torget, Byn\nVi bjuder", ["Fika", "28/11 kl 14", "Torget, Byn", "Vi bjuder"]),
        ("Fika\nlör 28/11, kl 14, Torget\nKom", ["Fika", "lör 28/11, kl 14", "Torget", "Kom"]),
        ("Fika\nlör 28/11, kl 14\nTorget", ["Fika", "lör 28/11, kl 14", "Torget", None]),
        ("Fika\nsnart, Torget\nByn", ["Fika", "snart, Torget", "Byn", None]),
        ("Fika\n28/11 kl 14\nTorget\nTid: två timmar", ["Fika", "28/11 kl 14", "Torget", "Tid: två timmar"]),
    ],
)
def test_messages_as_people_paste_them(written, read):
    """A text is never taken for a place; the place is rather asked for."""
    found = lines(written, {"28/11 kl 14", "lör 28/11, kl 14"}.__contains__)

    assert [found.get(name) for name in ("title", "when", "place", "text")] == read


def test_lines_keep_their_places():
    """The fourth line and all below are the text, with its empty lines."""
    assert lines("A\n\nB\nC\nD\n\nE", bool) == {"title": "A", "when": "B", "place": "C", "text": "D\n\nE"}
    assert lines("A\nA\nA", bool) == {"title": "A", "when": "A", "place": "A"}
    assert lines("", bool) == {}


async def test_without_the_right_nothing_begins(room, exempelby):
    """Only organisers call."""
    assert text(await room.says(PROTEST, by=BEN)) == "Det kan bara arrangörer göra."


async def test_in_a_group_the_call_goes_on_in_private_with_its_lines(room, exempelby):
    """The group reads nothing, and nothing has to be written again."""
    answer = await room.says(PROTEST, by=ADA, chat=GROUP)
    assert text(answer) == "Vi tar det privat."

    asked = await room.presses(answer, "Öppna", by=ADA)

    assert text(asked) == "Vem får se den?"


async def test_on_a_page_the_form_has_two_pages(room):
    """The try-out page and Discord ask the same, five questions at a time."""
    await given.association(room, "Exempeldistriktet", district=True, invented=True)
    exempelby = await given.association(room, "Exempelby", invented=True)
    await given.organiser(room, EVE, of=exempelby)
    first = await room.says("/kallelse", by=EVE)
    assert [one.name for one in first.form.fields] == ["title", "kind", "when", "place", "text"]

    wrong = await room.sends_page(
        first, {"title": "Kurs för nya", "when": "31 feb kl 18", "place": "På nätet"}, by=EVE
    )
    assert "31 februari finns inte" in text(wrong)
    second = await room.sends_page(wrong, {"when": "3/12 18"}, by=EVE)
    assert [one.name for one in second.form.fields] == ["bring", "read", "seen_by", "contact"]
    preview = await room.sends_page(second, {"bring": "Penna", "seen_by": "open", "contact": "me"}, by=EVE)

    assert "Torsdag 3 december kl. 18.00, på nätet\nTa med: Penna\nFrån Exempelby, Eve" in text(preview)
    menu = await room.presses(preview, "Ändra", by=EVE)
    page = await room.presses(menu, "Ta med", by=EVE)
    assert [one.value for one in page.form.fields][:1] == ["Penna"]


async def test_an_organiser_of_the_district_calls_for_it_and_may_choose_another(room, exempelby):
    """What is usual is not asked; the preview says on whose behalf, and one can change it there."""
    await given.organiser(room, BEN, of=None, role=roles.ADMIN)
    who = await room.presses(await room.says(PROTEST, by=BEN), "Alla", by=BEN)
    assert labels(who)[:2] == ["Exempeldistriktet", "Jag, med namn"]
    preview = await room.presses(who, "Exempeldistriktet", by=BEN)
    assert "Från Exempeldistriktet" in text(preview)

    asked = await room.presses(await room.presses(preview, "Ändra", by=BEN), "Från", by=BEN)
    changed = await room.presses(asked, "Exempelby", by=BEN)

    assert "Från Exempelby" in text(changed)


async def test_what_is_typed_is_a_name_and_no_number_of_ours(room, exempelby):
    """Whoever types "2" means the second on the screen, or nothing; our numbers are nobody's business."""
    await given.organiser(room, BEN, of=None, role=roles.ADMIN)
    preview = await room.presses(
        await room.presses(await room.says(PROTEST, by=BEN), "Alla", by=BEN), "Exempeldistriktet", by=BEN
    )
    await room.presses(await room.presses(preview, "Ändra", by=BEN), "Från", by=BEN)

    numbered = await room.says(str(exempelby), by=BEN)
    named = await room.says("exempelby", by=BEN)

    assert text(numbered).startswith("Välj en av de här.")
    assert "Från Exempelby" in text(named)
