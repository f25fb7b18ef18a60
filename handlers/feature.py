"""How a feature declares itself; menus, help, rights and routing on every platform follow from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

from chat.form import Form
from chat.message import Message, Reply, Shown
from chat.request import Event, Fact
from texts import Translator

T = TypeVar("T")
Answered = Message | Reply | None
Handler = Callable[..., Awaitable[Answered]]  # (ctx), a form's (ctx, values), a question's (ctx, question)
H = TypeVar("H", bound=Handler)  # a declared handler is called like any other function
CarryOut = Callable[..., Awaitable[Callable[[Translator], Message] | None]]  # (ctx, asked)


class Needs(Enum):
    """The right without which a handler is not called; what it may touch is checked in the handler."""

    NOTHING = "nothing"
    ORGANISER = "organiser"  # of any association
    HOST = "host"  # or organiser
    DISTRICT = "district"  # organiser of the whole district
    ADMIN = "admin"
    REGISTER = "register"  # sees the register of any association
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Route:
    """A handler with what was declared for it. One that `only_reads` need not wait for those who write."""

    name: str
    handle: Handler
    shown: Shown = Shown.PRIVATELY
    needs: Needs = Needs.NOTHING
    facts: frozenset[Fact] = frozenset()
    only_reads: bool = False
    in_groups: bool = False  # of a link


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its Swedish name and English alias, and how menus and help show it.

    `private`: in a group the asker is only led to the private chat. `argument`: what may follow it, for
    Discord's option and the help; empty when nothing may. `menu`: its place in the short menu; 0: not there.
    """

    route: Route
    alias: str
    description: str  # an English sentence of at most 100 characters in every language
    other_names: tuple[str, ...] = ()
    argument: str = ""
    argument_required: bool = False
    menu: int = 0
    private: bool = False
    groups_only: bool = False
    help: bool = True  # listed in the help

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it goes by, Swedish first."""
        return (self.route.name, self.alias, *self.other_names)


@dataclass(frozen=True, slots=True)
class FormRoute:
    """A form and the handler of its finished values."""

    form: Form
    route: Route


@dataclass(frozen=True, slots=True)
class Approvable:
    """What needs a second person's yes. `what`: an English sentence for it, without its object."""

    name: str
    what: str
    needs: Needs  # of the one who asks, and still so when it is decided
    carry_out: CarryOut


@dataclass(frozen=True, slots=True)
class FileRoute:
    """The handler of files of a kind; larger ones than `most` bytes are not fetched."""

    route: Route
    most: int


@dataclass(slots=True)
class Feature:
    """One file's commands, buttons, forms, questions, files and events. Decorators fill it; nothing else does."""

    name: str
    commands: list[Command] = field(default_factory=list)
    buttons: list[Route] = field(default_factory=list)
    forms: list[FormRoute] = field(default_factory=list)
    links: dict[str, Route] = field(default_factory=dict)
    questions: dict[str, Route] = field(default_factory=dict)
    files: dict[str, FileRoute] = field(default_factory=dict)
    events: dict[Event, Route] = field(default_factory=dict)
    fallback: dict[str, Route] = field(default_factory=dict)
    approvals: dict[str, Approvable] = field(default_factory=dict)

    def command(
        self,
        name: str,
        *,
        alias: str,
        description: str,
        shown: Shown = Shown.PRIVATELY,
        needs: Needs = Needs.NOTHING,
        facts: Sequence[Fact] = (),
        only_reads: bool = False,
        **options: Any,
    ) -> Callable[[H], H]:
        """Declare a command; `options` are the fields of Command."""

        def declare(handle: H) -> H:
            route = Route(name, handle, shown, needs, frozenset(facts), only_reads)
            self.commands.append(Command(route, alias, description, **options))
            return handle

        return declare

    def button(
        self,
        name: str,
        *,
        shown: Shown = Shown.IN_PLACE,
        needs: Needs = Needs.NOTHING,
        facts: Sequence[Fact] = (),
        only_reads: bool = False,
    ) -> Callable[[H], H]:
        """Declare the handler of a button's route; `ctx.request.argument` is the button's."""

        def declare(handle: H) -> H:
            self.buttons.append(Route(name, handle, shown, needs, frozenset(facts), only_reads))
            return handle

        return declare

    def form(self, form: Form, *, needs: Needs = Needs.NOTHING) -> Callable[[H], H]:
        """Declare a form; the handler gets (ctx, draft, values): the draft and the finished, typed values."""

        def declare(handle: H) -> H:
            self.forms.append(FormRoute(form, Route(form.name, handle, Shown.FORM, needs)))
            return handle

        return declare

    def link(self, prefix: str, *, in_groups: bool = False) -> Callable[[H], H]:
        """Declare what `/start prefix-ARGUMENT` does in the private chat; ARGUMENT is the request's argument.

        `in_groups`: the handler is also called where everybody reads it, for example to burn a code.
        """

        def declare(handle: H) -> H:
            self.links[prefix] = Route(f"{self.name}:{prefix}", handle, in_groups=in_groups)
            return handle

        return declare

    def question(self, intent: str) -> Callable[[H], H]:
        """Declare what answers free text of that intent (`texts.questions`); the handler gets (ctx, question)."""
        return self._into(self.questions, intent)

    def file(self, *suffixes: str, most: int, needs: Needs) -> Callable[[H], H]:
        """Declare what takes a file whose name ends so, sent in private by somebody who has that right.

        `ctx.request.attachment.content` is None when it was larger than `most` bytes, or could not be had.
        """

        def declare(handle: H) -> H:
            taken = FileRoute(Route(self.name, handle, needs=needs), most)
            self.files.update(dict.fromkeys(suffixes, taken))
            return handle

        return declare

    def event(self, event: Event, *, shown: Shown = Shown.PRIVATELY) -> Callable[[H], H]:
        """Declare what happens at something that nobody asked for; it mostly writes to the outbox."""

        def declare(handle: H) -> H:
            self.events[event] = Route(event.value, handle, shown)
            return handle

        return declare

    def approval(self, name: str, *, what: str, needs: Needs) -> Callable[[CarryOut], CarryOut]:
        """Declare what happens when an admin has approved what `handlers.approvals.ask` asked for.

        The handler gets (ctx, asked), where the context is the approver's, and gives back what the one who asked
        is told (`telling.Made`), or None for "it is done".
        """

        def declare(carry_out: CarryOut) -> CarryOut:
            self.approvals[name] = Approvable(name, what, needs, carry_out)
            return carry_out

        return declare

    def when_unknown(self, what: str) -> Callable[[H], H]:
        """Declare the answer to an unknown "command" or to "text" that was not understood, in private."""
        return self._into(self.fallback, what)

    def _into(self, table: dict[str, Route], key: str) -> Callable[[H], H]:
        def declare(handle: H) -> H:
            table[key] = Route(f"{self.name}:{key}", handle)
            return handle

        return declare


class Routes:
    """Every feature's declarations, found by what a request asks for."""

    def __init__(self, features: Sequence[Feature]) -> None:
        """ValueError when two features claim the same name."""
        self.commands: dict[str, Command] = {}
        self.buttons: dict[str, Route] = {}
        self.forms: dict[str, FormRoute] = {}
        self.links: dict[str, Route] = {}
        self.questions: dict[str, Route] = {}
        self.files: dict[str, FileRoute] = {}
        self.events: dict[str, list[Route]] = {}
        self.fallback: dict[str, Route] = {}
        self.approvals: dict[str, Approvable] = {}
        for feature in features:
            self._take(feature)

    def _take(self, feature: Feature) -> None:
        for command in feature.commands:
            _claim(self.commands, dict.fromkeys(command.names, command))
        _claim(self.buttons, {route.name: route for route in feature.buttons})
        _claim(self.forms, {one.form.name: one for one in feature.forms})
        _claim(self.links, feature.links)
        _claim(self.questions, feature.questions)
        _claim(self.files, feature.files)
        _claim(self.fallback, feature.fallback)
        _claim(self.approvals, feature.approvals)
        for event, route in feature.events.items():
            self.events.setdefault(event.value, []).append(route)

    @property
    def all_commands(self) -> tuple[Command, ...]:
        """Each command once, in the order of declaration."""
        return tuple({id(command): command for command in self.commands.values()}.values())


def _claim(table: dict[str, T], more: dict[str, T]) -> None:
    twice = table.keys() & more.keys()
    if twice:
        raise ValueError(f"declared twice: {sorted(twice)}")
    table.update(more)
