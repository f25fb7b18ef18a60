"""Who is left when a call or a message is out: for those who see that register, with all ways to reach them."""

from markupsafe import Markup

from chat.message import Message, Shown
from chat.request import whole_number
from db import audit, left
from db.left import Contact
from db.session import Rows
from handlers.context import Context, UserError
from handlers.feature import Feature, Needs
from handlers.paging import more
from handlers.post import own_post
from texts.few import LEAST, is_few

feature = Feature("unreached")

MOST = 20  # persons in one message


@feature.button("unreached.failed", shown=Shown.PRIVATELY, needs=Needs.REGISTER)
async def failed(ctx: Context) -> Message:
    """Those to whom it was sent in vain."""
    post_id, page = await _asked(ctx)
    audit.note(ctx.session, "see unreached", f"post:{post_id}", actor_id=ctx.person.id, now=ctx.now)
    return await listed(ctx, left.failed(post_id), "unreached.failed", str(post_id), page)


@feature.button("unreached.outside", shown=Shown.PRIVATELY, needs=Needs.REGISTER)
async def outside(ctx: Context) -> Message:
    """Those whom it concerns and who are in no chat."""
    post_id, page = await _asked(ctx)
    people = await left.outside(ctx.session, post_id)
    if people is None:
        raise UserError("Everybody has been reached by now.")
    audit.note(ctx.session, "see unreached", f"post:{post_id}", actor_id=ctx.person.id, now=ctx.now)
    return await listed(ctx, people, "unreached.outside", str(post_id), page)


async def _asked(ctx: Context) -> tuple[int, int]:
    """The post, which the person may act for, and the page."""
    number, _, page = ctx.request.argument.partition(":")
    return await own_post(ctx, number), whole_number(page)


async def listed(ctx: Context, people: Rows, route: str, about: str, page: int) -> Message:
    """These persons and the ways to them where the person who asks sees their register; of the others a count."""
    rights = ctx.person.rights
    found, every = await left.contacts(ctx.session, people, rights, most=MOST + 1, skip=page * MOST)
    shown = found[:MOST]
    if not every:
        raise UserError("Everybody has been reached by now.")
    lines = [_line(ctx, one) for one in shown]
    rest = found[MOST:]
    others = every - page * MOST - len(shown)
    if others and not rest:
        lines.append(_others(ctx, others))
    message = Message(Markup("\n").join([ctx.t("Left to reach:"), *lines]))
    return message.plus(None, *more(ctx.t, rest, route, f"{about}:{page + 1}"))


def _others(ctx: Context, n: int) -> Markup:
    if not ctx.person.rights.keeps_register(None):
        few = ctx.t("Fewer than five more are in no register that you see.")
        return few if is_few(n) else ctx.t("About {n} more are in no register that you see.", n=n - n % LEAST)
    return ctx.t.count(
        n,
        one="One more is in no register that you see.",
        other="{n} more are in no register that you see.",
    )


def _line(ctx: Context, one: Contact) -> Markup:
    address = ", ".join((one.address or "").splitlines())
    ways = [way for way in (one.phone, one.email, address) if way]
    if not ways:
        return ctx.t("• {name}", name=one.name)
    return ctx.t("• {name}, {ways}", name=one.name, ways=", ".join(ways))
