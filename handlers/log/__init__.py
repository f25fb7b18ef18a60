"""The log of steps: who did what to what, for those who see to it that rights are not misused."""

from markupsafe import Markup

from chat.markup import one_line
from chat.message import Button, Message
from db import audit
from db.audit import Step
from handlers.context import Context
from handlers.feature import Feature, Needs
from handlers.log.words import in_words, stored
from texts import sentence

feature = Feature("log")

PAGE = 15  # steps in one message
MAX_ABOUT = 30  # bytes: it stands in a button


@feature.command(
    "logg",
    alias="log",
    description=sentence("Who did what, step by step"),
    argument=sentence("what about"),
    needs=Needs.AUDITOR,
    private=True,
)
async def show(ctx: Context) -> Message:
    """The newest steps; that somebody began to read is a step itself."""
    about = stored(ctx, one_line(ctx.request.argument)).encode()[:MAX_ABOUT].decode(errors="ignore")
    page = await _page(ctx, about, None)
    audit.note(ctx.session, "read log", about if ":" in about else "log", actor_id=ctx.person.id, now=ctx.now)
    return page


@feature.button("log.page", needs=Needs.AUDITOR)
async def page(ctx: Context) -> Message:
    """The steps before that one."""
    before, _, about = ctx.request.argument.partition(":")
    return await _page(ctx, about, int(before))


async def _page(ctx: Context, about: str, before: int | None) -> Message:
    found = await audit.steps(ctx.session, invented=ctx.person.invented, about=about, before=before, most=PAGE + 1)
    if not found:
        return Message(ctx.t("There is nothing more in the log about that."))
    head = ctx.t("The log, newest first. Everybody is a number; what was written stands nowhere in it.")
    lines = [_line(ctx, step) for step in found[:PAGE]]
    hint = ctx.t("Only some of it: /log activity:12, /log person:5 or /log published")
    message = Message(Markup("\n").join([head, *lines, *([] if about else [hint])]))
    if not found[PAGE:]:
        return message
    return message.plus(None, Button(ctx.t.plain("Earlier"), "log.page", f"{found[PAGE - 1].id}:{about}"))


def _line(ctx: Context, step: Step) -> Markup:
    at = step.at.astimezone(ctx.t.zone).strftime("%Y-%m-%d %H:%M")
    actor = f"person:{step.actor_id}" if step.actor_id else ctx.t.plain("by itself")
    done, rest = in_words(ctx, step.action)
    about = f"{rest} {step.about}".strip()
    return Markup("• {} {}: <b>{}</b> {}").format(at, actor, done, about)
