"""What is on: today, this week, ahead, or the next one of a kind."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from markupsafe import Markup

from chat.message import Button, Message, Shown
from db import agenda, associations, chats
from db.agenda import Entry, Viewer
from db.models import Level
from handlers.agenda.sheet import PAGE, Sheet, card_button, title_and_place
from handlers.agenda.spans import ABOUT_DAYS, FOREVER, Span, asked_about, bounds, in_words, unpacked, week_of
from handlers.context import Context
from handlers.feature import Feature
from texts import Translator, dates, questions, sentence
from texts.questions import Question

feature = Feature("agenda")


def today_of(ctx: Context) -> date:
    """Today where the installation is."""
    return ctx.now.astimezone(ctx.t.zone).date()


async def viewer(ctx: Context) -> tuple[Viewer, int | None]:
    """Who looks, and whose things come first. In a group nobody is more than the group."""
    if ctx.in_private:
        return Viewer(ctx.person.invented, ctx.person.id, ctx.person.account_id), ctx.person.association_id
    chat = await chats.get_chat(ctx.session, ctx.keys, ctx.request.chat.address)
    if chat is None or chat.association_id is None:
        return Viewer(ctx.person.invented), None
    inside = chat.association_id if chat.level is Level.INTERNAL else 0
    return Viewer(ctx.person.invented, chat_association_id=inside), chat.association_id


async def coming_up(
    ctx: Context, most: int, *, kind: str = "", of: int = 0, after: datetime | None = None
) -> Sequence[Entry]:
    """The next activities that the asker may see here, cancelled ones left out."""
    who, _ = await viewer(ctx)
    found = await agenda.entries(
        ctx.session, who, now=ctx.now, since=after or ctx.now, until=FOREVER, kind=kind, of=of, most=most + PAGE
    )
    return [entry for entry in found if not entry.cancelled][:most]


async def show(ctx: Context, span: Span, page: int = 0) -> Message:
    """That page of what is on in those days, or what comes next when nothing is."""
    answer = await _shown(ctx, span, page)
    one = (
        await associations.get_association(ctx.session, span.of, invented=ctx.person.invented) if span.of else None
    )
    if one is None:
        return answer
    return replace(answer, text=Markup("<b>{}</b>\n").format(one.name) + answer.text)


async def _shown(ctx: Context, span: Span, page: int) -> Message:
    who, own = await viewer(ctx)
    since, until = bounds(span, ctx.t)
    ahead = span.last is None
    found = await agenda.entries(
        ctx.session, who, now=ctx.now, since=max(since, ctx.now) if ahead else since, until=until, kind=span.kind,
        of=span.of, most=PAGE + 1 if ahead else agenda.MOST, skip=page * PAGE if ahead else 0,
    )  # fmt: skip
    if not found and not page:
        return await _nothing(ctx, span)
    sheet = Sheet(ctx.t, ctx.now, span, own, personal=ctx.in_private)
    return sheet.ahead(found, page) if ahead else sheet.days(found, page)


async def _nothing(ctx: Context, span: Span) -> Message:
    """That nothing is on then, what comes next, and a way to a person with an idea."""
    idea = Button(ctx.t.plain("I have an idea"), "contact.ask")
    days = in_words(span, ctx.t, ctx.now)
    after = bounds(span, ctx.t)[1]
    following = await coming_up(ctx, 1, kind=span.kind, of=span.of, after=after) if span.last else ()
    if not following:
        text = ctx.t("Nothing is planned {days}, and nothing later yet.", days=days) if days else ctx.t(
            "Nothing is planned yet."
        )  # fmt: skip
        return Message.of(text, idea)
    entry = following[0]
    text = ctx.t(
        "Nothing is planned {days}. Next time: {when}, {what}.",
        days=days,
        when=dates.day_and_time(entry.starts_at, ctx.t, now=ctx.now),
        what=title_and_place(entry, ctx.t),
    )
    return Message.of(text, card_button(entry), everything_ahead(ctx, span.kind, span.of), idea)


def everything_ahead(ctx: Context, kind: str = "", of: int = 0) -> Button:
    """The way to everything from now on."""
    return Button(ctx.t.plain("Everything ahead"), "agenda.more", Span(today_of(ctx), None, kind, of).packed(0))


def week_message(
    t: Translator,
    found: Sequence[Entry],
    span: Span,
    *,
    now: datetime,
    own: int | None = None,
    personal: bool = False,
) -> Message:
    """The week for a digest; `personal` when it is for one reader alone, whose association is `own`."""
    return Sheet(t, now, span, own, personal).days(found)


@feature.command("idag", alias="today", description=sentence("What is on today"), only_reads=True)
async def today(ctx: Context) -> Message:
    """What is on today."""
    day = today_of(ctx)
    return await show(ctx, Span(day, day))


@feature.command(
    "vecka",
    alias="week",
    description=sentence("What is on this week"),
    other_names=("veckan",),
    menu=1,
    only_reads=True,
)
async def week(ctx: Context) -> Message:
    """What is on this week; from Friday on the next one too."""
    return await show(ctx, week_of(today_of(ctx)))


@feature.command(
    "kommande", alias="upcoming", description=sentence("Everything that is coming up"), only_reads=True
)
async def upcoming(ctx: Context) -> Message:
    """What is on from now on."""
    return await show(ctx, Span(today_of(ctx), None))


@feature.button("agenda.now", shown=Shown.PRIVATELY, only_reads=True)
async def now(ctx: Context) -> Message:
    """What is on from now on, below the message with the button."""
    return await show(ctx, Span(today_of(ctx), None))


@feature.button("agenda.week", shown=Shown.PRIVATELY, only_reads=True)
async def this_week(ctx: Context) -> Message:
    """What is on this week, below the message with the button."""
    return await show(ctx, week_of(today_of(ctx)))


@feature.button("agenda.more", only_reads=True)
async def more(ctx: Context) -> Message:
    """Another page of the same days."""
    return await show(ctx, *unpacked(ctx.request.argument))


@feature.question("today")
@feature.question("tomorrow")
@feature.question("day")
@feature.question("weekend")
@feature.question("week")
@feature.question("next_week")
@feature.question("upcoming")
async def asked(ctx: Context, question: Question) -> Message:
    """What is on in the days asked about."""
    return await show(ctx, asked_about(question, today_of(ctx)))


async def asked_of_one(ctx: Context) -> Message | None:
    """What is on in the association that the question names; None when it names none, or asks something else."""
    every = await associations.associations(ctx.session, invented=ctx.person.invented)
    for one in every:
        named = re.compile(rf"\b{re.escape(one.name)}s?\b", re.IGNORECASE)
        if not one.is_district and named.search(ctx.request.text):
            question = questions.understand(named.sub(" ", ctx.request.text))
            if question is not None and question.intent in ABOUT_DAYS:
                return await show(ctx, replace(asked_about(question, today_of(ctx)), of=one.id))
    return None


@feature.question("next")
async def following(ctx: Context, question: Question) -> Message:
    """The next one, of the kind asked about."""
    kind = question.kind or ""
    found = await coming_up(ctx, 1, kind=kind)
    if not found:
        return await show(ctx, Span(today_of(ctx), None, kind))
    entry = found[0]
    text = ctx.t(
        "Next time: <b>{when}</b>, {what}.",
        when=dates.day_and_time(entry.starts_at, ctx.t, now=ctx.now),
        what=title_and_place(entry, ctx.t),
    )
    return Message.of(text, card_button(entry), everything_ahead(ctx, kind))
