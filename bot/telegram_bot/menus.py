"""The short menus of commands, by language, kind of chat and right."""

import hashlib
import json
import logging
from collections.abc import Callable

import telegram
from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import TelegramError

from bot.dispatch import Dispatch
from chat.address import Address, Platform
from db import installation, people
from db import menus as db_menus
from db.roles import NO_RIGHTS, Rights
from handlers.context import is_allowed
from handlers.feature import Command
from texts import LANGUAGES, translator

log = logging.getLogger(__name__)

REMEMBERED = "telegram.menus"
Menu = list[tuple[str, str]]  # command and description


class Menus:
    """Keeps the menus of one bot as the features declare them."""

    def __init__(self, bot: telegram.Bot, dispatch: Dispatch) -> None:
        """Nothing is set yet."""
        self._bot = bot
        self._dispatch = dispatch

    def of(self, rights: Rights, language: str, *, group: bool = False) -> Menu:
        """What somebody with these rights is offered in that language."""
        place = self._dispatch.installation
        t = translator(language, place.zone, default=place.language)
        wanted = [one for one in self._dispatch.routes.all_commands if _is_offered(one, rights, group=group)]
        wanted.sort(key=lambda one: (one.menu == 0, one.menu))
        own = language == "sv"
        return [(one.route.name if own else one.alias, t.plain(one.description)) for one in wanted]

    async def keep(self) -> None:
        """Everybody's menus are set, if they changed since they were set last; invitations know the bot's name."""
        wanted = self._wanted()
        mark = hashlib.sha256(json.dumps([self._bot.id, wanted]).encode()).hexdigest()
        async with self._dispatch.database.write() as session:
            await installation.set_setting(session, installation.TELEGRAM_NAME, self._bot.username)
            if await installation.get_setting(session, REMEMBERED) == mark:
                return
            organisers = await db_menus.organisers(session, Platform.TELEGRAM)
        for scope, language, ephemeral, menu in wanted:
            await self._set(menu, SCOPES[scope](), language, ephemeral=ephemeral)
        for one in organisers:
            await self.refresh(Address(Platform.TELEGRAM, one))
        async with self._dispatch.database.write() as session:
            await installation.set_setting(session, REMEMBERED, mark)

    def _wanted(self) -> list[tuple[str, str, bool, Menu]]:
        """Scope, language (empty: all others), whether commands are ephemeral, and the menu."""
        everybody, organiser = Rights(), Rights(district=True)
        menus: list[tuple[str, str, bool, Menu]] = []
        for code in ("", *LANGUAGES):
            language = code or self._dispatch.installation.language
            menus.append(("private", code, False, self.of(everybody, language)))
            menus.append(("groups", code, True, self.of(everybody, language, group=True)))
            menus.append(("group admins", code, True, self.of(organiser, language, group=True)))
        return menus

    async def refresh(self, address: Address, client_language: str = "") -> None:
        """The person's own menu shows what they may do now, in the language they chose.

        Where that is what everybody is offered by the client's language, they have no menu of their own.
        """
        async with self._dispatch.database.read() as session:
            person = await people.get_person(session, self._dispatch.keys, address)
        scope = BotCommandScopeChat(int(address.id))
        own_language = person is not None and client_language and client_language[:2] != person.language
        try:
            if person is not None and (person.rights != NO_RIGHTS or own_language):
                await self._set(self.of(person.rights, person.language), scope, "", ephemeral=False)
            else:
                await self._bot.delete_my_commands(scope)
        except TelegramError as error:
            log.warning("a menu was not refreshed: %s", type(error).__name__)

    async def _set(self, menu: Menu, scope: BotCommandScope, language: str, *, ephemeral: bool) -> None:
        extra = {"is_ephemeral": True} if ephemeral else None
        commands = [BotCommand(name, description, api_kwargs=extra) for name, description in menu]
        await self._bot.set_my_commands(commands, scope, language or None)


SCOPES: dict[str, Callable[[], BotCommandScope]] = {
    "private": BotCommandScopeAllPrivateChats,
    "groups": BotCommandScopeAllGroupChats,
    "group admins": BotCommandScopeAllChatAdministrators,
}


def _is_offered(command: Command, rights: Rights, *, group: bool) -> bool:
    if command.groups_only:
        return group and rights.is_organiser  # offered to the group's administrators
    # In a group only what stands in the menu is ephemeral: there it is long, so that no question fills the group.
    return (command.menu > 0 or (group and command.help)) and is_allowed(rights, command.route.needs)
