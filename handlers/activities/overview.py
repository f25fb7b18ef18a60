"""The organiser's list, and one activity with who comes: names here only, for those who may act for it."""

from dataclasses import replace

from markupsafe import Markup

from chat.message import Button, Message, Shown
from db import activities, call
from db.activities import Activity
from db.models import Answer
from handlers import card, holding
from handlers.activities.feature import feature, own_activity
from handlers.call.preview import mail_text
from handlers.context import Context, UserError
from handlers.feature import Needs
from handlers.paging import more
from texts import dates, sentence

MOST = 10  # activities at once: a button each

COMING = {Answer.COMING: sentence("Coming"), Answer.MAYBE: sentence("Maybe"), Answer.NO: sentence("Not coming")}


@feature.command(
    "aktiviteter",
    alias="activities",
    description=sentence("Mine: change, cancel, who comes"),
    needs=Needs.HOST,
    menu=7,
    private=True,
)
async def mine(ctx: Context) -> Message:
    """What is to come in the associations that the asker organises for, or that they are the host of."""
    found, rests = await _list(ctx, 0), await holding.rests(ctx)
    return replace(found, text=rests + Markup("\n\n") + found.text) if rests else found


@feature.button("activities.list", needs=Needs.HOST)
async def page(ctx: Context) -> Message:
    """That part of the list."""
    return await _list(ctx, ctx.number)


async def _list(ctx: Context, start: int) -> Message:
    every = await activities.organised_by(ctx.session, ctx.person, now=ctx.now)
    if not every and not ctx.person.rights.is_organiser:
        return Message(ctx.t("What you were the host of has been."))
    if not every:
        new = Button(ctx.t.plain("A new call"), "call.new")
        return Message.of(ctx.t("Nothing is planned. Write /call to call people to something."), new)
    shown = every[start : start + MOST]
    lines = [_line(ctx, number, one) for number, one in enumerate(shown, start + 1)]
    buttons = [
        Button(f"{number}. {one.title}", "activities.show", str(one.id))
        for number, one in enumerate(shown, start + 1)
    ]
    message = Message.of(Markup("\n").join(lines), *buttons, each=2)
    return message.plus(None, *more(ctx.t, every[start + MOST :], "activities.list", start + MOST))


def _line(ctx: Context, number: int, one: Activity) -> Markup:
    line = ctx.t(
        "{number}. {moment} {title}, {association}",
        number=number,
        moment=dates.capital(card.moment(one, ctx.t, now=ctx.now)),
        title=one.title,
        association=one.association,
    )
    return line + Markup(": ") + ctx.t("cancelled") if one.cancelled else line


@feature.button("activities.show", needs=Needs.HOST)
async def show(ctx: Context) -> Message:
    """One activity with who comes, and what can be done about it."""
    return await overview(ctx, await own_activity(ctx, ctx.request.argument))


async def overview(ctx: Context, activity: Activity) -> Message:
    """The card, the names by answer, and the organiser's buttons."""
    found = await activities.names(ctx.session, activity.id)
    who = [_who(ctx, answer, names) for answer, names in found.items() if names]
    text = card.text(activity, ctx.t, now=ctx.now)
    text += Markup("\n\n") + (Markup("\n").join(who) if who else ctx.t("Nobody has answered yet."))
    return Message(text, _buttons(ctx, activity))


def _who(ctx: Context, answer: Answer, names: list[str]) -> Markup:
    called = [name or ctx.t.plain("without a name") for name in names]
    return ctx.t("{answer} ({n}): {names}", answer=ctx.t(COMING[answer]), n=len(names), names=", ".join(called))


def _buttons(ctx: Context, activity: Activity) -> tuple[tuple[Button, ...], ...]:
    t, about = ctx.t, str(activity.id)
    back = (Button(t.plain("Back"), "activities.list"),)
    write = Button(t.plain("Write to those coming"), "activities.write", about)
    if activity.is_over(ctx.now):
        return (back,)
    if activity.cancelled:
        return ((write,), back)
    hosts = Button(t.plain("Hosts"), "hosts.show", about)
    return (
        (
            Button(t.plain("Change"), "activities.change", about),
            Button(t.plain("Call off"), "activities.cancel", about),
        ),
        (write, Button(t.plain("Reminders"), "activities.reminders", about)),
        (hosts, *back) if ctx.person.rights.covers(activity.association_id) else back,
    )


@feature.button("activities.mail", shown=Shown.PRIVATELY, needs=Needs.HOST)
async def mail(ctx: Context) -> Message:
    """The activity as text to copy, for those who are on no chat."""
    return mail_text(ctx, await own_activity(ctx, ctx.request.argument))


@feature.button("activities.missed", needs=Needs.HOST)
async def missed(ctx: Context) -> Message:
    """What those are called whom a message about the activity did not reach."""
    post_id = ctx.number
    activity_id = await call.activity_of(ctx.session, post_id)
    await own_activity(ctx, str(activity_id or 0))
    names = await call.names_missed(ctx.session, post_id)
    if not names:
        raise UserError("Everybody has been reached by now.")
    called = [name or ctx.t.plain("without a name") for name in names]
    return Message(ctx.t("Not reached: {names}.", names=dates.names(called, ctx.t)))
