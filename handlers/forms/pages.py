"""A form as pages (modals, HTML): what a sent page leads to."""

from chat.form import Field, Form
from chat.markup import plain
from chat.message import Button, Message, Reply
from db import drafts
from db.drafts import Draft
from handlers.context import Context
from handlers.forms import reading, steps


async def take_page(ctx: Context, form: Form, draft: Draft, page: int) -> Reply:
    """The next page, the finished form, or this page again with what is wrong; what was typed is kept."""
    fields = await steps.page_fields(ctx, form, draft, page)
    answers, typed = dict(draft.answers), dict(draft.typed)
    candidates: tuple[str, ...] = ()
    wrong: list[Field] = []
    for one in fields:
        if not reading.applies(one, answers):
            continue  # an answer on the same page has taken its meaning
        found = await _read(ctx, draft.but(answers=answers), one)
        for kept in (one.name, f"{one.name}?", f"{one.name}!"):
            typed.pop(kept, None)
        if found.answer is not None:
            answers[one.name] = found.answer
            continue
        answers.pop(one.name, None)
        if _is_left_to_guess(ctx, one):
            continue
        wrong.append(one)
        typed |= {one.name: ctx.request.values.get(one.name, ""), f"{one.name}?": plain(found.problem)}
        candidates = candidates or found.candidates
    draft = draft.but(answers=answers, typed=typed, candidates=candidates)
    await drafts.save(ctx.session, draft, now=ctx.now)
    if wrong:
        return await _again(ctx, form, draft, page, wrong)
    return await _onwards(ctx, form, draft, page)


async def _read(ctx: Context, draft: Draft, one: Field) -> reading.Read:
    typed = ctx.request.values.get(one.name, "")
    answer = draft.answers.get(one.name)
    if answer and typed == await steps.shown_value(ctx, draft, one):
        return reading.Read(answer=answer)  # untouched: a date read back need not be a date typed
    if not typed.strip() and one.optional:
        return reading.Read(answer="")
    if not typed.strip() and one.guess and (guessed := one.guess(draft.answers)):
        return reading.Read(answer=guessed)
    return await reading.read(ctx, one, typed, draft.answers)


def _is_left_to_guess(ctx: Context, one: Field) -> bool:
    return one.guess is not None and not ctx.request.values.get(one.name, "").strip()


async def _again(ctx: Context, form: Form, draft: Draft, page: int, wrong: list[Field]) -> Reply:
    """The page once more, and for platforms that cannot open it now a message with a button that does."""
    first = wrong[0]
    text = ctx.t("{problem} Nothing is lost.", problem=draft.typed[f"{first.name}?"])
    rows = steps.candidate_rows(ctx, draft, first)[:-1] if draft.candidates else ()
    correct = Button(ctx.t.plain("Correct it"), "form.page", f"{draft.id}:{page}")
    cancel = Button(ctx.t.plain("Cancel"), "form.cancel", str(draft.id))
    opened = await steps.open_page(ctx, form, draft, page)
    return Reply(Message(text, (*rows, (correct, cancel))), form=opened.form)


async def _onwards(ctx: Context, form: Form, draft: Draft, page: int) -> Reply:
    reply = await steps.go_on(ctx, form, draft)
    if reply.form is None:
        return reply
    text = ctx.t("Good so far. One more page.")
    go_on = Button(ctx.t.plain("Continue"), "form.page", reply.form.argument)
    cancel = Button(ctx.t.plain("Cancel"), "form.cancel", str(draft.id))
    return Reply(Message.of(text, go_on, cancel), form=reply.form)
