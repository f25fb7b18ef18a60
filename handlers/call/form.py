"""The questions of a call: what, when, where, who may see it and who answers."""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import dropwhile, takewhile

from chat.form import Choice, Field, FieldKind, Form
from db.models import ActivityKind
from handlers.audiences.choosing import ASK_WHOM, NEAR, choices
from handlers.context import Context
from handlers.own_associations import own_associations
from texts import sentence

MAX_TITLE = 120
MAX_TEXT = 2000

KIND_WORDS = {
    ActivityKind.TRAINING: r"kurs\w*|utbildning\w*|studiecirk\w+|workshop|training|course|seminar\w*|"
    r"\w+skol(a|an|ning)",
    ActivityKind.DEMONSTRATION: r"demonstration\w*|demo|protest\w*|manifestation\w*|upprop|marsch\w*|march|rally|"
    r"första maj|1 maj|\w+demonstration\w*",
    ActivityKind.ACTION: r"flygblad\w*|flygbladsutdelning|dörrknack\w*|kampanj\w*|torgmöte\w*|bokbord|valstuga\w*|"
    r"utdelning|leaflet\w*|canvass\w*|campaign\w*|stall",
    ActivityKind.SOCIAL: r"\w*fika|fest|\w+fest|grill\w*|middag|\w+middag|pub\w*|träff|coffee|party|dinner|social",
    ActivityKind.MEETING: r"\w*möte\w*|meeting\w*|årsmöte\w*|styrelse\w*|assembly",
}  # the first kind with a word in the title wins: a "torgmöte" is not a meeting to sit at


def guess_kind(answers: Mapping[str, str]) -> str:
    """The kind that a word in the title names, else a meeting; "" before there is a title.

    The preview is where it can be changed.
    """
    title = answers.get("title", "").casefold()
    if not title:
        return ""
    named = (kind for kind, words in KIND_WORDS.items() if re.search(rf"\b({words})\b", title))
    return next(named, ActivityKind.MEETING).value


def _is_training(answers: Mapping[str, str]) -> bool:
    return answers.get("kind") == ActivityKind.TRAINING.value


async def _who_answers(ctx: Context, answers: Mapping[str, str]) -> Sequence[Choice]:
    every = await own_associations(ctx)
    names = [choice.label for choice in every if choice.key == answers.get("association", "")]
    association = Choice("association", names[0], own=True) if names else Choice("association", THE_ASSOCIATION)
    return [association, Choice("me", ME)]


THE_ASSOCIATION = sentence("The association")
ME = sentence("Me, by name")

TITLE = Field(
    "title",
    label=sentence("Heading"),
    question=sentence("What is going to happen? A short heading will do."),
    kind=FieldKind.TEXT,
    max_length=MAX_TITLE,
)
KIND = Field(
    "kind",
    label=sentence("Kind"),
    question=sentence("What kind of thing is it?"),
    kind=FieldKind.CHOICE,
    choices=(
        Choice("meeting", sentence("Meeting")),
        Choice("demonstration", sentence("Demonstration")),
        Choice("training", sentence("Training")),
        Choice("action", sentence("Out and about")),
        Choice("social", sentence("Get-together")),
    ),
    guess=guess_kind,
)
WHEN = Field(
    "when",
    label=sentence("When"),
    question=sentence("When? For example “Thursday at 18:00”."),
    kind=FieldKind.WHEN,
    hint=sentence("For example “Thursday at 18:00”"),
)
PLACE = Field(
    "place",
    label=sentence("Where"),
    question=sentence("Where?"),
    kind=FieldKind.PLACE,
    suggestions=(Choice("online", sentence("Online")), Choice("later", sentence("Not settled yet"))),
)
TEXT = Field(
    "text",
    label=sentence("Text"),
    question=sentence("What more should people know?"),
    kind=FieldKind.LONG_TEXT,
    optional=True,
    max_length=MAX_TEXT,
)
BRING = Field(
    "bring",
    label=sentence("What to bring"),
    question=sentence("What should people bring?"),
    kind=FieldKind.LONG_TEXT,
    optional=True,
    max_length=500,
    when=_is_training,
)
READ = Field(
    "read",
    label=sentence("What to read before"),
    question=sentence("Is there something to read before?"),
    kind=FieldKind.LONG_TEXT,
    optional=True,
    max_length=500,
    when=_is_training,
)
ASSOCIATION = Field(
    "association",
    label=sentence("From"),
    question=sentence("Which association is it from?"),
    kind=FieldKind.CHOICE,
    choices_for=own_associations,
)
SEEN_BY = Field(
    "seen_by",
    label=sentence("Who may see it"),
    question=sentence("Who may see it?"),
    kind=FieldKind.CHOICE,
    choices=(Choice("open", sentence("Everyone")), Choice("internal", sentence("Only our own"))),
)
AUDIENCE = Field(
    "audience",
    label=sentence("To whom"),
    question=ASK_WHOM,
    kind=FieldKind.CHOICE,
    choices_by=choices,
    guess=lambda _: NEAR,  # the preview is where it can be changed
)
CONTACT = Field(
    "contact",
    label=sentence("Who answers questions"),
    question=sentence("Who answers questions?"),
    kind=FieldKind.CHOICE,
    choices_by=_who_answers,
)

CALL = Form(
    "call",
    title=sentence("A new call"),
    fields=(TITLE, KIND, WHEN, PLACE, TEXT, BRING, READ, ASSOCIATION, SEEN_BY, CONTACT, AUDIENCE),
    previewed=True,
)
CHANGE = Form(
    "activities.change",
    title=sentence("Change"),
    fields=(TITLE, KIND, WHEN, PLACE, TEXT, BRING, READ),
    previewed=True,
)


ORDER = ("title", "when", "place")
LABELS = {
    "title": "vad|rubrik|what|title",
    "when": "när|datum|tid|when|date|time",
    "place": "var|plats|where|place",
}
LABELLED = re.compile(
    rf"\W*(?:{'|'.join(f'(?P<{name}>{words})' for name, words in LABELS.items())})\s*:\s*(?P<said>.+)",
    re.IGNORECASE,
)


def lines(written: str, is_moment: Callable[[str], bool]) -> dict[str, str]:
    """What a call in one message says: title, when, where, and the rest as text.

    The order tells, and an empty line below the time begins the text; or the lines say themselves what they
    are ("När: …", "Var: …"). A place may stand behind the time: "28/11 kl 14, Torget".
    """
    named, rest = _labelled([line.strip() for line in written.strip().splitlines()])
    apart = False
    for name in ORDER:
        first = next((line for line in rest if line), None)
        if name in named or first is None or (name == "place" and _is_text(rest, apart=apart)):
            continue
        apart = not rest[0]
        named[name] = first
        rest = rest[rest.index(first) + 1 :]
        if name == "when" and "place" not in named:
            named |= _split(first, is_moment)
    text = "\n".join(rest).strip()
    return named | ({"text": text} if text else {})


def _split(line: str, is_moment: Callable[[str], bool]) -> dict[str, str]:
    """When and where, if the line has both with a comma between; else it is all about when."""
    parts = line.split(", ")
    heads = ((", ".join(parts[:n]), ", ".join(parts[n:])) for n in range(1, len(parts)))
    found = None if is_moment(line) else next(((when, place) for when, place in heads if is_moment(when)), None)
    return dict(zip(("when", "place"), found or (line,), strict=False))


def _labelled(given: list[str]) -> tuple[dict[str, str], list[str]]:
    """What the lines with a label say, and the others; one label alone may stand in any text."""
    named: dict[str, str] = {}
    others = []
    for line in given:
        found = LABELLED.fullmatch(line)
        if found is None:
            others.append(line)
            continue
        name = next(name for name in ORDER if found[name])
        named[name] = f"{named.get(name, '')} {found['said']}".strip()
    return (named, others) if {"when", "place"} <= named.keys() else ({}, given)


def _is_text(rest: list[str], *, apart: bool) -> bool:
    """True below an empty line, unless every line stands `apart` and this one could be a place."""
    if rest[0]:
        return False
    block = list(takewhile(bool, dropwhile(lambda line: not line, rest)))
    return not apart or len(block) > 1 or block[0].endswith((".", "!", "?"))
