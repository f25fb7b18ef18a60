"""Writing to an organiser: of one's association, or of the district."""

from chat.form import Field, FieldKind, Form
from chat.message import Button, Message, Reply, Shown
from chat.request import FormStyle
from db import associations
from db.drafts import Draft
from handlers import forms, question
from handlers.context import Context
from handlers.feature import Feature
from texts import sentence
from texts.questions import Question

feature = Feature("contact")

LETTER = Form(
    "contact",
    title=sentence("Write to an organiser"),
    fields=(
        Field(
            "text",
            label=sentence("Your message"),
            question=sentence(
                "What do you want to say? I pass it on to the organisers, and the answer comes here."
            ),
            kind=FieldKind.LONG_TEXT,
            max_length=question.MAX_TEXT,
        ),
    ),
)


@feature.command(
    "kontakt",
    alias="contact",
    description=sentence("Write to an organiser"),
    shown=Shown.FORM,
    menu=3,
    private=True,
)
@feature.button("contact.ask", shown=Shown.FORM)
@feature.link("contact")
async def ask(ctx: Context) -> Reply:
    """The person writes where only the bot reads it; the number of an association says to whose organisers."""
    about = str(ctx.number or "")
    if not ctx.in_private and ctx.request.forms is FormStyle.STEPS:
        opens = Button(ctx.t.plain("Open"), opens=f"contact-{about}" if about else "contact")
        return Reply(Message.of(ctx.t("Let us do that privately."), opens))
    return await forms.open_form(ctx, LETTER, argument=about)


@feature.question("contact")
async def asked(ctx: Context, question: Question) -> Message:
    """A way to a person, for somebody who asked for one."""
    text = ctx.t("I pass on what you write to a person, and the answer comes here.")
    if not ctx.in_private:
        return Message.of(text, Button(ctx.t.plain("Open"), opens="contact"))
    return Message.of(text, Button(ctx.t.plain("Write to an organiser"), "contact.ask"))


@feature.form(LETTER)
async def written(ctx: Context, draft: Draft, values: dict[str, str]) -> Reply:
    """The letter is on its way to that association's organisers, or to those who organise nearest."""
    number = int(draft.argument or 0)
    asked = await associations.get_association(ctx.session, number, invented=ctx.person.invented)
    nearest = asked.id if asked else ctx.person.association_id
    return await question.forward(ctx, values["text"], association_id=nearest)
