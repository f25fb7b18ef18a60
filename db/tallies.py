"""How many there were of what is gone: statistics go on, and no row leads to a person."""

from sqlalchemy import literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Tally
from db.session import Rows, insert


async def add(session: AsyncSession, of: str, counted: Rows) -> None:
    """What `counted` gives (about what, which value, how many) is added; it must have a WHERE, for SQLite."""
    named = counted.add_columns(literal(of))
    query = insert(session, Tally).from_select(["about", "value", "count", "of"], named)
    more = {"count": Tally.count + query.excluded.count}
    await session.execute(query.on_conflict_do_update(index_elements=["of", "about", "value"], set_=more))


async def counts(session: AsyncSession, of: str, about: int) -> dict[str, int]:
    """How many there were, by value."""
    query = select(Tally.value, Tally.count).where(Tally.of == of, Tally.about == about)
    return {row[0]: row[1] for row in await session.execute(query)}
