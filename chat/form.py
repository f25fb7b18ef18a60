"""The fields of a dialogue, declared once and shown by each platform in its own way."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MAX_MODAL_FIELDS = 5  # Discord's limit of a modal
MAX_OPTIONS = 25  # Discord's limit of a select; one of more choices is written by its name


class FieldKind(StrEnum):
    """What a field takes, and what its finished value is."""

    TEXT = "text"  # one line: str
    LONG_TEXT = "long_text"  # several lines: str
    WHEN = "when"  # a tuple of start and end or None, aware; read back with the weekday and confirmed
    PLACE = "place"  # one line: str
    CHOICE = "choice"  # the key of one of the choices: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer that a button or a select offers. `label` is translated unless it is `own` text."""

    key: str
    label: str
    own: bool = False


Answers = Mapping[str, str]  # what is answered so far, as the draft keeps it
Choices = Callable[[Any], Awaitable[Sequence[Choice]]]  # given the Context
ChoicesBy = Callable[[Any, Answers], Awaitable[Sequence[Choice]]]
Check = Callable[[Any, Answers, str], None]


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `question`, `label` and `hint` are English sentences, translated when shown.

    A CHOICE with one possible answer is not asked. `suggestions` are buttons beside typing. `choices_by` is
    `choices_for` where the choices depend on other answers. `when` says whether the field is asked at all;
    `check` raises the sentence to say when typed text cannot be the answer, given Context and other answers.
    `guess` is the key that other answers make plain, "" when they do not: then it is not asked either.
    """

    name: str
    label: str  # at most 45 characters in every language: Discord's modal
    question: str
    kind: FieldKind
    optional: bool = False
    max_length: int = 200  # characters
    choices: tuple[Choice, ...] = ()
    choices_for: Choices | None = None
    choices_by: ChoicesBy | None = None
    when: Callable[[Answers], bool] | None = None
    guess: Callable[[Answers], str] | None = None
    suggestions: tuple[Choice, ...] = ()
    check: Check | None = None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A dialogue. Its route is its name; the feature that declares it gets the finished, typed values.

    A `previewed` form keeps its draft when finished, until the handler discards it.
    """

    name: str
    title: str
    fields: tuple[Field, ...]
    previewed: bool = False

    def field(self, name: str) -> Field:
        """The field of that name; KeyError when there is none."""
        for one in self.fields:
            if one.name == name:
                return one
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class ShownField:
    """A field ready to be shown: in the person's language, with what is known and what is wrong."""

    name: str
    kind: FieldKind
    label: str
    hint: str = ""
    value: str = ""  # as the person typed it, or the key of the choice
    problem: str = ""  # a sentence when the value was not understood
    optional: bool = False
    max_length: int = 200
    choices: tuple[tuple[str, str], ...] = ()  # (key, label)
    offers: tuple[str, ...] = ()  # what the value may have meant: each can be sent in its place


@dataclass(frozen=True, slots=True)
class OpenForm:
    """A page of a form for a platform that shows pages; comes back as Kind.FORM with `route` and `argument`."""

    route: str
    argument: str  # "draft:page"
    title: str
    fields: tuple[ShownField, ...]


Values = Mapping[str, Any]
