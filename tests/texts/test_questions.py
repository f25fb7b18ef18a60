"""Free text: everyday questions are understood, everything else is left to a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from texts.questions import Question, nearest, understand

ASKED = {
    "vad händer i veckan?": Question("week"),
    "Vad händer i veckan": Question("week"),
    "va händer i veckan": Question("week"),
    "va hänner i veckan då?": Question("week"),
    "hej! vad händer i veckan?": Question("week"),
    "vad hädner i veckan": Question("week"),
    "vad hander den här veckan?": Question("week"),
    "vecka": Question("week"),
    "veckan?": Question("week"),
    "vad är det som händer i veckan": Question("week"),
    "finns det något möte i veckan?": Question("week", "meeting"),
    "vad händer nästa vecka?": Question("next_week"),
    "vad händer i helgen": Question("weekend"),
    "vad händer idag": Question("today"),
    "händer det nåt i dag?": Question("today"),
    "vad händer ikväll": Question("today"),
    "vad händer i morgon?": Question("tomorrow"),
    "vad händer imorron": Question("tomorrow"),
    "vad händer på lördag?": Question("day", weekday=5),
    "är det nån demo på lördag": Question("day", "demonstration", 5),
    "när är nästa möte?": Question("next", "meeting"),
    "när e nästa möte": Question("next", "meeting"),
    "nästa möte": Question("next", "meeting"),
    "när är nästa demonstration": Question("next", "demonstration"),
    "När börjar kursen?": Question("next", "training"),
    "var är mötet i morgon?": Question("tomorrow", "meeting"),
    "hur dags är mötet": Question("next", "meeting"),
    "när är nästa fika?": Question("next", "social"),
    "vad händer härnäst": Question("next"),
    "vad är på gång": Question("upcoming"),
    "vad är på g?": Question("upcoming"),
    "vad händer?": Question("upcoming"),
    "Vad händer framöver?": Question("upcoming"),
    "finns det några kurser?": Question("upcoming", "training"),
    "vilka utbildningar finns det": Question("upcoming", "training"),
    "kalender": Question("upcoming"),
    "vad kan man göra i helgen?": Question("weekend"),
    "hjälp": Question("help"),
    "Hjälp!": Question("help"),
    "vad kan du?": Question("help"),
    "hur funkar det här": Question("help"),
    "jag vill hjälpa till": Question("help_out"),
    "Hej, jag vill gärna hjälpa till!": Question("help_out"),
    "hur kan jag bidra?": Question("help_out"),
    "mina anmälningar": Question("mine"),
    "vad är jag anmäld till?": Question("mine"),
    "stopp": Question("stop"),
    "sluta skriva till mig": Question("stop"),
    "glöm mig": Question("forget_me"),
    "vad vet du om mig?": Question("my_data"),
    "vem är min kontaktperson?": Question("contact"),
    "kan jag prata med en människa?": Question("contact"),
    "inställningar": Question("settings"),
    "hej": Question("hello"),
    "Tack så mycket!": Question("thanks"),
    "what's on tomorrow": Question("tomorrow"),
    "What’s on this week?": Question("week"),
    "whats happening today": Question("today"),
    "what is going on this weekend?": Question("weekend"),
    "anything on next week?": Question("next_week"),
    "what's coming up?": Question("upcoming"),
    "when is the next meeting?": Question("next", "meeting"),
    "when's the next protest": Question("next", "demonstration"),
    "any courses?": Question("upcoming", "training"),
    "is there a march on Saturday?": Question("day", "demonstration", 5),
    "what is happenig tomorow": Question("tomorrow"),
    "help": Question("help"),
    "what can I do here?": Question("help"),
    "I want to help": Question("help_out"),
    "I'd like to help out": Question("help_out"),
    "where is the meeting tomorrow?": Question("tomorrow", "meeting"),
    "what is on in March?": Question("upcoming"),
    "när ses vi nästa gång?": Question("next"),
    "avanmäl mig": Question("mine"),
    "kan du hjälpa mig?": Question("help"),
    "visa kalendern": Question("upcoming"),
    "va ere för möte i veckan": Question("week", "meeting"),
    "what's on?": Question("upcoming"),
    "what's on on Sat?": Question("day", weekday=5),
    "my signups": Question("mine"),
    "what am I signed up for?": Question("mine"),
    "stop": Question("stop"),
    "please unsubscribe": Question("stop"),
    "delete my data": Question("forget_me"),
    "can I talk to a human?": Question("contact"),
    "\u200fvad händer i veckan?\u200b": Question("week"),
}
NOT_ASKED = [
    "kan nån hämta mig i Påhittsås?",
    "jag blir sen i morgon",
    "jag kan inte i morgon",
    "jag kommer på lördag",
    "mötet i tisdags var bra",
    "hur många kommer på mötet?",
    "vem är Testa Testsson?",
    "min bil är trasig",
    "kan jag ta med hunden på mötet",
    "I can't make it tomorrow",
    "stoppa orättvisorna",
    "nej",
    "ja",
    "det",
    "",
    "   ",
    "🎉🎉🎉",
    "12345678",
    "vad händer med vårdcentralen?",
    "jag hjälpte till i veckan",
    "a" * 5000,
]


@pytest.mark.parametrize(("text", "question"), ASKED.items())
def test_an_everyday_question_is_understood(text, question):
    """People write as they talk: no command needs to be known."""
    assert understand(text) == question


@pytest.mark.parametrize("text", NOT_ASKED)
def test_anything_else_is_left_to_a_person(text):
    """An answer to something nobody asked is worse than none: a person can be asked instead."""
    assert understand(text) is None


@given(st.text(max_size=200))
def test_no_text_is_too_odd_to_read(text):
    """Whatever is pasted into the chat, reading it ends with a question or none."""
    assert isinstance(understand(text), Question | None)


KNOWN = [
    "/vecka",
    "/week",
    "/idag",
    "/today",
    "/kommande",
    "/upcoming",
    "/mina",
    "/mine",
    "/hjalp",
    "/help",
    "/kallelse",
    "/ny",
    "/nya",
    "/installningar",
    "/settings",
    "/mindata",
    "/mydata",
    "/glommig",
    "/stopp",
    "/stop",
    "/kontakt",
]


@pytest.mark.parametrize(
    ("typed", "meant"),
    {
        "/vekca": "/vecka",
        "/veka": "/vecka",
        "/Vecka": "/vecka",
        "/weeek": "/week",
        "/idga": "/idag",
        "/komande": "/kommande",
        "/kalelse": "/kallelse",
        "/kallesle": "/kallelse",
        "/instalningar": "/installningar",
        "/inställningar": "/installningar",
        "/hjälp": "/hjalp",
        "kontkat": "/kontakt",
        "/setings": "/settings",
        "/stoppp": "/stopp",
        "/todya": "/today",
        "/min": None,  # as near to /mina as to /mine
        "/x": None,
        "/": None,
        "": None,
        "/banan": None,
        "/demonstration": None,
        "/veterinär": None,
        "/" + "v" * 5000: None,
    }.items(),
)
def test_a_mistyped_command_is_recognised_only_when_near(typed, meant):
    """A slip of the thumb is forgiven, another word is not bent into a command."""
    assert nearest(typed, KNOWN) == meant
