"""Tags, which those who keep the register put on a member."""

from chat.message import Button, Message
from chat.request import whole_number
from db import audit, labels
from db.models import LabelKind
from handlers import members
from handlers.context import Context, UserError
from handlers.feature import Needs
from handlers.labels.feature import feature, label
from handlers.paging import more, there

PAGE = 20


@feature.button("labels.tags", needs=Needs.REGISTER)
async def tags(ctx: Context) -> Message:
    """The tags there are, some at a time; those the member has are ticked."""
    member_id, _, page = ctx.request.argument.partition(":")
    return await _tags(ctx, member_id, whole_number(page))


async def _tags(ctx: Context, member_id: str, page: int) -> Message:
    one = await members.member(ctx, member_id)
    back = Button(ctx.t.plain("Back"), "members.show", str(one.id))
    every = await members.tags(ctx)
    if not every:
        text = ctx.t("There are no tags yet. An organiser adds them: /lists")
        add = Button(ctx.t.plain("Add a tag"), "labels.add", LabelKind.TAG.value)
        return Message.of(text, *([add] if ctx.person.rights.is_organiser else []), back)
    page = there(page, every, PAGE)
    has = await labels.labels_of(ctx.session, one.person_id)
    buttons = [
        Button(
            f"✓ {tag.name}" if tag.id in has else tag.name,
            "labels.tag",
            f"{one.id}:{tag.id}:{int(tag.id not in has)}",
        )
        for tag in every[page * PAGE : page * PAGE + PAGE]
    ]
    message = Message.of(ctx.t("{name}: press to add or remove a tag.", name=one.name), *buttons, each=2)
    earlier = [Button(ctx.t.plain("Previous"), "labels.tags", f"{one.id}:{page - 1}")] if page else []
    rest = more(ctx.t, every[page * PAGE + PAGE :], "labels.tags", f"{one.id}:{page + 1}")
    return message.plus(None, back, *earlier, *rest)


@feature.button("labels.tag", needs=Needs.REGISTER)
async def tag(ctx: Context) -> Message:
    """The member has the tag, or has it no more. Interests and lists are people's own choice."""
    member_id, _, rest = ctx.request.argument.partition(":")
    label_id, _, on = rest.partition(":")
    one = await members.member(ctx, member_id)
    found = await label(ctx, label_id)
    if found.kind is not LabelKind.TAG:
        raise UserError("That is chosen by people themselves.")
    if found.association_id is not None:
        ctx.require_register(found.association_id)
    await labels.set_label(ctx.session, one.person_id, found.id, on=on == "1", now=ctx.now)
    audit.note(ctx.session, "tag", f"person:{one.person_id}", actor_id=ctx.person.id, now=ctx.now)
    place = [each.id for each in await members.tags(ctx)].index(found.id)
    return await _tags(ctx, member_id, place // PAGE)
