"""Trainings: what is offered to the one who asks."""

from datetime import timedelta

from markupsafe import Markup

from chat.message import Button, Message
from db import agenda
from db.agenda import Entry, Viewer
from db.models import ActivityKind
from handlers.card import STANDING
from handlers.context import Context
from handlers.feature import Feature
from texts import dates, sentence

feature = Feature("trainings")
AHEAD = timedelta(days=366)
MOST = 10  # a button each


@feature.command(
    "utbildningar", alias="trainings", description=sentence("Trainings that are offered to me"), private=True
)
async def trainings(ctx: Context) -> Message:
    """The trainings to come that the asker may see, earliest first, each with its card behind a button."""
    viewer = Viewer(ctx.person.invented, ctx.person.id, ctx.person.account_id)
    found = await agenda.entries(
        ctx.session,
        viewer,
        now=ctx.now,
        since=ctx.now,
        until=ctx.now + AHEAD,
        kind=ActivityKind.TRAINING.value,
        most=MOST,
    )
    if not found:
        on = Button(ctx.t.plain("What's on?"), "agenda.now")
        return Message.of(ctx.t("No training is planned just now."), on)
    lines = Markup("\n").join(_line(ctx, one) for one in found)
    buttons = [Button(one.title, "activity.card", str(one.id)) for one in found]
    return Message.of(ctx.t("Trainings:") + Markup("\n") + lines, *buttons, each=2)


def _line(ctx: Context, one: Entry) -> Markup:
    line = ctx.t(
        "• {moment} {title}, {association}",
        moment=dates.day_and_time(one.starts_at, ctx.t, now=ctx.now),
        title=one.title,
        association=one.association,
    )
    if one.cancelled:
        return line + Markup(": ") + ctx.t("cancelled")
    return line + Markup(". ") + ctx.t(STANDING[one.answer]) if one.answer else line
