"""What can be asked, and what is answered to what was not understood."""

from dataclasses import replace

from markupsafe import Markup

from chat.message import Button, Message, Reply, Shown
from chat.request import Kind
from db import drafts
from db.import_members.problems import Reason
from handlers import agenda, question
from handlers.context import Context, UserError, is_allowed
from handlers.feature import Answered, Command, Feature, Needs
from handlers.import_members.words import FILES
from texts import questions, sentence
from texts.questions import Question

feature = Feature("help")

FORWARD = "forward"  # the draft that keeps what was not understood until it is pressed on, or a day is over


def may(ctx: Context, needs: Needs) -> bool:
    """True when the person has that right; in a group nobody is more than the group."""
    own = ctx.in_private or ctx.request.own_message
    return needs is Needs.NOTHING or (own and is_allowed(ctx.person.rights, needs))


@feature.command("hjalp", alias="help", description=sentence("What you can ask me"), menu=5, only_reads=True)
@feature.button("help.show", shown=Shown.PRIVATELY, only_reads=True)
async def show(ctx: Context) -> Message:
    """What this person may ask, everybody's things first."""
    listed = [one for one in ctx.routes.all_commands if one.help and may(ctx, one.route.needs)]
    for_all = [one for one in listed if one.route.needs is Needs.NOTHING]
    parts = [
        ctx.t(
            "Write just as you like, for example “what is on this week?”, “when is the next meeting?” "
            "or “I want to help”. Or use one of these:"
        ),
        *(_line(ctx, one) for one in for_all),
    ]
    organising = [one for one in listed if one.route.needs is not Needs.NOTHING]
    if organising:
        parts += [Markup(""), ctx.t("As an organiser:"), *(_line(ctx, one) for one in organising)]
    write = Button(ctx.t.plain("Write to an organiser"), "contact.ask")
    return Message.of(Markup("\n").join(parts), Button(ctx.t.plain("What's on?"), "agenda.now"), write)


def _line(ctx: Context, one: Command) -> Markup:
    name = one.route.name if ctx.t.language == "sv" else one.alias
    return ctx.t("/{command} – {what}", command=name, what=ctx.t.plain(one.description))


@feature.question("help")
async def asked(ctx: Context, question: Question) -> Answered:
    """The same, for somebody who wrote it."""
    return await show(ctx)


@feature.question("thanks")
async def thanked(ctx: Context, question: Question) -> Message:
    """A friendly word back."""
    return Message(ctx.t("You are welcome!"))


@feature.when_unknown("command")
async def unknown_command(ctx: Context) -> Message:
    """The command that was probably meant, or the way to the help."""
    known = [name for name, one in ctx.routes.commands.items() if one.help and may(ctx, one.route.needs)]
    meant = questions.nearest(ctx.request.route, known)
    helps = Button(ctx.t.plain("Help"), "help.show")
    if meant is None:
        return Message.of(
            ctx.t("I do not know that command."), Button(ctx.t.plain("What's on?"), "agenda.now"), helps
        )
    show_it = Button(ctx.t.plain("Show /{command}", command=meant), "help.run", meant)
    return Message.of(ctx.t("Did you mean /{command}?", command=meant), show_it, helps)


@feature.button("help.run", shown=Shown.FORM)
async def run(ctx: Context) -> Answered:
    """The answer to the command that was meant."""
    command = ctx.routes.commands.get(ctx.request.argument)
    if command is None or command.groups_only or not may(ctx, command.route.needs):
        raise UserError("That button is no longer in use. Write what you want to know, or /help.")
    request = replace(ctx.request, kind=Kind.COMMAND, route=command.route.name, argument="")
    return await command.route.handle(replace(ctx, request=request))


@feature.when_unknown("text")
async def not_understood(ctx: Context) -> Message:
    """Asks whether a person should read it; until then it is kept in a draft alone."""
    known = await agenda.asked_of_one(ctx)
    if known is not None:
        return known
    what_is_on = Button(ctx.t.plain("What's on?"), "agenda.now")
    if not any(letter.isalnum() for letter in ctx.request.text):
        if ctx.request.attachment and may(ctx, Needs.REGISTER):
            raise UserError(FILES[Reason.NOT_A_LIST])
        hint = ctx.t("Write what you want to know, for example “what is on this week?”.")
        return Message.of(hint, what_is_on, Button(ctx.t.plain("Help"), "help.show"))
    if len(ctx.request.text) > question.MAX_TEXT:
        raise UserError(
            "I did not understand that, and it is too long to pass on: at most {most} characters.",
            most=question.MAX_TEXT,
        )
    draft = await drafts.start(
        ctx.session, person_id=ctx.person.id, form=FORWARD, argument="", style=ctx.request.forms,
        answers={"text": ctx.request.text}, now=ctx.now,
    )  # fmt: skip
    text = ctx.t("I did not understand that, but a person will. Shall I pass it on?")
    send = Button(ctx.t.plain("Send to the organisers"), "help.forward", str(draft.id))
    return Message.of(text, send, what_is_on, Button(ctx.t.plain("No"), "help.drop", str(draft.id)), each=2)


@feature.button("help.forward")
async def forward(ctx: Context) -> Reply:
    """What was not understood is on its way to a person, once."""
    draft = await _kept(ctx)
    if draft is None:
        raise UserError("I no longer have that. Please write it again.")
    await drafts.discard(ctx.session, draft.id)
    return await question.forward(ctx, draft.answers["text"], association_id=ctx.person.association_id)


@feature.button("help.drop")
async def drop(ctx: Context) -> Message:
    """What was not understood is gone."""
    draft = await _kept(ctx)
    if draft is not None:
        await drafts.discard(ctx.session, draft.id)
    return Message(ctx.t("All right. I have not kept it."))


async def _kept(ctx: Context) -> drafts.Draft | None:
    draft = await drafts.get_draft(ctx.session, ctx.number, person_id=ctx.person.id, now=ctx.now)
    return draft if draft is not None and draft.form == FORWARD else None
