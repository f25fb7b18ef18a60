"""Whom a call or a message is for: those near, the whole district, or an audience with a name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from chat.form import Choice
from db import associations, call, saved_audiences
from db.audiences import Audience
from db.call import Target
from db.saved_audiences import Saved
from handlers.audiences.feature import own_audience, today
from handlers.audiences.overview import names_of
from handlers.audiences.words import describe
from handlers.context import Context
from texts import Translator, sentence

NEAR, WIDE = "near", "wide"  # other answers are the numbers of audiences
ASK_WHOM = sentence("To whom? More audiences are made with /audiences.")


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whom it is for. `saved`: the audience it is narrowed to, with what that is in `words`."""

    target: Target
    saved: Saved | None = None
    words: str = ""


async def choices(ctx: Context, answers: Mapping[str, str]) -> Sequence[Choice]:
    """Those near the association it is from, the whole district for what is open, and the person's audiences."""
    number = int(answers.get("association") or 0)
    found = await associations.get_association(ctx.session, number, invented=ctx.person.invented)
    near = found.name if found and found.name else ctx.t.plain("The association")
    offered = [Choice(NEAR, near, own=True)]
    if not (found and found.is_district) and answers.get("seen_by") != "internal":
        offered.append(Choice(WIDE, sentence("The whole district")))
    mine, invented = ctx.person.rights, ctx.person.invented
    every = await saved_audiences.saved(ctx.session, mine, invented=invented, on=today(ctx))
    return offered + [Choice(str(one.id), one.name, own=True) for one in every]


async def chosen(ctx: Context, key: str, *, association_id: int, internal: bool) -> Chosen:
    """Whom that answer means, now. What is internal stays in its association: others could not even open it.

    A narrowed message goes to nobody's group. UserError when the audience is gone or not the person's to use.
    """
    invented, wide = ctx.person.invented, key == WIDE and not internal
    target = await call.target(ctx.session, association_id, wide=wide, internal=internal, invented=invented)
    if not key.isdecimal():
        return Chosen(target)
    saved = await own_audience(ctx, key)
    inside = target.audience.association_id if internal else None
    narrowed = replace(saved.audience, internal=internal, association_id=inside)
    words = describe(saved.audience, ctx.t, await names_of(ctx, saved.audience))
    return Chosen(Target(narrowed, ()), saved, words)


def to_whom(t: Translator, one: Chosen, association: str, *, now: str) -> Markup:
    """To Exempelby, now: 3 groups and privately to 70."""
    audience = one.target.audience
    if one.saved is not None and audience.internal:
        return _to_our_own(t, one.saved, audience, association, now=now)
    if one.saved is not None:
        return t("To {name} ({what}), now: {reach}.", name=one.saved.name, what=one.words, reach=now)
    everybody = audience.association_id is None
    if audience.internal and everybody:
        return t("Only to our own in the whole district, now: {reach}.", reach=now)
    if audience.internal:
        return t("Only to {association}'s own, now: {reach}.", association=association, reach=now)
    if everybody:
        return t("To the whole district, now: {reach}.", reach=now)
    return t("To {association}, now: {reach}.", association=association, reach=now)


def _to_our_own(t: Translator, saved: Saved, audience: Audience, association: str, *, now: str) -> Markup:
    """To Provstad's own who are in the board, now: privately to 3."""
    if audience.association_id is None:
        return t("To our own in the whole district who are in {name}, now: {reach}.", name=saved.name, reach=now)
    return t(
        "To {association}'s own who are in {name}, now: {reach}.",
        association=association,
        name=saved.name,
        reach=now,
    )
