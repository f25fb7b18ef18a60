"""What Discord refuses: messages, components, modals and commands outside its limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.servers.discord_state import Json

# Discord's names of languages, as its documentation lists them.
LOCALES = frozenset(
    re.findall(
        r"\S+",
        "bg cs da de el en-GB en-US es-419 es-ES fi fr hi hr hu id it ja ko lt nl no pl pt-BR ro ru sv-SE"
        " th tr uk vi zh-CN zh-TW",
    )
)
_EMBED_LIMITS = {"title": 256, "description": 4096}


class ApiError(Exception):
    """An answer that is not 2xx, as Discord words it."""

    def __init__(self, status: int, code: int, message: str, **more: Any) -> None:
        """`more` goes into the body as it is."""
        super().__init__(message)
        self.status = status
        self.body = {"message": message, "code": code, **more}
        self.headers: dict[str, str] = {}


def invalid(path: str, code: str, message: str) -> ApiError:
    """400 Invalid Form Body, with the field that was wrong."""
    errors: Json = {"_errors": [{"code": code, "message": message}]}
    for step in reversed(path.split(".")):
        errors = {step: errors}
    return ApiError(400, 50035, "Invalid Form Body", errors=errors)


def check_text(value: object, path: str, most: int, least: int = 0) -> None:
    """Refuse what is not a text of that length."""
    if not isinstance(value, str):
        raise invalid(path, "BASE_TYPE_STRING", "Could not interpret as string.")
    if not least <= len(value) <= most:
        raise invalid(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")


def check_message(body: Json, files: int = 0, *, ephemeral: bool = False) -> None:
    """Refuse a message that Discord would refuse."""
    if (
        not any(body.get(part) for part in ("content", "embeds", "components", "poll", "sticker_ids"))
        and not files
    ):
        raise ApiError(400, 50006, "Cannot send an empty message")
    check_changes(body)
    allowed = 4 | 1 << 12 | (1 << 6 if ephemeral else 0)
    if int(body.get("flags") or 0) & ~allowed:
        raise invalid("flags", "BITFIELD_INVALID", "Those flags cannot be set here.")
    if body.get("nonce") is not None and len(str(body["nonce"])) > 25:
        raise invalid("nonce", "NONCE_TYPE_TOO_LONG", "Must be 25 or fewer in length.")


def check_changes(body: Json) -> None:
    """Refuse contents that no message may have."""
    if body.get("content") is not None:
        check_text(body["content"], "content", 2000)
    _check_embeds(body.get("embeds") or [])
    check_components(body.get("components") or [])
    mentions = body.get("allowed_mentions") or {}
    for kind in mentions.get("parse") or []:
        if kind not in {"roles", "users", "everyone"}:
            raise invalid("allowed_mentions.parse", "BASE_TYPE_CHOICES", "Unknown kind of mention.")


def _check_embeds(embeds: list[Json]) -> None:
    if len(embeds) > 10:
        raise invalid("embeds", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    total = 0
    for embed in embeds:
        for name, most in _EMBED_LIMITS.items():
            check_text(embed.get(name) or "", f"embeds.{name}", most)
            total += len(embed.get(name) or "")
        fields = embed.get("fields") or []
        if len(fields) > 25:
            raise invalid("embeds.fields", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
        for one in fields:
            check_text(one.get("name"), "embeds.fields.name", 256, 1)
            check_text(one.get("value"), "embeds.fields.value", 1024, 1)
            total += len(one["name"]) + len(one["value"])
    if total > 6000:
        raise invalid("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000.")


def check_components(rows: list[Json]) -> None:
    """Refuse more than five rows, rows that are full, and broken buttons and selects."""
    if len(rows) > 5:
        raise invalid("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    for row in rows:
        parts = row.get("components") if row.get("type") == 1 else None
        if not parts:
            raise invalid("components", "UNION_TYPE_CHOICES", "Only rows that hold something are allowed here.")
        widths = sum(1 if part.get("type") == 2 else 5 for part in parts)
        if widths > 5:
            raise invalid("components.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The row is full.")
        for part in parts:
            _check_part(part)
    check_unique(part["custom_id"] for row in rows for part in row["components"] if "custom_id" in part)


def check_unique(names: Iterator[str]) -> None:
    """Refuse a custom_id that stands twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise invalid(
                "components", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
            )
        seen.add(name)


def _check_part(part: Json) -> None:
    if part.get("type") == 2:
        _check_button(part)
    elif part.get("type") == 3:
        check_select(part)
    else:
        raise invalid("components.type", "UNION_TYPE_CHOICES", "Value of field 'type' must be one of 2, 3.")


def _check_button(button: Json) -> None:
    style = button.get("style")
    if style not in {1, 2, 3, 4, 5}:
        raise invalid("components.style", "BASE_TYPE_CHOICES", "Value must be one of 1, 2, 3, 4, 5.")
    check_text(button.get("label") or "", "components.label", 80, 0 if button.get("emoji") else 1)
    if style == 5:
        check_text(button.get("url"), "components.url", 512, 1)
        if not button["url"].startswith(("https://", "http://", "discord://")):
            raise invalid(
                "components.url", "URL_TYPE_INVALID_SCHEME", "Scheme must be one of http, https, discord."
            )
    else:
        check_text(button.get("custom_id"), "components.custom_id", 100, 1)


def check_select(select: Json) -> None:
    """Refuse a select with no option, too many, or two of one value."""
    check_text(select.get("custom_id"), "components.custom_id", 100, 1)
    check_text(select.get("placeholder") or "", "components.placeholder", 150)
    options = select.get("options") or []
    if not 1 <= len(options) <= 25:
        raise invalid("components.options", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 25 in length.")
    for option in options:
        check_text(option.get("label"), "components.options.label", 100, 1)
        check_text(option.get("value"), "components.options.value", 100, 1)
        check_text(option.get("description") or "", "components.options.description", 100)
    if len({option["value"] for option in options}) < len(options):
        raise invalid(
            "components.options", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The value is already used"
        )


def check_modal(data: Json) -> None:
    """Refuse a modal that Discord would not open."""
    check_text(data.get("custom_id"), "data.custom_id", 100, 1)
    check_text(data.get("title"), "data.title", 45, 1)
    rows = data.get("components") or []
    if not 1 <= len(rows) <= 5:
        raise invalid("data.components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    for row in rows:
        _check_modal_row(row)
    check_unique(row["component"]["custom_id"] for row in rows if row["type"] == 18)


def _check_modal_row(row: Json) -> None:
    if row.get("type") == 10:
        check_text(row.get("content"), "data.components.content", 4000, 1)
        return
    if row.get("type") != 18:
        raise invalid("data.components.type", "UNION_TYPE_CHOICES", "Value of field 'type' must be one of 10, 18.")
    check_text(row.get("label"), "data.components.label", 45, 1)
    check_text(row.get("description") or "", "data.components.description", 100)
    part = row.get("component") or {}
    if part.get("type") == 3:
        check_select(part)
    elif part.get("type") == 4:
        _check_input(part)
    else:
        raise invalid("data.components.component.type", "UNION_TYPE_CHOICES", "Must be one of 3, 4.")


def _check_input(part: Json) -> None:
    check_text(part.get("custom_id"), "data.components.custom_id", 100, 1)
    if part.get("style") not in {1, 2}:
        raise invalid("data.components.style", "BASE_TYPE_CHOICES", "Value must be one of 1, 2.")
    if part.get("label"):
        raise invalid("data.components.label", "COMPONENT_LABEL_NOT_ALLOWED", "Within a label it has none itself.")
    check_text(part.get("placeholder") or "", "data.components.placeholder", 100)
    most = part.get("max_length", 4000)
    if not 1 <= most <= 4000 or not 0 <= part.get("min_length", 0) <= most:
        raise invalid("data.components.max_length", "NUMBER_TYPE_MAX", "Must be between 1 and 4000.")
    check_text(part.get("value") or "", "data.components.value", most)


def check_commands(commands: object) -> None:
    """Refuse a set of commands of which one is wrong."""
    if not isinstance(commands, list) or len(commands) > 100:
        raise ApiError(400, 30032, "Maximum number of application commands reached (100)")
    for command in commands:
        _check_command(command, "commands")
        for option in command.get("options") or []:
            _check_command(option, "options")
        if len(command.get("options") or []) > 25:
            raise invalid("options", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
        needed = [bool(option.get("required")) for option in command.get("options") or []]
        if needed != sorted(needed, reverse=True):
            raise invalid("options", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options come first")
    names = [command["name"] for command in commands]
    if len(set(names)) < len(names):
        raise invalid(
            "commands", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique"
        )


def _check_command(command: Json, path: str) -> None:
    for name in (command.get("name"), *(command.get("name_localizations") or {}).values()):
        check_text(name, f"{path}.name", 32, 1)
        if not all(letter.isalnum() or letter in "-_'" for letter in name) or name != name.lower():
            raise invalid(f"{path}.name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    for text in (command.get("description"), *(command.get("description_localizations") or {}).values()):
        check_text(text, f"{path}.description", 100, 1)
    for localized in ("name_localizations", "description_localizations"):
        if not set(command.get(localized) or {}) <= LOCALES:
            raise invalid(f"{path}.{localized}", "DICT_TYPE_KEYS", "Not a locale of Discord's.")
