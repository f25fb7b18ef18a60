"""All that the local Discord remembers, and those who wait for it to change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from tests.servers.discord_state import Account, Channel, Guild, Json, Message

T = TypeVar("T")

_FIRST_DAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
_DISCORD_EPOCH = datetime(2015, 1, 1, tzinfo=UTC)


@dataclass(eq=False)
class ModalField:
    """One question of a modal as the person sees it."""

    label: str
    raw: Json
    description: str = ""

    @property
    def value(self) -> str:
        """What stands in it before the person types: a text, or the chosen option's value."""
        if self.raw["type"] == 4:
            return str(self.raw.get("value") or "")
        return next((str(option["value"]) for option in self.raw["options"] if option.get("default")), "")


@dataclass(eq=False)
class Modal:
    """A modal that was opened for a person; `message` is the one whose button opened it."""

    custom_id: str
    title: str
    fields: list[ModalField]
    channel: Channel
    message: Message | None


@dataclass(eq=False)
class Interaction:
    """One slash command, press or submitted modal, and what the bot answered."""

    id: int
    token: str
    kind: int
    person: Account
    channel: Channel
    message: Message | None  # the one that was pressed
    born: float
    answered: int = 0  # the type of the first answer
    ephemeral: bool = False
    original: Message | None = None
    modal: Modal | None = None
    failed: bool = False
    replies: list[Message] = field(default_factory=list)
    timer: asyncio.TimerHandle | None = None


class World:
    """Everything that exists, and those who wait for it to change."""

    def __init__(self, token: str) -> None:
        """Only the bot exists."""
        self.token = token
        self._last_id = 0
        self._waiting: list[asyncio.Future[None]] = []
        self.accounts: dict[int, Account] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.dms: dict[int, Channel] = {}
        self.interactions: dict[str, Interaction] = {}
        self.commands: dict[str, Json] = {}
        self.guild_commands: dict[int, dict[str, Json]] = {}
        self.nonces: dict[str, tuple[Message, float]] = {}
        self.answer_seconds = 3.0
        self.token_seconds = 15 * 60.0
        self.nonce_seconds = 180.0
        self.new_dms_allowed = 10_000
        self.bot = Account(self.new_id(), "Kallelse", bot=True)
        self.accounts[self.bot.id] = self.bot

    def new_id(self) -> int:
        """A snowflake of its own, later ones greater."""
        self._last_id += 1
        since = int((_FIRST_DAY - _DISCORD_EPOCH).total_seconds() * 1000) + self._last_id
        return since << 22

    def timestamp(self) -> str:
        """The moment of what happens now; it goes on by a second with each new id."""
        return (_FIRST_DAY + timedelta(seconds=self._last_id)).isoformat()

    def dm(self, person: Account) -> Channel:
        """The direct messages between the bot and the person; made when there were none."""
        if person.id not in self.dms:
            channel = Channel(self.new_id(), recipient=person)
            self.dms[person.id] = self.channels[channel.id] = channel
        return self.dms[person.id]

    def shares_a_guild(self, person: Account) -> bool:
        """Whether the bot and the person are in the same guild."""
        return any(person.id in one.members and self.bot.id in one.members for one in self.guilds.values())

    def changed(self) -> None:
        """Everybody who waits looks again."""
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            if not one.done():
                one.set_result(None)

    async def until(self, wanted: Callable[[], T], seconds: float, what: str) -> T:
        """What `wanted` returned as soon as it was true; AssertionError after `seconds`."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not (found := wanted()):
            waiter = loop.create_future()
            self._waiting.append(waiter)
            await asyncio.wait([waiter], timeout=deadline - loop.time())
            if not waiter.done():
                waiter.cancel()
                raise AssertionError(f"nothing came within {seconds:g} s: {what}")
        return found
