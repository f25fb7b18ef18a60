"""The methods of the local Bot API by name, and those about chats, menus and the bot itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.servers.telegram_checks import ApiError, bad
from tests.servers.telegram_sending import Sending

if TYPE_CHECKING:
    from tests.servers.telegram import TelegramServer
    from tests.servers.telegram_chats import Chat
    from tests.servers.telegram_people import Person

Json = dict[str, Any]
ACTIONS = {"typing", "upload_photo", "upload_document", "find_location"}


SENDING = {
    "sendMessage": "send_message",
    "sendPhoto": "send_photo",
    "sendDocument": "send_document",
    "sendVenue": "send_venue",
    "sendLocation": "send_location",
    "editMessageText": "edit_text",
    "editMessageCaption": "edit_caption",
    "editMessageReplyMarkup": "edit_markup",
    "deleteMessage": "delete",
    "editEphemeralMessageText": "edit_ephemeral_text",
    "editEphemeralMessageReplyMarkup": "edit_ephemeral_markup",
    "editEphemeralMessageCaption": "edit_ephemeral_caption",
    "deleteEphemeralMessage": "delete_ephemeral",
    "answerCallbackQuery": "answer",
}
ABOUT = {
    "getMe": "me",
    "setWebhook": "set_webhook",
    "deleteWebhook": "delete_webhook",
    "sendChatAction": "chat_action",
    "getChat": "chat",
    "getChatMember": "member",
    "getChatAdministrators": "administrators",
    "getChatMemberCount": "member_count",
    "approveChatJoinRequest": "approve",
    "declineChatJoinRequest": "decline",
    "leaveChat": "leave",
    "getFile": "file",
}


def methods(server: TelegramServer) -> dict[str, Callable[[Json], Any]]:
    """Each method the server knows."""
    sending, about = Sending(server), About(server)
    return {
        **{method: getattr(sending, name) for method, name in SENDING.items()},
        **{method: getattr(about, name) for method, name in ABOUT.items()},
        "getUpdates": server.updates.get,
        "getWebhookInfo": lambda _: server.updates.info(),
        "setMyCommands": server.menus.set,
        "getMyCommands": server.menus.get,
        "deleteMyCommands": server.menus.delete,
        "setMyDescription": lambda params: about.set_text("description", 512, params),
        "getMyDescription": lambda params: about.text("description", params),
        "setMyShortDescription": lambda params: about.set_text("short_description", 120, params),
        "getMyShortDescription": lambda params: about.text("short_description", params),
    }


class About:
    """The methods that tell or change something about chats and the bot."""

    def __init__(self, server: TelegramServer) -> None:
        self.server = server

    def me(self, _: Json) -> Json:
        return {
            **self.server.bot_user,
            "can_join_groups": True,
            "can_read_all_group_messages": not self.server.privacy,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    def set_webhook(self, params: Json) -> bool:
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", params.get("secret_token", "")):
            raise bad("secret token contains unallowed characters")
        self.server.updates.set_webhook(params)
        return True

    def delete_webhook(self, params: Json) -> bool:
        self.server.updates.delete_webhook(params)
        return True

    def set_text(self, name: str, most: int, params: Json) -> bool:
        text = params.get(name, "")
        if len(text) > most:
            raise bad(f"{name} is too long")
        self.server.texts[name, params.get("language_code", "")] = text
        return True

    def text(self, name: str, params: Json) -> Json:
        return {name: self.server.texts.get((name, params.get("language_code", "")), "")}

    def chat_action(self, params: Json) -> bool:
        self.server.chat_at(params["chat_id"]).require_bot()
        if params["action"] not in ACTIONS:
            raise bad("wrong parameter action in request")
        return True

    def chat(self, params: Json) -> Json:
        chat = self._chat(params)
        full = {
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(GIFTS, False),
        }
        return chat.written() | full | ({"join_by_request": True} if chat.join_by_request else {})

    def _chat(self, params: Json) -> Chat:
        chat = self.server.chat_at(params["chat_id"])
        if chat.person is None:
            chat.require_bot()
        return chat

    def member(self, params: Json) -> Json:
        chat, user_id = self._chat(params), params["user_id"]
        if user_id == self.server.bot_user["id"]:
            return chat.member(self.server.bot_user, chat.bot_status)
        person = self.server.people.get(user_id)
        if person is None:
            raise bad("PARTICIPANT_ID_INVALID")
        return chat.member(person.written(), chat.members.get(user_id, "left"))

    def administrators(self, params: Json) -> list[Json]:
        chat = self._chat(params)
        if chat.person is not None:
            raise bad("there are no administrators in the private chat")
        found = [self.server.people[one] for one, status in chat.members.items() if status in ADMINS]
        return [chat.member(one.written(), chat.members[one.id]) for one in found]

    def member_count(self, params: Json) -> int:
        chat = self._chat(params)
        inside = sum(status not in ("left", "kicked") for status in chat.members.values())
        return inside + (chat.bot_status not in ("left", "kicked"))

    def approve(self, params: Json) -> bool:
        chat, person = self._request(params)
        chat.adds([person], by=person)
        return True

    def decline(self, params: Json) -> bool:
        chat, person = self._request(params)
        chat.requests.pop(person.id)
        return True

    def _request(self, params: Json) -> tuple[Chat, Person]:
        chat = self._chat(params)
        person = self.server.people.get(params["user_id"])
        if not chat.is_bot_admin:
            raise bad("not enough rights")
        if person is None or person.id not in chat.requests:
            inside = person is not None and chat.members.get(person.id) in ("member", *ADMINS)
            raise bad("USER_ALREADY_PARTICIPANT" if inside else "HIDE_REQUESTER_MISSING")
        return chat, person

    def leave(self, params: Json) -> bool:
        chat = self._chat(params)
        if chat.person is not None:
            raise bad("chat member status can't be changed in private chats")
        chat.bot_leaves()
        return True

    def file(self, params: Json) -> Json:
        if params["file_id"] not in self.server.files.stored:
            raise ApiError(400, "Bad Request: invalid file_id")
        path, content = self.server.files.stored[params["file_id"]]
        known = {"file_id": params["file_id"], "file_unique_id": params["file_id"][-9:]}
        return {**known, "file_size": len(content), "file_path": path}


ADMINS = ("administrator", "creator")
GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
