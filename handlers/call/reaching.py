"""Whom a call or a message would reach now, in words, before it is published."""

from datetime import datetime

from markupsafe import Markup

from chat.address import Platform
from chat.message import Button
from db import call, reach, send_now
from db.audiences import is_seen
from db.progress import Flow
from db.reach import Outside, Reach
from handlers.audiences.choosing import Chosen, to_whom
from handlers.call.left import elsewhere, outside, roughly
from handlers.call.progress import waiting
from handlers.context import Context
from handlers.few import about_persons
from texts import Translator, dates, sentence
from texts.few import is_few

PLATFORMS = {
    Platform.TELEGRAM.value: "Telegram",
    Platform.DISCORD.value: "Discord",
    Platform.TRY.value: sentence("the try-out page"),
}


async def reach_of(ctx: Context, chosen: Chosen) -> tuple[Reach, Flow]:
    """How many it would reach now, and how many of them wait for the end of their quiet hours."""
    people = reach.reached(chosen.target.audience)
    asleep = await send_now.who_wait(ctx.session, people, now=ctx.now, quiet=ctx.quiet)
    return await call.reach_of(ctx.session, chosen.target), asleep


def reach_text(
    ctx: Context, chosen: Chosen, association: str, reached: Reach, asleep: Flow, *, until: datetime | None = None
) -> Markup:
    """To the whole district, now: 3 groups and privately 70 … 50 not in chat. And who waits for the morning.

    `until`: when it is too late. How many are in a narrow audience is exact for those who see that register.
    """
    exact = chosen.saved is None or sees(ctx, chosen)
    now = _ways(ctx.t, reached) if exact else _roughly(ctx, chosen, reached)
    sentences = [to_whom(ctx.t, chosen, association, now=now)]
    if reached.outside.people and not hides(ctx, chosen, reached):
        left = _outside if sees(ctx, chosen) else roughly
        sentences.append(left(ctx.t, reached.outside))
    if asleep.first_at:
        sentences.append(
            waiting(ctx.t, asleep) if exact else ctx.t("Those who want quiet now get it in the morning.")
        )
        if until and asleep.first_at >= until:
            sentences.append(ctx.t("That is too late."))
    return Markup(" ").join(sentences)


def left_out(ctx: Context, chosen: Chosen, reached: Reach) -> Markup:
    """How many are to be reached in another way; empty when nobody is, or when that is not told."""
    if hides(ctx, chosen, reached):
        return Markup()
    return outside(ctx.t, reached.outside) if sees(ctx, chosen) else roughly(ctx.t, reached.outside)


def sees(ctx: Context, chosen: Chosen) -> bool:
    """True when this person sees the register of all whom it is for."""
    return is_seen(chosen.target.audience, ctx.person.rights)


def hides(ctx: Context, chosen: Chosen, reached: Reach) -> bool:
    """True when the audience has so few that this person is not told how few."""
    together = sum(reached.people.values()) + reached.outside.people
    return chosen.saved is not None and is_few(together) and not sees(ctx, chosen)


def _roughly(ctx: Context, chosen: Chosen, reached: Reach) -> str:
    said = about_persons(ctx.t, sum(reached.people.values()))
    return said if hides(ctx, chosen, reached) else ctx.t.plain("privately to {persons}", persons=said)


def show_who(ctx: Context, chosen: Chosen, reached: Reach, route: str, about: str) -> tuple[Button, ...]:
    """The way to who is in no chat, for those who see a register."""
    people = reached.outside.people
    if not (people and ctx.person.rights.is_registrar):
        return ()
    label = ctx.t.plain("Show who")
    if sees(ctx, chosen):
        label = ctx.t.count_plain(people, one="Show which one", other="Show which {n}")
    return (Button(label, route, f"{about}:0"),)


def _outside(t: Translator, left: Outside) -> Markup:
    """50 I cannot reach in chat: 44 have an e-mail or postal address, 6 nothing."""
    said = t.count(left.people, one="{n} I cannot reach in chat", other="{n} I cannot reach in chat")
    return said + elsewhere(t, left)


def _ways(t: Translator, reached: Reach) -> str:
    """3 groups and privately to 70: 61 Telegram, 9 Discord."""
    ways = []
    if reached.chats:
        ways.append(t.count_plain(reached.chats, one="{n} group", other="{n} groups"))
    people = sum(reached.people.values())
    each = [(n, t.plain(PLATFORMS[name])) for name, n in sorted(reached.people.items(), key=_most)]
    if len(each) == 1:
        ways.append(t.plain("privately to {n} on {platform}", n=people, platform=each[0][1]))
    elif each:
        listed = ", ".join(f"{n} {platform}" for n, platform in each)
        ways.append(t.plain("privately to {n}: {platforms}", n=people, platforms=listed))
    return dates.names(ways, t) or t.plain("nobody in chat yet")


def _most(platform: tuple[str, int]) -> tuple[int, int]:
    return -platform[1], list(PLATFORMS).index(platform[0])
