"""A form as questions one at a time: the next question, and what an answer leads to."""

from collections.abc import Awaitable, Callable

from markupsafe import Markup

from chat.form import Field, FieldKind, Form, OpenForm, ShownField
from chat.message import Button, Message, Reply
from chat.request import FormStyle
from db import drafts
from db.drafts import Draft
from handlers.context import Context
from handlers.forms import reading
from texts import dates

PAGE = 5  # fields: Discord's limit of a modal
Shows = Callable[[Context, Form, Draft], Awaitable[Reply]]


async def go_on(ctx: Context, form: Form, draft: Draft) -> Reply:
    """The next question, or what the feature says to the finished values."""
    draft = await _settled(ctx, form, draft)
    missing = next((one for one in form.fields if one.name not in draft.answers), None)
    if missing is None:
        return await _finish(ctx, form, draft)
    if draft.style is FormStyle.PAGES:
        return await open_page(ctx, form, draft, form.fields.index(missing) // PAGE)
    return await ask(ctx, form, draft, missing)


async def _settled(ctx: Context, form: Form, draft: Draft) -> Draft:
    """The draft with every question answered that has only one possible answer."""
    answers = dict(draft.answers)
    for one in form.fields:
        if one.kind is FieldKind.CHOICE and one.name not in answers:
            choices = await reading.options(ctx, one)
            if len(choices) <= 1:
                answers[one.name] = choices[0].key if choices else ""
    return draft.but(answers=answers)


async def _finish(ctx: Context, form: Form, draft: Draft) -> Reply:
    reading.still_ahead(form, draft, now=ctx.now)
    if form.previewed:
        await drafts.save(ctx.session, draft.but(asking="", typed={}, candidates=()), now=ctx.now)
    else:
        await drafts.discard(ctx.session, draft.id)
    answered = await ctx.routes.forms[form.name].route.handle(ctx, draft, reading.finished(form, draft))
    return answered if isinstance(answered, Reply) else Reply(answered)


async def ask(ctx: Context, form: Form, draft: Draft, one: Field, *, problem: Markup | None = None) -> Reply:
    """That field's question, with what is answered so far; the draft waits for its answer."""
    draft = draft.but(asking=one.name)
    await drafts.save(ctx.session, draft, now=ctx.now)
    now_there = draft.answers.get(one.name)
    text = problem or ctx.t(one.question)
    if now_there and not problem:
        text += Markup(" ") + ctx.t("Now: {value}.", value=await shown_value(ctx, one, now_there))
    rows = await _answers(ctx, draft, one)
    message = Message(text, (*rows, _ways(ctx, form, draft, one)))
    return Reply(message, clear_buttons=True)


async def _answers(ctx: Context, draft: Draft, one: Field) -> tuple[tuple[Button, ...], ...]:
    """The buttons that answer: the moments to choose from, the choices, or the suggestions."""
    if draft.candidates and one.kind is FieldKind.WHEN:
        return candidate_rows(ctx, draft, one)
    choices = await reading.options(ctx, one) if one.kind is FieldKind.CHOICE else one.suggestions
    found = [
        Button(reading.label(ctx, choice), "form.pick", f"{draft.id}:{one.name}:{index}")
        for index, choice in enumerate(choices)
    ]
    return tuple(tuple(found[start : start + 2]) for start in range(0, len(found), 2))


def candidate_rows(ctx: Context, draft: Draft, one: Field) -> tuple[tuple[Button, ...], ...]:
    """The moments a date may mean: one is read back and confirmed, several are chosen from."""
    about = f"{draft.id}:{one.name}"
    again = Button(ctx.t.plain("Change"), "form.again", about)
    if len(draft.candidates) == 1:
        return ((Button(ctx.t.plain("Right"), "form.pick", f"{about}:0"), again),)
    picks = [
        (Button(_moment(ctx, kept), "form.pick", f"{about}:{index}"),)
        for index, kept in enumerate(draft.candidates)
    ]
    return (*picks, (Button(ctx.t.plain("Another day"), "form.again", about),))


def _moment(ctx: Context, kept: str, *, in_full: bool = False) -> str:
    start, end = reading.unpack_when(kept)
    words = dates.full_day_and_time(start, ctx.t) if in_full else dates.day_and_time(start, ctx.t, now=ctx.now)
    label = dates.capital(words)
    return f"{label}–{dates.clock(end, ctx.t)}" if end else label


def _ways(ctx: Context, form: Form, draft: Draft, one: Field) -> tuple[Button, ...]:
    """Keep, skip, back and cancel, as far as they make sense here."""
    about = f"{draft.id}:{one.name}"
    ways = []
    if one.name in draft.answers:
        ways.append(Button(ctx.t.plain("Keep"), "form.keep", about))
    elif one.optional:
        ways.append(Button(ctx.t.plain("Skip"), "form.skip", about))
    if form.fields.index(one) > 0:
        ways.append(Button(ctx.t.plain("Back"), "form.back", about))
    ways.append(Button(ctx.t.plain("Cancel"), "form.cancel", str(draft.id)))
    return tuple(ways)


async def shown_value(ctx: Context, one: Field, answer: str) -> str:
    """An answer as a person reads it."""
    if one.kind is FieldKind.WHEN and answer:
        start, _ = reading.unpack_when(answer)
        return str(dates.day_and_time(start, ctx.t, now=ctx.now))
    if one.kind is FieldKind.CHOICE:
        return next((reading.label(ctx, c) for c in await reading.options(ctx, one) if c.key == answer), answer)
    return answer


async def take_text(ctx: Context, form: Form, draft: Draft, text: str) -> Reply:
    """What free text leads to: the next question, a date read back, or what is wrong."""
    one = form.field(draft.asking)
    found = await reading.read(ctx, one, text, kept=draft.typed.get(one.name, ""))
    if found.answer is None:
        kept = draft.but(typed=draft.typed | {one.name: found.keep}, candidates=found.candidates)
        return await ask(ctx, form, kept, one, problem=found.problem)
    if one.kind is FieldKind.WHEN:
        read_back = draft.but(typed={}, candidates=(found.answer,))
        problem = ctx.t("{moment}?", moment=_moment(ctx, found.answer, in_full=True))
        return await ask(ctx, form, read_back, one, problem=problem)
    return await answered(ctx, form, draft, one, found.answer)


async def answered(ctx: Context, form: Form, draft: Draft, one: Field, answer: str) -> Reply:
    """The field has this answer, and the form goes on."""
    done = draft.but(answers=draft.answers | {one.name: answer}, typed={}, candidates=(), asking="")
    await drafts.save(ctx.session, done, now=ctx.now)
    return await go_on(ctx, form, done)


async def open_page(ctx: Context, form: Form, draft: Draft, page: int) -> Reply:
    """That page of the form, prefilled, for a platform that shows pages."""
    await drafts.save(ctx.session, draft, now=ctx.now)
    shown = [await _shown_field(ctx, draft, one) for one in form.fields[page * PAGE : page * PAGE + PAGE]]
    return Reply(form=OpenForm(form.name, f"{draft.id}:{page}", ctx.t.plain(form.title), tuple(shown)))


async def _shown_field(ctx: Context, draft: Draft, one: Field) -> ShownField:
    choices = await reading.options(ctx, one) if one.kind is FieldKind.CHOICE else ()
    answer = draft.answers.get(one.name, "")
    value = answer if one.kind is FieldKind.CHOICE else await shown_value(ctx, one, answer)
    return ShownField(
        name=one.name,
        kind=one.kind,
        label=ctx.t.plain(one.label),
        hint=ctx.t.plain(one.hint) if one.hint else "",
        value=draft.typed.get(one.name) or value,
        problem=draft.typed.get(f"{one.name}?", ""),
        optional=one.optional,
        max_length=one.max_length,
        choices=tuple((choice.key, reading.label(ctx, choice)) for choice in choices),
    )
