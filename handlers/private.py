"""What is said to one person alone is done in private; from a group there is a button that leads there."""

from chat.message import Button, Message
from handlers.context import Context


def leads_to_private(ctx: Context, opens: str) -> Message | None:
    """The way into the private chat (`opens` is its link); None where only this person reads already."""
    if ctx.in_private or ctx.request.own_message:
        return None
    return Message.of(ctx.t("Let us do that privately."), Button(ctx.t.plain("Open"), opens=opens))
