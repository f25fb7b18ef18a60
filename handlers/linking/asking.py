"""/koppla: the address that is known brings a code, and a code is taken."""

from markupsafe import Markup

from chat.form import Field, FieldKind, Form
from chat.markup import one_line
from chat.message import Button, Message, Reply, Shown
from chat.request import FormStyle
from db import drafts, linking, outbox
from db.drafts import Draft
from db.linking import Asked
from db.models import PostKind, Priority
from handlers import forms
from handlers.context import Context
from handlers.linking.confirming import burn, opened
from handlers.linking.feature import INVITED, MINUTES, PREFIX, alone, feature
from handlers.private import leads_to_private
from handlers.telling import question_for
from texts import LANGUAGES, Translator, sentence

BY_HAND = sentence(
    "If we have that address, you will get a code: those who keep the register reach you in the way they know, "
    "and give it to you. Write it here then."
)
ON_ITS_WAY = sentence(
    "If we have that address, a code is on its way to it. It is valid for ten minutes. Write it here then."
)

LINK = Form(
    "link",
    title=sentence("Link this account"),
    fields=(
        Field(
            "typed",
            label=sentence("Your e-mail address, or a code"),
            question=sentence(
                "Which e-mail address does your association have for you? Write it here, and we see to a code. "
                "If you have got one, write the code."
            ),
            kind=FieldKind.TEXT,
            max_length=200,
        ),
    ),
)


@feature.command(
    "koppla",
    alias="link",
    description=sentence("Link this account to what your association knows of you"),
    argument=sentence("e-mail address or code"),
    shown=Shown.FORM,
)
async def link(ctx: Context) -> Reply:
    """Takes an address or a code; in a group what was written is taken away, and burnt, in silence."""
    if ctx.request.argument and not alone(ctx):
        return await burn(ctx, _code(ctx.request.argument))
    if ctx.request.argument:
        return await take(ctx, ctx.request.argument)
    return await _begin(ctx)


@feature.button("linking.begin", shown=Shown.FORM)
@feature.link("koppla")
async def begin(ctx: Context) -> Reply:
    """Asks for the address or the code."""
    return await _begin(ctx)


async def _begin(ctx: Context) -> Reply:
    away = leads_to_private(ctx, "koppla")
    return Reply(away) if away else await forms.open_form(ctx, LINK)


@feature.form(LINK)
async def typed(ctx: Context, draft: Draft, values: dict[str, str]) -> Reply:
    """The address brings a code; a code is answered with whom it is for."""
    return await take(ctx, values["typed"])


async def take(ctx: Context, text: str) -> Reply:
    """The same for what is written behind the command."""
    words = one_line(text)
    if "@" in words:
        return await _ask(ctx, words)
    return Reply(await opened(ctx, _code(words)))


def _code(text: str) -> str:
    return one_line(text).removeprefix(f"{PREFIX}-")


async def _ask(ctx: Context, address: str) -> Reply:
    """Whoever asks reads the same, and the same is written, whether the address is known or not."""
    by_mail = ctx.installation.mail
    asked = await linking.ask(
        ctx.session, ctx.keys, address, person_id=ctx.person.id, account_id=ctx.person.account_id,
        valid=MINUTES if by_mail else INVITED, now=ctx.now,
    )  # fmt: skip
    if asked is not None and not ctx.person.invented:
        await (_send(ctx, asked, address) if by_mail else _hand_over(ctx, asked))
    return Reply(Message.of(ctx.t(ON_ITS_WAY if by_mail else BY_HAND), *await _ways(ctx)))


async def _ways(ctx: Context) -> list[Button]:
    """A code that is typed next is taken, where questions are answered by text."""
    ask = Button(ctx.t.plain("Ask an organiser"), "linking.ask")
    if ctx.request.forms is FormStyle.PAGES:
        return [Button(ctx.t.plain("Write the code"), "linking.begin"), ask]
    await forms.open_form(ctx, LINK)
    draft = await drafts.get_asking(ctx.session, ctx.person.id, now=ctx.now)
    return [ask, Button(ctx.t.plain("Cancel"), "form.cancel", str(draft.id if draft else 0))]


async def _send(ctx: Context, asked: Asked, address: str) -> None:
    """The digits are on their way to the address, and of no use when they come too late."""
    content = {language: _letter(ctx.in_language(language), asked.digits) for language in LANGUAGES}
    post_id = await outbox.queue_post(
        ctx.session, f"link-mail:{asked.code_id}", PostKind.PERSONAL, private=content, priority=Priority.URGENT,
        now=ctx.now, expires_at=ctx.now + MINUTES,
    )  # fmt: skip
    first = asked.cards[0] if asked.cards else None
    there = await linking.mailbox(ctx.session, ctx.keys, first, address, now=ctx.now)
    await outbox.queue_to_people(ctx.session, post_id or 0, there, now=ctx.now, quiet=None)


def _letter(t: Translator, digits: str) -> Message:
    """Its first line is the subject: it says neither of what nor of whom."""
    text = t(
        "Hello!\n\nSomebody, we hope you, wrote your address in a chat and asked for a code: {code}\n\n"
        "It is valid for ten minutes. Write it where you asked. If it was not you, do nothing: without the code "
        "nothing happens.",
        code=f"{digits[:4]} {digits[4:]}",
    )
    return Message(t("Your code") + Markup("\n") + text)


async def _hand_over(ctx: Context, asked: Asked) -> None:
    """Those who keep a register that one of them is in may pass a code on; they alone see who it is."""
    content = {language: _question(ctx.in_language(language), asked.code_id) for language in LANGUAGES}
    post_id = await outbox.queue_post(
        ctx.session, f"link-code:{asked.code_id}", PostKind.PERSONAL, private=content, priority=Priority.URGENT,
        now=ctx.now,
    )  # fmt: skip
    places = {card.association_id for card in asked.cards}
    wanted = linking.registrars(*places, any_at_all=bool(asked.cards))
    await outbox.queue_to_people(ctx.session, post_id or 0, wanted, now=ctx.now, quiet=None)


def _question(t: Translator, code_id: int) -> Message:
    text = t(
        "Somebody wants to link their account and gave an e-mail address that stands in the register. Call or "
        "write to the one it belongs to, and if it is them who asked, give them a code."
    )
    return Message.of(
        question_for(t, text), Button(t.plain("Show who, and a code"), "linking.hand_over", str(code_id))
    )
