"""Who did what to what: append-only, ids and words of ours, no content."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Audit

FORGET = "forget"


def note(session: AsyncSession, action: str, about: str, *, actor_id: int | None, now: datetime) -> None:
    """The action is in the audit log with this transaction. `about` is like "activity:12"."""
    session.add(Audit(at=now, actor_id=actor_id, action=action, object=about))
