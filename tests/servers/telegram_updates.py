"""Updates waiting for the bot: fetched by long poll, or pushed to its webhook until it answers 2xx."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.servers.telegram_checks import ApiError, bad

Json = dict[str, Any]
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
TERMINATED = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


@dataclass
class Webhook:
    url: str = ""
    secret: str = ""
    last_error: str = ""
    failed_at: int = 1_795_338_000
    repeat_seconds: float = 0.05  # the real one waits longer, from one second up


@dataclass
class Updates:
    """The queue of one bot; an update leaves it when it is acknowledged."""

    queue: deque[tuple[int, Json]] = field(default_factory=deque)  # (chat id, update)
    allowed: list[str] = field(default_factory=list)
    webhook: Webhook = field(default_factory=Webhook)
    next_id: int = 900_000_001
    polls: int = 0
    acknowledged: int = 0  # updates taken out of the queue so far
    _poll: asyncio.Future[None] | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _pusher: asyncio.Task[None] | None = None
    _busy: set[int] = field(default_factory=set)  # chats with a push under way: order is kept within a chat

    def add(self, kind: str, content: Json, chat_id: int) -> int | None:
        """The id of the new update; None if the bot did not ask for this kind."""
        wanted = kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT
        if not wanted:
            return None
        update_id, self.next_id = self.next_id, self.next_id + 1
        self.queue.append((chat_id, {"update_id": update_id, kind: content}))
        self._news.set()
        return update_id

    def put_back(self, update: Json, chat_id: int) -> None:
        """The same update comes once more, as after a lost acknowledgement."""
        self.queue.appendleft((chat_id, update))
        self._news.set()

    async def get(self, params: Json) -> list[Json]:
        """getUpdates: what is there, or what comes within the timeout."""
        if self.webhook.url:
            raise ApiError(409, WEBHOOK_ACTIVE)
        self.polls += 1
        self._interrupt()
        if "allowed_updates" in params:
            self.allowed = params["allowed_updates"]
        self._acknowledge(params.get("offset", 0))
        if not self.queue and params.get("timeout", 0) > 0:
            await self._wait(params["timeout"])
        most = min(100, max(1, params.get("limit", 100)))
        return [update for _, update in list(self.queue)[:most]]

    def _interrupt(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(ApiError(409, TERMINATED))
            self._poll = None

    def _acknowledge(self, offset: int) -> None:
        if offset < 0:
            while len(self.queue) > -offset:
                self._drop()
        while self.queue and self.queue[0][1]["update_id"] < offset:
            self._drop()

    def _drop(self) -> None:
        self.queue.popleft()
        self.acknowledged += 1

    async def _wait(self, seconds: float) -> None:
        self._news.clear()
        mine = self._poll = asyncio.get_running_loop().create_future()
        news = asyncio.ensure_future(self._news.wait())
        try:
            await asyncio.wait({mine, news}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if mine.done():
                mine.result()
        finally:
            news.cancel()
            if self._poll is mine:
                self._poll = None

    # webhook

    def set_webhook(self, params: Json) -> None:
        """Pushes start, to the new address."""
        url = params["url"]
        if url and not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        self._interrupt()
        self._maybe_drop(params)
        self.webhook = Webhook(url, params.get("secret_token", ""))
        if "allowed_updates" in params:
            self.allowed = params["allowed_updates"]
        self._stop_pusher()
        if url:
            self._pusher = asyncio.ensure_future(self._push())

    def delete_webhook(self, params: Json) -> None:
        """Polling is possible (again)."""
        self._maybe_drop(params)
        self._stop_pusher()
        self.webhook = Webhook()

    def _maybe_drop(self, params: Json) -> None:
        if params.get("drop_pending_updates"):
            self.queue.clear()

    def info(self) -> Json:
        """A WebhookInfo."""
        out: Json = {"url": self.webhook.url, "has_custom_certificate": False}
        out["pending_update_count"] = len(self.queue)
        if self.allowed:
            out["allowed_updates"] = self.allowed
        if self.webhook.last_error:
            out |= {"last_error_message": self.webhook.last_error, "last_error_date": self.webhook.failed_at}
        return out

    def _stop_pusher(self) -> None:
        if self._pusher is not None:
            self._pusher.cancel()
            self._pusher = None
        self._busy.clear()

    async def _push(self) -> None:
        async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as tasks:
            while True:
                self._news.clear()
                for chat_id, update in list(self.queue):
                    if chat_id not in self._busy:
                        self._busy.add(chat_id)
                        tasks.create_task(self._push_one(session, chat_id, update))
                await self._news.wait()

    async def _push_one(self, session: aiohttp.ClientSession, chat_id: int, update: Json) -> None:
        while not await self._posted(session, update):  # noqa: ASYNC110 - the pause before a repetition
            await asyncio.sleep(self.webhook.repeat_seconds)
        with suppress(ValueError):
            self.queue.remove((chat_id, update))
            self.acknowledged += 1
        self._busy.discard(chat_id)
        self._news.set()

    async def _posted(self, session: aiohttp.ClientSession, update: Json) -> bool:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook.secret} if self.webhook.secret else {}
        try:
            async with session.post(self.webhook.url, json=update, headers=headers) as answer:
                if 200 <= answer.status < 300:
                    return True
                self.webhook.last_error = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except aiohttp.ClientError:
            self.webhook.last_error = "Connection refused"
        self.webhook.failed_at += 1
        return False

    def close(self) -> None:
        """Nobody waits any more."""
        self._stop_pusher()
        self._interrupt()
