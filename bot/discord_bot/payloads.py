"""Messages, buttons and modals as Discord takes them, and the ids that its components carry."""

from bot.discord_bot.markdown import pieces
from bot.discord_bot.rest import Json
from chat.form import MAX_OPTIONS, FieldKind, OpenForm, ShownField
from chat.message import Button, Message, Rows
from chat.signing import read_signed, sign

MAX_ROWS = 5
MAX_IN_ROW = 5
MAX_URL = 512  # characters, of a link on a button
MAX_TITLE = 45  # characters, also of a label in a modal
MAX_HINT = 100
MAX_INPUT = 4000

EPHEMERAL = 1 << 6
SILENT = 1 << 12
NO_PREVIEWS = 1 << 2  # of links
CALLS_NOBODY = {"parse": list[str]()}

OPENS = "^"  # the route of a button that leads to the private chat elsewhere
ASKS = "?"  # the route of a button that asks again, privately, what a message in a channel asked
FORM = "form "  # before the route of a form in a modal's id

BUTTON, SELECT, INPUT, ROW, LABEL = 2, 3, 4, 1, 18
SECONDARY, LINK = 2, 5
SHORT, PARAGRAPH = 1, 2


def bodies(message: Message, key: bytes, *, flags: int = 0) -> list[Json]:
    """The message in one or several parts; the last one has the buttons."""
    made: list[Json] = [
        {"content": text, "allowed_mentions": CALLS_NOBODY, "flags": flags | NO_PREVIEWS, "components": []}
        for text in pieces(message.text)
    ]
    made[-1]["components"] = components(message.rows, key)
    return made


def components(rows: Rows, key: bytes) -> list[Json]:
    """Rows of buttons within Discord's limits; more than 25 buttons are not shown."""
    seen: set[str] = set()
    return [
        {"type": ROW, "components": [_button(button, key, seen) for button in row]} for row in _within_limits(rows)
    ]


def _within_limits(rows: Rows) -> list[tuple[Button, ...]]:
    rows = tuple(tuple(button for button in row if _is_possible(button)) for row in rows)
    narrow = [row[start : start + MAX_IN_ROW] for row in rows for start in range(0, len(row), MAX_IN_ROW)]
    if len(narrow) <= MAX_ROWS:
        return narrow
    every = tuple(button for row in rows for button in row)[: MAX_ROWS * MAX_IN_ROW]
    return [every[start : start + MAX_IN_ROW] for start in range(0, len(every), MAX_IN_ROW)]


def _is_possible(button: Button) -> bool:
    """False for a link that Discord refuses, and the whole message with it."""
    return not button.url or (button.url.startswith(("https://", "http://")) and len(button.url) <= MAX_URL)


def _button(button: Button, key: bytes, seen: set[str]) -> Json:
    if button.url:
        return {"type": BUTTON, "style": LINK, "label": button.label, "url": button.url}
    made = sign(key, OPENS, button.opens) if button.opens else sign(key, button.route, button.argument)
    while made in seen:
        made += "#"  # Discord refuses two buttons of one id in a message
    seen.add(made)
    return {"type": BUTTON, "style": SECONDARY, "label": button.label, "custom_id": made}


def read_id(custom_id: str, key: bytes) -> tuple[str, str]:
    """Route and argument of a component; both empty when it was forged."""
    return read_signed(key, custom_id.rstrip("#")) or ("", "")


def modal(form: OpenForm, key: bytes) -> Json:
    """A page of a form."""
    return {
        "custom_id": sign(key, FORM + form.route, form.argument),
        "title": form.title[:MAX_TITLE],
        "components": [_label(one) for one in form.fields],
    }


def _label(one: ShownField) -> Json:
    made: Json = {"type": LABEL, "label": one.label[:MAX_TITLE]}
    told = one.problem or one.hint
    if told:
        made["description"] = told if len(told) <= MAX_HINT else told[: MAX_HINT - 1] + "…"
    made["component"] = _select(one) if 0 < len(one.choices) <= MAX_OPTIONS else _input(one)
    return made


def _select(one: ShownField) -> Json:
    options = [
        {"label": label[:100], "value": value, "default": value == one.value} for value, label in one.choices
    ]
    return {"type": SELECT, "custom_id": one.name, "options": options, "required": not one.optional}


def _input(one: ShownField) -> Json:
    most = min(one.max_length, MAX_INPUT)
    value = dict(one.choices).get(one.value, one.value)[:most]
    made: Json = {
        "type": INPUT,
        "custom_id": one.name,
        "style": PARAGRAPH if one.kind is FieldKind.LONG_TEXT else SHORT,
        "required": not one.optional,
        "max_length": most,
    }
    return made | {"value": value} if value else made


def read_values(rows: list[Json]) -> dict[str, str]:
    """What was filled in, by the names of the fields."""
    parts = [row["component"] for row in rows if row.get("type") == LABEL]
    return {str(part["custom_id"]): _value(part) for part in parts}


def _value(part: Json) -> str:
    chosen = part.get("values")
    return str(chosen[0] if chosen else "") if chosen is not None else str(part.get("value") or "")
