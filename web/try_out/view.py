"""How what was said looks on the page: bubbles with text, buttons, forms and files."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from chat import signing
from chat.form import FieldKind, OpenForm
from chat.markup import Run, runs
from chat.message import Button, Message
from db.keys import Keys
from db.try_out import BOT, GROUP, MEMBER, NAMES, NEWCOMER, ORGANISER, PERSONAS, Kept
from texts import Translator, dates
from web.try_out.adapter import OPEN
from web.try_out.said import Said, unpack

SAFE = ("https://", "http://", "mailto:", "tel:")
FEW = 4  # choices that are shown side by side; more go into a select
IN_FORM = frozenset({"form.page", "form.pick"})  # open the form, or answer a field: the form does both itself


@dataclass(frozen=True, slots=True)
class Control:
    """A button: it comes back as `data`, or is a link."""

    label: str
    data: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ShownForm:
    """A form with what comes back with it."""

    title: str
    data: str
    fields: tuple[Any, ...]
    first_problem: str


@dataclass(frozen=True, slots=True)
class Bubble:
    """A message as the template shows it; `gone` ones are taken off the page."""

    id: int
    gone: bool = False
    mine: bool = False
    author: str = ""
    clock: str = ""
    moment: str = ""
    typed: str = ""
    text: Markup | str = ""
    rows: tuple[tuple[Control, ...], ...] = ()
    form: ShownForm | None = None
    document: str = ""
    only_you: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """Turns kept messages into bubbles for one persona."""

    keys: Keys
    t: Translator
    persona: str

    def bubble(self, kept: Kept) -> Bubble:
        """The message as the persona sees it."""
        said = unpack(kept.content)
        if said is None:
            return Bubble(kept.id, gone=True)
        message = said.message
        return Bubble(
            id=kept.id,
            mine=kept.author == self.persona,
            author="Kallelse" if kept.author == BOT else NAMES.get(kept.author, ""),
            clock=dates.clock(kept.at, self.t),
            moment=kept.at.isoformat(timespec="seconds"),
            typed=said.typed,
            text=_text(said),
            rows=self._rows(said),
            form=self._form(said.form) if said.form else None,
            document=message.document.name if message and message.document else "",
            only_you=kept.pane == GROUP.id and kept.only_for is not None,
        )

    def _rows(self, said: Said) -> tuple[tuple[Control, ...], ...]:
        """What can be pressed; beside a form, its other answers and a way out."""
        rows = said.message.rows if said.message else ()
        if said.form:
            rows = tuple(tuple(button for button in row if button.route not in IN_FORM) for row in rows)
            if not any(button.route == "form.cancel" for row in rows for button in row):
                draft = said.form.argument.partition(":")[0]
                rows = (*rows, (Button(self.t.plain("Cancel"), "form.cancel", draft),))
        return tuple(tuple(self._control(button) for button in row) for row in rows if row)

    def _control(self, button: Button) -> Control:
        if button.url:
            return Control(button.label, url=button.url if button.url.startswith(SAFE) else "")
        route, argument = (OPEN, button.opens) if button.opens else (button.route, button.argument)
        return Control(button.label, data=signing.sign(self.keys.buttons, route, argument))

    def _form(self, form: OpenForm) -> ShownForm:
        data = signing.sign(self.keys.buttons, form.route, form.argument)
        wrong = next((one.name for one in form.fields if one.problem), "")
        return ShownForm(form.title, data, tuple(_field(one) for one in form.fields), wrong)


def _field(one: Any) -> dict[str, Any]:
    kinds = {FieldKind.LONG_TEXT: "long", FieldKind.CHOICE: "radios" if len(one.choices) <= FEW else "select"}
    return {"shown": one, "kind": kinds.get(one.kind, "line")}


def _text(said: Said) -> Markup:
    """The message's text; beside a form that says itself what is wrong, nothing."""
    message: Message | None = said.message
    if message is None or (said.form and any(one.problem for one in said.form.fields)):
        return Markup("")
    return Markup("").join(_linked(run) for run in runs(message.text))


def _linked(run: Run) -> Markup:
    """The stretch as HTML; a link leads out safely, or is no link."""
    if not run.href:
        return run.markup()
    inner = Run(run.text, run.bold, run.italic).markup()
    if not run.href.startswith(SAFE):
        return inner
    return Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(escape(run.href), inner)


def words(t: Translator) -> dict[str, str]:
    """The labels of the page."""
    return {
        "title": t.plain("Try Kallelse"),
        "lead": t.plain("Everything here is invented and stays on this computer. Be one of the three and write."),
        "who": t.plain("You are"),
        "switch": t.plain("Switch"),
        "talk": t.plain("Conversation"),
        "group": t.plain("The group"),
        "join": t.plain("Join the group"),
        "join_hint": t.plain("The group is open. Only commands and what mentions @Kallelse are answered in it."),
        "to": t.plain("Write to"),
        "to_bot": t.plain("Kallelse, privately"),
        "to_group": t.plain("Everybody there"),
        "message": t.plain("Message"),
        "send": t.plain("Send"),
        "hint": t.plain("For example /start, or “what is on this week?”"),
        "refresh": t.plain("Show what is new"),
        "only_you": t.plain("Only you see this"),
        "optional": t.plain("may be left out"),
        "go_on": t.plain("Continue"),
        "choose": t.plain("Choose"),
        "download": t.plain("Download"),
        "problem": t.plain("That did not get through. Your text is still there; try again in a while."),
        "empty": t.plain("Nothing here yet."),
    }


def personas(t: Translator) -> list[tuple[str, str]]:
    """Key and label of each persona."""
    labels = {
        NEWCOMER: t.plain("New member"),
        MEMBER: t.plain("Member"),
        ORGANISER: t.plain("Organiser"),
    }
    return [(persona, labels[persona]) for persona in PERSONAS]
