"""What stands wrong in the register is told to those who keep it, who then say that it is mended."""

from markupsafe import Markup

from chat.form import Field, FieldKind, Form
from chat.markup import clean
from chat.message import Button, Message, Reply, Shown
from db import audit, register
from db.drafts import Draft
from db.register import Card
from handlers import forms
from handlers.context import Context, UserError
from handlers.feature import Needs
from handlers.privacy.feature import feature
from handlers.telling import answer_for, question_for, tell_keepers, tell_person
from texts import Translator, sentence

CORRECT = Form(
    "privacy.correct",
    title=sentence("Correct my details"),
    fields=(
        Field(
            "text",
            label=sentence("What is wrong, and how it should be"),
            question=sentence("What is wrong, and how should it be? It goes to those who keep the register."),
            kind=FieldKind.LONG_TEXT,
            max_length=1000,
        ),
    ),
)
NOT_THERE = sentence("They are no longer here. Nothing was changed.")


@feature.button("privacy.correct", shown=Shown.FORM)
async def ask(ctx: Context) -> Reply:
    """Asks what is wrong."""
    await _own_card(ctx)
    return await forms.open_form(ctx, CORRECT)


async def _own_card(ctx: Context) -> Card:
    found = await register.card_of(ctx.session, ctx.person.id)
    if found is None:
        raise UserError("You are not in the register.")
    return found


@feature.form(CORRECT)
async def asked(ctx: Context, draft: Draft, values: dict[str, str]) -> Message:
    """Those who keep the register of the member's association have it, with the name that stands there."""
    card = await _own_card(ctx)
    key = f"correction:{ctx.person.id}:{draft.id}"
    if not await tell_keepers(ctx, key, card.association_id, lambda t: _wish(t, card, values["text"])):
        raise UserError("I cannot reach anybody who keeps the register just now. Please try again later.")
    return Message(ctx.t("Sent to those who keep the register. You hear from me when it is mended."))


def _wish(t: Translator, card: Card, text: str) -> Message:
    lines = [
        t("{name} wants this corrected in the register:", name=card.name),
        t("{text}", text=clean(text)),
        t("Where you import a list, correct it there as well."),
    ]
    done = Button(t.plain("It is corrected"), "privacy.corrected", str(card.id))
    return Message.of(question_for(t, Markup("\n").join(lines)), done)


@feature.button("privacy.corrected", shown=Shown.PRIVATELY, needs=Needs.REGISTER)
async def corrected(ctx: Context) -> Message:
    """The member is told, once a day."""
    number = int(ctx.request.argument) if ctx.request.argument.isdecimal() else 0
    card = await register.get_card(ctx.session, number, invented=ctx.person.invented)
    if card is None:
        raise UserError(NOT_THERE)
    ctx.require_register(card.association_id)
    about = f"person:{card.person_id}"
    audit.note(ctx.session, "correct member", about, actor_id=ctx.person.id, now=ctx.now)
    await tell_person(ctx, f"corrected:{card.person_id}:{ctx.now:%Y-%m-%d}", card.person_id, _done)
    return Message(ctx.t("Thank you. They have been told."))


def _done(t: Translator) -> Message:
    text = t("Your details in the register are corrected. See them in /mydata.")
    return Message.of(answer_for(t, text), Button(t.plain("My data"), "privacy.show"))
