"""The register in short, for those who keep it: how many there are, and how a list is sent."""

from markupsafe import Markup

from chat.message import Message
from db import register
from db.import_members.limits import MAX_BYTES, MAX_ROWS
from db.register import Strength
from handlers.context import Context
from handlers.feature import Feature, Needs
from handlers.few import how_many
from texts import sentence

feature = Feature("register")


@feature.command(
    "register",
    alias="members",
    description=sentence("The register of members: how many, and how to send a list"),
    needs=Needs.REGISTER,
    only_reads=True,
    private=True,
)
async def show(ctx: Context) -> Message:
    """Counts, and what to do; no name is shown here."""
    found = await register.strengths(ctx.session, invented=ctx.person.invented)
    kept = [one for one in found if ctx.person.rights.keeps_register(one.association_id)]
    lines = [_total(ctx, kept) if kept else ctx.t("There is nobody in the register yet.")]
    lines += [_line(ctx, one) for one in found if one.active or one.former]
    how = ctx.t(
        "Send me the list of members here as a file: CSV or XLSX, at most {megabytes} MB and {rows} rows, with "
        "headings like First name, Last name, E-mail, Mobile, Membership number, Association, Member since. "
        "I show what would change first. Whoever is not in it counts as no longer a member, in the associations "
        "that it names.",
        megabytes=MAX_BYTES // 2**20,
        rows=MAX_ROWS,
    )
    return Message(Markup("\n").join([*lines, Markup(""), how]))


def _total(ctx: Context, kept: list[Strength]) -> Markup:
    active, linked = sum(one.active for one in kept), sum(one.linked for one in kept)
    text = ctx.t.count(
        active,
        one="The register has {n} member; {linked} linked to an account.",
        other="The register has {n} members; {linked} linked to an account.",
        linked=linked,
    )
    former = sum(one.former for one in kept)
    if not former:
        return text
    return (
        text
        + Markup(" ")
        + ctx.t.count(
            former,
            one="{n} former member is erased within 30 days.",
            other="{n} former members are erased within 30 days.",
        )
    )


def _line(ctx: Context, one: Strength) -> Markup:
    name = one.association or ctx.t.plain("Without an association")
    if ctx.person.rights.keeps_register(one.association_id):
        return ctx.t("• {name}: {n}, {linked} linked", name=name, n=one.active, linked=one.linked)
    return ctx.t("• {name}: {n}", name=name, n=how_many(ctx, one.active, association_id=one.association_id))
