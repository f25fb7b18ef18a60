"""Whoever made a post is asked about those of whom nobody knows whether it reached them."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from chat.message import Message
from chat.quiet import allowed_from, parse
from db import held, outbox, reach
from db import question as questions
from db.held import Held
from db.installation import Installation
from db.models import PostKind, Priority
from db.session import Rows
from handlers.held import no_longer, question
from texts import LANGUAGES, Translator, translator

AT_ANY_HOUR = {PostKind.CHANGE, PostKind.CANCELLATION}  # what may be too late in the morning


async def run(session: AsyncSession, *, now: datetime, installation: Installation) -> None:
    """For each post with such deliveries there is one open question; none is open where there are none.

    Where its author turns out not to be reached either, the other organisers are asked.
    """
    waiting = {one.post_id: one for one in await held.undecided(session, now=now)}
    for asked in await held.questions(session):
        one = waiting.pop(asked.about, None)
        if one is None:
            said = {t.language: no_longer(t) for t in _translators(installation)}
            await held.close(session, asked.about, said, now=now)
            continue
        if (content := _said(one, installation)) != outbox.unpack(asked.private):
            await outbox.revise(session, [asked.id], private=content)
        if not await held.is_asked(session, asked.id):
            await _put(session, asked.id, one, await _ways(session, one, None), now=now, at=installation)
    for one in waiting.values():
        await _ask(session, one, now=now, installation=installation)


def _said(one: Held, installation: Installation) -> Mapping[str, Message]:
    return {t.language: question(t, one) for t in _translators(installation)}


def _translators(installation: Installation) -> list[Translator]:
    default = installation.language
    return [translator(language, installation.zone, default=default) for language in LANGUAGES]


async def _ask(session: AsyncSession, one: Held, *, now: datetime, installation: Installation) -> None:
    """The author is asked, or else the organisers; when nobody can be reached, later."""
    ways = await _ways(session, one, one.author_id) or await _ways(session, one, None)
    if not ways:
        return
    content, key = _said(one, installation), await held.next_key(session, one.post_id)
    post_id = await outbox.queue_post(
        session, key, PostKind.PERSONAL, private=content, priority=Priority.URGENT, now=now
    )
    assert post_id is not None, "there was no open question"
    await _put(session, post_id, one, ways, now=now, at=installation)


async def _put(
    session: AsyncSession, question_id: int, one: Held, ways: list[Rows], *, now: datetime, at: Installation
) -> None:
    quiet = parse("" if one.kind in AT_ANY_HOUR else at.quiet_hours)
    not_before = allowed_from(now, quiet, at.zone)
    for way in ways:
        await outbox.queue_to_people(session, question_id, way, now=now, quiet=None, not_before=not_before)


async def _ways(session: AsyncSession, one: Held, author_id: int | None) -> list[Rows]:
    """How those who decide can be reached."""
    deciders = await questions.answerers(
        session, association_id=one.association_id, organiser_id=author_id, invented=one.invented
    )
    ways = [reach.organiser(person_id) for person_id in deciders]
    return [way for way in ways if (await session.execute(way)).first()]
