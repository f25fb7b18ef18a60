"""When something happens, from what people write: read, asked about, never guessed."""

import time as clocks
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from texts import dates, translator, when
from texts.when import Choose, Found, Problem

ZONE = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=ZONE)  # a Sunday
SV, EN = translator("sv", ZONE), translator("en", ZONE)


def read(text, *, language="sv", now=NOW, **kept):
    return when.read(text, now=now, zone=ZONE, language=language, **kept)


def moment(shown):
    return datetime.fromisoformat(shown).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("text", "at"),
    {
        "lördag 14.00": "2026-11-28 14:00",
        "på fredag kl 18": "2026-11-27 18:00",
        "i morgon 18.30": "2026-11-23 18:30",
        "imorgon kl1830": "2026-11-23 18:30",
        "i morron 18": "2026-11-23 18:00",
        "i  övermorgon kl.14": "2026-11-24 14:00",
        "28/11 kl 14": "2026-11-28 14:00",
        "28/11 14:30": "2026-11-28 14:30",
        "3/12 18": "2026-12-03 18:00",
        "3/12-26 18": "2026-12-03 18:00",
        "📅 3/12 kl 18": "2026-12-03 18:00",
        "– 3/12 kl 18": "2026-12-03 18:00",
        "3/12/2026 18": "2026-12-03 18:00",
        "20/11 2027 kl 14": "2027-11-20 14:00",
        "28.11 kl 14": "2026-11-28 14:00",
        "3.12.2026 kl 18": "2026-12-03 18:00",
        "nästa tisdag 19": "2026-11-24 19:00",
        "nästa söndag 18": "2026-11-29 18:00",
        "tisdag nästa vecka 18": "2026-11-24 18:00",
        "nästa vecka på tisdag kl. 18.00": "2026-11-24 18:00",
        "lördag v. 48 kl 14": "2026-11-28 14:00",
        "lördag 28/11 v 48 12.00": "2026-11-28 12:00",
        "2026-12-03 18:00": "2026-12-03 18:00",
        "2026-12-03T18:00": "2026-12-03 18:00",
        "2026-12-03 kl 18": "2026-12-03 18:00",
        "18:00 2026-12-03": "2026-12-03 18:00",
        "lör 28 nov kl. 14": "2026-11-28 14:00",
        "Lördag den 28 november klockan 14": "2026-11-28 14:00",
        "LÖRDAG 28 NOVEMBER KL 14": "2026-11-28 14:00",
        "kl 14 lördagen den 28 november": "2026-11-28 14:00",
        "den 28:e kl 14": "2026-11-28 14:00",
        "den 28 kl 14": "2026-11-28 14:00",
        "den 3 kl 14": "2026-12-03 14:00",
        "lördag 28 kl 14": "2026-11-28 14:00",
        "torsdag 3 december 2026 kl. 18.00": "2026-12-03 18:00",
        "1 maj 2027, kl 13": "2027-05-01 13:00",
        "lördag 1 maj kl 13": "2027-05-01 13:00",
        "i kväll 19": "2026-11-22 19:00",
        "idag kl 12.01": "2026-11-22 12:01",
        "söndag 11": "2026-11-29 11:00",
        "nu på fredag kl 18!": "2026-11-27 18:00",
        "\u200flördag\u200b \u206614.00\u2069": "2026-11-28 14:00",
        "lördag\N{NO-BREAK SPACE}14.00": "2026-11-28 14:00",
        "Saturday 14:00": "2026-11-28 14:00",
        "tomorrow 18:30": "2026-11-23 18:30",
    }.items(),
)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_clear_date_is_read(text, at, language):
    """Nobody needs to learn a form, and a Swede with an English phone is understood too."""
    assert read(text, language=language) == Found(moment(at))


@pytest.mark.parametrize(
    ("text", "at"),
    {
        "Saturday 2pm": "2026-11-28 14:00",
        "Sat 2 p.m.": "2026-11-28 14:00",
        "Dec 3 at 6 pm": "2026-12-03 18:00",
        "December 3rd, 2026 18:00": "2026-12-03 18:00",
        "3 December 18:00": "2026-12-03 18:00",
        "the 3rd of December at 18": "2026-12-03 18:00",
        "next Tuesday 7pm": "2026-11-24 19:00",
        "28/11 at 14": "2026-11-28 14:00",
        "the 28th at 2 p.m.": "2026-11-28 14:00",
        "Saturday the 28th of November at 2pm": "2026-11-28 14:00",
        "day after tomorrow at 12 am": "2026-11-24 00:00",
        "tomorrow 12pm": "2026-11-23 12:00",
        "today 6 o'clock": "2026-11-22 18:00",  # the morning has been
        "Saturday at 07": "2026-11-28 07:00",
    }.items(),
)
def test_a_clear_english_date_is_read(text, at):
    """Twelve hours with am and pm, day before month."""
    assert read(text, language="en") == Found(moment(at))


@pytest.mark.parametrize(
    ("text", "end"),
    {
        "lördag kl 14-16": "2026-11-28 16:00",
        "kl 14–16.30 på lördag": "2026-11-28 16:30",
        "lördag 14.00 - 16.00": "2026-11-28 16:00",
        "lördag kl 14 till 16": "2026-11-28 16:00",
        "lördag från 14 till kl 16": "2026-11-28 16:00",
        "28/11 14-02": "2026-11-29 02:00",
        "Saturday 2-4pm": "2026-11-28 16:00",
        "Saturday 2pm to 4pm": "2026-11-28 16:00",
        "2026-11-28 14:00–16:00": "2026-11-28 16:00",
    }.items(),
)
def test_an_end_is_read_with_the_start(text, end):
    """An end after midnight is on the next day."""
    assert read(text, language="en") == Found(moment("2026-11-28 14:00"), moment(end))


@pytest.mark.parametrize(
    ("text", "language", "question", "candidates", "rest"),
    [
        ("lördag 29/11 kl 14", "sv", "weekday", ["2026-11-28 14:00", "2026-11-29 14:00"], ""),
        ("lördag 27 kl 14", "sv", "weekday", ["2026-11-27 14:00", "2026-11-28 14:00"], ""),
        ("i morgon tisdag 18", "sv", "weekday", ["2026-11-23 18:00", "2026-11-24 18:00"], ""),
        ("måndag 1 maj kl 13", "sv", "weekday", ["2027-05-01 13:00", "2027-05-03 13:00"], ""),
        ("i morgon 24/11 kl 18", "sv", "week", ["2026-11-23 18:00", "2026-11-24 18:00"], ""),
        ("lördag 28/11 vecka 3 kl 12", "sv", "week", ["2026-11-28 12:00"], ""),
        ("söndag 18", "sv", "week", ["2026-11-22 18:00", "2026-11-29 18:00"], ""),
        ("1 maj 13:00", "sv", "year", ["2027-05-01 13:00"], ""),
        ("21/11 kl 14", "sv", "year", ["2027-11-21 14:00"], ""),
        ("vecka 2 tisdag 18", "sv", "year", ["2027-01-12 18:00"], ""),
        ("Saturday at 7", "en", "clock", ["2026-11-28 07:00", "2026-11-28 19:00"], ""),
        ("28 mars 2027 02.30", "sv", "skipped", ["2027-03-28 03:30"], ""),
        ("28 March 2027 at 2:30", "en", "skipped", ["2027-03-28 03:30"], ""),
        ("31 oktober 2027 02.30", "sv", "twice", ["2027-10-31 02:30"], ""),
        ("lördag kl 14 vid Fontänen", "sv", "rest", ["2026-11-28 14:00"], "vid Fontänen"),
        ("29 mars kl 02.30 2027", "sv", "rest", ["2027-03-29 02:30"], "2027"),
    ],
)
def test_what_can_mean_two_things_is_asked(text, language, question, candidates, rest):
    """The writer picks the day; the bot shows which days fit."""
    result = read(text, language=language)

    assert isinstance(result, Choose)
    assert (result.question, result.rest) == (question, rest)
    assert result.candidates == tuple(moment(one) for one in candidates)
    assert len(result.ends) == len(result.candidates)


def test_next_tuesday_said_on_a_monday_is_asked():
    """To some it is tomorrow, to others it is in eight days."""
    monday = datetime(2026, 11, 23, 12, 0, tzinfo=ZONE)

    result = read("nästa tisdag 19", now=monday)

    assert isinstance(result, Choose)
    assert result.question == "week"
    assert result.candidates == (moment("2026-11-24 19:00"), moment("2026-12-01 19:00"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("31 feb kl 18", Problem("no_such_date", clock=time(18), said=(31, 2, None))),
        ("29 februari kl 18", Problem("no_such_date", clock=time(18), said=(29, 2, None))),
        ("3/13 18", Problem("no_such_date", clock=time(18), said=(3, 13, None))),
        ("2026-02-31", Problem("no_such_date", said=(31, 2, 2026))),
        ("22/11 kl 11", Problem("past", (date(2026, 11, 22),))),
        ("20/11 2026 kl 14", Problem("past", (date(2026, 11, 20),))),
        ("2026-11-22 12:00", Problem("past", (date(2026, 11, 22),))),
        ("lördag 28 nov 2025 kl 14 eller 15", Problem("past", (date(2025, 11, 28),), rest="eller 15")),
        ("idag kl 11", Problem("past", (date(2026, 11, 22),))),
        ("i går 18", Problem("past", (date(2026, 11, 21),))),
        ("igår 18", Problem("past", (date(2026, 11, 21),))),
        ("yesterday 6 pm", Problem("past", (date(2026, 11, 21),))),
        ("i förrgår kl 18", Problem("past", (date(2026, 11, 20),))),
        ("förra lördagen", Problem("past", (date(2026, 11, 21),))),
        ("förra söndagen 18", Problem("past", (date(2026, 11, 15),))),
        ("i tisdags kl 18", Problem("past", (date(2026, 11, 17),))),
        ("last Saturday 6 pm", Problem("past", (date(2026, 11, 21),))),
        ("förra veckan torsdag 18", Problem("past", (date(2026, 11, 12),))),
        ("förra lördagen 14/11 kl 18", Problem("past", ())),
        ("lördag", Problem("no_clock", (date(2026, 11, 28),))),
        ("3 december", Problem("no_clock", (date(2026, 12, 3),))),
        ("lördag halv tre", Problem("no_clock", (date(2026, 11, 28),), rest="halv tre")),
        ("lördag 29/11", Problem("which_day", (date(2026, 11, 28), date(2026, 11, 29)))),
        ("kl 18", Problem("no_day", clock=time(18))),
        ("lördag 25.00", Problem("no_such_clock", (date(2026, 11, 28),))),
        ("lördag kl 14.75", Problem("no_such_clock", (date(2026, 11, 28),))),
        ("kl 18 vid fontänen", Problem("not_understood", rest="vid fontänen")),
        ("1-2 maj 18", Problem("not_understood", rest="maj 18")),
        ("22.11 18", Problem("not_understood", rest="18")),
        ("den 45 kl 14", Problem("not_understood", rest="45")),
        ("snart", Problem("not_understood", rest="snart")),
        ("18", Problem("not_understood", rest="18")),
        ("", Problem("not_understood")),
        ("🎉🎉", Problem("not_understood")),
        ("lördag " * 800, Problem("not_understood", rest=("lördag " * 800)[:120])),
    ],
)
def test_what_is_missing_or_impossible_is_said(text, problem):
    """Every mistake keeps what was understood, so that only the missing part is asked for."""
    assert read(text) == problem


@pytest.mark.parametrize(
    ("text", "kept", "at"),
    [
        ("kl 14", {"day": date(2026, 11, 28)}, "2026-11-28 14:00"),
        ("14", {"day": date(2026, 11, 28)}, "2026-11-28 14:00"),
        ("14.30", {"day": date(2026, 11, 28)}, "2026-11-28 14:30"),
        ("nej, söndag 15", {"day": date(2026, 11, 28)}, None),
        ("på lördag", {"clock": time(18)}, "2026-11-28 18:00"),
        ("28 februari", {"clock": time(18)}, None),
        ("lördag kl 14", {"clock": time(18)}, "2026-11-28 14:00"),
        ("fredag 15", {"day": date(2026, 11, 28)}, "2026-11-27 15:00"),
    ],
)
def test_the_answer_to_a_question_fills_in_what_was_missing(text, kept, at):
    """Asked for the time one writes the time, not the day again; what is written anew counts."""
    result = read(text, **kept)

    assert (result == Found(moment(at))) if at else isinstance(result, Choose)


@pytest.mark.parametrize(
    ("text", "swedish", "english"),
    [
        (
            "31 feb kl 18",
            "31 februari finns inte. Vilken dag blir det?",
            "There is no 31 February. Which day will it be?",
        ),
        ("3/13 18", "3/13 finns inte. Vilken dag blir det?", "There is no 3/13. Which day will it be?"),
        (
            "lördag 29/11 kl 14",
            "29 november är en söndag. Vilken dag menar du?",
            "29 November is a Sunday. Which day do you mean?",
        ),
        ("lördag 29/11", "Lördag 28 november eller söndag 29 november? Skriv dag och klockslag.", None),
        ("lördag", "Vilken tid på lördag 28 november?", "What time on Saturday 28 November?"),
        ("1 maj", "Vilken tid på lördag 1 maj 2027?", "What time on Saturday 1 May 2027?"),
        ("lördag <b>", "Jag förstod lördag 28 november men inte ”&lt;b&gt;”. Vilken tid?", None),
        ("kl 18", "Vilken dag?", "Which day?"),
        ("1 maj 13:00", "Den dagen har redan varit i år. Menar du nästa år?", None),
        ("i går 18", "Lördag 21 november har redan varit. När blir det?", None),
        ("idag 11", "Söndag 22 november: den tiden har redan varit. När blir det?", None),
    ],
)
def test_the_question_is_one_sentence(text, swedish, english):
    """Short, with the weekday, and with what the person wrote shown as it was written."""
    assert when.explain(read(text), SV, now=NOW) == swedish
    assert english is None or when.explain(read(text), EN, now=NOW) == english


def test_a_choice_is_a_full_date_on_a_button():
    """Choosing the full date confirms it."""
    result = read("lördag 29/11 kl 14")

    labels = [when.choice_label(at, SV, now=NOW) for at in result.candidates]

    assert labels == ["Lördag 28 november kl. 14.00", "Söndag 29 november kl. 14.00"]


def test_the_first_of_two_equal_times_is_meant():
    """On the night when the clock goes back, 02.30 comes twice."""
    result = read("31 oktober 2027 02.30")

    assert isinstance(result, Choose)
    assert [at.astimezone(UTC) for at in result.candidates] == [datetime(2027, 10, 31, 0, 30, tzinfo=UTC)]


moments = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2080, 12, 31))  # noqa: DTZ001 - the zone follows
PIECES = """
lördag tisdag nästa i morgon kl 18 14.30 28/11 3 dec 31 feb vecka 48 2026-12-03 - – till pm at 25:99 den :e 0 99 .
29/2 12 am next idag söndag 2027 1 maj
"""
words = st.sampled_from(PIECES.split())


@settings(max_examples=200, deadline=None)
@given(
    moments,
    st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=900)),
    st.sampled_from([SV, EN]),
)
def test_what_is_shown_can_be_written_back(now, ahead, t):
    """A date copied from the bot's own message means the same moment to it."""
    now = now.replace(tzinfo=UTC)
    at = (now + ahead).replace(second=0, microsecond=0)
    shown = dates.full_day_and_time(at, t)

    result = when.read(shown, now=now, zone=ZONE, language=t.language)

    if at <= now:
        assert isinstance(result, Problem)
    else:
        first = at - timedelta(hours=1) if at.astimezone(ZONE).fold else at
        meant = (
            (result.at,) if isinstance(result, Found) else result.candidates if isinstance(result, Choose) else ()
        )
        # In UTC: a moment in the hour that comes twice equals none of another zone (PEP 495).
        assert first <= now or [one.astimezone(UTC) for one in meant] == [first]


@settings(max_examples=400, deadline=None)
@given(
    st.lists(words, max_size=8).map(" ".join) | st.text(max_size=130), moments, st.sampled_from(["sv", "en", "de"])
)
def test_no_text_breaks_it_and_nothing_it_offers_is_past(text, now, language):
    """Whatever is written, the answer is a value, and no activity can be called to a time that has been."""
    now = now.replace(tzinfo=UTC)

    result = when.read(text, now=now, zone=ZONE, language=language)

    offered = [result.at] if isinstance(result, Found) else result.candidates if isinstance(result, Choose) else []
    assert all(at > now and at.tzinfo is not None for at in offered)
    if not isinstance(result, Found):
        assert when.explain(result, SV, now=now)


def test_reading_is_quick():
    """A line is read in far less than the time of one database statement."""
    read("lördag 28 november kl. 14.00")

    before = clocks.process_time()
    for _ in range(100):
        read("lördag 28 november kl. 14.00")

    assert (clocks.process_time() - before) / 100 < 0.0005
