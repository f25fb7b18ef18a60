"""Stories on the local Telegram."""

from __future__ import annotations

from chat.address import Address, Platform
from tests.servers.telegram import TelegramServer
from tests.servers.telegram_chats import Chat
from tests.servers.telegram_messages import Message
from tests.stories import steps
from tests.stories.driver import GROUP, Somebody
from tests.stories.seen import PATIENCE_SECONDS, Seen


class OnTelegram:
    """A Telegram with a group in which the bot is an administrator."""

    platform = Platform.TELEGRAM

    def __init__(self) -> None:
        """Not there yet."""
        self.server = TelegramServer()
        self.chat: Chat

    @property
    def settings(self) -> dict[str, str]:
        return {"TELEGRAM_TOKEN": self.server.token, "TELEGRAM_API_URL": self.server.url}

    async def start(self) -> None:
        await self.server.start()
        self.chat = self.server.group(GROUP, bot="administrator")

    async def stop(self) -> None:
        self.server.updates.close()
        await self.server.outage()

    async def connected(self, web: str) -> None:
        polls = self.server.updates.polls
        await self.server.until(lambda: self.server.updates.polls > polls or self._is_polled(), PATIENCE_SECONDS)

    def _is_polled(self) -> bool:
        return bool(self.server.updates.allowed) and self.server.counts["setMyCommands"] > 0

    def person(self, name: str, language: str, *, inside: bool = True) -> Somebody:
        account = self.server.person(name, language=language)
        if inside:
            self.chat.members[account.id] = "member"
        return Somebody(name, language, account)

    async def joins(self, one: Somebody) -> None:
        one.account.joins(self.chat)

    async def leaves(self, one: Somebody) -> None:
        one.account.leaves(self.chat)

    def address(self, one: Somebody) -> Address:
        return Address(Platform.TELEGRAM, str(one.account.id))

    def group_address(self) -> Address:
        return Address(Platform.TELEGRAM, str(self.chat.id))

    async def private(self, one: Somebody) -> list[Seen]:
        replaced = {id(message.replaces) for message in one.account.inbox}
        inbox = [_seen(message) for message in one.account.inbox if id(message) not in replaced]
        toasts = [Seen(("toast", n), toast.text) for n, toast in enumerate(one.account.toasts) if toast.text]
        return [*toasts, *inbox]

    async def group(self, one: Somebody | None = None) -> list[Seen]:
        return [_seen(message) for message in self.chat.bot_messages]

    async def says(self, one: Somebody, text: str, *, in_group: bool) -> None:
        said = f"@{self.server.username} {text}" if in_group and not text.startswith("/") else text
        one.account.says(said, self.chat if in_group else None)

    async def sends_file(self, one: Somebody, name: str, content: bytes) -> None:
        one.account.sends_file(name, content)

    async def presses(self, one: Somebody, seen: Seen, label: str) -> None:
        press = one.account.presses(seen.source, label)
        await press.answer(PATIENCE_SECONDS)

    async def sends(self, one: Somebody, seen: Seen, data: str) -> None:
        await one.account.sends_data(seen.source, data).answer(PATIENCE_SECONDS)

    async def fills(self, one: Somebody, values: dict[str, str]) -> None:
        await steps.answer(self, one, values)

    async def corrects(self, one: Somebody, values: dict[str, str]) -> None:
        await steps.correct(self, one, values)

    async def files(self, one: Somebody) -> list[bytes]:
        return [message.content for message in one.account.inbox if message.content]

    async def new_group(self, title: str, admin: Somebody) -> None:
        everybody = [one for one in self.server.people.values() if one is not admin.account]
        self.chat = self.server.group(title, everybody, bot="administrator", admins=[admin.account])

    async def loses_bot(self, by: Somebody) -> None:
        self.chat.remove_bot(by.account)

    async def refuses(self, one: Somebody) -> None:
        one.account.has_blocked = True

    async def is_quiet(self) -> bool:
        return not self.server.updates.queue


def _seen(message: Message) -> Seen:
    data = {one.label: one.data for one in message.buttons if one.data}
    return Seen(id(message), message.text, tuple(message.labels), message, data)
