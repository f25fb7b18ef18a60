"""Reads what a persona does on the page into requests, and puts the answers where they belong."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chat import signing
from chat.message import Message, Reply, Shown
from chat.request import Chat, Event, Fact, FormStyle, Kind, Request
from db import people, try_out
from db.keys import Keys
from db.session import Database
from db.try_out import GROUP, GROUP_TITLE, NAMES, ORGANISER, Kept
from web.parts import Inward
from web.try_out.said import GONE, Said, pack, unpack

OPEN = "open"  # stands as the route of buttons that open the private chat; features' routes have a dot
_COMMAND = re.compile(r"/(\S+)\s*(.*)", re.DOTALL)
_MENTION = re.compile(r"@kallelse\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts on the page: a persona, and the language of the page."""

    persona: str
    language: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """The message whose button was pressed, or whose form was sent."""

    kept: Kept
    said: Said

    @property
    def in_group(self) -> bool:
        return self.kept.pane == GROUP.id

    @property
    def own(self) -> bool:
        """True when nobody else sees it."""
        return not self.in_group or self.kept.only_for is not None


class TryOut:
    """The adapter of the try-out page."""

    def __init__(
        self, database: Database, keys: Keys, inward: Inward, clock: Callable[[], datetime], *, language: str
    ) -> None:
        """`inward` is asked and told what the personas do, who speak `language` at first."""
        self._database = database
        self._keys = keys
        self._inward = inward
        self._clock = clock
        self._language = language
        self._opening = asyncio.Lock()

    async def open(self) -> None:
        """The invented world is there; an installation whose page nobody opens has none."""
        async with self._opening:
            if not await self._is_whole():
                async with self._database.write() as session:
                    await try_out.seed(session, self._keys, language=self._language, now=self._clock())

    async def _is_whole(self) -> bool:
        """False before the first visit, and when the organiser had itself forgotten: no other could let one in."""
        async with self._database.glance() as session:
            return await people.get_person(session, self._keys, try_out.account(ORGANISER)) is not None

    async def say(self, actor: Actor, text: str, *, in_group: bool, update: str) -> None:
        """The text stands in the pane, and is answered when it was meant for the bot."""
        request = _typed(actor, text, in_group=in_group, update=update)
        only_for = actor.persona if in_group and request and request.kind is Kind.COMMAND else None
        pane = GROUP.id if in_group else actor.persona
        message_id = await self._add(
            pane, actor.persona, Said(typed=text), only_for=only_for, nonce=f"in:{update}" if update else None
        )
        if request:
            reply = await self._ask(replace(request, message=str(message_id)))
            if reply and reply.delete_request:
                await self._change(message_id, None)

    async def press(self, actor: Actor, message_id: int, data: str) -> None:
        """The button is pressed; a forged one reaches the bot without a route."""
        pressed = await self._pressed(actor, message_id)
        if pressed is None:
            return
        route, argument = signing.read_signed(self._keys.buttons, data) or ("", "")
        if route == OPEN:
            await self._ask(_request(actor, Kind.COMMAND, in_group=False, route="start", argument=argument))
            return
        request = _request(actor, Kind.PRESS, in_group=pressed.in_group, route=route, argument=argument)
        await self._ask(replace(request, message=str(message_id), own_message=pressed.own), pressed)

    async def send_form(self, actor: Actor, message_id: int, data: str, values: Mapping[str, str]) -> None:
        """The page of the form is sent in; a form that we did not make is not."""
        pressed = await self._pressed(actor, message_id)
        signed = signing.read_signed(self._keys.buttons, data)
        if pressed is None or signed is None or pressed.said.form is None:
            return
        request = _request(actor, Kind.FORM, in_group=pressed.in_group, route=signed[0], argument=signed[1])
        await self._ask(replace(request, values=dict(values), message=str(message_id), own_message=True), pressed)

    async def join(self, actor: Actor, note: str) -> None:
        """The persona comes into the group, and reads the note there: the welcome takes a minute."""
        await self._add(GROUP.id, actor.persona, Said(typed=note), only_for=actor.persona)
        await self._ask(_request(actor, Kind.EVENT, in_group=True, route=Event.JOINED.value))

    async def document(self, persona: str, message_id: int) -> tuple[str, bytes] | None:
        """Name and content of the file that goes with a message which the persona sees."""
        pressed = await self._pressed(Actor(persona, ""), message_id)
        found = pressed.said.message.document if pressed and pressed.said.message else None
        return (found.name, found.content) if found else None

    async def _pressed(self, actor: Actor, message_id: int) -> Pressed | None:
        async with self._database.read() as session:
            kept = await try_out.get_message(session, message_id, viewer=actor.persona)
        said = unpack(kept.content) if kept else None
        return Pressed(kept, said) if kept and said else None

    async def _ask(self, request: Request, pressed: Pressed | None = None) -> Reply | None:
        if Fact.CHAT_ADMIN in self._inward.facts(request) and _is_admin(request):
            request = replace(request, facts=frozenset({Fact.CHAT_ADMIN}))
        shown = self._inward.shown(request)
        reply = await self._inward.handle(request)
        if reply is not None:
            await self._show(request, shown, reply, pressed)
        return reply

    async def _show(self, request: Request, shown: Shown, reply: Reply, pressed: Pressed | None) -> None:
        """The answer stands where it was declared to: never for everybody unless it was declared so."""
        persona = request.sender.id if request.sender else ""
        private = request.chat.private
        pane = persona if private else GROUP.id
        only_for = None if private or shown is Shown.HERE else persona
        first = Said(message=reply.message, form=reply.form) if reply.message or reply.form else None
        in_place = pressed is not None and pressed.own and not reply.beside and _replaces(shown, pressed)
        if reply.form:
            await self._close_forms(pane, persona, but=pressed)
        if pressed and in_place and first:
            await self._change(pressed.kept.id, first)
        else:
            if pressed and pressed.own and (reply.pressed or reply.clear_buttons):
                settled = Said(message=reply.pressed) if reply.pressed else pressed.said.without_buttons()
                await self._change(pressed.kept.id, settled)
            await self._add_all(pane, [first] if first else [], only_for)
        await self._add_all(pane, [_said(one) for one in reply.also], only_for)

    async def _close_forms(self, pane: str, persona: str, *, but: Pressed | None) -> None:
        """One form is open at a time, as with a modal; its draft waits elsewhere."""
        async with self._database.read() as session:
            every = await try_out.messages(session, pane, viewer=persona)
        for kept in every:
            said = unpack(kept.content) if kept.author == try_out.BOT else None
            if said and said.form and (but is None or kept.id != but.kept.id):
                await self._change(kept.id, said.without_buttons() if said.message else None)

    async def _add_all(self, pane: str, every: list[Said], only_for: str | None) -> None:
        for one in every:
            await self._add(pane, try_out.BOT, one, only_for=only_for)

    async def _add(
        self, pane: str, author: str, said: Said, *, only_for: str | None, nonce: str | None = None
    ) -> int:
        async with self._database.write() as session:
            return await try_out.add_message(
                session, pane, author, pack(said), only_for=only_for, nonce=nonce, now=self._clock()
            )

    async def _change(self, message_id: int, said: Said | None) -> None:
        async with self._database.write() as session:
            await try_out.edit_message(session, message_id, pack(said) if said else GONE)


def _typed(actor: Actor, text: str, *, in_group: bool, update: str) -> Request | None:
    """What the bot is asked by that text; None for what is said in the group to others."""
    command = _COMMAND.fullmatch(text.strip())
    if command:
        name = command[1].partition("@")[0].lower()
        made = _request(actor, Kind.COMMAND, in_group=in_group, route=name, argument=command[2].strip())
    elif in_group and not _MENTION.search(text):
        return None
    else:
        made = replace(
            _request(actor, Kind.TEXT, in_group=in_group),
            text=_MENTION.sub("", text).strip() if in_group else text,
        )
    return replace(made, update=f"{actor.persona}:{update}" if update else "")


def _request(actor: Actor, kind: Kind, *, in_group: bool, route: str = "", argument: str = "") -> Request:
    sender = try_out.account(actor.persona)
    group = Chat(GROUP, private=False, title=GROUP_TITLE)
    # What is missing in a message is asked for by messages; and in the group nobody fills in a form.
    written = kind is Kind.TEXT or "\n" in argument or (in_group and kind is Kind.COMMAND)
    return Request(
        kind=kind,
        route=route,
        argument=argument,
        chat=group if in_group else Chat(sender, private=True),
        sender=sender,
        sender_name=NAMES[actor.persona],
        language=actor.language,
        forms=FormStyle.STEPS if written else FormStyle.PAGES,
    )


def _is_admin(request: Request) -> bool:
    return request.sender == try_out.account(ORGANISER)


def _replaces(shown: Shown, pressed: Pressed) -> bool:
    return shown is Shown.IN_PLACE or pressed.said.form is not None


def _said(message: Message) -> Said:
    return Said(message=message)
