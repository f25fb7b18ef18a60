"""What organisers hear while nothing goes out: HOLD is the operator's, see db/hold.py."""

from markupsafe import Markup

from db.hold import get_hold
from handlers.context import Context
from texts import dates


async def waits(ctx: Context) -> Markup:
    """That what was just queued goes out later; empty unless the installation is on HOLD."""
    if await get_hold(ctx.session) is None:
        return Markup()
    return ctx.t("All sending rests right now: it goes out as soon as whoever runs me lets it.")


async def rests(ctx: Context) -> Markup:
    """Why nothing goes out, for who asks how things stand; empty unless the installation is on HOLD."""
    hold = await get_hold(ctx.session)
    if hold is None:
        return Markup()
    text = ctx.t("All sending rests right now, until whoever runs me lets it go on. I answer as usual.")
    if hold.backup_at is None:
        return text
    when = ctx.t(
        "I was put back to how things were {day} at {clock}, and remember nothing that came after: "
        "please look through what is planned.",
        day=dates.day(hold.backup_at, ctx.t, now=ctx.now),
        clock=dates.clock(hold.backup_at, ctx.t),
    )
    return text + Markup(" ") + when
