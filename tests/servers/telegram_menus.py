"""Command menus of the local Telegram, by scope and language, and which of them a person is offered."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.servers.telegram_checks import SCOPES, bad

if TYPE_CHECKING:
    from tests.servers.telegram_chats import Chat
    from tests.servers.telegram_people import Person

Json = dict[str, Any]
Key = tuple[str, int | None, int | None, str]  # scope type, chat, user, language


@dataclass
class Menus:
    """What setMyCommands has stored."""

    stored: dict[Key, list[Json]] = field(default_factory=dict)

    def set(self, params: Json) -> bool:
        """True: the menu of that scope and language is this one."""
        commands = params["commands"]
        if len(commands) > 100:
            raise bad("BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command.get("command", "")):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= len(command.get("description", "")) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        self.stored[_key(params)] = commands
        return True

    def get(self, params: Json) -> list[Json]:
        return self.stored.get(_key(params), [])

    def delete(self, params: Json) -> bool:
        self.stored.pop(_key(params), None)
        return True

    def offered(self, person: Person, chat: Chat) -> list[Json]:
        """The menu that wins for this person in this chat; each scope first in their language."""
        for scope, chat_id, user_id in _order(person, chat):
            for language in (person.language or "", ""):
                menu = self.stored.get((scope, chat_id, user_id, language))
                if menu:
                    return menu
        return []


def _key(params: Json) -> Key:
    scope = params.get("scope") or {"type": "default"}
    if scope.get("type") not in SCOPES:
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    language = params.get("language_code") or ""
    if language and not re.fullmatch("[a-z]{2}", language):
        raise bad("LANG_CODE_INVALID")
    chat_id = scope.get("chat_id")
    return scope["type"], None if chat_id is None else int(chat_id), scope.get("user_id"), language


def _order(person: Person, chat: Chat) -> list[tuple[str, int | None, int | None]]:
    """The scopes from narrow to wide, as the Bot API's page determines the list of commands."""
    if chat.person is not None:
        return [("chat", chat.id, None), ("all_private_chats", None, None), ("default", None, None)]
    admin = chat.members.get(person.id) in ("administrator", "creator")
    narrow: list[tuple[str, int | None, int | None]] = [("chat_member", chat.id, person.id)]
    if admin:
        narrow.append(("chat_administrators", chat.id, None))
    narrow.append(("chat", chat.id, None))
    if admin:
        narrow.append(("all_chat_administrators", None, None))
    return [*narrow, ("all_group_chats", None, None), ("default", None, None)]
