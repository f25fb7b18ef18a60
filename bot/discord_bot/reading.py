"""What people do on Discord, read into requests."""

import re
from dataclasses import dataclass, replace

import discord

from bot.discord_bot import payloads
from bot.discord_bot.rest import Json
from chat.address import Address, Platform
from chat.request import Attachment, Chat, Event, Fact, FormStyle, Kind, Request

COMMAND, PRESS, SUBMIT = 2, 3, 5  # Discord's types of interaction


@dataclass(frozen=True, slots=True)
class Asked:
    """An interaction as a request, with what answering it needs."""

    id: int
    token: str
    application: int
    request: Request
    pressed: bool  # a component: the pressed message can be changed
    takes_modal: bool


def address(number: int) -> Address:
    """An account or a channel by its id."""
    return Address(Platform.DISCORD, str(number))


def private_chat(user: int) -> Chat:
    """The person's own conversation with the bot."""
    return Chat(address(user), private=True)


def channel_chat(channel: "discord.abc.GuildChannel | discord.Thread", guild: discord.Guild) -> Chat:
    """A channel of a server."""
    return Chat(address(channel.id), private=False, title=f"{guild.name} #{channel.name}")


def read_interaction(interaction: discord.Interaction, key: bytes) -> Asked:
    """The request in an interaction; a forged press has an empty route."""
    kind = interaction.type.value
    data: Json = dict(interaction.data or {})
    request = replace(_anything(interaction), **_what(kind, data, key))
    return Asked(
        interaction.id, interaction.token, interaction.application_id, request, kind == PRESS, kind != SUBMIT
    )


def _anything(interaction: discord.Interaction) -> Request:
    user, message = interaction.user, interaction.message
    rights = interaction.permissions
    admin = interaction.guild_id is not None and (rights.administrator or rights.manage_guild)
    chat = _chat(interaction)
    return Request(
        kind=Kind.PRESS,
        route="",
        chat=chat,
        sender=address(user.id),
        sender_name=user.display_name,
        language=str(interaction.locale.value),
        facts=frozenset({Fact.CHAT_ADMIN} if admin else ()),
        forms=FormStyle.PAGES,
        message=str(message.id) if message else "",
        own_message=chat.private or bool(message and message.flags.ephemeral),
    )


def _chat(interaction: discord.Interaction) -> Chat:
    channel = interaction.channel
    if is_direct(interaction):
        return private_chat(interaction.user.id)
    name = getattr(channel, "name", None) or ""
    guild = getattr(interaction.guild, "name", "")
    return Chat(address(channel.id if channel else 0), private=False, title=f"{guild} #{name}")


def is_direct(interaction: discord.Interaction) -> bool:
    """True in the person's own conversation with the bot; a group of friends is none."""
    return interaction.guild_id is None and isinstance(interaction.channel, discord.DMChannel)


def _what(kind: int, data: Json, key: bytes) -> Json:
    """The fields of the request that say what was done."""
    if kind == COMMAND:
        options = data.get("options") or ()
        argument = str(options[0].get("value", "")) if options else ""
        return {"kind": Kind.COMMAND, "route": data["name"], "argument": argument}
    route, argument = payloads.read_id(data["custom_id"], key)
    if kind == SUBMIT:
        values = payloads.read_values(data["components"])
        return {
            "kind": Kind.FORM,
            "route": route.removeprefix(payloads.FORM),
            "argument": argument,
            "values": values,
        }
    if route == payloads.OPENS:
        return {"kind": Kind.COMMAND, "route": "start", "argument": argument, "own_message": True}
    return {"route": route, "argument": argument}


def read_private_text(message: discord.Message) -> Request:
    """Free text in the direct messages, or a command that was typed out with its slash."""
    return with_text(
        Request(
            kind=Kind.TEXT,
            route="",
            chat=private_chat(message.author.id),
            sender=address(message.author.id),
            sender_name=message.author.display_name,
            message=str(message.id),
            attachment=_attachment(message),
        ),
        message.content,
    )


def _attachment(message: discord.Message) -> Attachment | None:
    """The first file that came with the message; its content is fetched for who takes it."""
    return next((Attachment(one.filename, one.size) for one in message.attachments), None)


def with_text(request: Request, content: str) -> Request:
    """The request as what was written: text, or a command that was typed out with its slash."""
    name, _, argument = content.strip().partition(" " if " " in content.partition("\n")[0].strip() else "\n")
    if name.startswith("/") and len(name) > 1:
        return replace(request, kind=Kind.COMMAND, route=name[1:].lower(), argument=argument.strip())
    return replace(request, text=content)


def without_mention(content: str, bot: int) -> str:
    """The text of a message without the mention of the bot."""
    return re.sub(rf"<@!?{bot}>", "", content).strip()


def event(what: Event, chat: Chat, user: int, name: str = "", *, update: str = "") -> Request:
    """Something that the platform tells."""
    return Request(Kind.EVENT, what.value, chat, address(user) if user else None, sender_name=name, update=update)
