"""Replies shown where they belong, and never more publicly than that."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

import telegram
from telegram.error import BadRequest, ChatMigrated, EndPointNotFound, Forbidden, RetryAfter, TelegramError

from bot.telegram_bot import errors
from bot.telegram_bot.layout import Layout, first_line, pop_up
from bot.telegram_bot.posting import Posting
from bot.telegram_bot.reading import Json, Origin, Read
from bot.telegram_bot.request import is_not_sent
from chat.message import Message, Reply, Shown
from chat.request import Event, Kind

log = logging.getLogger(__name__)

T = TypeVar("T")
Pace = Callable[[str, bool], Awaitable[None]]  # (chat id, private): comes back when a message may go there
PATIENCE_SECONDS = 60.0  # an answer that comes later is of no use
PRESS_SECONDS = 1.0  # a press that is answered later looks dead and is pressed again
EPHEMERAL_SECONDS = 3.0  # a crowd that presses at once uses the group up: then the pop-up is quicker
TRIES = 4
PAUSE_SECONDS = 1.0


class Showing:
    """Shows replies of one bot."""

    def __init__(
        self,
        bot: telegram.Bot,
        posting: Posting,
        layout: Layout,
        pace: Pace,
        on_moved: Callable[[int, int], Awaitable[None]],
    ) -> None:
        """`on_moved` is told of a group's old and new id."""
        self._bot = bot
        self._posting = posting
        self._layout = layout
        self._pace = pace
        self._on_moved = on_moved
        self._has_ephemeral: bool | None = None  # whether the server knows such messages; None: not tried

    async def show(self, read: Read, shown: Shown, reply: Reply) -> None:
        """The reply is shown, or a line in the log says why not."""
        try:
            if reply.delete_request and not read.origin.query_id:
                await self._delete(read.origin)
            messages = [one for one in (reply.message, *reply.also) if one]
            if read.origin.query_id:
                await self._after_press(read, shown, reply, messages)
            elif read.request.kind is Kind.EVENT:
                await self._to_person(read.origin, messages)
            else:
                await self._after_words(read.origin, shown, messages)
        except TelegramError as error:
            log.warning("a reply was not shown: %s", _kind(error))
        if reply.approve_join:
            await self._approve(read)

    # what else the platform should do

    async def _approve(self, read: Read) -> None:
        """The person is let in; only after the greeting, for then the platform lets us write no longer."""
        origin = read.origin
        user_id = origin.user_id
        if read.request.route == Event.JOIN_ASKED and user_id is not None:
            await self._try(lambda: self._bot.approve_chat_join_request(origin.chat_id, user_id))

    async def _delete(self, origin: Origin) -> None:
        if origin.ephemeral is not None:
            place = origin.ephemeral
            await self._try(lambda: self._bot.do_api_request("deleteEphemeralMessage", place))
        elif origin.message_id:
            await self._try(lambda: self._posting.delete(origin.chat_id, origin.message_id))

    async def _try(self, call: Callable[[], Awaitable[Any]]) -> None:
        """Done if the platform lets us."""
        try:
            await self._patiently(call)
        except TelegramError as error:
            log.warning("a reply's chore was refused: %s", _kind(error))

    # after a command or free text

    async def _after_words(self, origin: Origin, shown: Shown, messages: list[Message]) -> None:
        if origin.private or shown is Shown.HERE:
            for message in messages:
                await self._send(origin.chat_id, message, origin.thread_id)
        elif messages and not await self._ephemerally(origin, messages):
            await self._to_person(origin, messages)

    async def _to_person(self, origin: Origin, messages: list[Message]) -> None:
        """In the person's private chat; silence where the bot may not write."""
        if origin.user_id is None:
            return
        try:
            for message in messages:
                await self._send(origin.user_id, message, None)
        except (Forbidden, BadRequest):
            return  # never opened, or blocked: there is no private place, and a public one is no choice

    # after a press

    async def _after_press(self, read: Read, shown: Shown, reply: Reply, messages: list[Message]) -> None:
        origin = read.origin
        if origin.private or shown is Shown.HERE or not messages:
            await self._answer(origin)
            await self._place(read, shown, reply, messages)
        elif read.request.own_message:
            await self._in_time(origin, self._place(read, shown, reply, messages), messages[0])
        else:
            # Old apps show no ephemeral message, and nothing tells us so: the pop-up always says the main thing.
            said = first_line(messages[0].text)
            await self._in_time(origin, self._ephemerally(origin, messages), messages[0], text=said)

    async def _in_time(
        self, origin: Origin, showing: Coroutine[Any, Any, bool], first: Message, **shown: Any
    ) -> None:
        """The press is answered: with `shown` once the message is there, soon with the message itself if not."""
        task = asyncio.create_task(showing)
        try:
            await asyncio.wait({task}, timeout=PRESS_SECONDS)
            if task.done() and task.result():
                await self._answer(origin, **shown)
            else:
                await self._answer_with(origin, first)
            await task
        finally:
            task.cancel()

    async def _answer_with(self, origin: Origin, message: Message) -> None:
        """The pop-up has the message; one that is too long for it, or is only a way in, opens the private chat."""
        opens = next((button.opens for button in message.buttons if button.opens), "")
        text = pop_up(message.text)
        if opens and (text.endswith("…") or len(message.buttons) == 1):
            await self._answer(origin, url=self._layout.link(opens))
        else:
            await self._answer(origin, text=text, show_alert=True)

    async def _answer(self, origin: Origin, **what: Any) -> None:
        try:
            await self._patiently(lambda: self._posting.answer(origin.query_id, **what))
        except BadRequest:
            return  # the press is too old: nobody waits for it any more
        except TelegramError as error:
            log.warning("a press was not answered: %s", _kind(error))

    async def _place(self, read: Read, shown: Shown, reply: Reply, messages: list[Message]) -> bool:
        """The messages, the first instead of the pressed one if it is to be so; False when they were not shown."""
        origin = read.origin
        in_place = shown is Shown.IN_PLACE and not reply.beside
        edited = in_place and bool(messages) and await self._edit(origin, messages[0])
        if not edited and read.request.own_message:
            await self._close(origin, reply)
        rest = messages[1:] if edited else messages
        if origin.private or shown is Shown.HERE:
            for message in rest:
                await self._send(origin.chat_id, message, origin.thread_id)
            return True
        return not rest or await self._ephemerally(origin, rest)

    async def _close(self, origin: Origin, reply: Reply) -> None:
        """The pressed message says what was chosen, or at least has no buttons any more."""
        if reply.pressed and await self._edit(origin, reply.pressed):
            return
        if reply.pressed or reply.clear_buttons:
            place = origin.ephemeral
            await self._pace(str(origin.chat_id), origin.private)
            await self._try(lambda: self._posting.clear_buttons(origin.chat_id, origin.message_id, place))

    async def _edit(self, origin: Origin, message: Message) -> bool:
        """True when the pressed message is this one now; False when it must be sent anew."""
        parts = self._layout.parts(message)
        if len(parts) > 1:
            return False
        await self._pace(str(origin.chat_id), origin.private)
        try:
            if origin.ephemeral is not None:
                place = origin.ephemeral
                await self._patiently(lambda: self._posting.edit_ephemeral(place, parts[0]))
            else:
                await self._patiently(lambda: self._posting.edit(origin.chat_id, origin.message_id, parts[0]))
        except BadRequest:
            return False  # too old, a picture, deleted meanwhile
        return True

    # sending

    async def _send(self, chat_id: int, message: Message, thread_id: int | None) -> None:
        for part in self._layout.parts(message):
            await self._pace(str(chat_id), chat_id > 0)
            try:
                await self._patiently(partial(self._posting.send, chat_id, part, thread_id))
            except ChatMigrated as moved:
                await self._on_moved(chat_id, moved.new_chat_id)
                await self._patiently(partial(self._posting.send, moved.new_chat_id, part))

    async def _ephemerally(self, origin: Origin, messages: list[Message]) -> bool:
        """True when the person, and nobody else, was sent the messages in the group."""
        if origin.user_id is None or not await self._knows_ephemeral(origin):
            return False
        only: Json = {"receiver_user_id": origin.user_id}
        if origin.query_id:
            only["callback_query_id"] = origin.query_id
        extra: Json = {"ephemeral_message_parameters": only}
        if origin.ephemeral_id is not None and not origin.query_id:
            extra["reply_parameters"] = {"ephemeral_message_id": origin.ephemeral_id}
        try:
            return await self._send_ephemeral(origin, messages, extra)
        except (TelegramError, TimeoutError):
            return False  # too late after the press, no administrator, or a crowd before us

    async def _send_ephemeral(self, origin: Origin, messages: list[Message], extra: Json) -> bool:
        for message in messages:
            for part in self._layout.parts(message):
                async with asyncio.timeout(EPHEMERAL_SECONDS):
                    await self._pace(str(origin.chat_id), False)
                send = partial(self._posting.send, origin.chat_id, part, origin.thread_id, **extra)
                sent = await self._patiently(send, EPHEMERAL_SECONDS)
                if sent:  # an ordinary id: a server that ignored what it does not know
                    self._has_ephemeral = False
                    await self._try(partial(self._posting.delete, origin.chat_id, sent))
                    log.error("the Bot API server posted a private answer publicly; taken back, and never again")
                    return False
        return True

    async def _knows_ephemeral(self, origin: Origin) -> bool:
        """Whether the server knows ephemeral messages: an older one would post them to everybody."""
        if self._has_ephemeral is None:
            place = {"chat_id": origin.chat_id, "receiver_user_id": origin.user_id, "ephemeral_message_id": 1}
            try:
                await self._patiently(lambda: self._bot.do_api_request("deleteEphemeralMessage", place))
            except EndPointNotFound:
                self._has_ephemeral = False
                return False
            except BadRequest:
                pass  # there is no such message, but there is such a method
            self._has_ephemeral = True
        return self._has_ephemeral

    async def _patiently(self, call: Callable[[], Awaitable[T]], patience: float = PATIENCE_SECONDS) -> T:
        """What the call gives, after waiting where the platform asks for it or could not be reached."""
        waited = 0.0
        for _ in range(TRIES - 1):
            try:
                return await call()
            except RetryAfter as error:
                pause = errors.seconds_of(error)
                if waited + pause > patience:
                    raise
            except TelegramError as error:
                if not is_not_sent(error):
                    raise
                pause = PAUSE_SECONDS
            waited += pause
            await asyncio.sleep(pause)
        return await call()


def _kind(error: TelegramError) -> str:
    """The kind of error, without its words, which can quote a person's."""
    return type(error).__name__
