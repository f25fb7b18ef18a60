"""Reads an everyday question: which answer it asks for, and what kind of activity."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from texts.questions import words
from texts.questions.spelling import distance

Intent = Literal[
    "today", "tomorrow", "day", "weekend", "week", "next_week", "upcoming", "next",
    "mine", "help", "help_out", "contact", "settings", "my_data", "forget_me", "stop", "hello", "thanks",
]  # fmt: skip
Kind = Literal["meeting", "demonstration", "training", "action", "social"]

LONGEST = 100  # characters; a longer text is a letter to a person
SPELT_LOOSELY = 5  # letters from which one slip is forgiven
ONE_SLIP = 2  # letters in one word only: the wrong one and the right one
SLIPS = {"kind", "weekday", "days", "happen"}  # where it is: short words are too alike


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for; `kind` when only such activities are.

    `weekday`, where Monday is 0, goes with the intent "day" alone. `only_named`: "i morgon", which asks nothing
    where somebody else has asked when.
    """

    intent: Intent
    kind: Kind | None = None
    weekday: int | None = None
    only_named: bool = field(default=False, compare=False)


def _classes() -> dict[str, tuple[str, str]]:
    """Each word with the class it belongs to and what it means there."""
    found = {word: ("kind", kind) for kind, known in words.KINDS.items() for word in known.split()}
    found |= {word: ("weekday", str(day)) for day, known in enumerate(words.WEEKDAYS) for word in known.split()}
    found |= {word: ("days", days) for days, known in words.DAYS.items() for word in known.split()}
    for group, known in {
        "when": words.WHEN,
        "happen": words.HAPPEN,
        "ask": words.ASK,
        "": words.SILENT,
    }.items():
        found |= dict.fromkeys(known.split(), (group, ""))
    return found


CLASSES = _classes()
LOOSE = {word: set(word) for word, (group, _) in CLASSES.items() if group in SLIPS}
JOINED = re.compile(rf"\b({'|'.join(sorted(words.JOINED, key=len, reverse=True))})\b")
WHOLE = [
    (intent, re.compile("|".join(line.strip() for line in lines.strip().splitlines())))
    for intent, lines in words.WHOLE.items()
]
POLITE = re.compile(
    r"^((hej|hejsan|hallå|hi|hello|hey|ursäkta|snälla|please|tack|och|and|sorry) )+"
    r"|( (tack|snälla|please|thanks|då|nu))+$"
)


def understand(text: str) -> Question | None:
    """What `text` asks for, or None when it has a word or an order that everyday questions have not."""
    plain = _plain(text)
    if not plain or len(plain) > LONGEST:
        return None
    for wording in (plain, POLITE.sub("", plain)):
        for intent, pattern in WHOLE:
            if pattern.fullmatch(wording):
                return Question(cast("Intent", intent))
    return _agenda(plain.split())


def _plain(text: str) -> str:
    signs = (sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    small = re.sub(r"['’´`]", "", "".join(signs).lower())
    spaced = " ".join(re.sub(r"[^\w]+|_", " ", small).split())
    return JOINED.sub(lambda match: words.JOINED[match[1]], spaced)


def _agenda(tokens: list[str]) -> Question | None:
    """The question about what is on, when every word belongs to one."""
    meanings: dict[str, str] = {}
    for token in tokens:
        known = _class(token)
        if known is None:
            return None
        meanings.setdefault(*known)
    found = _question(meanings)
    return replace(found, only_named=meanings.keys().isdisjoint({"ask", "happen"})) if found else None


def _class(token: str) -> tuple[str, str] | None:
    if token in CLASSES:
        return CLASSES[token]
    return next((CLASSES[word] for word in _alike(token)), None) if len(token) >= SPELT_LOOSELY else None


def _alike(token: str) -> Iterable[str]:
    letters = set(token)
    near = (word for word, used in LOOSE.items() if len(letters ^ used) <= ONE_SLIP)
    return (word for word in near if distance(token, word) == 1)


def _question(meanings: dict[str, str]) -> Question | None:
    kind = cast("Kind | None", meanings.get("kind"))
    if "weekday" in meanings:
        return Question("day", kind, int(meanings["weekday"]))
    if "days" in meanings:
        return Question(cast("Intent", meanings["days"]), kind)
    if "when" in meanings and (kind or "happen" in meanings or "ask" in meanings):
        return Question("next", kind)
    if kind or "happen" in meanings:
        return Question("upcoming", kind)
    return None
