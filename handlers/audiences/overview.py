"""The list of audiences with how many each has, and one of them: renamed or removed."""

from markupsafe import Markup

from chat.form import Form
from chat.message import Button, Message, Reply, Shown
from db import audiences, audit, saved_audiences
from db.audiences import Audience
from db.drafts import Draft
from db.saved_audiences import Names, Saved
from handlers import forms, kept_list
from handlers.audiences.feature import feature, own_audience, today
from handlers.audiences.words import describe
from handlers.context import Context, UserError
from handlers.feature import Needs
from handlers.few import persons
from handlers.paging import more
from texts import dates, sentence

MOST = 8  # audiences at once: a button each
MAX_NAME = 60  # characters: it stands on buttons

NAME = kept_list.name_field(sentence("What shall the audience be called?"), most=MAX_NAME)
RENAME = Form("audiences.rename", title=sentence("New name"), fields=(NAME,))
TAKEN = sentence("There is already an audience called {name}.")


@feature.command(
    "malgrupper",
    alias="audiences",
    description=sentence("Audiences with a name: whom a call or a message is for"),
    needs=Needs.ORGANISER,
    private=True,
)
async def list_audiences(ctx: Context) -> Message:
    """The audiences that the asker may use."""
    return await _list(ctx, 0)


@feature.button("audiences.list", needs=Needs.ORGANISER)
async def page(ctx: Context) -> Message:
    """That part of the list."""
    return await _list(ctx, ctx.number)


async def _list(ctx: Context, start: int) -> Message:
    mine, invented = ctx.person.rights, ctx.person.invented
    every = await saved_audiences.saved(ctx.session, mine, invented=invented, on=today(ctx))
    new = Button(ctx.t.plain("New audience"), "audiences.new")
    if not every:
        return Message.of(ctx.t("There is no audience yet. With one you reach just those whom it is about."), new)
    shown = every[start : start + MOST]
    lines = [await _line(ctx, number, one) for number, one in enumerate(shown, start + 1)]
    buttons = [
        Button(f"{number}. {one.name}", "audiences.show", str(one.id))
        for number, one in enumerate(shown, start + 1)
    ]
    message = Message.of(Markup("\n").join(lines), *buttons, each=2)
    message = message.plus(None, *more(ctx.t, every[start + MOST :], "audiences.list", start + MOST))
    return message.plus(None, new)


async def _line(ctx: Context, number: int, one: Saved) -> Markup:
    many = persons(ctx, await audiences.count(ctx.session, one.audience), association_id=one.association_id)
    what = describe(one.audience, ctx.t, await names_of(ctx, one.audience))
    return ctx.t("{number}. {name} ({persons}): {what}", number=number, name=one.name, persons=many, what=what)


async def summary(ctx: Context, name: str, audience: Audience, association_id: int | None) -> Markup:
    """What an audience of that association (None: the district's) is called, whom it means, and how many."""
    number = await audiences.count(ctx.session, audience)
    what = describe(audience, ctx.t, await names_of(ctx, audience))
    lines = [
        ctx.t("<b>{name}</b>", name=name),
        ctx.t("{text}", text=dates.capital(what)),
        ctx.t("Right now: {persons}.", persons=persons(ctx, number, association_id=association_id)),
    ]
    if not (audience.offices or audience.joined_since or audience.labels or audience.coming_to):
        lines.append(ctx.t("Members count, and others who follow {where}.", where=what))  # the register has fewer
    return Markup("\n").join(lines)


async def names_of(ctx: Context, audience: Audience) -> Names:
    """What the parts of the audience are called."""
    world = ctx.person.invented
    return await saved_audiences.names(ctx.session, invented=world, coming_to=audience.coming_to)


@feature.button("audiences.show", needs=Needs.ORGANISER)
async def show(ctx: Context) -> Message:
    """One audience, and what can be done about it."""
    return await _one(ctx, await own_audience(ctx, ctx.request.argument))


async def _one(ctx: Context, one: Saved) -> Message:
    text = await summary(ctx, one.name, one.audience, one.association_id)
    return kept_list.shown(ctx.t, text, "audiences", one.id, back="audiences.list")


@feature.button("audiences.rename", shown=Shown.FORM, needs=Needs.ORGANISER)
async def ask_name(ctx: Context) -> Reply:
    """Asks for the new name."""
    one = await own_audience(ctx, ctx.request.argument)
    return await forms.open_form(ctx, RENAME, argument=str(one.id))


@feature.form(RENAME, needs=Needs.ORGANISER)
async def rename(ctx: Context, draft: Draft, values: dict[str, str]) -> Message:
    """The audience is called so from now on."""
    one = await own_audience(ctx, draft.argument)
    name = values["name"]
    if not await saved_audiences.rename(ctx.session, one.id, name, invented=ctx.person.invented):
        raise UserError(TAKEN, name=name)
    audit.note(ctx.session, "rename audience", f"audience:{one.id}", actor_id=ctx.person.id, now=ctx.now)
    return await _one(ctx, await own_audience(ctx, draft.argument))


@feature.button("audiences.ask_remove", needs=Needs.ORGANISER)
async def ask_remove(ctx: Context) -> Message:
    """Nothing is removed before this second press."""
    one = await own_audience(ctx, ctx.request.argument)
    text = ctx.t("Remove {name}? What was sent to it stays sent.", name=one.name)
    remove = Button(ctx.t.plain("Yes, remove it"), "audiences.remove", str(one.id))
    return Message.of(text, remove, Button(ctx.t.plain("Back"), "audiences.show", str(one.id)))


@feature.button("audiences.remove", needs=Needs.ORGANISER)
async def remove(ctx: Context) -> Message:
    """The audience is gone."""
    one = await own_audience(ctx, ctx.request.argument)
    await saved_audiences.remove(ctx.session, one.id)
    audit.note(ctx.session, "remove audience", f"audience:{one.id}", actor_id=ctx.person.id, now=ctx.now)
    return await _list(ctx, 0)
