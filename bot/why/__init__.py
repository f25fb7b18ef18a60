"""Why somebody got a post, or did not: what `./kallelse why PERSON POST` tells, in plain sentences."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.errors import WrongInputError
from bot.opening import Opened
from bot.why.absent import why_not
from bot.why.delivered import story
from bot.why.words import Words
from chat.request import whole_number
from db import why
from db.audiences import Audience, to_json
from db.why import Said, Standing
from texts import translator


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known: in sentences, and as values for a script."""

    sentences: tuple[str, ...]
    facts: dict[str, Any]


async def why_of(house: Opened, person: str, post: str, *, now: datetime) -> Answer:
    """The story of that post and that person; WrongInputError when there is no such person or post."""
    at = house.installation
    words = Words(translator("en", at.zone), at.quiet_hours, now)
    async with house.database.read() as session:
        said = await why.get_post(session, post)
        reader = await why.get_reader(session, whole_number(person))
        if said is None or reader is None:
            missing = f"post {post}" if said is None else f"person {person}"
            raise WrongInputError(f"There is no {missing}; it may have been forgotten.")
        found = await why.deliveries(session, said.id, reader.id)
        sentences = [words.post(said)]
        for one in found:
            sentences += story(words, said, reader, one)
        if not found:
            sentences += await why_not(session, words, said, reader)
        sentences += words.groups(await why.groups(session, said.id))
    facts = {"person": reader.id, "post": _plain(said, at.zone)}
    each = [_plain(one, at.zone) for one in found]
    return Answer(tuple(sentences), facts | {"deliveries": each, "story": sentences})


def _plain(one: Said | Standing, zone: ZoneInfo) -> dict[str, Any]:
    """Its values as JSON takes them; moments by the clock of the installation."""
    return {name: _value(getattr(one, name), zone) for name in one.__slots__}


def _value(value: Any, zone: ZoneInfo) -> Any:
    if isinstance(value, Audience):
        return json.loads(to_json(value))
    return value.astimezone(zone).isoformat() if isinstance(value, datetime) else value
