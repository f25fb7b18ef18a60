"""Scripted people on the local Discord: they write, press, fill in modals, come and go, and see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.discord_checks import LOCALES
from tests.servers.discord_interactions import COMMAND, PRESS, SUBMIT
from tests.servers.discord_state import Account, Channel, Guild, Json, Member, Message
from tests.servers.discord_world import Interaction, Modal

if TYPE_CHECKING:
    from tests.servers.discord import DiscordServer

NO_ANSWER = "The application did not respond"
_TYPES = {str: 3, int: 4, bool: 5}


class Person(Account):
    """Somebody with the Discord app open: what the app would not let them do raises AssertionError."""

    def __init__(self, server: DiscordServer, id_: int, name: str, locale: str) -> None:
        """In no guild yet."""
        assert locale in LOCALES, "not a locale of Discord's"
        super().__init__(id_, name)
        self.server = server
        self.locale = locale
        self.acts: list[Interaction] = []
        self._read: set[int] = set()

    @property
    def dm(self) -> Channel:
        """The direct messages with the bot."""
        return self.server.world.dm(self)

    def sees(self, channel: Channel | None = None) -> list[Message]:
        """What the person sees now in the channel, or in all of theirs, oldest first."""
        places = [channel] if channel else self._places()
        found = [one for place in places for one in place.messages.values() if not one.deleted]
        return sorted((one for one in found if one.viewer in {None, self}), key=lambda one: one.id)

    def _places(self) -> list[Channel]:
        world = self.server.world
        guilds = [one for one in world.guilds.values() if self.id in one.members]
        mine = [world.dms[self.id]] if self.id in world.dms else []
        return mine + [channel for guild in guilds for channel in guild.channels]

    @property
    def failures(self) -> list[str]:
        """What the app said of things that the bot did not answer."""
        return [NO_ANSWER for one in self.acts if one.failed]

    @property
    def modals(self) -> list[Modal]:
        """The modals that were opened, oldest first."""
        return [one.modal for one in self.acts if one.modal]

    def slash(self, name: str, where: Channel | None = None, **options: str | int | bool) -> Interaction:
        """Use a slash command by the name that the app shows this person."""
        channel = self._entered(where)
        command = self._command(name)
        known = {one["name"]: one for one in command["options"]}
        assert set(options) <= set(known), f"/{name} has no such option"
        missing = [one["name"] for one in known.values() if one.get("required") and one["name"] not in options]
        assert not missing, f"the app asks for {missing}"
        given = [{"name": key, "type": _TYPES[type(value)], "value": value} for key, value in options.items()]
        data: Json = {"id": command["id"], "name": command["name"], "type": 1}
        return self._act(COMMAND, channel, data | ({"options": given} if given else {}), None)

    def commands(self) -> dict[str, str]:
        """The commands as the app lists them: name and description in the person's language."""
        return {self._shown(one, "name"): self._shown(one, "description") for one in self._known()}

    def _known(self) -> list[Json]:
        return list(self.server.world.commands.values())

    def _shown(self, command: Json, part: str) -> str:
        return str((command.get(f"{part}_localizations") or {}).get(self.locale) or command[part])

    def _command(self, name: str) -> Json:
        for command in self._known():
            if self._shown(command, "name") == name:
                return command
        raise AssertionError(f"the app shows no command /{name}")

    def _entered(self, where: Channel | None) -> Channel:
        channel = where or self.dm
        assert channel.recipient in {None, self}, "not this person's channel"
        assert channel.guild is None or self.id in channel.guild.members, "not in that guild"
        return channel

    def _act(self, kind: int, channel: Channel, data: Json, message: Message | None) -> Interaction:
        made = self.server.interactions.start(kind, self, channel, data, message)
        self.acts.append(made)
        return made

    def says(
        self,
        text: str,
        where: Channel | None = None,
        *,
        mention: bool = False,
        files: dict[str, bytes] | None = None,
    ) -> Message:
        """Write a message, in the direct messages or a channel, calling the bot when `mention`."""
        channel, world = self._entered(where), self.server.world
        said = f"<@{world.bot.id}> {text}" if mention else text
        message = Message(
            world.new_id(),
            channel,
            self,
            world.timestamp(),
            said,
            files=files or {},
            files_at=self.server.files_url,
        )
        channel.messages[message.id] = message
        self._read.add(message.id)
        self.server.gateway.tell_message("MESSAGE_CREATE", message)
        return message

    def presses(self, message: Message, label: str) -> Interaction:
        """Press a button by its label; a count behind it ("Jag kommer · 12") need not be named."""
        self._looked_at(message)
        for part in message.parts:
            if part["type"] == 2 and (
                part.get("label") == label or part.get("label", "").startswith(f"{label} · ")
            ):
                assert not part.get("disabled"), f"[{label}] cannot be pressed"
                assert part["style"] != 5, f"[{label}] is a link"
                data = {"custom_id": part["custom_id"], "component_type": 2, "id": part["id"]}
                return self._act(PRESS, message.channel, data, message)
        raise AssertionError(f"no button [{label}] among {message.labels}")

    def chooses(self, message: Message, value: str, *, select: str = "") -> Interaction:
        """Choose an option by its label, in the select with that placeholder or the only one."""
        self._looked_at(message)
        for part in message.parts:
            if part["type"] == 3 and select in {"", part.get("placeholder"), part["custom_id"]}:
                chosen = [one["value"] for one in part["options"] if value in {one["label"], one["value"]}]
                if chosen:
                    data = {
                        "custom_id": part["custom_id"],
                        "component_type": 3,
                        "values": chosen,
                        "id": part["id"],
                    }
                    return self._act(PRESS, message.channel, data, message)
        raise AssertionError(f"no option {value!r} is shown")

    def forges(self, message: Message, custom_id: str) -> Interaction:
        """Press a button that the bot never made, as a changed app could."""
        data = {"custom_id": custom_id, "component_type": 2, "id": 1}
        return self._act(PRESS, message.channel, data, message)

    def _looked_at(self, message: Message) -> None:
        assert not message.deleted, "the message is gone"
        assert message.viewer in {None, self}, "somebody else's message"
        self._entered(message.channel)

    def submits(self, modal: Modal, values: dict[str, str]) -> Interaction:
        """Fill in a modal by its labels and send it; what is not named stays as it stood."""
        known = {one.label: one for one in modal.fields}
        assert set(values) <= set(known), f"the modal asks for {sorted(known)}"
        parts = []
        for place, (label, one) in enumerate(known.items()):
            part = _filled(label, one.raw, values.get(label, one.value))
            parts.append({"type": 18, "id": place * 2 + 1, "component": part | {"id": place * 2 + 2}})
        data = {"custom_id": modal.custom_id, "components": parts}
        return self._act(SUBMIT, modal.channel, data, modal.message)

    def joins(self, guild: Guild, *roles: str) -> None:
        """Come into a guild, with the roles "administrator" or "manager"."""
        guild.members[self.id] = Member(self, self.server.world.timestamp(), set(roles))
        self.server.gateway.tell_member("GUILD_MEMBER_ADD", guild, self)

    def leaves(self, guild: Guild) -> None:
        """Go out of a guild."""
        del guild.members[self.id]
        self.server.gateway.tell_member("GUILD_MEMBER_REMOVE", guild, self)

    def closes_dms(self) -> None:
        """Let nobody from servers write directly."""
        self.dms_open = False

    def opens_dms(self) -> None:
        """Let people from servers write directly again."""
        self.dms_open = True

    async def next_message(self, where: Channel | None = None, seconds: float = 5) -> Message:
        """The oldest message of the bot's that this was not called for yet, as soon as it can be read."""

        def unread() -> Message | None:
            fresh = (one for one in self.sees(where) if one.id not in self._read and one.author.bot)
            return next((one for one in fresh if not one.loading), None)

        message = await self.server.until(unread, seconds, f"a message for {self.name}")
        assert message is not None
        self._read.add(message.id)
        return message

    async def next_modal(self, seconds: float = 5) -> Modal:
        """The modal that the last thing done opens."""
        last = self.acts[-1]
        modal = await self.server.until(lambda: last.modal, seconds, f"a modal for {self.name}")
        assert modal is not None
        return modal


def _filled(label: str, raw: Json, value: str) -> Json:
    """A part of a modal as the app sends it."""
    made = {"type": raw["type"], "custom_id": raw["custom_id"]}
    if raw["type"] == 3:
        chosen = [one["value"] for one in raw["options"] if value in {one["label"], one["value"]}]
        assert chosen or not raw.get("required", True), f"choose something for {label!r}"
        assert chosen or not value, f"{value!r} is not offered for {label!r}"
        return made | {"values": chosen}
    assert value or not raw.get("required", True), f"{label!r} must be filled in"
    assert not value or raw.get("min_length", 0) <= len(value) <= raw.get("max_length", 4000), (
        f"length of {label!r}"
    )
    return made | {"value": value}
