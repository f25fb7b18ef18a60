"""What the files of this feature share: its declarations, and the right to an audience."""

from datetime import date

from chat.message import Button
from chat.request import whole_number
from db import saved_audiences
from db.saved_audiences import Saved, may_use
from handlers.context import Context, UserError
from handlers.feature import Feature
from texts import sentence

feature = Feature("audiences")
GONE = sentence("That audience is no longer there. Look at /audiences.")


def today(ctx: Context) -> date:
    """The day it is here: offices count as they are held on it."""
    return ctx.now.astimezone(ctx.t.zone).date()


async def own_audience(ctx: Context, argument: str) -> Saved:
    """The audience of that number, when the person may use it; else a UserError."""
    world = ctx.person.invented
    found = await saved_audiences.get_saved(ctx.session, whole_number(argument), invented=world, on=today(ctx))
    if found is None:
        raise UserError(GONE)
    require(ctx, found.association_id)
    return found


def require(ctx: Context, association_id: int | None) -> None:
    """Nothing when the person may use that association's audiences (None: the district's); else a UserError."""
    if may_use(ctx.person.rights, association_id):
        return
    ask = Button(ctx.t.plain("Ask an organiser"), "contact.ask")
    if association_id is None:
        raise UserError("Only organisers of the whole district can do that.", ask)
    raise UserError("Only that association's organisers can do that.", ask)
