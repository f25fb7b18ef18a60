"""Small numbers say who: under five, those without rights to the register see only that they are few."""

from handlers.context import Context
from texts.few import is_few


def how_many(ctx: Context, n: int, *, association_id: int | None = None) -> str:
    """The number as this person may see it, of that association (None: of the whole district)."""
    if n and is_few(n) and not ctx.person.rights.keeps_register(association_id):
        return ctx.t.plain("fewer than five")
    return str(n)
