"""Dialogues: opens a form, takes its answers, and keeps the draft while something else is asked."""

from collections.abc import Mapping
from dataclasses import replace

from markupsafe import Markup

from chat.form import Field, FieldKind, Form
from chat.markup import plain
from chat.message import Button, Message, Reply, Shown
from chat.request import FormStyle, whole_number
from db import drafts
from db.drafts import Draft
from handlers.context import Context, UserError
from handlers.feature import Feature
from handlers.forms import pages, reading, steps
from handlers.forms.reading import When, pack_when
from texts import questions, sentence

__all__ = [
    "When",
    "begin",
    "feature",
    "open_form",
    "pack_when",
    "reopen",
    "resume",
    "take_page",
    "take_text",
    "take_up",
    "waiting",
]

feature = Feature("forms")
GONE = sentence("That draft is gone. Start again, I am here.")


async def open_form(
    ctx: Context,
    form: Form,
    *,
    argument: str = "",
    answers: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Reply:
    """The form is begun: its first open question, its first page, or its end when nothing is missing.

    `answers` are given as the draft keeps them; `typed` is read like what a person types, and asked about
    where it is not clear. What the person began earlier about the same thing is taken up again.
    A handler that calls this is declared with Shown.FORM.
    """
    given = dict(answers or {})
    draft = await begin(ctx, form, argument, given, anew=bool(typed))
    if draft.answers != given:
        return await take_up(ctx, draft)
    for name, text in (typed or {}).items():
        draft = await _take_typed(ctx, form.field(name), draft, text)
    return await steps.go_on(ctx, form, draft)


async def begin(ctx: Context, form: Form, argument: str, given: dict[str, str], *, anew: bool = False) -> Draft:
    """The draft that was begun about the same thing, as it stands, or a fresh one with what is given."""
    style, person_id, now = ctx.request.forms, ctx.person.id, ctx.now
    begun = await drafts.get_begun(ctx.session, person_id=person_id, form=form.name, argument=argument, now=now)
    if begun is not None and not anew:
        return begun.but(style=style)
    return await drafts.start(
        ctx.session, person_id=person_id, form=form.name, argument=argument, style=style, answers=given, now=now
    )


async def take_up(ctx: Context, draft: Draft) -> Reply:
    """The form goes on where it was, in whichever window, and can be thrown away to begin anew."""
    reply = await resume(ctx, draft)
    if reply.message is None:
        return reply
    text = ctx.t("You had already begun this, and nothing is lost.") + Markup("\n\n") + reply.message.text
    throw = Button(ctx.t.plain("Throw away"), "form.discard", str(draft.id))
    return replace(reply, message=replace(reply.message, text=text).plus(None, throw))


async def _take_typed(ctx: Context, one: Field, draft: Draft, text: str) -> Draft:
    """The draft with the answer, or with what is wrong with it, to be asked about in its turn."""
    found = await reading.read(ctx, one, text, draft.answers)
    if found.answer is not None:
        return draft.but(answers=draft.answers | {one.name: found.answer})
    unclear = {f"{one.name}?": plain(found.problem), f"{one.name}!": "\n".join(found.candidates)}
    keep = text if draft.style is FormStyle.PAGES else found.keep
    return draft.but(typed=draft.typed | unclear | {one.name: keep})


async def reopen(ctx: Context, draft: Draft) -> Reply:
    """A finished form again, to change something: which field, or all of them prefilled."""
    form = ctx.routes.forms[draft.form].form
    draft = draft.but(style=ctx.request.forms)
    await drafts.save(ctx.session, draft, now=ctx.now)
    asked = [one for one in form.fields if await reading.is_asked(ctx, one, draft.answers)]
    if draft.style is FormStyle.PAGES and form.fields.index(asked[-1]) < steps.PAGE:
        return await steps.open_page(ctx, form, draft, 0)
    buttons = [Button(ctx.t.plain(one.label), "form.again", f"{draft.id}:{one.name}") for one in asked]
    message = Message.of(ctx.t("What do you want to change?"), *buttons, each=2)
    return Reply(message.plus(None, Button(ctx.t.plain("Keep"), "form.resume", str(draft.id))))


async def take_text(ctx: Context) -> Reply | None:
    """The answer to free text when a draft waits for it; None when none does (any longer), or it asks back."""
    draft = await drafts.get_asking(ctx.session, ctx.person.id, now=ctx.now)
    if draft is None:
        return None
    form = ctx.routes.forms[draft.form].form
    if form.field(draft.asking).kind in {FieldKind.WHEN, FieldKind.CHOICE} and _asks_back(ctx.request.text):
        return None
    return await steps.take_text(ctx, form, draft, ctx.request.text)


def _asks_back(text: str) -> bool:
    """True for "what is on tomorrow?", which names a day and answers nothing; "tomorrow" is an answer."""
    question = questions.understand(text)
    return question is not None and not question.only_named


async def take_page(ctx: Context) -> Reply:
    """The answer to a sent page."""
    draft_id, _, page = ctx.request.argument.partition(":")
    draft = await _draft(ctx, draft_id)
    if draft.form != ctx.request.route:
        raise UserError(GONE)
    form = ctx.routes.forms[draft.form].form
    if int(page) * steps.PAGE >= len(form.fields):
        raise UserError(GONE)
    return await pages.take_page(ctx, form, draft, int(page))


async def waiting(ctx: Context, reply: Reply) -> Reply:
    """The reply with a reminder below it that a draft waits, when one does and the reply is not its question."""
    if reply.message and any(button.route.startswith("form.") for button in reply.message.buttons):
        return reply
    draft = await drafts.get_asking(ctx.session, ctx.person.id, now=ctx.now)
    if draft is None or reply.message is None or reply.form is not None:
        return reply
    resume = Button(ctx.t.plain("Continue"), "form.resume", str(draft.id))
    return Reply(
        reply.message,
        (*reply.also, Message.of(ctx.t("Your draft is waiting."), resume)),
        refresh_menu=reply.refresh_menu,
    )


async def _draft(ctx: Context, draft_id: str) -> Draft:
    found = await drafts.get_draft(ctx.session, whole_number(draft_id), person_id=ctx.person.id, now=ctx.now)
    if found is None:
        raise UserError(GONE)
    return found


async def _asked(ctx: Context) -> tuple[Form, Draft, str]:
    """The form, the draft and the field that a button is about."""
    draft_id, _, rest = ctx.request.argument.partition(":")
    draft = await _draft(ctx, draft_id)
    return ctx.routes.forms[draft.form].form, draft, rest


@feature.button("form.pick", shown=Shown.FORM)
async def pick(ctx: Context) -> Reply:
    """The answer on the button is taken; an old button, or one whose choice is gone, asks what is asked now."""
    form, draft, rest = await _asked(ctx)
    name, _, chosen = rest.partition(":")
    one, in_steps = form.field(name), draft.style is FormStyle.STEPS
    offered = await steps.offered(ctx, draft, one)
    if in_steps and draft.asking != name:
        return await steps.go_on(ctx, form, draft)
    if chosen not in offered:
        return await (steps.ask_anew(ctx, form, draft, one) if in_steps else steps.go_on(ctx, form, draft))
    return await steps.answered(ctx, form, draft, one, offered[chosen])


@feature.button("form.skip", shown=Shown.FORM)
async def skip(ctx: Context) -> Reply:
    """An optional field stays empty."""
    form, draft, name = await _asked(ctx)
    if draft.asking != name or not form.field(name).optional:
        return await steps.go_on(ctx, form, draft)
    return await steps.answered(ctx, form, draft, form.field(name), "")


@feature.button("form.keep", shown=Shown.FORM)
async def keep(ctx: Context) -> Reply:
    """The field keeps its answer."""
    form, draft, name = await _asked(ctx)
    one = form.field(name)
    kept = draft.but(asking="", candidates=(), typed=steps.without(draft.typed, one))
    reply = await steps.go_on(ctx, form, kept)
    return replace(reply, pressed=await steps.asked_and_answered(ctx, kept, one))


@feature.button("form.again", shown=Shown.FORM)
async def again(ctx: Context) -> Reply:
    """The field is asked again, its answer kept until there is a new one."""
    form, draft, name = await _asked(ctx)
    fresh = draft.but(candidates=(), typed=steps.without(draft.typed, form.field(name)), style=ctx.request.forms)
    if ctx.request.forms is FormStyle.PAGES:
        return await steps.open_page(ctx, form, fresh, form.fields.index(form.field(name)) // steps.PAGE)
    return await steps.ask(ctx, form, fresh, form.field(name))


@feature.button("form.back", shown=Shown.FORM)
async def back(ctx: Context) -> Reply:
    """The field before is asked again, with what it says now."""
    form, draft, name = await _asked(ctx)
    earlier = form.fields[: form.fields.index(form.field(name))]
    for one in reversed(earlier):
        if await reading.is_asked(ctx, one, draft.answers):
            typed = steps.without(draft.typed, one)
            return await steps.ask(ctx, form, draft.but(candidates=(), typed=typed), one)
    return await steps.go_on(ctx, form, draft)


@feature.button("form.page", shown=Shown.FORM)
async def page(ctx: Context) -> Reply:
    """That page is opened, prefilled; where pages cannot be opened, its questions are asked."""
    form, draft, number = await _asked(ctx)
    if ctx.request.forms is FormStyle.STEPS:
        return await steps.go_on(ctx, form, draft.but(style=FormStyle.STEPS))
    return await steps.open_page(ctx, form, draft, int(number))


@feature.button("form.cancel")
async def cancel(ctx: Context) -> Reply:
    """Nothing is asked any more; the draft stays until tomorrow."""
    _, draft, _ = await _asked(ctx)
    await drafts.save(ctx.session, draft.but(asking=""), now=ctx.now)
    go_on = Button(ctx.t.plain("Continue"), "form.resume", str(draft.id))
    throw = Button(ctx.t.plain("Throw away"), "form.discard", str(draft.id))
    text = ctx.t("Cancelled. The draft is kept until tomorrow.")
    return Reply(Message.of(text, go_on, throw), clear_buttons=True)


@feature.button("form.resume", shown=Shown.FORM)
async def resume_pressed(ctx: Context) -> Reply:
    """The form goes on where it was."""
    _, draft, _ = await _asked(ctx)
    return await resume(ctx, draft)


async def resume(ctx: Context, draft: Draft) -> Reply:
    """The draft's form goes on where it was."""
    form = ctx.routes.forms[draft.form].form
    return await steps.go_on(ctx, form, draft.but(style=ctx.request.forms))


@feature.button("form.discard")
async def discard(ctx: Context) -> Message:
    """The draft is gone."""
    draft = await _draft(ctx, ctx.request.argument)
    await drafts.discard(ctx.session, draft.id)
    return Message(ctx.t("Thrown away. Nothing was sent."))
