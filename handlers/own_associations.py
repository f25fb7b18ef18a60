"""The associations that somebody may act for, as the choices of a form."""

from collections.abc import Sequence

from chat.form import Choice, Field, FieldKind
from db import associations
from handlers.context import Context
from texts import sentence


async def own_associations(ctx: Context) -> Sequence[Choice]:
    """The associations that the person may act for, their own first, then the district."""
    every = await associations.associations(ctx.session, invented=ctx.person.invented)
    covered = [one for one in every if ctx.person.rights.covers(one.id)]
    covered.sort(key=lambda one: one.id != ctx.person.association_id)
    return [Choice(str(one.id), one.name or ctx.t.plain("The district"), own=True) for one in covered]


async def usual_association(ctx: Context) -> dict[str, str]:
    """What need not be asked: the person's own association if they act for it, else the district."""
    every = await associations.associations(ctx.session, invented=ctx.person.invented)
    covered = [one for one in every if ctx.person.rights.covers(one.id)]
    usual = [one for one in covered if one.id == ctx.person.association_id] or [
        one for one in covered if one.is_district
    ]
    return {"association": str(usual[0].id)} if usual else {}


async def kept_associations(ctx: Context) -> Sequence[Choice]:
    """The associations whose register the person keeps."""
    every = await associations.associations(ctx.session, invented=ctx.person.invented)
    kept = [one for one in every if ctx.person.rights.keeps_register(one.id)]
    return [Choice(str(one.id), one.name or ctx.t.plain("The district"), own=True) for one in kept]


OF_REGISTER = Field(
    "association",
    label=sentence("Association"),
    question=sentence("In which association?"),
    kind=FieldKind.CHOICE,
    choices_for=kept_associations,
)
