"""A new audience, one press at a time: each shows whom it has become and how many they are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from chat.form import Choice, Field, FieldKind, Form
from chat.message import Button, Message, Reply, Shown
from chat.request import whole_number
from db import activities, associations, audit, drafts, saved_audiences
from db.activities import Activity
from db.audiences import Audience
from db.drafts import Draft
from db.labels import Label
from db.models import LabelKind
from handlers import forms
from handlers.audiences.feature import feature, require, today
from handlers.audiences.overview import NAME, TAKEN, summary
from handlers.context import Context, UserError
from handlers.feature import Needs
from handlers.forms import GONE
from handlers.own_associations import own_associations
from handlers.paging import turn
from texts import dates, sentence

PAGE = 8  # choices in one message

NEW = Form(
    "audiences.new",
    title=sentence("New audience"),
    fields=(
        NAME,
        Field(
            "owner",
            label=sentence("Whose messages"),
            question=sentence("For whose messages is it? The district's can be of all associations."),
            kind=FieldKind.CHOICE,
            choices_for=own_associations,
        ),
    ),
    previewed=True,
)


@dataclass(frozen=True, slots=True)
class Part:
    """Something an audience can ask for. `several`: more than one of its choices at a time."""

    label: str
    question: str
    several: bool = True


NEW_SINCE = sentence("How new are they? It is counted from today; the day stays the same afterwards.")
COMING = sentence("Which activity? Those who answered Maybe are in it, too.")
PARTS = {
    "associations": Part(sentence("Associations"), sentence("Which associations?")),
    "offices": Part(sentence("Offices"), sentence("Which offices? Whoever holds one of them is in it.")),
    "labels": Part(sentence("Interests and lists"), sentence("Who has one of these interests, lists or tags?")),
    "joined": Part(sentence("New since"), NEW_SINCE, several=False),
    "coming": Part(sentence("People coming to something"), COMING, several=False),
}


@feature.button("audiences.new", shown=Shown.FORM, needs=Needs.ORGANISER)
async def begin(ctx: Context) -> Reply:
    """Asks what it is to be called, and whose it is."""
    return await forms.open_form(ctx, NEW, argument=str(int(ctx.now.timestamp())))


@feature.form(NEW, needs=Needs.ORGANISER)
async def begun(ctx: Context, draft: Draft, _: dict[str, str]) -> Message:
    """The audience so far."""
    return await _so_far(ctx, draft)


@feature.button("audiences.making", needs=Needs.ORGANISER)
async def so_far(ctx: Context) -> Message:
    """The same, after a part was chosen."""
    return await _so_far(ctx, await _draft(ctx, ctx.request.argument))


async def _draft(ctx: Context, argument: str) -> Draft:
    found = await drafts.get_draft(ctx.session, whole_number(argument), person_id=ctx.person.id, now=ctx.now)
    if found is None or found.form != NEW.name or not {"name", "owner"} <= found.answers.keys():
        raise UserError(GONE)
    return found


async def _owner(ctx: Context, draft: Draft) -> int | None:
    """The association whose audience it becomes; None: the district's. UserError without the right to it."""
    number = int(draft.answers["owner"] or 0)
    found = await associations.get_association(ctx.session, number, invented=ctx.person.invented)
    if found is None:
        raise UserError("That association is no longer there. Look at /associations.")
    owner = None if found.is_district else found.id
    require(ctx, owner)
    return owner


def _chosen(draft: Draft, part: str) -> tuple[str, ...]:
    return tuple(one for one in draft.answers.get(part, "").split(",") if one)


def _numbers(draft: Draft, part: str) -> tuple[int, ...]:
    return tuple(int(one) for one in _chosen(draft, part))


def _audience(ctx: Context, draft: Draft, owner: int | None) -> Audience:
    offices, (joined, *_) = _numbers(draft, "offices"), (*_chosen(draft, "joined"), "")
    coming = next(iter(_numbers(draft, "coming")), None)
    audience = Audience(
        ctx.person.invented,
        associations=_numbers(draft, "associations"),
        offices=offices,
        on=today(ctx) if offices else None,
        joined_since=date.fromisoformat(joined) if joined else None,
        labels=_numbers(draft, "labels"),
        coming_to=coming,
        consented=coming is not None,
    )
    # Who comes to an association's own activity may be from anywhere; else its audiences stay within it.
    return audience if owner is None or coming else replace(audience, associations=(owner,))


async def _so_far(ctx: Context, draft: Draft) -> Message:
    owner = await _owner(ctx, draft)
    audience = _audience(ctx, draft, owner)
    text = await summary(ctx, draft.answers["name"], audience, owner)
    parts = [
        Button(ctx.t.plain(part.label), "audiences.part", f"{draft.id}:{name}:0")
        for name, part in PARTS.items()
        if owner is None or name != "associations"
    ]
    message = Message.of(text, *parts, each=2)
    cancel = Button(ctx.t.plain("Cancel"), "form.cancel", str(draft.id))
    return message.plus(None, Button(ctx.t.plain("Keep this audience"), "audiences.keep", str(draft.id)), cancel)


async def _choices(ctx: Context, part: str, owner: int | None) -> Sequence[Choice]:
    """What can be chosen there, for that association's audiences (None: the district's)."""
    invented = ctx.person.invented
    if part == "joined":
        return _lately(ctx)
    if part == "coming":
        mine = await activities.organised_by(ctx.session, ctx.person, now=ctx.now)
        own = [one for one in mine if owner in {None, one.association_id}]
        return [Choice(str(one.id), _titled(ctx, one), own=True) for one in own]
    names = await saved_audiences.names(ctx.session, invented=invented)
    if part == "labels":
        theirs = [one for one in names.labels.values() if owner is None or one.association_id in {None, owner}]
        return [Choice(str(one.id), one.name, own=True) for one in theirs if _sees(ctx, one)]
    named = names.offices if part == "offices" else names.associations if owner is None else {}
    return [Choice(str(one), name, own=True) for one, name in named.items()]


def _sees(ctx: Context, one: Label) -> bool:
    """Tags are what a register says of people, so they are for those who keep it."""
    return one.kind is not LabelKind.TAG or ctx.person.rights.keeps_register(one.association_id)


def _titled(ctx: Context, one: Activity) -> str:
    return f"{one.title}, {dates.day(one.starts_at, ctx.t, now=ctx.now)}"


def _lately(ctx: Context) -> Sequence[Choice]:
    day = today(ctx)
    since = {
        day - timedelta(days=30): sentence("The last 30 days"),
        day - timedelta(days=90): sentence("The last 90 days"),
        day.replace(month=1, day=1): sentence("This year"),
        day - timedelta(days=365): sentence("The last 12 months"),
    }
    return [Choice(first.isoformat(), label) for first, label in since.items()]


async def _asked(ctx: Context) -> tuple[Draft, str, Sequence[Choice], str]:
    """The draft, the part, what can be chosen there, and the rest of a button's argument."""
    number, _, rest = ctx.request.argument.partition(":")
    draft = await _draft(ctx, number)
    part, _, rest = rest.partition(":")
    if part not in PARTS:
        raise UserError(GONE)
    return draft, part, await _choices(ctx, part, await _owner(ctx, draft)), rest


@feature.button("audiences.part", needs=Needs.ORGANISER)
async def choose(ctx: Context) -> Message:
    """A part's choices, some at a time."""
    draft, part, choices, page = await _asked(ctx)
    return _page(ctx, draft, part, choices, whole_number(page))


@feature.button("audiences.toggle", needs=Needs.ORGANISER)
async def toggle(ctx: Context) -> Message:
    """The choice belongs to the audience, or no longer does."""
    draft, part, choices, rest = await _asked(ctx)
    key, _, page = rest.partition(":")
    if key not in {choice.key for choice in choices}:
        raise UserError(GONE)
    before = _chosen(draft, part)
    others = [one for one in before if one != key] if PARTS[part].several else []
    now = others if key in before else [*others, key]
    draft = draft.but(answers=draft.answers | {part: ",".join(now)})
    await drafts.save(ctx.session, draft, now=ctx.now)
    return _page(ctx, draft, part, choices, whole_number(page))


def _page(ctx: Context, draft: Draft, part: str, choices: Sequence[Choice], page: int) -> Message:
    t, mine = ctx.t, _chosen(draft, part)
    done = Button(t.plain("Done"), "audiences.making", str(draft.id))
    if not choices:
        return Message.of(t("There is nothing to choose from here yet."), done)
    buttons = [
        Button(_label(ctx, one, chosen=one.key in mine), "audiences.toggle", f"{draft.id}:{part}:{one.key}:{page}")
        for one in choices[page * PAGE : page * PAGE + PAGE]
    ]
    message = Message.of(t(PARTS[part].question), *buttons, each=1 if part == "coming" else 2)
    ways = turn(t, page, choices[page * PAGE + PAGE :], "audiences.part", f"{draft.id}:{part}:")
    return message.plus(None, *ways, done)


def _label(ctx: Context, choice: Choice, *, chosen: bool) -> str:
    label = choice.label if choice.own else ctx.t.plain(choice.label)
    return f"✓ {label}" if chosen else label


@feature.button("audiences.keep", needs=Needs.ORGANISER)
async def keep(ctx: Context) -> Message:
    """The audience is there under its name."""
    draft = await _draft(ctx, ctx.request.argument)
    owner, name = await _owner(ctx, draft), draft.answers["name"]
    audience = _audience(ctx, draft, owner)
    made = await saved_audiences.add(ctx.session, name, audience, association_id=owner, now=ctx.now)
    if made is None:
        again = Button(ctx.t.plain("Change"), "form.again", f"{draft.id}:name")
        raise UserError(TAKEN, again, name=name)
    await drafts.discard(ctx.session, draft.id)
    audit.note(ctx.session, "add audience", f"audience:{made}", actor_id=ctx.person.id, now=ctx.now)
    text = ctx.t(
        "Kept. When you call, {name} is under “Another audience”; "
        "when you write, it is among the answers to “To whom?”.",
        name=name,
    )
    return Message.of(text, Button(ctx.t.plain("Audiences"), "audiences.list"))
