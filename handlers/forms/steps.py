"""A form as questions one at a time: the next question, and what an answer leads to."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from markupsafe import Markup

from chat.form import MAX_OPTIONS, Choice, Field, FieldKind, Form, OpenForm, ShownField
from chat.markup import plain
from chat.message import Button, Message, Reply
from chat.request import FormStyle
from db import drafts
from db.drafts import Draft
from handlers.context import Context, UserError, check
from handlers.forms import reading
from texts import dates, sentence

PAGE = 5  # fields: Discord's limit of a modal
MANY = sentence("One of {n}; the beginning of its name is enough.")
Shows = Callable[[Context, Form, Draft], Awaitable[Reply]]


async def go_on(ctx: Context, form: Form, draft: Draft) -> Reply:
    """The next question, or what the feature says to the finished values."""
    draft = await settled(ctx, form, draft)
    missing = [one for one in form.fields if one.name not in draft.answers and reading.applies(one, draft.answers)]
    if not missing:
        return await _finish(ctx, form, draft)
    if draft.style is FormStyle.PAGES:
        return await open_page(ctx, form, draft, form.fields.index(missing[0]) // PAGE)
    unclear = next((one for one in missing if f"{one.name}?" in draft.typed), None)
    if unclear is None:
        return await ask(ctx, form, draft, missing[0])
    return await _clear_up(ctx, form, draft, unclear)


async def _clear_up(ctx: Context, form: Form, draft: Draft, unclear: Field) -> Reply:
    """What is wrong with something typed earlier; what else was typed waits for its turn."""
    candidates = tuple(draft.typed[f"{unclear.name}!"].splitlines())
    problem = ctx.t("{problem}", problem=draft.typed[f"{unclear.name}?"])
    return await ask(ctx, form, draft.but(candidates=candidates), unclear, problem=problem)


async def settled(ctx: Context, form: Form, draft: Draft) -> Draft:
    """The draft with every question answered that has only one possible answer, or a plain one.

    Whoever chose something else, which is gone, is asked all the same.
    """
    answers = dict(draft.answers)
    for one in form.fields:
        if one.name in answers or one.kind is not FieldKind.CHOICE or f"{one.name}?" in draft.typed:
            continue
        choices = await reading.options(ctx, one, answers)
        if len(choices) <= 1:
            answers[one.name] = choices[0].key if choices else ""
        elif one.guess and (guessed := one.guess(answers)):
            answers[one.name] = guessed
    return draft.but(answers=answers)


async def _finish(ctx: Context, form: Form, draft: Draft) -> Reply:
    route = ctx.routes.forms[form.name].route
    check(ctx, route.needs)  # a role may have been taken back since the form was begun
    reading.still_ahead(ctx, form, draft)
    if form.previewed:
        await drafts.save(ctx.session, draft.but(asking="", typed={}, candidates=()), now=ctx.now)
    else:
        await drafts.discard(ctx.session, draft.id)
    try:
        answered = await route.handle(ctx, draft, reading.finished(form, draft))
    except UserError as error:
        raise _with_a_way_out(ctx, draft, error) from error
    return answered if isinstance(answered, Reply) else Reply(answered)


def _with_a_way_out(ctx: Context, draft: Draft, error: UserError) -> UserError:
    """The refusal; the question still waits for an answer, and whoever has none must be able to leave it."""
    if error.buttons or draft.style is FormStyle.PAGES:
        return error
    cancel = Button(ctx.t.plain("Cancel"), "form.cancel", str(draft.id))
    return UserError(error.sentence, cancel, **error.values)


async def ask(ctx: Context, form: Form, draft: Draft, one: Field, *, problem: Markup | None = None) -> Reply:
    """That field's question, with what is answered so far; the draft waits for its answer."""
    draft = draft.but(asking=one.name)
    await drafts.save(ctx.session, draft, now=ctx.now)
    now_there = draft.answers.get(one.name)
    text = problem or ctx.t(one.question)
    if now_there and not problem:
        text += Markup(" ") + ctx.t("Now: {value}.", value=await shown_value(ctx, draft, one))
    choices = await _choices(ctx, draft, one)
    if len(choices) > MAX_OPTIONS:
        text += Markup(" ") + ctx.t(MANY, n=len(choices))
    rows = _answers(ctx, draft, one, choices[:MAX_OPTIONS])
    message = Message(text, (*rows, _ways(ctx, form, draft, one)))
    return Reply(message, clear_buttons=True)


async def _choices(ctx: Context, draft: Draft, one: Field) -> Sequence[Choice]:
    return await reading.options(ctx, one, draft.answers) if one.kind is FieldKind.CHOICE else one.suggestions


def _answers(ctx: Context, draft: Draft, one: Field, choices: Sequence[Choice]) -> tuple[tuple[Button, ...], ...]:
    """The buttons that answer: the moments to choose from, or these choices."""
    if draft.candidates and one.kind is FieldKind.WHEN:
        return candidate_rows(ctx, draft, one)
    found = [
        Button(reading.label(ctx, choice), "form.pick", f"{draft.id}:{one.name}:{_mark(choice.key)}")
        for choice in choices
    ]
    return tuple(tuple(found[start : start + 2]) for start in range(0, len(found), 2))


def _mark(key: str) -> str:
    """What a button carries of what it chooses: its place on the list may be another's once it is pressed."""
    return urlsafe_b64encode(hashlib.blake2b(key.encode(), digest_size=6).digest()).decode()


async def offered(ctx: Context, draft: Draft, one: Field) -> Mapping[str, str]:
    """What each button of that question answers now."""
    if one.kind is FieldKind.WHEN:
        return {_mark(kept): kept for kept in draft.candidates}
    choices, by_key = await _choices(ctx, draft, one), one.kind is FieldKind.CHOICE
    return {_mark(choice.key): choice.key if by_key else reading.label(ctx, choice) for choice in choices}


async def ask_anew(ctx: Context, form: Form, draft: Draft, one: Field) -> Reply:
    """The question with what can be chosen now: what was chosen is gone since."""
    problem = ctx.t("That can no longer be chosen.") + Markup(" ") + ctx.t(one.question)
    unclear = {f"{one.name}?": plain(problem), f"{one.name}!": "\n".join(draft.candidates)}
    return await ask(ctx, form, draft.but(typed=draft.typed | unclear), one, problem=problem)


def candidate_rows(ctx: Context, draft: Draft, one: Field) -> tuple[tuple[Button, ...], ...]:
    """A clear date is read back and confirmed; the moments an unclear one may mean are chosen from."""
    about = f"{draft.id}:{one.name}"
    again = Button(ctx.t.plain("Change"), "form.again", about)
    clear = draft.typed.keys().isdisjoint({one.name, f"{one.name}?"})
    if clear and len(draft.candidates) == 1:
        return ((Button(ctx.t.plain("Right"), "form.pick", f"{about}:{_mark(draft.candidates[0])}"), again),)
    picks = [(Button(_moment(ctx, kept), "form.pick", f"{about}:{_mark(kept)}"),) for kept in draft.candidates]
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


async def shown_value(ctx: Context, draft: Draft, one: Field) -> str:
    """The field's answer as a person reads it."""
    answer = draft.answers.get(one.name, "")
    if one.kind is FieldKind.WHEN and answer:
        start, _ = reading.unpack_when(answer)
        return str(dates.day_and_time(start, ctx.t, now=ctx.now))
    if one.kind is FieldKind.CHOICE:
        choices = await reading.options(ctx, one, draft.answers)
        return next((reading.label(ctx, choice) for choice in choices if choice.key == answer), answer)
    return answer


async def take_text(ctx: Context, form: Form, draft: Draft, text: str) -> Reply:
    """What free text leads to: the next question, a date read back, or what is wrong."""
    one = form.field(draft.asking)
    found = await reading.read(ctx, one, text, draft.answers, kept=draft.typed.get(one.name, ""))
    if found.answer is None:
        typed = without(draft.typed, one) | {one.name: found.keep}
        kept = draft.but(typed=typed, candidates=found.candidates)
        return await ask(ctx, form, kept, one, problem=found.problem)
    if one.kind is FieldKind.WHEN:
        read_back = draft.but(typed=without(draft.typed, one), candidates=(found.answer,))
        problem = ctx.t("{moment}?", moment=_moment(ctx, found.answer, in_full=True))
        return await ask(ctx, form, read_back, one, problem=problem)
    return await answered(ctx, form, draft, one, found.answer)


def without(typed: dict[str, str], one: Field) -> dict[str, str]:
    """What was typed for the other fields and not understood yet."""
    return {name: text for name, text in typed.items() if name.rstrip("?!") != one.name}


async def answered(ctx: Context, form: Form, draft: Draft, one: Field, answer: str) -> Reply:
    """The field has this answer, and the form goes on."""
    typed = without(draft.typed, one)
    done = draft.but(answers=draft.answers | {one.name: answer}, typed=typed, candidates=(), asking="")
    await drafts.save(ctx.session, done, now=ctx.now)
    return replace(await go_on(ctx, form, done), pressed=await asked_and_answered(ctx, done, one))


async def asked_and_answered(ctx: Context, draft: Draft, one: Field) -> Message:
    """What a question says once it is answered by a press: with the answer instead of the buttons."""
    asked = one.label if one.kind is FieldKind.WHEN else one.question  # that one ends with an example
    answer = await shown_value(ctx, draft, one) or ctx.t.plain("Skip")
    return Message(ctx.t("{question} – {answer}", question=ctx.t(asked), answer=answer))


async def open_page(ctx: Context, form: Form, draft: Draft, page: int) -> Reply:
    """That page of the form, prefilled, for a platform that shows pages."""
    await drafts.save(ctx.session, draft, now=ctx.now)
    shown = [await _shown_field(ctx, draft, one) for one in await page_fields(ctx, form, draft, page)]
    return Reply(form=OpenForm(form.name, f"{draft.id}:{page}", ctx.t.plain(form.title), tuple(shown)))


async def page_fields(ctx: Context, form: Form, draft: Draft, page: int) -> list[Field]:
    """The fields that are asked on that page, with those that were sent or are unclear."""
    there = form.fields[page * PAGE : page * PAGE + PAGE]
    seen = {one.name for one in there if one.name in ctx.request.values or f"{one.name}?" in draft.typed}
    return [one for one in there if await reading.is_asked(ctx, one, draft.answers, seen=one.name in seen)]


async def _shown_field(ctx: Context, draft: Draft, one: Field) -> ShownField:
    choices = await reading.options(ctx, one, draft.answers) if one.kind is FieldKind.CHOICE else ()
    hint = ctx.t.plain(one.hint) if one.hint else ""
    if len(choices) > MAX_OPTIONS:
        hint = ctx.t.plain(MANY, n=len(choices))
    answer = draft.answers.get(one.name, "")
    value = answer if one.kind is FieldKind.CHOICE else await shown_value(ctx, draft, one)
    return ShownField(
        name=one.name,
        kind=one.kind,
        label=ctx.t.plain(one.label),
        hint=hint,
        value=draft.typed.get(one.name) or value,
        problem=draft.typed.get(f"{one.name}?", ""),
        optional=one.optional or one.guess is not None,
        max_length=one.max_length,
        choices=tuple((choice.key, reading.label(ctx, choice)) for choice in choices),
        offers=_offers(ctx, draft, one),
    )


def _offers(ctx: Context, draft: Draft, one: Field) -> tuple[str, ...]:
    """The moments that an unclear date may mean, in words that can be read again."""
    if one.kind is not FieldKind.WHEN or f"{one.name}?" not in draft.typed:
        return ()
    found = draft.candidates or tuple(draft.typed.get(f"{one.name}!", "").splitlines())
    return tuple(_moment(ctx, kept) for kept in found)
