"""Accounts, guilds, channels and messages of the local Discord, and how they look on the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

EPHEMERAL = 1 << 6
SILENT = 1 << 12
LOADING = 1 << 7

ADMINISTRATOR = 1 << 3
MANAGE_GUILD = 1 << 5
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
ORDINARY = VIEW_CHANNEL | SEND_MESSAGES | 1 << 14 | 1 << 15 | 1 << 16 | 1 << 31
EVERYTHING = (1 << 50) - 1


@dataclass(eq=False)
class Account:
    """Somebody with an id: a person or the bot."""

    id: int
    name: str
    bot: bool = False
    dms_open: bool = True

    def payload(self) -> Json:
        """The account as Discord shows it."""
        return {
            "id": str(self.id),
            "username": self.name.lower().replace(" ", "."),
            "global_name": None if self.bot else self.name,
            "discriminator": "0",
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
        }


@dataclass(eq=False)
class Member:
    """An account in a guild, with its roles: "administrator" and "manager" are known."""

    account: Account
    joined_at: str
    roles: set[str] = field(default_factory=set)

    @property
    def permissions(self) -> int:
        """The bits of what the member may do."""
        if "administrator" in self.roles:
            return EVERYTHING
        return ORDINARY | (MANAGE_GUILD if "manager" in self.roles else 0)


@dataclass(eq=False)
class Guild:
    """A server, as people call it."""

    id: int
    name: str
    locale: str = "sv-SE"
    members: dict[int, Member] = field(default_factory=dict)
    channels: list[Channel] = field(default_factory=list)

    def role_ids(self, member: Member) -> list[str]:
        """The member's roles as ids, @everyone left out as Discord does."""
        numbers = {"administrator": 1, "manager": 2}
        return [str(self.id + numbers[role]) for role in sorted(member.roles)]

    def member_payload(self, account: Account, *, permissions: bool = False) -> Json:
        """The account as a member; `permissions` are told in interactions only."""
        member = self.members[account.id]
        made: Json = {
            "user": account.payload(),
            "nick": None,
            "avatar": None,
            "roles": self.role_ids(member),
            "joined_at": member.joined_at,
            "premium_since": None,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "pending": False,
            "communication_disabled_until": None,
        }
        if permissions:
            made["permissions"] = str(member.permissions)
        return made

    def roles_payload(self) -> list[Json]:
        """@everyone and the two roles with rights."""
        rights = {"@everyone": ORDINARY, "administrator": ADMINISTRATOR, "manager": MANAGE_GUILD}
        return [
            {
                "id": str(self.id + place),
                "name": name,
                "permissions": str(bits),
                "position": place,
                "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
                "color": 0,
                "hoist": False,
                "managed": False,
                "mentionable": False,
                "flags": 0,
            }
            for place, (name, bits) in enumerate(rights.items())
        ]


@dataclass(eq=False)
class Channel:
    """A text channel of a guild, or the direct messages between the bot and one person."""

    id: int
    name: str = ""
    guild: Guild | None = None
    recipient: Account | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    bot_sees: bool = True
    bot_writes: bool = True

    @property
    def shown(self) -> list[Message]:
        """What everybody in the channel sees now, oldest first."""
        return [one for one in self.messages.values() if one.viewer is None and not one.deleted]

    @property
    def texts(self) -> list[str]:
        """The texts that everybody in the channel sees now."""
        return [one.text for one in self.shown]

    def payload(self) -> Json:
        """The channel as Discord shows it."""
        if self.recipient is not None:
            recipients = [self.recipient.payload()]
            return {
                "id": str(self.id),
                "type": 1,
                "recipients": recipients,
                "last_message_id": None,
                "flags": 0,
            }
        assert self.guild is not None
        return {
            "id": str(self.id),
            "type": 0,
            "guild_id": str(self.guild.id),
            "name": self.name,
            "position": 0,
            "permission_overwrites": [],
            "parent_id": None,
            "topic": None,
            "nsfw": False,
            "rate_limit_per_user": 0,
            "last_message_id": None,
            "flags": 0,
        }


@dataclass(eq=False)
class Message:
    """One message; `viewer` is the only one who sees it when it is ephemeral."""

    id: int
    channel: Channel
    author: Account
    written_at: str
    text: str = ""
    components: list[Json] = field(default_factory=list)
    embeds: list[Json] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    files_at: str = ""  # where files are kept
    flags: int = 0
    nonce: str | int | None = None
    viewer: Account | None = None
    pinged: set[str] = field(default_factory=set)
    edits: list[str] = field(default_factory=list)
    deleted: bool = False

    @property
    def ephemeral(self) -> bool:
        """Seen by one person only."""
        return self.viewer is not None

    @property
    def loading(self) -> bool:
        """Shown as "thinking…"."""
        return bool(self.flags & LOADING)

    @property
    def silent(self) -> bool:
        """Arrived without a sound."""
        return bool(self.flags & SILENT)

    @property
    def parts(self) -> list[Json]:
        """All buttons and selects, in order."""
        return [part for row in self.components for part in row["components"]]

    @property
    def labels(self) -> list[str]:
        """The labels of the buttons, in order."""
        return [part.get("label", "") for part in self.parts if part["type"] == 2]

    def payload(self) -> Json:
        """The message as Discord shows it to those who may read it."""
        return {
            "id": str(self.id),
            "channel_id": str(self.channel.id),
            "author": self.author.payload(),
            "content": self.text,
            "timestamp": self.written_at,
            "edited_timestamp": self.written_at if self.edits else None,
            "tts": False,
            "mention_everyone": "everyone" in self.pinged,
            "mentions": [],
            "mention_roles": [],
            "attachments": [
                {
                    "id": str(self.id + place),
                    "filename": name,
                    "size": len(content),
                    "url": f"{self.files_at}/{self.id}/{name}",
                    "proxy_url": "",
                }
                for place, (name, content) in enumerate(self.files.items())
            ],
            "embeds": self.embeds,
            "components": self.components,
            "pinned": False,
            "type": 0,
            "flags": self.flags,
        }
