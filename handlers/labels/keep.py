"""The lists themselves, kept by organisers: added, renamed, removed."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from chat.form import Choice, Field, FieldKind, Form
from chat.message import Button, Message, Reply, Shown
from db import associations, audit, labels
from db.drafts import Draft
from db.labels import Label
from db.models import LabelKind
from handlers import forms, kept_list
from handlers.context import Context, UserError
from handlers.feature import Needs
from handlers.few import how_many
from handlers.labels.feature import KINDS, feature, label
from handlers.paging import more
from texts import sentence

MAX_NAME = 50  # characters: it stands on buttons
PAGE = 10
DISTRICT = "0"


async def _owners(ctx: Context) -> Sequence[Choice]:
    """Whose list it is going to be: an association's that the person organises for, or the district's."""
    every = await associations.associations(ctx.session, invented=ctx.person.invented)
    own = [
        Choice(str(one.id), one.name, own=True)
        for one in every
        if not one.is_district and ctx.person.rights.covers(one.id)
    ]
    district = [Choice(DISTRICT, sentence("The whole district"))] if ctx.person.rights.district else []
    return [*district, *own]


NAME = kept_list.name_field(sentence("What is it called?"), most=MAX_NAME)
KIND = Field(
    "kind",
    label=sentence("What is it?"),
    question=sentence("What is it: an interest, something one can give, an invitation list, or a tag?"),
    kind=FieldKind.CHOICE,
    choices=tuple(Choice(kind.value, name) for kind, name in KINDS.items()),
)
OWNER = Field(
    "owner",
    label=sentence("Whose is it?"),
    question=sentence("Whose is it?"),
    kind=FieldKind.CHOICE,
    choices_for=_owners,
)
ADD = Form("labels.add", title=sentence("Add to the lists"), fields=(KIND, OWNER, NAME))
RENAME = Form("labels.rename", title=sentence("New name"), fields=(NAME,))


@feature.command(
    "listor",
    alias="lists",
    description=sentence("Interests, invitation lists and tags: add and change"),
    needs=Needs.ORGANISER,
    private=True,
)
@feature.button("labels.list", needs=Needs.ORGANISER)
async def list_labels(ctx: Context) -> Message:
    """Every label with how many have it, kind by kind."""
    every = await labels.labels(ctx.session, invented=ctx.person.invented)
    held = await labels.holders(ctx.session, invented=ctx.person.invented)
    lines: list[Markup] = []
    for kind, name in KINDS.items():
        of_kind = [one for one in every if one.kind is kind]
        if of_kind:
            lines += [Markup("<b>{}</b>").format(ctx.t.plain(name)), *(_line(ctx, one, held) for one in of_kind)]
    text = Markup("\n").join(lines) or ctx.t("There are no lists yet. People choose from them under /interests.")
    add = Button(ctx.t.plain("Add"), "labels.add")
    change = (Button(ctx.t.plain("Change or remove"), "labels.change"),) if every else ()
    return Message.of(text, add, *change)


def _line(ctx: Context, one: Label, held: Mapping[int, int]) -> Markup:
    n = how_many(ctx, held.get(one.id, 0), association_id=one.association_id)
    if one.association is None:
        return ctx.t("• {name}: {n}", name=one.name, n=n)
    return ctx.t("• {name}, {association}: {n}", name=one.name, association=one.association, n=n)


@feature.button("labels.add", shown=Shown.FORM, needs=Needs.ORGANISER)
async def ask(ctx: Context) -> Reply:
    """Asks what it is, where the button does not say it, and what it is called."""
    known = {KIND.name: ctx.request.argument} if ctx.request.argument in set(LabelKind) else {}
    return await forms.open_form(ctx, ADD, answers=known)


@feature.form(ADD, needs=Needs.ORGANISER)
async def add(ctx: Context, draft: Draft, values: dict[str, str]) -> Message:
    """The label is there."""
    owner = None if values["owner"] == DISTRICT else int(values["owner"])
    _require(ctx, owner)
    kind = LabelKind(values["kind"])
    await _require_free(ctx, kind, values["name"])
    made = await labels.add_label(
        ctx.session, kind, values["name"], association_id=owner, invented=ctx.person.invented
    )
    audit.note(ctx.session, "add label", f"label:{made}", actor_id=ctx.person.id, now=ctx.now)
    return await list_labels(ctx)


def _require(ctx: Context, owner: int | None) -> None:
    if owner is not None:
        ctx.require(owner)
    elif not ctx.person.rights.district:
        raise UserError("Only organisers of the whole district can do that.")


async def _require_free(ctx: Context, kind: LabelKind, name: str, *, but: int = 0) -> None:
    every = await labels.labels(ctx.session, invented=ctx.person.invented, kinds=[kind])
    kept_list.require_free(name, every, but=but)


@feature.button("labels.change", needs=Needs.ORGANISER)
async def change(ctx: Context) -> Message:
    """Those that the person may change, with a button each."""
    start = ctx.number
    every = await labels.labels(ctx.session, invented=ctx.person.invented)
    own = [one for one in every if _may(ctx, one)]
    if not own:
        return Message(ctx.t("These lists are the district's, or another association's."))
    shown = [Button(one.name, "labels.show", str(one.id)) for one in own[start : start + PAGE]]
    message = Message.of(ctx.t("Which one?"), *shown, each=2)
    ways = more(ctx.t, own[start + PAGE :], "labels.change", start + PAGE)
    return message.plus(None, *ways, Button(ctx.t.plain("Back"), "labels.list"))


def _may(ctx: Context, one: Label) -> bool:
    rights = ctx.person.rights
    return rights.district if one.association_id is None else rights.covers(one.association_id)


async def _own(ctx: Context, label_id: str) -> Label:
    one = await label(ctx, label_id)
    _require(ctx, one.association_id)
    return one


@feature.button("labels.show", needs=Needs.ORGANISER)
async def show(ctx: Context) -> Message:
    """One of them, and what can be done about it."""
    one = await _own(ctx, ctx.request.argument)
    return kept_list.shown(ctx.t, ctx.t("<b>{name}</b>", name=one.name), "labels", one.id, back="labels.change")


@feature.button("labels.rename", shown=Shown.FORM, needs=Needs.ORGANISER)
async def ask_new_name(ctx: Context) -> Reply:
    """Asks for the new name."""
    one = await _own(ctx, ctx.request.argument)
    return await forms.open_form(ctx, RENAME, argument=str(one.id))


@feature.form(RENAME, needs=Needs.ORGANISER)
async def rename(ctx: Context, draft: Draft, values: dict[str, str]) -> Message:
    """It is called this from now on."""
    one = await _own(ctx, draft.argument)
    await _require_free(ctx, one.kind, values["name"], but=one.id)
    await labels.rename_label(ctx.session, one.id, values["name"])
    audit.note(ctx.session, "rename label", f"label:{one.id}", actor_id=ctx.person.id, now=ctx.now)
    return await list_labels(ctx)


@feature.button("labels.ask_remove", needs=Needs.ORGANISER)
async def ask_remove(ctx: Context) -> Message:
    """Asks once more: what people chose is gone with it."""
    one = await _own(ctx, ctx.request.argument)
    held = await labels.holders(ctx.session, invented=ctx.person.invented)
    n = how_many(ctx, held.get(one.id, 0), association_id=one.association_id)
    text = ctx.t("Shall {name} be removed? How many have it: {n}.", name=one.name, n=n)
    return kept_list.ask_remove(ctx.t, text, "labels", one.id)


@feature.button("labels.remove", needs=Needs.ORGANISER)
async def remove(ctx: Context) -> Message:
    """It is no longer on the list, and nobody has it."""
    one = await _own(ctx, ctx.request.argument)
    await labels.remove_label(ctx.session, one.id)
    audit.note(ctx.session, "remove label", f"label:{one.id}", actor_id=ctx.person.id, now=ctx.now)
    return await list_labels(ctx)
