"""What nobody approved in time is over, and the one who asked is told."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from chat.message import Message
from db import approvals, audit, outbox, reach
from db.approvals import Approval
from db.installation import Installation
from db.models import PostKind, Priority
from handlers import FEATURES
from handlers.approvals import EXPIRED, ended
from handlers.telling import as_answer
from texts import LANGUAGES, translator

DECLARED = {name: one for feature in FEATURES for name, one in feature.approvals.items()}


async def run(session: AsyncSession, *, now: datetime, installation: Installation) -> None:
    """Every request that is older than three days is closed, once."""
    for asked in await approvals.expired(session, now=now):
        if await approvals.decide(session, asked.id, by=None, now=now):
            audit.note(session, f"expire {asked.action}", f"approval:{asked.id}", actor_id=None, now=now)
            content = _said(asked, installation)
            await approvals.close(session, asked.id, content)
            await _tell(session, asked, content, now=now)


def _said(asked: Approval, installation: Installation) -> dict[str, Message]:
    made = as_answer(ended(DECLARED[asked.action], EXPIRED))
    place = (installation.zone, installation.language)
    return {language: made(translator(language, *place)) for language in LANGUAGES}


async def _tell(session: AsyncSession, asked: Approval, content: outbox.Content, *, now: datetime) -> None:
    key = f"approval-answer:{asked.id}"
    kind, urgent = PostKind.PERSONAL, Priority.URGENT
    post_id = await outbox.queue_post(session, key, kind, private=content, priority=urgent, now=now)
    assert post_id is not None, "it was not answered before"
    await outbox.queue_to_people(session, post_id, reach.organiser(asked.asked_by), now=now, quiet=None)
