"""Reads what was typed or chosen for one field; nothing is guessed and nothing is lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from markupsafe import Markup

from chat.form import Choice, Field, FieldKind, Form
from chat.markup import clean, one_line
from chat.message import Button
from chat.request import Kind
from db.drafts import Draft
from handlers.context import Context, UserError
from texts import dates, when

When = tuple[datetime, datetime | None]  # start and end, in UTC


@dataclass(frozen=True, slots=True)
class Read:
    """What became of a field's input.

    `answer` is what the draft keeps; None while something must be asked: `problem` says what, with
    `candidates` (answers themselves) to choose from. `keep` is remembered for the next try.
    """

    answer: str | None = None
    problem: Markup = field(default_factory=lambda: Markup(""))
    candidates: tuple[str, ...] = ()
    keep: str = ""


async def read(ctx: Context, one: Field, typed: str, answers: Mapping[str, str], *, kept: str = "") -> Read:
    """`typed` read as that field's input; `kept` is what an earlier try remembered."""
    if one.kind is FieldKind.WHEN:
        return _read_when(ctx, typed, kept)
    if one.kind is FieldKind.CHOICE:
        return _read_choice(ctx, await options(ctx, one, answers), typed)
    found = _read_text(ctx, one, typed)
    if found.answer and one.check:
        try:
            one.check(ctx, answers, found.answer)
        except UserError as error:
            return Read(problem=ctx.t(error.sentence, **error.values))
    return found


def _read_text(ctx: Context, one: Field, typed: str) -> Read:
    text = clean(typed) if one.kind is FieldKind.LONG_TEXT else one_line(typed)
    if len(text) > one.max_length:
        sentence = ctx.t(
            "That is {n} characters; there is room for {most}. Please write it shorter.",
            n=len(text),
            most=one.max_length,
        )
        return Read(problem=sentence)
    if not any(letter.isalnum() for letter in text):
        if one.optional and not text:
            return Read(answer="")
        return Read(problem=ctx.t("Please write it with a few words."))
    return Read(answer=text)


def _read_choice(ctx: Context, choices: Sequence[Choice], typed: str) -> Read:
    if ctx.request.kind is Kind.FORM and any(choice.key == typed for choice in choices):
        return Read(answer=typed)  # a page sends keys; what is typed is a name, and "2" may be one
    wanted = one_line(typed).casefold()
    for choice in choices:
        if wanted == label(ctx, choice).casefold():
            return Read(answer=choice.key)
    near = [choice for choice in choices if wanted and label(ctx, choice).casefold().startswith(wanted)]
    if len(near) == 1:
        return Read(answer=near[0].key)
    if near:
        names = dates.names([label(ctx, choice) for choice in near], ctx.t)
        return Read(problem=ctx.t("Several begin like that: {names}. Which one?", names=names))
    return Read(problem=ctx.t("Please choose one of these."))


def is_moment(ctx: Context, typed: str) -> bool:
    """True when a day and a time, though perhaps not of the same day, are all that is said."""
    found = when.read(one_line(typed), now=ctx.now, zone=ctx.t.zone, language=ctx.t.language)
    return isinstance(found, when.Found) or (isinstance(found, when.Choose) and not found.rest)


def _read_when(ctx: Context, typed: str, kept: str) -> Read:
    found = when.read(one_line(typed), now=ctx.now, zone=ctx.t.zone, language=ctx.t.language)
    if kept and isinstance(found, when.Problem):
        # Whoever was asked for the time alone wrote the time alone; a whole new date stands by itself.
        whole = when.read(f"{kept} {one_line(typed)}", now=ctx.now, zone=ctx.t.zone, language=ctx.t.language)
        found = found if isinstance(whole, when.Problem) and found.kind == "no_clock" else whole
    if isinstance(found, when.Found):
        return Read(answer=pack_when(found.at, found.end))
    sentence = when.explain(found, ctx.t, now=ctx.now)
    if isinstance(found, when.Choose):
        candidates = tuple(pack_when(at, end) for at, end in zip(found.candidates, found.ends, strict=True))
        return Read(problem=sentence, candidates=candidates)
    return Read(problem=sentence, keep=_understood(found))


def _understood(problem: when.Problem) -> str:
    """The day or the time that was clear, in words that `when.read` takes."""
    if problem.kind == "no_clock" and problem.days:
        return problem.days[0].isoformat()
    return problem.clock.strftime("%H:%M") if problem.kind == "no_day" and problem.clock else ""


def pack_when(at: datetime, end: datetime | None) -> str:
    """A moment, with its end when it has one, as the draft keeps it."""
    return "/".join(moment.isoformat() for moment in (at, end) if moment)


def unpack_when(kept: str) -> When:
    """The moment and its end as `pack_when` kept them."""
    start, _, end = kept.partition("/")
    return datetime.fromisoformat(start), datetime.fromisoformat(end) if end else None


def label(ctx: Context, choice: Choice) -> str:
    """The choice in the person's language."""
    return choice.label if choice.own else ctx.t.plain(choice.label)


async def options(ctx: Context, one: Field, answers: Mapping[str, str]) -> Sequence[Choice]:
    """The choices of a field for this person, after these answers."""
    if one.choices_by:
        return await one.choices_by(ctx, answers)
    return await one.choices_for(ctx) if one.choices_for else one.choices


def applies(one: Field, answers: Mapping[str, str]) -> bool:
    """True when the field has a meaning after these answers."""
    return one.when is None or one.when(answers)


async def is_asked(ctx: Context, one: Field, answers: Mapping[str, str], *, seen: bool = False) -> bool:
    """False for a field without meaning here, and for a choice with one possible answer.

    Whoever has `seen` more of them, and may have chosen another, is asked about one, too.
    """
    if not applies(one, answers):
        return False
    return one.kind is not FieldKind.CHOICE or len(await options(ctx, one, answers)) > (0 if seen else 1)


def typed_value(one: Field, answer: str) -> Any:
    """The finished value of an answer: a When, or text; None for a date that was skipped."""
    if one.kind is FieldKind.WHEN:
        return unpack_when(answer) if answer else None
    return answer


def finished(form: Form, draft: Draft) -> dict[str, Any]:
    """Every field's typed value; a field without an answer, or without meaning here, is ""."""
    kept = {one.name: draft.answers.get(one.name, "") for one in form.fields if applies(one, draft.answers)}
    return {one.name: typed_value(one, kept.get(one.name, "")) for one in form.fields}


def still_ahead(ctx: Context, form: Form, draft: Draft) -> None:
    """Nothing when no moment has passed since it was answered; else a UserError with the way to another."""
    for one in form.fields:
        answer = draft.answers.get(one.name, "")
        if one.kind is FieldKind.WHEN and answer and unpack_when(answer)[0] <= ctx.now:
            again = Button(ctx.t.plain("Change"), "form.again", f"{draft.id}:{one.name}")
            raise UserError("That time has already been. Please change it.", again)
