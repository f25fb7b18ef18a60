"""Stories on the local Discord."""

from __future__ import annotations

import re
from typing import Any

from chat.address import Address, Platform
from tests.servers.discord import Channel, DiscordServer, Guild
from tests.servers.discord_state import Member, Message
from tests.servers.discord_world import Interaction, Modal
from tests.stories import steps
from tests.stories.driver import GROUP, Somebody
from tests.stories.seen import PATIENCE_SECONDS, Seen, within

CONTINUE, CORRECT = ("Fortsätt", "Continue"), "Rätta"
_MARKS = re.compile(r"(?<!\\)(\*\*|\*)")
_ESCAPES = re.compile(r"\\([^A-Za-z0-9\s])")


class OnDiscord:
    """A Discord with one server; its channel is the group."""

    platform = Platform.DISCORD

    def __init__(self) -> None:
        """Not there yet."""
        self.server = DiscordServer()
        self.guild: Guild
        self.channel: Channel

    @property
    def settings(self) -> dict[str, str]:
        return {"DISCORD_TOKEN": self.server.token, "DISCORD_API_URL": self.server.url}

    async def start(self) -> None:
        await self.server.start()
        self.guild = self.server.guild("Exempel")
        self.channel = self.server.channel(self.guild, GROUP.lower())

    async def stop(self) -> None:
        await self.server.stop()

    async def connected(self, web: str) -> None:
        await self.server.ready()
        await self.server.until(lambda: self.server.world.commands, PATIENCE_SECONDS, "the commands")

    def person(self, name: str, language: str, *, inside: bool = True) -> Somebody:
        locale = {"sv": "sv-SE", "en": "en-GB"}[language]
        account = self.server.person(name, locale=locale)
        if inside:
            self.guild.members[account.id] = Member(account, self.server.world.timestamp())
        return Somebody(name, language, account)

    async def joins(self, one: Somebody) -> None:
        one.account.joins(self.guild)

    async def leaves(self, one: Somebody) -> None:
        one.account.leaves(self.guild)

    def address(self, one: Somebody) -> Address:
        return Address(Platform.DISCORD, str(one.account.id))

    def group_address(self) -> Address:
        return Address(Platform.DISCORD, str(self.channel.id))

    async def private(self, one: Somebody) -> list[Seen]:
        mine = [
            message
            for message in one.account.sees()
            if message.author.bot
            and not message.loading
            and (message.channel.recipient is one.account or message.viewer is one.account)
        ]
        return [_seen(message) for message in mine]

    async def group(self, one: Somebody | None = None) -> list[Seen]:
        return [_seen(message) for message in self.channel.shown if message.author.bot]

    async def says(self, one: Somebody, text: str, *, in_group: bool) -> None:
        where = self.channel if in_group else None
        if not text.startswith("/"):
            one.account.says(text, where, mention=in_group)
            return
        name, _, argument = text[1:].partition("\n" if "\n" in text else " ")
        if "\n" in text or name not in one.account.commands():
            one.account.says(text if "\n" not in text else text[1:], where)  # as people do who know no slash
            return
        await self._settled(one.account.slash(name, where, **self._option(one, name, argument)))

    async def sends_file(self, one: Somebody, name: str, content: bytes) -> None:
        one.account.says("", files={name: content})

    def _option(self, one: Somebody, name: str, argument: str) -> dict[str, Any]:
        if not argument:
            return {}
        return {one.account._command(name)["options"][0]["name"]: argument}  # noqa: SLF001 - what the app shows

    async def presses(self, one: Somebody, seen: Seen, label: str) -> None:
        await self._settled(one.account.presses(seen.source, label))

    async def sends(self, one: Somebody, seen: Seen, data: str) -> None:
        await self._settled(one.account.forges(seen.source, data))

    async def _settled(self, interaction: Interaction) -> None:
        await self.server.until(lambda: interaction.answered or interaction.failed, PATIENCE_SECONDS, "an answer")
        assert not interaction.failed, "the app says that the bot did not answer"
        original = interaction.original
        if original is not None:
            await self.server.until(lambda: not original.loading or original.deleted, PATIENCE_SECONDS)

    async def fills(self, one: Somebody, values: dict[str, str]) -> None:
        if not one.account.acts or one.account.acts[-1].modal is None:  # asked in writing, it asks in writing
            await steps.answer(self, one, values)
            return
        left = dict(values)
        modal: Modal | None = one.account.acts[-1].modal
        while modal is not None:
            known = {part.label for part in modal.fields}
            page = _first_choices(modal) | {name: left.pop(name) for name in list(left) if name in known}
            before = await self.private(one)
            await self._settled(one.account.submits(modal, page))
            modal = await self._next_page(one, before) if left else None

    async def corrects(self, one: Somebody, values: dict[str, str]) -> None:
        asking = (await self.private(one))[-1]
        if not asking.has(CORRECT):
            await steps.correct(self, one, values)
            return
        await self.presses(one, asking, CORRECT)
        await self.fills(one, values)

    async def _next_page(self, one: Somebody, before: list[Seen]) -> Modal | None:
        """The next page, when the bot says that there is one."""

        async def news() -> Seen | None:
            return next((now for now in reversed(await self.private(one)) if now not in before), None)

        seen = await within(PATIENCE_SECONDS, news)
        way = next((label for label in CONTINUE if label in seen.labels), None)
        if way is None:
            return None
        await self.presses(one, seen, way)
        modal: Modal | None = one.account.acts[-1].modal
        return modal

    async def files(self, one: Somebody) -> list[bytes]:
        seen = [message for message in one.account.sees() if message.author.bot]
        return [content for message in seen for content in message.files.values()]

    async def new_group(self, title: str, admin: Somebody) -> None:
        self.channel = self.server.channel(self.guild, title.lower().replace(" ", "-"))
        self.guild.members[admin.account.id].roles.add("administrator")

    async def loses_bot(self, by: Somebody) -> None:  # the channel is gone; a bot thrown out reaches nobody
        self.server.deletes(self.channel)

    async def refuses(self, one: Somebody) -> None:
        one.account.closes_dms()

    async def is_quiet(self) -> bool:
        return all(one.answered or one.failed for one in self.server.world.interactions.values())


def plain(text: str) -> str:
    """Discord's Markdown as the app shows it."""
    return _ESCAPES.sub(r"\1", _MARKS.sub("", text))


def _first_choices(modal: Modal) -> dict[str, str]:
    """For every select in which nothing is chosen yet, its first option."""
    open_ones = [one for one in modal.fields if one.raw["type"] == 3 and not one.value]
    return {one.label: one.raw["options"][0]["label"] for one in open_ones}


def _seen(message: Message) -> Seen:
    data = {
        part["label"]: part["custom_id"] for part in message.parts if part.get("custom_id") and "label" in part
    }
    return Seen(message.id, plain(message.text), tuple(message.labels), message, data)
