"""A small feature to play with on the page: an echo, a card, a form and a file."""

from typing import Any

from markupsafe import Markup

from chat.form import Choice, Field, FieldKind, Form
from chat.message import Button, Document, Message, Reply, Shown
from chat.request import Event, Fact
from db.drafts import Draft
from handlers import forms
from handlers.context import Context, UserError
from handlers.feature import Feature
from texts import dates

feature = Feature("play")

FORM = Form(
    "play.form",
    "A form",
    (
        Field("title", "Rubrik", "Vad?", FieldKind.TEXT, hint="En kort rubrik räcker."),
        Field("when", "När", "När?", FieldKind.WHEN),
        Field("text", "Text", "Mer?", FieldKind.LONG_TEXT, optional=True),
        Field(
            "who",
            "Vem får se den",
            "Vem?",
            FieldKind.CHOICE,
            choices=(Choice("all", "Alla", own=True), Choice("own", "Bara våra egna", own=True)),
        ),
    ),
)


@feature.command("eka", alias="echo", description="Say it again")
async def echo(ctx: Context) -> Message:
    return Message(ctx.t("{text}", text=ctx.request.argument))


@feature.command("ropa", alias="shout", description="Say it to everybody", shown=Shown.HERE)
async def shout(ctx: Context) -> Message:
    return Message(ctx.t("{text}", text=ctx.request.argument))


@feature.command("hemlig", alias="secret", description="Take away what was sent")
async def secret(ctx: Context) -> Reply:
    return Reply(Message(Markup("Borta.")), delete_request=True)


@feature.command("kort", alias="card", description="A card with buttons", shown=Shown.HERE)
async def card(ctx: Context) -> Message:
    return _card(0)


def _card(count: int) -> Message:
    more = Button("Fler", "play.more", str(count + 1))
    reads = Button("Läs", url="https://example.org/?a=1&b=2")
    return Message.of(Markup("Räknar <b>{}</b>").format(count), more, reads, Button("Öppna", opens="do-eka"))


@feature.button("play.more")
async def more(ctx: Context) -> Message:
    return _card(int(ctx.request.argument))


@feature.command("fil", alias="file", description="A file")
async def file(ctx: Context) -> Message:
    return Message(Markup("Här är den."), document=Document("Åsas lista.json", b'{"a": 1}'))


@feature.command("admin-i-gruppen", alias="is-admin", description="Who am I", facts=(Fact.CHAT_ADMIN,))
async def is_admin(ctx: Context) -> Message:
    if Fact.CHAT_ADMIN not in ctx.request.facts:
        raise UserError("Only organisers can do that.")
    return Message(Markup("Du får."))


@feature.command("formular", alias="form", description="A form", shown=Shown.FORM)
async def open_form(ctx: Context) -> Reply:
    return await forms.open_form(ctx, FORM)


@feature.form(FORM)
async def done(ctx: Context, _: Draft, values: dict[str, Any]) -> Message:
    start, _end = values["when"]
    moment = dates.day_and_time(start, ctx.t, now=ctx.now)
    return Message(ctx.t("{title}: {moment}, {who}", title=values["title"], moment=moment, who=values["who"]))


@feature.event(Event.JOINED)
async def joined(ctx: Context) -> Message:
    return Message(Markup("Välkommen, {}!").format(ctx.request.sender_name))


@feature.question("week")
async def week(ctx: Context, _: object) -> Message:
    return Message(Markup("Frågat: {}").format(ctx.request.text))


@feature.when_unknown("text")
async def unknown(_: Context) -> Message:
    return Message(Markup("Okänt."))


@feature.when_unknown("command")
async def unknown_command(_: Context) -> Message:
    return Message(Markup("Okänt."))
