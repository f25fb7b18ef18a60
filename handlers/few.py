"""Small numbers say who: without rights to the register people are counted in fives, and few are not counted."""

from handlers.context import Context
from texts import Translator
from texts.few import LEAST, is_few


def persons(ctx: Context, n: int, *, association_id: int | None) -> str:
    """So many persons; in fives for those who may not see who: the difference of two numbers is a person."""
    if ctx.person.rights.keeps_register(association_id):
        return ctx.t.count_plain(n, one="{n} person", other="{n} persons")
    return about_persons(ctx.t, n)


def how_many(ctx: Context, n: int, *, association_id: int | None = None) -> str:
    """The number as this person may see it; that it is nobody may be seen."""
    return str(n) if not n or ctx.person.rights.keeps_register(association_id) else about(ctx.t, n)


def about_persons(t: Translator, n: int) -> str:
    """So many persons, in fives."""
    return t.plain("fewer than five persons") if is_few(n) else t.plain("about {n} persons", n=n - n % LEAST)


def about(t: Translator, n: int) -> str:
    """The number in fives."""
    return t.plain("fewer than five") if is_few(n) else t.plain("about {n}", n=n - n % LEAST)
