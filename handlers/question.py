"""A question to who arranges something: it reaches a person, and the answer comes back."""

from collections.abc import Iterable

from markupsafe import Markup

from chat.address import Platform
from chat.form import Field, FieldKind, Form
from chat.markup import clean, one_line
from chat.message import Button, Message, Reply, Shown
from chat.request import FormStyle, whole_number
from db import activities, associations, drafts, outbox, reach
from db import question as questions
from db.activities import Activity
from db.drafts import Draft
from db.models import PostKind, Priority
from db.question import Question
from db.session import Rows
from handlers import card, forms
from handlers.context import Context, UserError, organisation
from handlers.feature import Feature
from texts import Translator, dates, sentence

feature = Feature("question")
MAX_TEXT = 2000  # characters
MAX_NAME = 80

ASK = Form(
    "question",
    title=sentence("A question"),
    fields=(
        Field(
            "text",
            label=sentence("Your question"),
            question=sentence("What do you want to ask? Write it here and I pass it on."),
            kind=FieldKind.LONG_TEXT,
            max_length=MAX_TEXT,
        ),
    ),
)
ANSWER = Form(
    "answer",
    title=sentence("Your answer"),
    fields=(
        Field(
            "text",
            label=sentence("Your answer"),
            question=sentence("What do you answer? It comes from the association, without your name."),
            kind=FieldKind.LONG_TEXT,
            max_length=MAX_TEXT,
        ),
    ),
)
GONE = sentence("That question is no longer there.")


@feature.button("question.ask", shown=Shown.FORM)
async def ask(ctx: Context) -> Reply:
    """The asker writes where only the bot reads it."""
    return await _ask(ctx)


@feature.link("ask")
async def go_on_privately(ctx: Context) -> Reply:
    """The question begun by a press in a group is written in private."""
    draft = await drafts.get_draft(ctx.session, ctx.number, person_id=ctx.person.id, now=ctx.now)
    if draft is None or draft.form != ASK.name:
        raise UserError(forms.GONE)
    return await forms.resume(ctx, draft)


async def _ask(ctx: Context) -> Reply:
    """The question to the asker; in a group the way to it, which is theirs alone."""
    activity = (await card.seen(ctx, ctx.request.argument)).activity
    reply = await forms.open_form(ctx, ASK, argument=str(activity.id))
    if ctx.in_private or ctx.request.forms is FormStyle.PAGES:
        return reply
    draft = await drafts.get_asking(ctx.session, ctx.person.id, now=ctx.now)
    assert draft is not None, "it was just begun"
    return Reply(
        Message.of(ctx.t("Let us do that privately."), Button(ctx.t.plain("Open"), opens=f"ask-{draft.id}"))
    )


@feature.form(ASK)
async def asked(ctx: Context, draft: Draft, values: dict[str, str]) -> Reply:
    """The question is on its way to who arranges the activity."""
    number = int(draft.argument)
    activity = await activities.get_activity(ctx.session, number, invented=ctx.person.invented)
    if activity is None:
        raise UserError("That is no longer there. Write /week to see what is on.")
    return await forward(ctx, values["text"], association_id=activity.association_id, activity=activity)


async def forward(
    ctx: Context, text: str, *, association_id: int | None, activity: Activity | None = None
) -> Reply:
    """The text is on its way to the association's organisers, and the asker is told.

    `association_id` None: to the district's. UserError when nobody can be reached.
    """
    wanted = await questions.answerers(
        ctx.session,
        association_id=association_id,
        organiser_id=activity.organiser_id if activity and activity.contact_name else None,
        activity_id=activity.id if activity else None,
        invented=ctx.person.invented,
    )
    question_id = await questions.add_question(
        ctx.session,
        person_id=ctx.person.id,
        association_id=association_id,
        activity_id=activity.id if activity else None,
        text=clean(text),
        now=ctx.now,
    )
    content = card.contents(ctx, lambda t: _question(ctx, t, question_id, text, activity))
    if not await _send(ctx, f"question:{question_id}", content, map(reach.organiser, wanted), activity):
        raise UserError("I cannot reach any organiser here just now. Please try again later.")
    return await _sent(ctx, association_id)


async def _send(
    ctx: Context, key: str, content: dict[str, Message], ways: Iterable[Rows], activity: Activity | None
) -> int:
    """How many persons it is on its way to."""
    post_id = await outbox.queue_post(
        ctx.session,
        key,
        PostKind.PERSONAL,
        private=content,
        priority=Priority.URGENT,
        now=ctx.now,
        activity_id=activity.id if activity else None,
    )
    if post_id is None:
        return 0
    queued = 0
    for way in ways:
        queued += await outbox.queue_to_people(ctx.session, post_id, way, now=ctx.now, quiet=None)
    return queued


def _question(ctx: Context, t: Translator, question_id: int, text: str, activity: Activity | None) -> Message:
    heading = t("<b>A question:</b>")
    if activity:
        day = dates.day(activity.starts_at, t, now=ctx.now)
        heading = t("<b>A question about {title}, {day}:</b>", title=activity.title, day=day)
    name = one_line(ctx.request.sender_name)[:MAX_NAME]
    lines = [heading, t("{text}", text=clean(text))]
    if name:
        lines.append(t("From {name}. The answer goes through me.", name=name))
    return Message.of(Markup("\n").join(lines), Button(t.plain("Answer"), "question.answer", str(question_id)))


async def _sent(ctx: Context, association_id: int | None) -> Reply:
    """What the asker hears; on Discord a direct message is offered for the answer."""
    name = await _association(ctx, association_id)
    text = ctx.t("Sent to {association}.", association=name)
    if ctx.in_private or (ctx.person.opened and ctx.person.reachable):
        return Reply(Message(text + Markup(" ") + ctx.t("The answer comes here in private.")))
    if ctx.request.chat.address.platform is Platform.DISCORD:
        yes = Button(ctx.t.plain("Yes, write to me"), "question.write_to_me")
        return Reply(Message.of(text + Markup(" ") + ctx.t("May the answer come in a direct message?"), yes))
    opens = Button(ctx.t.plain("Open"), opens="do-mina")
    return Reply(Message.of(text + Markup(" ") + ctx.t("Open me, so that the answer reaches you."), opens))


@feature.button("question.write_to_me", shown=Shown.PRIVATELY)
async def write_to_me(ctx: Context) -> Reply:
    """A first direct message is tried at once."""
    test = Message(ctx.t("This is where your answer will come."))
    return Reply(Message(ctx.t("I am writing to you now.")), test_message=test)


async def _association(ctx: Context, association_id: int | None) -> str:
    found = None
    if association_id is not None:
        found = await associations.get_association(ctx.session, association_id, invented=ctx.person.invented)
    if found and found.name:
        return found.name
    return await organisation(ctx) or ctx.t.plain("the district")


async def _mine_to_answer(ctx: Context, argument: str) -> Question:
    number = whole_number(argument)
    question = await questions.get_question(ctx.session, number, invented=ctx.person.invented)
    if question is None:
        raise UserError(GONE)
    if question.activity_id in ctx.person.rights.hosted:
        return question
    if question.association_id is not None:
        ctx.require(question.association_id)
    elif not ctx.person.rights.district:
        raise UserError("Only the district's organisers can do that.")
    return question


@feature.button("question.answer", shown=Shown.FORM)
async def answer(ctx: Context) -> Reply:
    """The organiser writes the answer; when another was first, that is said before."""
    question = await _mine_to_answer(ctx, ctx.request.argument)
    if question.is_answered:
        again = Button(ctx.t.plain("Answer all the same"), "question.again", str(question.id))
        return Reply(Message.of(ctx.t("Somebody has already answered that."), again))
    return await forms.open_form(ctx, ANSWER, argument=str(question.id))


@feature.button("question.again", shown=Shown.FORM)
async def answer_again(ctx: Context) -> Reply:
    """One more answer to the same question."""
    question = await _mine_to_answer(ctx, ctx.request.argument)
    return await forms.open_form(ctx, ANSWER, argument=str(question.id))


@feature.form(ANSWER)
async def answered(ctx: Context, draft: Draft, values: dict[str, str]) -> Message:
    """The answer is on its way to who asked."""
    question = await _mine_to_answer(ctx, draft.argument)
    activity = None
    if question.activity_id:
        found = activities.get_activity(ctx.session, question.activity_id, invented=ctx.person.invented)
        activity = await found
    name = await _association(ctx, question.association_id)
    content = card.contents(ctx, lambda t: _answer(ctx, t, name, values["text"], activity))
    key = f"answer:{question.id}:{draft.id}"
    if not await _send(ctx, key, content, [reach.one_person(question.person_id)], activity):
        return Message(ctx.t("I cannot reach the one who asked any more. Nothing was sent."))
    await questions.set_answered(ctx.session, question.id, now=ctx.now)
    return Message(ctx.t("Sent to the one who asked."))


def _answer(ctx: Context, t: Translator, name: str, text: str, activity: Activity | None) -> Message:
    heading = t("<b>Answer from {association}:</b>", association=name)
    if activity:
        heading = t("<b>Answer about {title}:</b>", title=activity.title)
    body = heading + Markup("\n") + t("{text}", text=text)
    if not activity:
        return Message(body)
    return Message.of(body + Markup("\n") + card.sender(activity, t), card.ask_button(activity.id, t))
