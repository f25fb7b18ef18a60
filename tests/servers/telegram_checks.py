"""What the Bot API takes: parameters by method, their types, and its words when they do not fit."""

from __future__ import annotations

import json
import re
from typing import Any

Json = dict[str, Any]

BOOL = (
    "disable_notification protect_content allow_paid_broadcast show_alert drop_pending_updates "
    "disable_content_type_detection disable_web_page_preview show_caption_above_media has_spoiler "
    "return_bots allow_sending_without_reply creates_join_request revoke_messages"
)
INTEGER = (
    "message_id message_thread_id user_id receiver_user_id ephemeral_message_id offset limit timeout "
    "cache_time max_connections reply_to_message_id"
)
FLOAT = "latitude longitude horizontal_accuracy"
OBJECT = (
    "reply_markup reply_parameters ephemeral_message_parameters link_preview_options scope commands "
    "allowed_updates entities caption_entities media"
)
TYPES = {
    name: kind
    for kind, names in (("bool", BOOL), ("int", INTEGER), ("float", FLOAT), ("object", OBJECT))
    for name in names.split()
}

_SEND = (
    "business_connection_id message_thread_id disable_notification protect_content allow_paid_broadcast "
    "message_effect_id reply_parameters reply_markup receiver_user_id callback_query_id "
    "ephemeral_message_parameters reply_to_message_id allow_sending_without_reply direct_messages_topic_id"
)
_EDIT = "chat_id message_id inline_message_id business_connection_id reply_markup"
_CAPTION = "caption parse_mode caption_entities show_caption_above_media"

# method: (needed, allowed besides); Bot API 10.3
METHODS: dict[str, tuple[str, str]] = {
    "getMe": ("", ""),
    "getUpdates": ("", "offset limit timeout allowed_updates"),
    "setWebhook": (
        "url",
        "certificate ip_address max_connections allowed_updates drop_pending_updates secret_token",
    ),
    "deleteWebhook": ("", "drop_pending_updates"),
    "getWebhookInfo": ("", ""),
    "sendMessage": (
        "chat_id text",
        f"{_SEND} parse_mode entities link_preview_options disable_web_page_preview",
    ),
    "sendPhoto": ("chat_id photo", f"{_SEND} {_CAPTION} has_spoiler"),
    "sendDocument": ("chat_id document", f"{_SEND} {_CAPTION} thumbnail disable_content_type_detection"),
    "sendVenue": (
        "chat_id latitude longitude title address",
        f"{_SEND} foursquare_id foursquare_type google_place_id google_place_type",
    ),
    "sendLocation": (
        "chat_id latitude longitude",
        f"{_SEND} horizontal_accuracy live_period heading proximity_alert_radius",
    ),
    "sendChatAction": ("chat_id action", "business_connection_id message_thread_id"),
    "editMessageText": (
        "text",
        f"{_EDIT} parse_mode entities link_preview_options disable_web_page_preview",
    ),
    "editMessageCaption": (
        "",
        f"{_EDIT} {_CAPTION}",
    ),
    "editMessageReplyMarkup": (
        "",
        _EDIT,
    ),
    "deleteMessage": ("chat_id message_id", ""),
    "editEphemeralMessageText": (
        "chat_id receiver_user_id ephemeral_message_id",
        "text parse_mode entities link_preview_options reply_markup",
    ),
    "editEphemeralMessageReplyMarkup": ("chat_id receiver_user_id ephemeral_message_id", "reply_markup"),
    "editEphemeralMessageCaption": (
        "chat_id receiver_user_id ephemeral_message_id",
        f"reply_markup {_CAPTION}",
    ),
    "deleteEphemeralMessage": ("chat_id receiver_user_id ephemeral_message_id", ""),
    "answerCallbackQuery": ("callback_query_id", "text show_alert url cache_time"),
    "setMyCommands": ("commands", "scope language_code"),
    "getMyCommands": ("", "scope language_code"),
    "deleteMyCommands": ("", "scope language_code"),
    "setMyDescription": ("", "description language_code"),
    "getMyDescription": ("", "language_code"),
    "setMyShortDescription": ("", "short_description language_code"),
    "getMyShortDescription": ("", "language_code"),
    "getChat": ("chat_id", ""),
    "getChatMember": ("chat_id user_id", ""),
    "getChatAdministrators": ("chat_id", "return_bots"),
    "getChatMemberCount": ("chat_id", ""),
    "approveChatJoinRequest": ("chat_id user_id", ""),
    "declineChatJoinRequest": ("chat_id user_id", ""),
    "leaveChat": ("chat_id", ""),
    "getFile": ("file_id", ""),
}
KNOWN = {method: (needed.split(), {*needed.split(), *more.split()}) for method, (needed, more) in METHODS.items()}
BY_LOWER = {method.lower(): method for method in METHODS}  # the real server does not mind the case

FIELDS: dict[str, set[str]] = {
    "button": {
        "text", "url", "callback_data", "web_app", "login_url", "switch_inline_query", "copy_text", "pay",
        "switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "callback_game", "disabled",
        "icon_custom_emoji_id", "style",
    },
    "ephemeral_message_parameters": {
        "receiver_user_id", "callback_query_id", "replace_callback_query_message",
    },
    "reply_parameters": {
        "message_id", "chat_id", "allow_sending_without_reply", "quote", "quote_parse_mode", "quote_entities",
        "quote_position", "ephemeral_message_id", "checklist_task_id", "poll_option_id",
    },
    "scope": {"type", "chat_id", "user_id"},
    "command": {"command", "description", "is_ephemeral"},
    "link_preview_options": {
        "is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text",
    },
}  # fmt: skip
SCOPES = {
    "default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat",
    "chat_administrators", "chat_member",
}  # fmt: skip


class ApiError(Exception):
    """An answer with ok=false: code, description, and the parameters beside it."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad(words: str) -> ApiError:
    """A 400 in the server's manner."""
    return ApiError(400, f"Bad Request: {words}")


def read_parameters(method: str, raw: Json, *, strict: bool) -> Json:
    """`raw` with each value in its type; a 400 for what is unknown (if strict), missing or wrong."""
    needed, allowed = KNOWN[method]
    values = {}
    for name, value in raw.items():
        if name in allowed:
            values[name] = _typed(name, value)
        elif strict:
            raise bad(f'unknown parameter "{name}" of {method}')
    for name in needed:
        if name not in values and name != "text":  # an absent text has words of its own
            raise bad(f"{name} is empty" if name == "chat_id" else f'parameter "{name}" is required')
    if strict:
        _check_fields(values)
    return values


def _typed(name: str, value: Any) -> Any:
    kind = TYPES.get(name)
    try:
        if kind == "object":
            return json.loads(value) if isinstance(value, str) else value
        if kind == "bool":
            return value if isinstance(value, bool) else str(value).lower() in ("true", "1", "yes")
        if kind == "int":
            return int(value)
        if kind == "float":
            return float(value)
    except ValueError as error:
        raise bad(f"can't parse {name}" if kind == "object" else f"invalid {name} specified") from error
    return value


def _check_fields(values: Json) -> None:
    for name in ("ephemeral_message_parameters", "reply_parameters", "scope", "link_preview_options"):
        if name in values:
            refuse_unknown(name, values[name])
    for command in values.get("commands", ()):
        refuse_unknown("command", command)


def refuse_unknown(name: str, value: Json) -> None:
    """A 400 if the object has a field the Bot API does not know."""
    unknown = set(value) - FIELDS[name]
    if unknown:
        raise bad(f'unknown field "{min(unknown)}" of {name}')


def read_buttons(markup: Json | None, *, strict: bool) -> list[list[Json]]:
    """The rows of an inline keyboard, checked as the real server does."""
    if not markup:
        return []
    rows: list[list[Json]] = markup.get("inline_keyboard", [])
    for button in (button for row in rows for button in row):
        if strict:
            refuse_unknown("button", button)
        _check_button(button)
    if sum(map(len, rows)) > 100:
        raise bad("REPLY_MARKUP_TOO_LONG")
    return [row for row in rows if row]


def _check_button(button: Json) -> None:
    if not str(button.get("text", "")).strip():
        raise bad("inline keyboard button text must be non-empty")
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID")
    if "url" in button and not re.match(r"(https?|tg)://[^\s]+$", button["url"]):
        raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    if set(button) <= {"text", "style", "icon_custom_emoji_id"}:
        raise bad("text buttons are unallowed in the inline keyboard")
