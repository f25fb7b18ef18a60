"""Slash commands: Swedish by name, localised in English, written to Discord only when they changed."""

import re

from bot.discord_bot.rest import Json, Rest
from handlers.feature import Command
from texts import Translator

STRING = 3
MAX_NAME = 32  # characters
ENGLISH = ("en-GB", "en-US")
SWEDISH = "sv-SE"
COMPARED = (
    "name",
    "description",
    "name_localizations",
    "description_localizations",
    "type",
    "required",
    "options",
)


def described(command: Command, swedish: Translator, english: Translator) -> Json:
    """A command as Discord takes it."""
    made = {"type": 1, "name": command.route.name} | _descriptions(command.description, swedish, english)
    if command.alias and command.alias != command.route.name:
        made["name_localizations"] = dict.fromkeys(ENGLISH, command.alias)
    made["options"] = [_option(command, swedish, english)] if command.argument else []
    return made


def _option(command: Command, swedish: Translator, english: Translator) -> Json:
    name, other = (_option_name(t.plain(command.argument)) for t in (swedish, english))
    made = {"type": STRING, "name": name, "required": command.argument_required}
    if other != name:
        made["name_localizations"] = dict.fromkeys(ENGLISH, other)
    return made | _descriptions(command.argument, swedish, english)


def _option_name(words: str) -> str:
    """Words as the name of an option: lower case, no spaces, as many whole words as fit."""
    name = re.sub(r"[^\w-]+", "-", words.lower()).strip("-")
    whole = name if len(name) <= MAX_NAME else name[: MAX_NAME + 1].rpartition("-")[0]
    return whole or name[:MAX_NAME]


def _descriptions(sentence: str, swedish: Translator, english: Translator) -> Json:
    return {
        "description": swedish.plain(sentence),
        "description_localizations": dict.fromkeys(ENGLISH, english.plain(sentence)),
    }


def compared(command: Json) -> Json:
    """What matters of a command, ours or Discord's, whatever else Discord adds."""
    made = {name: command[name] for name in COMPARED if command.get(name)}
    if "options" in made:
        made["options"] = [compared(one) for one in made["options"]]
    return made


async def put_commands(rest: Rest, application: int, wanted: list[Json]) -> bool:
    """Discord knows exactly these commands; False when it did already."""
    path = f"/applications/{application}/commands"
    known = await rest.call("GET", f"{path}?with_localizations=true", bucket=f"GET {path}")
    if sorted(map(compared, known), key=_name) == sorted(map(compared, wanted), key=_name):
        return False
    await rest.call("PUT", path, wanted)
    return True


def _name(command: Json) -> str:
    return str(command["name"])
