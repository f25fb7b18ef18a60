"""Routes of the local Discord about the application, people and guilds."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from tests.servers.discord_checks import ApiError, check_commands
from tests.servers.discord_gateway import MEMBERS, Gateway
from tests.servers.discord_state import Account, Guild, Json
from tests.servers.discord_wire import Handler
from tests.servers.discord_world import World


class Rest:
    """The routes; each reads the body and returns what is answered."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        """Routes are added by `routes`."""
        self.world, self.gateway = world, gateway
        self.opened: list[Account] = []  # direct messages that were new

    def routes(self) -> dict[str, Handler]:
        """Method and path of everything here."""
        return {
            "GET /gateway": self.get_gateway,
            "GET /gateway/bot": self.get_gateway,
            "GET /users/@me": self.get_me,
            "GET /applications/@me": self.get_application,
            "GET /oauth2/applications/@me": self.get_application,
            "GET /applications/{app}/commands": self.get_commands,
            "PUT /applications/{app}/commands": self.put_commands,
            "POST /users/@me/channels": self.open_dm,
            "GET /users/{user}": self.get_user,
            "GET /guilds/{guild}": self.get_guild,
            "GET /guilds/{guild}/members": self.get_members,
            "GET /guilds/{guild}/members/{user}": self.get_member,
        }

    async def get_gateway(self, *_: object) -> object:
        limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
        return {"url": self.gateway.url, "shards": 1, "session_start_limit": limit}

    async def get_me(self, *_: object) -> object:
        return self.world.bot.payload() | {
            "verified": True,
            "mfa_enabled": True,
            "flags": 0,
            "locale": "en-US",
        }

    async def get_application(self, *_: object) -> object:
        bot = self.world.bot
        flags = 1 << 15 if self.gateway.allowed_intents & MEMBERS else 0
        made = {"id": str(bot.id), "name": bot.name, "icon": None, "description": "", "flags": flags}
        return made | {
            "bot_public": False,
            "bot_require_code_grant": False,
            "verify_key": "",
            "bot": bot.payload(),
            "owner": Account(1, "Operator").payload(),
        }

    async def get_commands(self, *_: object) -> object:
        return list(self.world.commands.values())

    async def put_commands(self, _request: web.Request, body: Any, _files: object) -> object:
        check_commands(body)
        old = self.world.commands
        made = {}
        for command in body:
            known = old.get(command["name"], {}).get("id") or str(self.world.new_id())
            fixed = {
                "id": known,
                "application_id": str(self.world.bot.id),
                "version": str(self.world.new_id()),
            }
            plain = {
                "type": 1,
                "options": [],
                "nsfw": False,
                "default_member_permissions": None,
                "contexts": None,
            }
            made[command["name"]] = plain | command | fixed
        self.world.commands = made
        return list(made.values())

    async def open_dm(self, _request: web.Request, body: Json, _files: object) -> object:
        person = self.world.accounts.get(int(body.get("recipient_id") or 0))
        if person is None or person.bot:
            raise ApiError(400, 50033, "Invalid Recipient(s)")
        if person.id not in self.world.dms:
            if len(self.opened) >= self.world.new_dms_allowed:
                raise ApiError(400, 40003, "You are opening direct messages too fast")
            self.opened.append(person)
        return self.world.dm(person).payload()

    async def get_user(self, request: web.Request, *_: object) -> object:
        person = self.world.accounts.get(int(request.match_info["user"]))
        if person is None:
            raise ApiError(404, 10013, "Unknown User")
        return person.payload()

    def _guild(self, request: web.Request) -> Guild:
        guild = self.world.guilds.get(int(request.match_info["guild"]))
        if guild is None or self.world.bot.id not in guild.members:
            raise ApiError(404, 10004, "Unknown Guild")
        return guild

    async def get_guild(self, request: web.Request, *_: object) -> object:
        guild = self._guild(request)
        return {"id": str(guild.id), "name": guild.name, "roles": guild.roles_payload(), "owner_id": "1"}

    async def get_members(self, request: web.Request, *_: object) -> object:
        guild = self._guild(request)
        if not self.gateway.allowed_intents & MEMBERS:
            raise ApiError(403, 50001, "Missing Access")
        after, most = int(request.query.get("after", 0)), int(request.query.get("limit", 1))
        found = sorted(one for one in guild.members if one > after)[:most]
        return [guild.member_payload(guild.members[one].account) for one in found]

    async def get_member(self, request: web.Request, *_: object) -> object:
        guild, person = self._guild(request), int(request.match_info["user"])
        if person not in guild.members:
            raise ApiError(404, 10007, "Unknown Member")
        return guild.member_payload(guild.members[person].account)
