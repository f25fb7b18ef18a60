"""What the feature's files share: its declaration, today, and finding one office."""

from datetime import date

from chat.request import whole_number
from db import offices
from db.offices import Kind
from handlers.context import Context, UserError
from handlers.feature import Feature

feature = Feature("offices")


def today(ctx: Context) -> date:
    return ctx.now.astimezone(ctx.t.zone).date()


async def get_kind(ctx: Context, kind_id: str) -> Kind:
    found = await offices.get_kind(ctx.session, whole_number(kind_id), invented=ctx.person.invented)
    if found is None:
        raise UserError("That office is no longer on the list. Look at /offices.")
    return found
