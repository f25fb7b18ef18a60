"""Answers to interactions: after the commit, within Discord's three seconds, privately where it was asked so."""

import asyncio
import logging
from dataclasses import replace

import aiohttp

from bot.discord_bot import payloads
from bot.discord_bot.reading import Asked
from bot.discord_bot.rest import Json, Rest, RestError
from chat.message import Document, Message, Reply, Shown
from chat.request import Kind

log = logging.getLogger(__name__)

DEFER_SECONDS = 2.0  # Discord waits for three
MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, MODAL = 4, 5, 6, 7, 9  # Discord's types of first answers
ALREADY_ANSWERED = 40060  # a first answer whose acknowledgement was lost


class Answer:
    """The answer to one interaction, from its first sign on.

    `hidden`: seen by the asker only. `own`: the pressed message is, and may be changed.
    """

    def __init__(self, rest: Rest, asked: Asked, shown: Shown, key: bytes) -> None:
        """Nothing is answered yet."""
        request = asked.request
        self.hidden = not request.chat.private and shown is not Shown.HERE
        self.own = asked.pressed and request.own_message
        self.in_place = self.own and shown is Shown.IN_PLACE
        self._flags = payloads.EPHEMERAL if self.hidden else 0
        self._rest, self._asked, self._key = rest, asked, key
        self._hook = f"/webhooks/{asked.application}/{asked.token}"
        self._first = 0  # the type of the first answer; 0: there is none yet
        self._waiting = False  # a deferral that the next message fills
        self._deferring: asyncio.Task[None] | None = None
        may_wait = shown is not Shown.FORM or request.kind is Kind.FORM
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(DEFER_SECONDS, self._defer_soon) if may_wait else None

    def _defer_soon(self) -> None:
        self._first = DEFERRED_UPDATE if self.own else DEFERRED  # from this moment on no page can be opened
        self._deferring = asyncio.create_task(self._defer())

    async def _defer(self) -> None:
        kind = DEFERRED_UPDATE if self.own else DEFERRED
        await self._answer_first(kind, None if self.own else {"flags": self._flags})
        self._waiting = self.in_place or not self.own

    async def _settle(self) -> None:
        """From here on nothing is deferred; what was begun is done."""
        if self._timer is not None:
            self._timer.cancel()
        if self._deferring is not None:
            await self._deferring

    async def show(self, reply: Reply | None) -> None:
        """What the handler said is shown; a refusal by Discord is logged, the person has seen it fail."""
        try:
            await self._settle()
            await self._show(reply or Reply())
        except RestError as error:
            log.warning("an answer was refused by Discord: %s %s", error.status, error.code)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("an answer did not reach Discord: %s", type(error).__name__)

    async def _show(self, reply: Reply) -> None:
        if reply.form is not None and self.can_open:
            await self._answer_first(MODAL, payloads.modal(reply.form, self._key))
            return
        if reply.beside:
            self.in_place, self._waiting = False, self._waiting and not self.own
        replaced = self.in_place and reply.message is not None
        if self.own and not replaced and (reply.pressed or reply.clear_buttons):
            await self._close(reply.pressed)
        if reply.message is not None:
            await self.say(reply.message)
        for message in reply.also:
            await self.say(message)
        await self._end()

    @property
    def can_open(self) -> bool:
        """True when a page of a form can be opened now."""
        return not self._first and self._asked.takes_modal

    async def _close(self, pressed: Message | None) -> None:
        """The pressed message says what was chosen, or at least has no buttons any more."""
        parts = payloads.bodies(pressed, self._key) if pressed else []
        change = _changes(parts[0]) if len(parts) == 1 else {"components": []}
        if not self._first:
            await self._answer_first(UPDATE, change)
        elif self._first == DEFERRED_UPDATE:
            await self._rest.patiently("PATCH", f"{self._hook}/messages/@original", change)

    async def say(self, message: Message) -> None:
        """One message: as the first answer, in place of a deferral, or after what was said before."""
        *parts, last = payloads.bodies(message, self._key, flags=self._flags)
        for part in parts:
            await self._post(part, None)
        await self._post(last, message.document)

    async def _post(self, body: Json, document: Document | None) -> None:
        if not self._first:
            kind = UPDATE if self.in_place else MESSAGE
            await self._answer_first(kind, body, document)
        elif self._waiting:
            self._waiting = False
            await self._rest.patiently(
                "PATCH", f"{self._hook}/messages/@original", _changes(body), document=document
            )
        else:
            await self._rest.patiently("POST", self._hook, body, document=document, repeatable=False)

    async def _end(self) -> None:
        """Nothing is left spinning."""
        if not self._first and self.own:
            await self._answer_first(DEFERRED_UPDATE, None)
        elif not self._first:
            await self._defer()
        if self._waiting and not self.own:
            await self._rest.patiently("DELETE", f"{self._hook}/messages/@original")
        self._waiting = False

    async def _answer_first(self, kind: int, data: Json | None, document: Document | None = None) -> None:
        self._first = kind
        path = f"/interactions/{self._asked.id}/{self._asked.token}/callback"
        body = {"type": kind} if data is None else {"type": kind, "data": data}
        try:
            await self._rest.patiently("POST", path, body, document=document)
        except RestError as error:
            if error.code != ALREADY_ANSWERED:
                raise


def _changes(body: Json) -> Json:
    """A message as an edit: what only new ones have is left out."""
    return {name: value for name, value in body.items() if name != "flags"}


def without_form(reply: Reply, go_on: Message) -> Reply:
    """The reply where no page can be opened now: what it says, else `go_on`, which leads to the page."""
    return replace(reply, form=None, message=reply.message or go_on)
