"""The words that people agreed to, as they were shown: consent can be proven (GDPR article 7.1)."""

import hashlib

from sqlalchemy.ext.asyncio import AsyncSession

from db.models import ConsentText
from db.session import insert


async def keep_words(session: AsyncSession, text: str, *, version: str, language: str) -> str:
    """The version under which just these words are kept; kept once, and never changed."""
    exact = f"{version}:{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    row = insert(session, ConsentText).values(version=exact, language=language, text=text)
    await session.execute(row.on_conflict_do_nothing())
    return exact
