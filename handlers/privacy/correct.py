"""What stands wrong in the register is told to those who keep it, who then say that it is mended."""

from markupsafe import Markup

from chat.form import Field, FieldKind, Form
from chat.markup import clean
from chat.message import Button, Message, Reply, Shown
from db import audit, register
from db import question as questions
from db.drafts import Draft
from db.question import Question
from db.register import Card
from handlers import forms
from handlers.context import Context, UserError
from handlers.feature import Needs
from handlers.privacy.feature import feature
from handlers.telling import answer_for, question_for, tell_keepers, tell_person
from texts import Translator, sentence

NOTHING_YET = sentence(
    "Nothing on their card has changed since they wrote, so I have not told them that it has. Correct it "
    "first, on the card or with a list where it is right."
)
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
    """Those who keep the register of the member's association are told that somebody wants something mended."""
    card = await _own_card(ctx)
    question_id = await questions.add_question(
        ctx.session,
        person_id=ctx.person.id,
        association_id=card.association_id,
        activity_id=None,
        text=clean(values["text"]),
        now=ctx.now,
    )
    key = f"correction:{ctx.person.id}:{question_id}"
    if not await tell_keepers(ctx, key, card.association_id, lambda t: _wish(t, question_id)):
        raise UserError("I cannot reach anybody who keeps the register just now. Please try again later.")
    return Message(ctx.t("Sent to those who keep the register. You hear from me when it is mended."))


def _wish(t: Translator, question_id: int) -> Message:
    text = t("Somebody wants something corrected in the register.")
    return Message.of(question_for(t, text), Button(t.plain("Show"), "privacy.wish", str(question_id)))


async def _wished(ctx: Context) -> tuple[Question, Card]:
    """What somebody wants corrected, to those alone who keep the register that they are in now."""
    question = await questions.get_question(ctx.session, ctx.number, invented=ctx.person.invented)
    card = await register.card_of(ctx.session, question.person_id) if question else None
    if question is None or card is None:
        raise UserError("They are no longer here. Nothing was changed.")
    ctx.require_register(card.association_id)
    return question, card


@feature.button("privacy.wish", shown=Shown.PRIVATELY, needs=Needs.REGISTER)
async def show_wish(ctx: Context) -> Message:
    """Who it is, and what is wrong."""
    question, card = await _wished(ctx)
    lines = [
        ctx.t("{name} wants this corrected in the register:", name=card.name),
        ctx.t("{text}", text=question.text),
        ctx.t("Where you import a list, correct it there as well."),
    ]
    done = Button(ctx.t.plain("It is corrected"), "privacy.corrected", str(question.id))
    card_of = Button(ctx.t.plain("The card"), "members.show", str(card.id))
    return Message.of(Markup("\n").join(lines), card_of, done)


@feature.button("privacy.corrected", shown=Shown.PRIVATELY, needs=Needs.REGISTER)
async def corrected(ctx: Context) -> Message:
    """The member is told, once something on their card is another than it was when they wrote."""
    question, card = await _wished(ctx)
    if not await register.is_changed_since(ctx.session, card.person_id, question.asked_at):
        show = Button(ctx.t.plain("The card"), "members.show", str(card.id))
        raise UserError(
            NOTHING_YET, show, Button(ctx.t.plain("It is corrected"), "privacy.corrected", ctx.request.argument)
        )
    await questions.set_answered(ctx.session, question.id, now=ctx.now)
    about = f"person:{card.person_id}"
    audit.note(ctx.session, "correct member", about, actor_id=ctx.person.id, now=ctx.now)
    await tell_person(ctx, f"corrected:{card.person_id}:{question.id}", card.person_id, _done)
    return Message(ctx.t("Thank you. They have been told."))


def _done(t: Translator) -> Message:
    text = t("Your details in the register are corrected. See them in /mydata.")
    return Message.of(answer_for(t, text), Button(t.plain("My data"), "privacy.show"))
