"""Which handler a request is for, and that its sender has the right to call it."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from chat.message import Button, Message
from chat.request import Kind
from handlers import forms
from handlers.context import Context, UserError, check, is_allowed
from handlers.feature import Answered, Command, Route, Routes
from texts import questions

Call = Callable[[Context], Coroutine[Any, Any, Answered]]
DO = "do-"  # a deep link that runs a command: /start do-vecka


class Calls:
    """Finds and calls handlers."""

    def __init__(self, routes: Routes) -> None:
        """`routes` are all there are."""
        self._routes = routes

    async def answer(self, ctx: Context) -> Answered:
        """What the handler says, None when none is asked. Errors: UserError."""
        call = self._call(ctx)
        return await call(ctx) if call else None

    def _call(self, ctx: Context) -> Call | None:
        match ctx.request.kind:
            case Kind.COMMAND:
                return self._command
            case Kind.PRESS:
                return self._press
            case Kind.TEXT:
                return self._text
            case Kind.FORM:
                return self._form
            case Kind.EVENT:
                return self._event

    async def _command(self, ctx: Context) -> Answered:
        request = ctx.request
        if request.route == "start" and request.argument:
            if ctx.in_private or request.own_message:
                return await self._link(ctx)
            prefix, _, argument = request.argument.partition("-")
            route = self._routes.links.get(prefix)
            if route and route.in_groups:
                return await _run(_but(ctx, argument=argument), route)
        command = self._routes.commands.get(request.route)
        if command is None:
            return await self._fallback(ctx, "command")
        if command.private and not (ctx.in_private or request.own_message):
            return _lead_to_private(ctx, command)
        if command.groups_only and ctx.in_private:
            raise UserError("Write that in the group it is about.")
        return await _run(ctx, command.route)

    async def _link(self, ctx: Context) -> Answered:
        payload = ctx.request.argument
        if payload.startswith(DO):
            return await self._do(ctx, payload.removeprefix(DO))
        prefix, _, argument = payload.partition("-")
        route = self._routes.links.get(prefix)
        if route is None:
            return await _run(_but(ctx, argument=payload), self._routes.commands["start"].route)
        return await _run(_but(ctx, argument=argument), route)

    async def _do(self, ctx: Context, name: str) -> Answered:
        """The command in a link of ours; not one that changes something as soon as it is opened."""
        command = self._routes.commands.get(name)
        if command is None or not (command.private or command.menu):
            return await self._fallback(ctx, "command")
        return await self._command(_but(ctx, route=name, argument=""))

    async def _press(self, ctx: Context) -> Answered:
        route = self._routes.buttons.get(ctx.request.route)
        if route is None:
            raise UserError("That button is no longer in use. Write what you want to know, or /help.")
        return await _run(ctx, route)

    async def _text(self, ctx: Context) -> Answered:
        sent = ctx.request.attachment
        file = self._routes.files.get(sent.suffix) if sent and ctx.in_private else None
        if file and is_allowed(ctx.person.rights, file.route.needs):
            return await file.route.handle(ctx)
        first, _, rest = ctx.request.text.strip().partition("\n")
        word = first.strip().lower()
        is_command = ctx.in_private and word in self._routes.commands and not ctx.request.forwarded
        if is_command and (rest or not ctx.person.asking):
            return await self._command(_but(ctx, kind=Kind.COMMAND, route=word, argument=rest))
        if ctx.person.asking and ctx.in_private:
            reply = await forms.take_text(ctx)
            if reply is not None:
                return reply
        question = questions.understand(ctx.request.text)
        route = self._routes.questions.get(question.intent) if question else None
        if question is None or route is None:
            return await self._fallback(ctx, "text")
        return await _run(ctx, route, question)

    async def _form(self, ctx: Context) -> Answered:
        route = self._routes.forms.get(ctx.request.route)
        if route is None:
            raise UserError(forms.GONE)
        check(ctx, route.route.needs)
        return await forms.take_page(ctx)

    async def _event(self, ctx: Context) -> Answered:
        answered: Answered = None
        for route in self._routes.events.get(ctx.request.route, ()):
            answered = await route.handle(ctx) or answered
        return answered

    async def _fallback(self, ctx: Context, what: str) -> Answered:
        alone = ctx.in_private or ctx.request.own_message
        return await _run(ctx, self._routes.fallback[what]) if alone else None


def _but(ctx: Context, **changes: Any) -> Context:
    return replace(ctx, request=replace(ctx.request, **changes))


async def _run(ctx: Context, route: Route, *more: object) -> Answered:
    check(ctx, route.needs)
    return await route.handle(ctx, *more)


def _lead_to_private(ctx: Context, command: Command) -> Message:
    opens = Button(ctx.t.plain("Open"), opens=f"{DO}{command.route.name}")
    return Message.of(ctx.t("Let us do that privately."), opens)
