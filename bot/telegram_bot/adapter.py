"""The life of the Telegram connection: updates taken in, acknowledged when their effect is committed."""

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast
from urllib.parse import urlencode

import telegram
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from telegram.error import Conflict, TelegramError

from bot.dispatch import Dispatch
from bot.telegram_bot import sender, webhook
from bot.telegram_bot.backoff import Backoff
from bot.telegram_bot.intake import Intake
from bot.telegram_bot.layout import Json, Layout
from bot.telegram_bot.posting import Posting
from bot.telegram_bot.reading import KINDS
from bot.telegram_bot.request import AiohttpRequest
from bot.telegram_bot.showing import Pace
from chat.address import Platform
from chat.sending import NotSent, Outgoing

log = logging.getLogger(__name__)

POLL_SECONDS = 25
LOOK_SECONDS = 60.0  # how often the platform is asked whether it reaches the webhook
MENUS_SECONDS = 300.0  # menus that could not be set are tried again after this time
SENDING_SECONDS = 2.0  # what is in the air at the end may take this long to land

os.environ.setdefault("PTB_TIMEDELTA", "true")  # else the library warns at every 429


async def _no_pace(chat_id: str, private: bool) -> None:
    """Nothing to wait for."""


class TelegramBot:
    """One bot on Telegram: a platform that `run` serves, and a Sender."""

    platform = Platform.TELEGRAM

    def __init__(
        self,
        dispatch: Dispatch,
        token: str,
        *,
        api_url: str = "https://api.telegram.org",
        webhook_url: str = "",
        pace: Pace = _no_pace,
    ) -> None:
        """`webhook_url` is where the platform reaches `webhook`; empty: updates are fetched by long poll.

        `pace` is asked before each visible answer, with the chat's id and whether it is private.
        """
        self._dispatch = dispatch
        self._request = AiohttpRequest()
        self._bot = _bot(token, api_url, self._request)
        self._posting = Posting(self._bot, self._request)
        self._webhook_url = webhook_url
        self._secret = dispatch.keys.blind_index("telegram-webhook", token).hex()
        self._pace = pace
        self._connected: tuple[Layout, Intake] | None = None  # once the bot knows its own name
        self._connecting = asyncio.Lock()
        self._look_seconds = LOOK_SECONDS
        self._sending = 0
        self._offset = 0  # below it all is committed
        self._taken = 0  # below it all is in hand

    # the Sender

    async def send(self, outgoing: Outgoing) -> str:
        """The message is on the platform under the id that comes back; else a SendError."""
        async with self._in_the_air() as layout:
            return await sender.send(self._posting, layout, outgoing)

    async def edit(self, outgoing: Outgoing, message_id: str) -> None:
        """That message now looks like this; also when it already did. Else a SendError."""
        async with self._in_the_air() as layout:
            await sender.edit(self._posting, layout, outgoing, message_id)

    @asynccontextmanager
    async def _in_the_air(self) -> AsyncIterator[Layout]:
        try:
            layout, _ = await self._connect()
        except TelegramError as error:
            raise NotSent("not connected") from error
        self._sending += 1
        try:
            yield layout
        finally:
            self._sending -= 1

    # its life

    async def _connect(self) -> tuple[Layout, Intake]:
        """The bot knows its own name, and all that depends on it is there. Errors: TelegramError."""
        async with self._connecting:
            if self._connected is None:
                await self._bot.initialize()
                layout = Layout(self._dispatch.keys.buttons, self._bot.username)
                intake = Intake(self._bot, self._posting, self._dispatch, layout, self._pace)
                self._connected = layout, intake
        return self._connected

    async def close(self) -> None:
        """What was posted to us is done, what is in the air has had a moment to land; no connection is left."""
        if self._connected is not None:
            await self._connected[1].drain()
        for _ in range(int(SENDING_SECONDS * 20)):
            if not self._sending:
                break
            await asyncio.sleep(0.05)
        self._connected = None
        await self._bot.shutdown()

    async def run(self, report: Callable[[str], None]) -> None:
        """Serves until cancelled; then what is in hand is finished and acknowledged. Can be run again."""
        backoff = Backoff(report)
        intake = await self._reached(backoff)
        menus = asyncio.create_task(_keep_menus(intake))
        try:
            await (self._serve_webhook(backoff) if self._webhook_url else self._poll(intake, backoff))
        finally:
            menus.cancel()
            await asyncio.wait({menus})
            await self._finish(intake)

    async def _reached(self, backoff: Backoff) -> Intake:
        while True:
            try:
                _, intake = await self._connect()
            except TelegramError as error:
                await backoff.wait(error)
            else:
                backoff.succeeded()
                return intake

    async def _finish(self, intake: Intake) -> None:
        if await intake.drain():
            self._offset = self._taken
        if self._offset and not self._webhook_url:
            try:
                await self._fetch(0, most=1)  # what is committed need not come again
            except TelegramError as error:
                log.info("the last updates were not acknowledged: %s", type(error).__name__)

    # long poll

    async def _poll(self, intake: Intake, backoff: Backoff) -> None:
        while True:
            try:
                # After a failure a poll that does not wait shows at once whether it is over.
                updates = await self._fetch(POLL_SECONDS if backoff.is_well else 0)
            except TelegramError as error:
                if isinstance(error, Conflict) and "webhook" in error.message.lower():
                    await self._leave_webhook()
                await backoff.wait(error)
                continue
            backoff.succeeded()
            if updates:
                self._taken = updates[-1]["update_id"] + 1
                tasks = [task for update in updates if (task := intake.add(update)) is not None]
                if tasks:
                    await asyncio.wait(tasks)
                self._offset = self._taken

    async def _fetch(self, seconds: int, most: int = 100) -> list[Json]:
        """The next updates, unread; with the question those before are acknowledged."""
        wanted = {"timeout": seconds, "limit": most, "allowed_updates": json.dumps(KINDS)}
        if self._offset:
            wanted["offset"] = self._offset
        # The library would make objects of every field; the few that are needed are read from the raw update.
        url = f"{self._bot.base_url}/getUpdates?{urlencode(wanted)}"
        found = await self._request.post(url, read_timeout=seconds + 10)
        return cast("list[Json]", found)

    async def _leave_webhook(self) -> None:
        try:
            await self._bot.delete_webhook()
        except TelegramError as error:
            log.warning("the webhook was not taken away: %s", type(error).__name__)

    # webhook

    async def _serve_webhook(self, backoff: Backoff) -> None:
        last_failure, is_set = None, False
        while True:
            try:
                if not is_set:
                    is_set = await self._set_webhook()
                info = await self._bot.get_webhook_info()
            except TelegramError as error:
                await backoff.wait(error)
                continue
            is_set = info.url == self._webhook_url
            failed = info.pending_update_count > 0 and info.last_error_date != last_failure
            backoff.failed("Telegram cannot reach the webhook") if failed else backoff.succeeded()
            last_failure = info.last_error_date
            await asyncio.sleep(self._look_seconds)

    async def _set_webhook(self) -> bool:
        return await self._bot.set_webhook(self._webhook_url, secret_token=self._secret, allowed_updates=KINDS)

    async def webhook(self, request: HttpRequest) -> Response:
        """The route's answer: 200 when the update's effect is committed; others are sent again."""
        try:
            update = await webhook.read(request, self._secret)
        except webhook.RefusedRequest as refused:
            return Response(status_code=refused.status)
        try:
            _, intake = await self._connect()
        except TelegramError:
            return Response(status_code=503)
        task = intake.add(update)
        if task is not None:
            await asyncio.wait({task})
        return Response(status_code=200)


def _bot(token: str, api_url: str, request: AiohttpRequest) -> telegram.Bot:
    """The library's bot, with every call through our request class."""
    return telegram.Bot(
        token,
        base_url=f"{api_url}/bot",
        base_file_url=f"{api_url}/file/bot",
        request=request,
        get_updates_request=request,
    )


async def _keep_menus(intake: Intake) -> None:
    while True:
        try:
            await intake.menus.keep()
            return
        except (TelegramError, SQLAlchemyError) as error:
            log.warning("the menus were not set: %s", type(error).__name__)
        await asyncio.sleep(MENUS_SECONDS)
