"""One update after the other: its effect is committed, then its answer is shown."""

import asyncio
import logging
from dataclasses import replace

import telegram
from telegram.error import TelegramError

from bot.dispatch import Dispatch
from bot.telegram_bot.lanes import Lanes
from bot.telegram_bot.layout import Json, Layout
from bot.telegram_bot.menus import Menus
from bot.telegram_bot.posting import Posting
from bot.telegram_bot.reading import Origin, Read, Reader
from bot.telegram_bot.showing import Pace, Showing
from chat.address import Address, Platform
from chat.message import Reply, Shown
from chat.request import Chat, Event, Fact, Kind, Request

log = logging.getLogger(__name__)

EFFECTS_SECONDS = 4.0  # what is in hand at the end may take this long
ANSWERS_SECONDS = 2.0  # answers are not promised
ADMINS = ("creator", "administrator")


class Intake:
    """Takes updates in: in order within a chat, side by side between chats."""

    def __init__(
        self, bot: telegram.Bot, posting: Posting, dispatch: Dispatch, layout: Layout, pace: Pace
    ) -> None:
        """`bot` knows its own name by now."""
        self._bot = bot
        self._dispatch = dispatch
        self._posting = posting
        self._reader = Reader(bot.username, dispatch.routes.commands, dispatch.keys.buttons)
        self._showing = Showing(bot, posting, layout, pace, self._moved)
        self.menus = Menus(bot, dispatch)
        self._handling, self._shows = Lanes(), Lanes()

    def add(self, update: Json) -> asyncio.Task[None] | None:
        """The task that commits the effect; None when the update is not for us, or cannot be read."""
        try:
            reads = self._reader.read(update)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            # It would come again for ever: it is acknowledged, and told by its number.
            log.error("update %s could not be read: %s", update.get("update_id"), type(error).__name__)
            return None
        return self._handling.add(reads[0].origin.chat_id, self._handle_all(reads)) if reads else None

    async def drain(self) -> bool:
        """Nothing is in hand any more; False when an effect was cut off before it was committed."""
        committed = await self._handling.drain(EFFECTS_SECONDS)
        await self._shows.drain(ANSWERS_SECONDS)
        return committed

    async def _handle_all(self, reads: list[Read]) -> None:
        for read in reads:
            await self._handle(read)

    async def _handle(self, read: Read) -> None:
        if self._dispatch.facts(read.request):
            read = replace(read, request=await self._with_facts(read.request, read.origin))
        most = await self._dispatch.fetches(read.request)
        if most:
            read = replace(read, request=await self._with_file(read, most))
        reply = await self._dispatch.handle(read.request)
        if reply is not None or read.origin.query_id:
            # Not awaited here: an answer that has to wait must not hold up the acknowledgement.
            shown = self._dispatch.shown(read.request)
            # What one person alone sees waits for nobody else's: a crowd may press in a group at once.
            lane = read.origin.chat_id if shown is Shown.HERE else read.origin.user_id
            self._shows.add(lane or read.origin.chat_id, self._show(read, shown, reply or Reply()))

    async def _show(self, read: Read, shown: Shown, reply: Reply) -> None:
        await self._showing.show(read, shown, reply)
        if reply.refresh_menu and read.request.sender is not None:
            await self.menus.refresh(read.request.sender, read.request.language)

    async def _with_facts(self, request: Request, origin: Origin) -> Request:
        """The request with what the platform says about the sender."""
        if Fact.CHAT_ADMIN not in self._dispatch.facts(request) or origin.private or origin.user_id is None:
            return request
        try:
            member = await self._bot.get_chat_member(origin.chat_id, origin.user_id)
        except TelegramError as error:
            log.warning("an administrator could not be checked: %s", type(error).__name__)
            return request
        return replace(request, facts=frozenset({Fact.CHAT_ADMIN})) if member.status in ADMINS else request

    async def _with_file(self, read: Read, most: int) -> Request:
        """The request with the content of its file, as far as it can be had."""
        assert read.request.attachment is not None, "somebody takes it"
        content = await self._posting.fetch(read.file_id, most)
        return replace(read.request, attachment=replace(read.request.attachment, content=content))

    async def _moved(self, old_id: int, new_id: int) -> None:
        chat = Chat(Address(Platform.TELEGRAM, str(old_id)), private=False)
        moved = Request(Kind.EVENT, Event.CHAT_MOVED.value, chat, None, argument=str(new_id))
        await self._dispatch.handle(moved)
