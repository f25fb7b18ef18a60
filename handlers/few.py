"""Small numbers say who: under five, those without rights to the register see only that they are few."""

from handlers.context import Context

FEW = 5  # promises.md, privacy


def how_many(ctx: Context, n: int, *, association_id: int | None = None) -> str:
    """The number as this person may see it, of that association (None: of the whole district)."""
    if 0 < n < FEW and not ctx.person.rights.keeps_register(association_id):
        return ctx.t.plain("fewer than five")
    return str(n)
