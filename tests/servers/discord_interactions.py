"""Interactions of the local Discord: told over the gateway, answered once within 3 s, then for 15 minutes."""

from __future__ import annotations

import asyncio

from aiohttp import web

from tests.servers.discord_checks import ApiError, check_changes, check_message, check_modal, invalid
from tests.servers.discord_messages import Messages
from tests.servers.discord_state import (
    EPHEMERAL,
    EVERYTHING,
    LOADING,
    Account,
    Channel,
    Json,
    Message,
)
from tests.servers.discord_wire import Handler
from tests.servers.discord_world import Interaction, Modal, ModalField

COMMAND, PRESS, SUBMIT = 2, 3, 5
MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, MODAL = 4, 5, 6, 7, 9


class Interactions:
    """What people do with commands, buttons and modals, and the bot's answers to it."""

    def __init__(self, messages: Messages) -> None:
        """Messages are written through `messages`."""
        self.messages, self.world, self.gateway = messages, messages.world, messages.gateway

    def routes(self) -> dict[str, Handler]:
        """Method and path; the token in the address is what lets in."""
        hook = "/webhooks/{app}/{token}"
        return {
            "POST /interactions/{interaction}/{token}/callback": self.callback,
            f"POST {hook}": self.follow_up,
            f"GET {hook}/messages/{{message}}": self.get_message,
            f"PATCH {hook}/messages/{{message}}": self.patch_message,
            f"DELETE {hook}/messages/{{message}}": self.delete_message,
        }

    def start(
        self, kind: int, person: Account, channel: Channel, data: Json, message: Message | None
    ) -> Interaction:
        """Tell the bot what the person did; without an answer in time it has failed for them."""
        token = f"interaction-token-{self.world.new_id():x}"
        loop = asyncio.get_running_loop()
        made = Interaction(self.world.new_id(), token, kind, person, channel, message, loop.time())
        self.world.interactions[token] = made
        made.timer = loop.call_later(self.world.answer_seconds, self._failed, made)
        self.gateway.tell("INTERACTION_CREATE", self._payload(made, data))
        return made

    def _failed(self, interaction: Interaction) -> None:
        interaction.failed = True
        self.world.changed()

    def _payload(self, one: Interaction, data: Json) -> Json:
        guild = one.channel.guild
        made: Json = {
            "id": str(one.id),
            "application_id": str(self.world.bot.id),
            "type": one.kind,
            "token": one.token,
            "version": 1,
            "data": data,
            "channel_id": str(one.channel.id),
            "channel": one.channel.payload(),
            "locale": getattr(one.person, "locale", "en-US"),
            "app_permissions": str(EVERYTHING),
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(guild.id) if guild else "0"},
            "context": 0 if guild else 1,
            "attachment_size_limit": 10 << 20,
        }
        if one.message is not None:
            made["message"] = one.message.payload()
        if guild is None:
            return made | {"user": one.person.payload()}
        told = {"id": str(guild.id), "locale": guild.locale, "features": []}
        member = guild.member_payload(one.person, permissions=True)
        return made | {
            "guild_id": str(guild.id),
            "guild": told,
            "guild_locale": guild.locale,
            "member": member,
        }

    async def callback(self, request: web.Request, body: Json, files: dict[str, bytes]) -> object:
        one = self.world.interactions.get(request.match_info["token"])
        if one is None or str(one.id) != request.match_info["interaction"] or one.failed:
            raise ApiError(404, 10062, "Unknown interaction")
        if one.answered:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        self._answer(one, int(body.get("type") or 0), body.get("data") or {}, files)
        if one.timer is not None:
            one.timer.cancel()
        return self._told(one) if request.query.get("with_response") in {"1", "true"} else None

    def _answer(self, one: Interaction, kind: int, data: Json, files: dict[str, bytes]) -> None:
        if kind == MESSAGE:
            check_message(data, len(files), ephemeral=True)
            self._write(one, data, files)
        elif kind == DEFERRED:
            self._write(one, {"flags": data.get("flags")}, {}, LOADING)
        elif kind == MODAL and one.kind != SUBMIT:
            one.modal = self._modal(one, data)
        elif kind in {UPDATE, DEFERRED_UPDATE} and one.message is not None:
            one.original = one.message
            if kind == UPDATE:
                self.messages.change(one.message, data, files)
        else:
            raise invalid("type", "BASE_TYPE_CHOICES", "That answer does not fit this interaction.")
        one.answered = kind

    def _write(self, one: Interaction, data: Json, files: dict[str, bytes], more: int = 0) -> None:
        one.ephemeral = bool(int(data.get("flags") or 0) & EPHEMERAL)
        one.original = self._post(one, data, files, more)

    def _post(self, one: Interaction, data: Json, files: dict[str, bytes], more: int = 0) -> Message:
        hidden = bool(int(data.get("flags") or 0) & EPHEMERAL)
        viewer = one.person if hidden else None
        message = self.messages.write(one.channel, data, files, viewer, more | (EPHEMERAL if hidden else 0))
        one.replies.append(message)
        if viewer is None:
            self.gateway.tell_message("MESSAGE_CREATE", message)
        return message

    def _modal(self, one: Interaction, data: Json) -> Modal:
        check_modal(data)
        rows = [row for row in data["components"] if row["type"] == 18]
        fields = [ModalField(row["label"], row["component"], row.get("description") or "") for row in rows]
        return Modal(data["custom_id"], data["title"], fields, one.channel, one.message)

    def _told(self, one: Interaction) -> Json:
        told: Json = {"id": str(one.id), "type": one.kind}
        resource: Json = {"type": one.answered}
        if one.original is not None:
            told |= {"response_message_id": str(one.original.id)}
            told |= {"response_message_loading": one.original.loading}
            told |= {"response_message_ephemeral": one.original.ephemeral}
            resource["message"] = one.original.payload()
        return {"interaction": told, "resource": resource}

    def _open(self, request: web.Request) -> Interaction:
        one = self.world.interactions.get(request.match_info["token"])
        if one is None or int(request.match_info["app"]) != self.world.bot.id or not one.answered:
            raise ApiError(404, 10015, "Unknown Webhook")
        if asyncio.get_running_loop().time() - one.born > self.world.token_seconds:
            raise ApiError(401, 50027, "Invalid Webhook Token")
        return one

    async def follow_up(self, request: web.Request, body: Json, files: dict[str, bytes]) -> object:
        one = self._open(request)
        check_message(body, len(files), ephemeral=True)
        if one.original is not None and one.original.loading:
            self._change(one.original, body, files)
            return one.original.payload()
        return self._post(one, body, files).payload()

    def _find(self, request: web.Request) -> Message:
        one, wanted = self._open(request), request.match_info["message"]
        found = one.original if wanted == "@original" else None
        if found is None and wanted != "@original":
            found = next((reply for reply in one.replies if str(reply.id) == wanted), None)
        if found is None or found.deleted:
            raise ApiError(404, 10008, "Unknown Message")
        return found

    async def get_message(self, request: web.Request, *_: object) -> object:
        return self._find(request).payload()

    async def patch_message(self, request: web.Request, body: Json, files: dict[str, bytes]) -> object:
        message = self._find(request)
        self._change(message, body, files)
        return message.payload()

    def _change(self, message: Message, body: Json, files: dict[str, bytes]) -> None:
        check_changes(body)
        message.flags &= ~LOADING
        self.messages.change(message, body, files)

    async def delete_message(self, request: web.Request, *_: object) -> None:
        self._find(request).deleted = True
