"""Why no delivery was made for a person. That it reaches them or not is asked of the query that sends it.

What is said beside that are the facts that the query looks at, each in a sentence.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.why.words import Words, platform
from db import why
from db.models import Consent, PostKind
from db.why import Aim, Reader, Said, Way


async def why_not(session: AsyncSession, words: Words, said: Said, reader: Reader) -> list[str]:
    """Sentences; the first says that there is none."""
    none = f"There is no delivery of it for person {reader.id}."
    aim = await why.aim(session, said)
    if said.invented is not None and said.invented is not reader.invented:
        return [none, "One of them belongs to the try-out page's invented world, the other does not."]
    if aim is None:
        return [none, _not_for_many(said)]
    if await why.is_among(session, aim.reached, reader.id):
        return [none, *await _since_then(session, words, said, reader)]
    hindrances = await _hindrances(session, said, reader, aim)
    return [none, *(hindrances or ["They are not among those whom it reaches."])]


def _not_for_many(said: Said) -> str:
    if said.kind is PostKind.WELCOME:
        return "A welcome is said in the group only."
    return "It was for somebody else: it goes to single persons, or its rule is no longer kept."


async def _since_then(session: AsyncSession, words: Words, said: Said, reader: Reader) -> list[str]:
    """They would get it if it were queued now: what is newer than the post."""
    signed_up = await why.answered_at(session, said.activity_id, reader.id) if said.activity_id else None
    later: list[tuple[str, datetime | None]] = [
        ("They came", reader.created_at),
        ("They answered the question of consent, or began again after /stopp,", reader.consented_at),
        ("They answered to the activity", signed_up),
    ]
    newer = [f"{what} on {words.moment(at)}." for what, at in later if at and at > said.created_at]
    return [*newer, "It was queued before that." if newer else _changed()]


def _changed() -> str:
    return "It would reach them if it were queued now: a setting, or what they may see, has changed since."


async def _hindrances(session: AsyncSession, said: Said, reader: Reader, aim: Aim) -> list[str]:
    concerned = await why.is_among(session, aim.concerned, reader.id)
    told = [] if concerned or not reader.ways else [_not_concerned(reader, aim)]
    if said.kind is PostKind.DIGEST and not reader.digest:
        told.append("They have turned the digest off in /installningar.")
    elif said.kind is PostKind.REMINDER and not reader.reminders:
        told.append("They have turned reminders off in /installningar.")
    if aim.audience.coming_to is None and not reader.private_copies:
        told.append("They want to read such things in the group only, as they chose in /installningar.")
    closed = [_closed(way, needs_consent=aim.audience.coming_to is None) for way in reader.ways]
    if not all(closed):
        return told or _another(said)
    return told + ([one for one in closed if one] or ["They have no account."])


def _another(said: Said) -> list[str]:
    if said.kind is PostKind.DIGEST:
        return ["Another digest is theirs: each association has its own."]
    if said.kind is PostKind.REMINDER:
        return ["They signed up so late that only the next reminder is for them."]
    return []


def _not_concerned(reader: Reader, aim: Aim) -> str:
    if aim.audience.coming_to is not None:
        return "They have not answered that they come, or may come."
    if aim.audience.narrows:
        return "It is for an audience that they are not in."
    whose = "the district" if aim.audience.association_id is None else f"association {aim.audience.association_id}"
    if aim.audience.internal:
        return f"It is internal, and no organiser has confirmed that they belong to {whose}."
    return f"It is for {whose}, and they chose association {reader.association_id}."


def _closed(way: Way, *, needs_consent: bool) -> str:
    """Why nothing may go to that account; empty when something may."""
    facts = [
        (way.stopped, "/stopp is in force there: they write /start to begin again"),
        (not way.opened, "they have never opened the bot there"),
        (not way.reachable, "the platform says that it cannot be reached, until they write to the bot"),
        (
            needs_consent and way.consent == Consent.UNASKED,
            "they have not been asked, or not answered, whether we may",
        ),
        (needs_consent and way.consent == Consent.NO, "they said no to being written to unasked"),
    ]
    found = [sentence for is_so, sentence in facts if is_so]
    return f"Account {way.id} on {platform(way.platform)}: {'; '.join(found)}." if found else ""
