"""Small numbers say who: under five, those without rights to the register see only that they are few."""

from handlers.context import Context
from texts.few import LEAST, is_few


def is_hidden(ctx: Context, n: int, *, association_id: int | None = None) -> bool:
    """True when this person may not see the number, of that association (None: of the whole district)."""
    return n > 0 and is_few(n) and not ctx.person.rights.keeps_register(association_id)


def persons(ctx: Context, n: int, *, association_id: int | None) -> str:
    """So many persons; in fives for those who may not see who: the difference of two numbers is a person."""
    if ctx.person.rights.keeps_register(association_id):
        return ctx.t.count_plain(n, one="{n} person", other="{n} persons")
    if is_few(n):
        return ctx.t.plain("fewer than five persons")
    return ctx.t.plain("about {n} persons", n=n - n % LEAST)


def how_many(ctx: Context, n: int, *, association_id: int | None = None) -> str:
    """The number as this person may see it."""
    return ctx.t.plain("fewer than five") if is_hidden(ctx, n, association_id=association_id) else str(n)
