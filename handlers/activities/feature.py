"""What the files of this feature share: its declarations, and the right to touch an activity."""

from chat.message import Button
from chat.request import whole_number
from db import activities
from db.activities import Activity
from handlers.context import Context, UserError
from handlers.feature import Feature

feature = Feature("activities")


async def own_activity(ctx: Context, argument: str) -> Activity:
    """The activity as it is now, when the person organises or hosts it; else a UserError."""
    number = whole_number(argument)
    return await (_activity if number in ctx.person.rights.hosted else organised_activity)(ctx, argument)


async def organised_activity(ctx: Context, argument: str) -> Activity:
    """The same, when the person may act for its association; being its host is not enough."""
    activity = await _activity(ctx, argument)
    if not ctx.person.rights.covers(activity.association_id):
        ask = Button(ctx.t.plain("Ask an organiser"), "contact.ask")
        raise UserError("Only organisers in {association} can do that.", ask, association=activity.association)
    return activity


async def _activity(ctx: Context, argument: str) -> Activity:
    activity = await activities.get_activity(ctx.session, whole_number(argument), invented=ctx.person.invented)
    if activity is None:
        raise UserError("That is no longer there. Look at /activities.")
    return activity


async def open_activity(ctx: Context, argument: str) -> Activity:
    """The same, when it can still be changed."""
    activity = await own_activity(ctx, argument)
    if activity.cancelled:
        raise UserError("It is cancelled. Nothing was changed.")
    if activity.is_over(ctx.now):
        raise UserError("It has already been. Nothing was changed.")
    return activity
