"""Those who came into a group within a minute get one silent welcome together."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from db import arrivals, outbox
from db.arrivals import Newcomers
from db.installation import Installation
from db.models import PostKind, Priority
from db.reach import one_chat
from handlers.welcome import group_welcome
from texts import LANGUAGES, translator

EXPIRES = timedelta(hours=12)  # later a welcome is no greeting


async def run(session: AsyncSession, *, now: datetime, installation: Installation) -> None:
    """Every group whose first newcomer came a minute ago has its welcome in the outbox; those sent are gone."""
    await arrivals.forget_greetings(session)
    for came in await arrivals.waiting(session, now=now):
        await _welcome(session, came, now=now, installation=installation)
        await arrivals.set_welcomed(session, came.chat_id)


async def _welcome(session: AsyncSession, came: Newcomers, *, now: datetime, installation: Installation) -> None:
    content = {}
    for language in LANGUAGES:
        t = translator(language, installation.zone, default=installation.language)
        where = came.association or installation.organisation or t.plain("the district")
        content[language] = group_welcome(t, where, list(came.names))
    post_id = await outbox.queue_post(
        session,
        f"welcome:{came.chat_id}:{came.first_at.timestamp():.0f}",
        PostKind.WELCOME,
        private=content,
        group=content,
        priority=Priority.REMINDER,
        now=now,
        expires_at=now + EXPIRES,
    )
    if post_id is not None:
        await outbox.queue_to_chats(session, post_id, one_chat(came.chat_id), now=now)
