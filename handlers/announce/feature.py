"""What the files of this feature share: its form, a draft of it, and whom that is for."""

from dataclasses import dataclass, replace

from markupsafe import Markup

from chat.form import Field, FieldKind, Form
from chat.message import Button, Message
from chat.request import whole_number
from db import associations, drafts
from db.drafts import Draft
from handlers.audiences.choosing import ASK_WHOM, Chosen, choices, chosen
from handlers.call.form import ASSOCIATION, SEEN_BY
from handlers.context import Context, UserError
from handlers.feature import Feature
from handlers.forms import GONE, reading
from texts import Translator, sentence

feature = Feature("announce")

ANNOUNCE = Form(
    "announce",
    title=sentence("A message"),
    fields=(
        ASSOCIATION,
        Field(
            "audience",
            label=sentence("To whom"),
            question=ASK_WHOM,
            kind=FieldKind.CHOICE,
            choices_by=choices,
        ),
        # Not asked of a narrow audience, but kept where it was answered: on a page, or changed later.
        replace(SEEN_BY, guess=lambda answers: "open" if answers.get("audience", "").isdecimal() else ""),
        Field(
            "text",
            label=sentence("Your message"),
            question=sentence("What do you want to tell them?"),
            kind=FieldKind.LONG_TEXT,
            max_length=2000,
        ),
    ),
    previewed=True,
)


async def own_draft(ctx: Context, argument: str) -> Draft:
    """The person's own draft of a message; a UserError when it is gone."""
    draft = await drafts.get_draft(ctx.session, whole_number(argument), person_id=ctx.person.id, now=ctx.now)
    if draft is None or draft.form != ANNOUNCE.name:
        raise UserError(GONE)
    return draft


@dataclass(frozen=True, slots=True)
class Announcement:
    """A message as it would go out. `sender`: the association that it is from, `association` its name."""

    draft_id: int
    sender: int
    association: str
    text: str
    aimed: Chosen


async def finished(ctx: Context, draft: Draft) -> Announcement:
    """What the draft has become; a UserError when something is missing, or not the person's to say any more."""
    values = reading.finished(ANNOUNCE, draft)
    if not (values["association"] and values["audience"] and values["text"]):
        raise UserError(GONE)
    sender = int(values["association"])
    ctx.require(sender)
    internal = values["seen_by"] == "internal"
    aimed = await chosen(ctx, values["audience"], association_id=sender, internal=internal)
    return Announcement(draft.id, sender, await name_of(ctx, sender), values["text"], aimed)


async def name_of(ctx: Context, association_id: int) -> str:
    """What the association is called; a UserError when it is gone."""
    found = await associations.get_association(ctx.session, association_id, invented=ctx.person.invented)
    if found is None:
        raise UserError("That association is no longer there. Look at /associations.")
    return found.name or ctx.t.plain("The district")


def message(t: Translator, made: Announcement) -> Message:
    """What is said, who it is from, and a way to ask a person there."""
    lines = [t("{text}", text=made.text), t("From {association}", association=made.association)]
    return Message.of(Markup("\n").join(lines), Button(t.plain("Ask"), "contact.ask", str(made.sender)))
