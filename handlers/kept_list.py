"""What the lists that organisers keep have in common: a name that stands there once, and how one is changed."""

from collections.abc import Iterable
from typing import Protocol

from markupsafe import Markup

from chat.form import Field, FieldKind
from chat.message import Button, Message
from handlers.context import UserError
from texts import Translator, sentence


class Named(Protocol):
    """Something that stands on a list."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...


def name_field(question: str, *, most: int) -> Field:
    """Asks for a name of so many characters at most."""
    return Field("name", label=sentence("Name"), question=question, kind=FieldKind.TEXT, max_length=most)


def require_free(name: str, every: Iterable[Named], *, but: int = 0) -> None:
    """Nothing when no other of them is called so, however it is capitalised; else a UserError."""
    if any(one.name.casefold() == name.casefold() and one.id != but for one in every):
        raise UserError("{name} is on the list already.", name=name)


def shown(t: Translator, text: Markup, feature: str, number: int, *, back: str) -> Message:
    """One of that feature's list, and what can be done about it."""
    rename = Button(t.plain("Rename"), f"{feature}.rename", str(number))
    remove = Button(t.plain("Remove"), f"{feature}.ask_remove", str(number))
    return Message.of(text, rename, remove, Button(t.plain("Back"), back))


def ask_remove(t: Translator, text: Markup, feature: str, number: int) -> Message:
    """The question before one of that feature's list is removed."""
    yes = Button(t.plain("Yes, remove"), f"{feature}.remove", str(number))
    return Message.of(text, yes, Button(t.plain("No"), f"{feature}.list"))
