"""The organiser's message about a post on its way says how far it is, until it says how it went."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from chat.message import Message
from db import call, outbox, progress
from db.call import Stats
from db.installation import Installation
from db.left import NOBODY, Left, who_is_left
from handlers.call.progress import progress_message
from texts import LANGUAGES, translator


async def run(session: AsyncSession, *, now: datetime, installation: Installation) -> None:
    """Each message about a post that is not done shows how far that post is now."""
    for one in await progress.under_way(session):
        stats = await call.stats(session, one.about, now=now)
        if stats is None:
            await progress.set_done(session, one.id, now=now)
            continue
        rest = await who_is_left(session, one.about) if stats.is_done else NOBODY
        content = _said(stats, rest, now=now, installation=installation)
        if content != outbox.unpack(one.private):
            await outbox.revise(session, [one.id], private=content)
        if stats.is_done:
            await progress.set_done(session, one.id, now=now)


def _said(stats: Stats, rest: Left, *, now: datetime, installation: Installation) -> Mapping[str, Message]:
    default = installation.language
    return {
        language: progress_message(translator(language, installation.zone, default=default), stats, now, rest)
        for language in LANGUAGES
    }
