"""The try-out page as a browser without script reads it: bubbles, their buttons and their forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

EMPTY = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta"}
Attributes = dict[str, str]


@dataclass(slots=True)
class Element:
    """A piece of HTML."""

    tag: str
    attributes: Attributes
    children: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def text(self) -> str:
        """All the text in it."""
        return "".join(one if isinstance(one, str) else one.text for one in self.children)

    def all(self, tag: str = "", **attributes: str) -> list[Element]:
        """Every element in it of that kind, in the order of the page."""
        found: list[Element] = []
        for one in self.children:
            if isinstance(one, Element):
                fits = not tag or one.tag == tag
                fits &= all(one.attributes.get(name) == value for name, value in attributes.items())
                found += [one, *one.all(tag, **attributes)] if fits else one.all(tag, **attributes)
        return found

    def with_class(self, name: str) -> list[Element]:
        """Every element in it of that class."""
        return [one for one in self.all() if name in one.classes]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(made)
        if tag not in EMPTY:
            self.open.append(made)

    def handle_endtag(self, tag: str) -> None:
        while len(self.open) > 1 and self.open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(html: str) -> Element:
    """The page."""
    reader = _Reader()
    reader.feed(html)
    return reader.open[0]


def sent(form: Element) -> dict[str, str]:
    """What a browser sends of the form as it stands, but for the pressed button."""
    values: dict[str, str] = {}
    for one in form.all():
        name, kind = one.attributes.get("name", ""), one.attributes.get("type", "")
        if one.tag == "input" and name and (kind != "radio" or "checked" in one.attributes):
            values[name] = one.attributes.get("value", "")
        elif one.tag == "textarea":
            values[name] = one.text.removeprefix("\n")
        elif one.tag == "select":
            options = one.all("option")
            chosen = next((option for option in options if "selected" in option.attributes), options[0])
            values[name] = chosen.attributes.get("value", "")
    return values


def named(form: Element) -> dict[str, tuple[str, dict[str, str]]]:
    """Every field by its label: its name, and its choices by what a person reads."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for group in form.with_class("field"):
        if group.tag == "fieldset":
            radios = group.with_class("choice")
            choices = {one.text.strip(): one.all("input")[0].attributes["value"] for one in radios}
            found[_own(group.all("legend")[0])] = radios[0].all("input")[0].attributes["name"], choices
            continue
        label = group.all("label")[0]
        control = next(one for one in group.all() if one.attributes.get("id") == label.attributes["for"])
        choices = {one.text.strip(): one.attributes["value"] for one in control.all("option")}
        found[_own(label)] = control.attributes["name"], choices
    return found


def _own(label: Element) -> str:
    """The label without what is said of it in smaller letters."""
    return "".join(one for one in label.children if isinstance(one, str)).strip()
