"""What is on, asked by command, by button and in everyday words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chat.address import Address, Platform
from db.models import Answer, Level
from handlers.agenda.spans import Span, week_of
from tests import given
from tests.room import ADA, BEN, DORIS, GROUP, NOW, Someone, labels, text

MONDAY = NOW + timedelta(days=1)  # 23 November, 10.00


@pytest.fixture
async def week(room):
    """A monday, and a week with three activities that everybody may see."""
    room.now = MONDAY
    district = await given.association(room, "Exempeldistriktet", district=True)
    provstad = await given.association(room, "Provstad")
    exempelby = await given.association(room, "Exempelby")
    await given.activity(room, "Öppet möte", provstad, "2026-11-24 18:30")
    await given.activity(room, "Studiecirkel på nätet", district, "2026-11-26 18:00", kind="training")
    march = await given.activity(room, "Demonstration", exempelby, "2026-11-28 14:00", kind="demonstration")
    await given.person(room, ADA, association_id=provstad)
    await given.signup(room, ADA, march)
    return {"district": district, "provstad": provstad, "exempelby": exempelby, "march": march}


WEEK = (
    "Veckan 23–29 november\n"
    "Tisdag 24 18.30 Öppet möte, Provstad (din förening)\n"
    "Torsdag 26 18.00 Studiecirkel på nätet, distriktet\n"
    "Lördag 28 14.00 Demonstration, Exempelby. Du kommer."
)


@pytest.mark.parametrize("words", ["/vecka", "/week", "vad händer i veckan?", "What's on this week?"])
async def test_the_week_is_one_message_by_day(room, week, words):
    """However it is asked, the week is answered at once, with a way to each activity."""
    answer = await room.says(words, by=ADA)

    assert text(answer) == WEEK
    assert labels(answer) == ["Öppet möte", "Studiecirkel på nätet", "Demonstration"]
    assert [button.route for button in answer.message.buttons] == ["activity.card"] * 3


async def test_the_week_in_english(room, week):
    """A person who reads English gets the same answer in English."""
    answer = await room.says("/week", by=DORIS)

    assert text(answer).startswith("The week 23–29 November\nTuesday 24 18:30 Öppet möte, Provstad")
    assert "the district" in text(answer)


async def test_from_friday_on_the_next_week_counts_too(room, week):
    """On a Sunday nobody asks about the day that is left."""
    room.now = NOW

    answer = await room.says("/vecka", by=ADA)

    assert text(answer).startswith("Veckan 22–29 november\nTisdag 24")
    assert week_of(NOW.date()) == Span(NOW.date(), (NOW + timedelta(days=7)).date())


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (
            "vad händer i Provstad?",
            "Provstad\nFramöver:\nTisdag 24 november 18.30 Öppet möte, Provstad (din förening)",
        ),
        ("vad händer i exempelby i veckan?", "Exempelby\nVeckan 23–29 november\nLördag 28 14.00 Demonstration"),
        ("när är nästa möte i Provstad", "Provstad\nFramöver:\nTisdag 24 november 18.30 Öppet möte"),
        (
            "what's on in Exempelby tomorrow?",
            "Exempelby\nInget är inplanerat i morgon. Nästa gång: lördag 28 november",
        ),
        ("kan nån hämta mig i Provstad?", "Det förstod inte jag"),
        ("hjälp i Provstad", "Det förstod inte jag"),
    ],
)
async def test_what_is_on_in_an_association(room, week, words, answer):
    """A place that Kallelse knows is answered, and only with what is on there."""
    assert text(await room.says(words, by=ADA)).startswith(answer)


ASKED = [
    ("vad händer i dag?", "Inget är inplanerat i dag. Nästa gång: tisdag 24 november kl. 18.30, Öppet möte"),
    ("vad händer i morgon?", "Tisdag 24 november 18.30 Öppet möte"),
    ("vad händer på lördag?", "Lördag 28 november 14.00 Demonstration"),
    ("vad händer i helgen?", "Helgen 28–29 november\nLördag 28 14.00"),
    ("vad händer nästa vecka?", "Inget är inplanerat 30 november–6 december, och inget senare än."),
    ("vad är på gång?", "Framöver:\nTisdag 24 november 18.30 Öppet möte"),
    ("när är nästa demonstration?", "Nästa gång: lördag 28 november kl. 14.00, Demonstration, Exempelby."),
    ("när är nästa fika?", "Inget är inplanerat än."),
    ("finns det några kurser?", "Framöver:\nTorsdag 26 november 18.00 Studiecirkel på nätet, distriktet"),
]


@pytest.mark.parametrize(("question", "expected"), ASKED)
async def test_everyday_questions_are_answered(room, week, question, expected):
    """People ask as they talk: days, weekends, kinds, the next one."""
    answer = await room.says(question, by=ADA)

    assert text(answer).startswith(expected)


async def test_an_empty_week_says_what_comes_next(room):
    """Nobody is left with "nothing": there is a next time, and a person to tell an idea to."""
    provstad = await given.association(room, "Provstad")
    await given.activity(room, "Julfika", provstad, "2026-12-05 12:00", kind="social")
    room.now = MONDAY

    answer = await room.says("/vecka", by=ADA)

    expected = "Inget är inplanerat 23–29 november. Nästa gång: lördag 5 december kl. 12.00, Julfika, Provstad."
    assert text(answer) == expected
    assert labels(answer) == ["Julfika", "Allt framöver", "Jag har en idé"]
    assert "Julfika" in text(await room.presses(answer, "Allt framöver", by=ADA))


async def test_a_long_week_shows_the_nearest_first(room, week):
    """Fourteen activities are no wall of text: one's own and the district's come first, six at a time."""
    for hour in range(8, 19):
        await given.activity(room, f"Torgmöte {hour}", week["exempelby"], f"2026-11-27 {hour:02}:00")

    answer = await room.says("/vecka", by=ADA)

    lines = text(answer).splitlines()
    assert lines[0] == "Veckan 23–29 november, 14 aktiviteter. Först Provstad och hela distriktet:"
    assert lines[1].startswith("Tisdag 24 18.30 Öppet möte")
    assert lines[-1] == "8 till i andra föreningar."
    assert len(labels(answer)) == 7
    seen = labels(answer)[:6]
    while "Visa fler" in labels(answer):
        answer = await room.presses(answer, "Visa fler", by=ADA)
        seen += [label for label in labels(answer) if label not in {"Visa fler", "Från början"}]
    assert len(seen) == len(set(seen)) == 14


async def test_everything_ahead_comes_a_page_at_a_time(room):
    """Whoever looks far ahead can go on, and knows where it ends."""
    provstad = await given.association(room, "Provstad")
    for week_number in range(8):
        await given.activity(room, f"Möte {week_number}", provstad, NOW + timedelta(weeks=week_number, hours=2))

    answer = await room.says("/kommande", by=ADA)
    rest = await room.presses(answer, "Visa fler", by=ADA)

    assert labels(answer) == [f"Möte {number}" for number in range(6)] + ["Visa fler"]
    assert labels(rest) == ["Möte 6", "Möte 7", "Från början"]


@pytest.mark.parametrize("someone", [BEN, replace(BEN, address=Address(Platform.DISCORD, "77"))])
async def test_internal_activities_are_for_those_they_concern(room, week, someone):
    """What is kept to an association's own is not shown to somebody who only says so."""
    await given.activity(room, "Styrelsemöte", week["provstad"], "2026-11-25 18:00", is_open=False)
    await given.person(room, someone, association_id=week["provstad"])

    before = text(await room.says("/vecka", by=someone))
    await given.insider(room, someone, week["provstad"])
    after = text(await room.says("/vecka", by=someone))

    assert "Styrelsemöte" not in before
    assert "Styrelsemöte" in after


async def test_organisers_and_those_who_answered_see_internal_activities(room, week):
    """Who made it and who answered it can find it again."""
    board = await given.activity(room, "Styrelsemöte", week["provstad"], "2026-11-25 18:00", is_open=False)
    await given.organiser(room, BEN, of=week["provstad"])
    await given.organiser(room, DORIS, of=week["exempelby"])

    assert "Styrelsemöte" in text(await room.says("/vecka", by=BEN))
    assert "Styrelsemöte" not in text(await room.says("/vecka", by=DORIS))
    await given.signup(room, DORIS, board, Answer.NO)
    assert "Styrelsemöte" in text(await room.says("/vecka", by=DORIS))


async def test_a_cancelled_activity_is_said_only_to_who_meant_to_come(room, week):
    """They must not go there by mistake; nobody else needs to read of it."""
    off = await given.activity(room, "Lopptorg", week["provstad"], "2026-11-27 10:00", cancelled=True)
    await given.signup(room, ADA, off)

    assert "Lopptorg, Provstad (din förening). Inställd." in text(await room.says("/vecka", by=ADA))
    assert "Lopptorg" not in text(await room.says("/vecka", by=BEN))


async def test_nothing_personal_is_said_in_a_group(room, week):
    """Over a shoulder or by a platform's mistake: a group's answer tells nothing of the asker."""
    await given.activity(room, "Styrelsemöte", week["provstad"], "2026-11-25 18:00", is_open=False)
    await given.insider(room, ADA, week["provstad"])
    await given.bound_chat(room, association_id=week["provstad"], level=Level.OPEN)

    answer = text(await room.says("/vecka", by=ADA, chat=GROUP))

    assert "Öppet möte, Provstad" in answer
    for secret in ("Styrelsemöte", "Du kommer", "din förening"):
        assert secret not in answer


async def test_an_internal_chat_sees_what_is_kept_to_its_own(room, week):
    """An association's own group is told what concerns it, and not what another one keeps to itself."""
    await given.activity(room, "Styrelsemöte", week["provstad"], "2026-11-25 18:00", is_open=False)
    await given.activity(room, "Deras möte", week["exempelby"], "2026-11-25 19:00", is_open=False)
    await given.bound_chat(room, association_id=week["provstad"], level=Level.INTERNAL)

    answer = text(await room.says("/vecka", by=BEN, chat=GROUP))

    assert "Styrelsemöte" in answer
    assert "Deras möte" not in answer


async def test_the_invented_world_is_apart(room, week):
    """The try-out page's personas see its own activities, and nobody else does."""
    persona = Someone("Testa", Address(Platform.TRY, "member"))
    invented = await given.association(room, "Påhittsås", invented=True)
    await given.activity(room, "Låtsasmöte", invented, "2026-11-25 18:00", invented=True)

    assert "Låtsasmöte" in text(await room.says("/vecka", by=persona))
    assert "Demonstration" not in text(await room.says("/vecka", by=persona))
    assert "Låtsasmöte" not in text(await room.says("/vecka", by=ADA))


async def test_what_goes_on_now_is_still_on(room, week):
    """Somebody who asks while a course goes on is not told that it has been."""
    await given.activity(room, "Kursdag", week["provstad"], "2026-11-23 08:00", hours=8)
    await given.activity(room, "Frukostmöte", week["provstad"], "2026-11-23 07:00")

    answer = text(await room.says("/idag", by=BEN))

    assert "Kursdag" in answer
    assert "Frukostmöte" not in answer


async def test_two_of_the_same_name_can_be_told_apart(room, week):
    """Buttons with one label leave nobody guessing."""
    await given.activity(room, "Öppet möte", week["provstad"], "2026-11-27 18:30")

    assert labels(await room.says("/vecka", by=ADA))[0] == "Tisdag 24: Öppet möte"


async def test_a_title_is_shown_as_it_was_typed(room, week):
    """Markup in a title is text."""
    await given.activity(room, "<b>Fika</b> & prat", week["provstad"], "2026-11-27 18:30")

    answer = await room.says("/vecka", by=ADA)

    assert "<b>Fika</b> & prat, Provstad" in text(answer)
    assert "&lt;b&gt;Fika" in answer.message.text
