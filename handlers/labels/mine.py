"""What I like, what I can give, and which invitations I want: chosen by oneself, a press each."""

from markupsafe import Markup

from chat.message import Button, Message, Reply, Shown
from chat.request import whole_number
from db import labels
from db.labels import CHOSEN, Label
from db.models import LabelKind
from handlers.context import Context, UserError
from handlers.labels.feature import KINDS, feature, label
from handlers.paging import more
from handlers.private import leads_to_private
from texts import sentence

PAGE = 12  # labels in one message


@feature.command(
    "intressen",
    alias="interests",
    description=sentence("What you like, what you can give, which invitations you want"),
    private=True,
)
@feature.button("labels.mine", shown=Shown.PRIVATELY)
async def mine(ctx: Context) -> Message | Reply:
    """The kinds of labels that there are, with how many the person has; one kind is shown at once."""
    away = leads_to_private(ctx, "do-intressen")
    if away:
        return away
    every = await labels.labels(ctx.session, invented=ctx.person.invented, kinds=CHOSEN)
    kinds = [kind for kind in CHOSEN if any(one.kind is kind for one in every)]
    if not kinds:
        return Message(ctx.t("There is nothing to choose from here yet."))
    if len(kinds) == 1:
        return await _choose(ctx, kinds[0], 0)
    buttons = [Button(ctx.t.plain(KINDS[kind]), "labels.choose", kind.value) for kind in kinds]
    text = ctx.t("Tell me what suits you, and I ask you about the right things. You can change it at any time.")
    return Message.of(text, *buttons, each=1)


@feature.button("labels.choose")
async def choose(ctx: Context) -> Message:
    """The labels of that kind; those the person has are ticked."""
    kind, _, page = ctx.request.argument.partition(":")
    return await _choose(ctx, _chosen_kind(kind), whole_number(page))


def _chosen_kind(value: str) -> LabelKind:
    for kind in CHOSEN:
        if kind.value == value:
            return kind
    raise UserError("That button is no longer in use. Write what you want to know, or /help.")


async def _choose(ctx: Context, kind: LabelKind, page: int) -> Message:
    offered = await labels.labels(ctx.session, invented=ctx.person.invented, kinds=CHOSEN)
    every = [one for one in offered if one.kind is kind]
    has = await labels.labels_of(ctx.session, ctx.person.id)
    shown = every[page * PAGE : page * PAGE + PAGE]
    text = Markup("<b>{}</b>\n").format(ctx.t.plain(KINDS[kind]))
    text += ctx.t("Press what fits you. Only those who keep the register see who chose what.")
    message = Message.of(text, *(_switch(one, one.id in has) for one in shown), each=2)
    done = "labels.mine" if offered[len(every) :] else "settings.show"  # one kind alone has no list of kinds
    ways = [Button(ctx.t.plain("Done"), done)]
    if page:
        ways.append(Button(ctx.t.plain("Previous"), "labels.choose", f"{kind.value}:{page - 1}"))
    ways += more(ctx.t, every[(page + 1) * PAGE :], "labels.choose", f"{kind.value}:{page + 1}")
    return message.plus(None, *ways)


def _switch(one: Label, has: bool) -> Button:
    """A button that says how it is and carries what will be, so that a second press changes nothing."""
    return Button(f"✓ {one.name}" if has else one.name, "labels.set", f"{one.id}:{int(not has)}")


@feature.button("labels.set")
async def switch(ctx: Context) -> Message:
    """The person has the label, or has it no more."""
    label_id, _, on = ctx.request.argument.partition(":")
    one = await label(ctx, label_id, mine=True)
    _chosen_kind(one.kind.value)  # nobody gives themselves a tag
    await labels.set_label(ctx.session, ctx.person.id, one.id, on=on == "1", now=ctx.now)
    every = await labels.labels(ctx.session, invented=ctx.person.invented, kinds=[one.kind])
    place = [each.id for each in every].index(one.id)
    return await _choose(ctx, one.kind, place // PAGE)
