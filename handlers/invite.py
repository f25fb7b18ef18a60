"""An invitation for one member: a code to pass on, in words and as a picture, from their card in the register."""

from io import BytesIO

import segno
from markupsafe import Markup

from chat.markup import one_line
from chat.message import Button, Document, Message, Reply, Shown
from db import audit, codes
from db.installation import TELEGRAM_NAME, get_setting
from db.linking import MEMBER
from db.models import MemberStatus
from db.register import Card
from handlers import members
from handlers.context import Context, UserError
from handlers.feature import Feature, Needs
from handlers.linking.feature import INVITED, PREFIX, alone
from texts import dates

feature = Feature("invite")


@feature.button("invite.make", shown=Shown.PRIVATELY, needs=Needs.REGISTER)
async def make(ctx: Context) -> Reply:
    """A code that links one account to that member."""
    card = await members.member(ctx, ctx.request.argument)
    _require_invitable(ctx, card)
    code = await codes.new_long(
        ctx.session, ctx.keys, MEMBER, argument=str(card.id), valid=INVITED, now=ctx.now
    )  # fmt: skip
    audit.note(ctx.session, "invite", f"person:{card.person_id}", actor_id=ctx.person.id, now=ctx.now)
    text = ctx.t(
        "Pass the next message on to {name}, and to nobody else: whoever has the code can say that it is them. "
        "It works once, for three days.",
        name=one_line(card.name),
    )
    link = link_to(await get_setting(ctx.session, TELEGRAM_NAME), code)
    picture = Document("kallelse.png", qr(link)) if link else None
    until = dates.day_and_time(ctx.now + INVITED, ctx.t, now=ctx.now)
    return Reply(Message(text), also=(Message(_letter(ctx, link, code, until), document=picture),))


def _require_invitable(ctx: Context, card: Card) -> None:
    """Nothing when an invitation can be made, and read by this person alone; else a UserError that says why."""
    another = Button(ctx.t.plain("Find another"), "members.find")
    if ctx.person.invented:
        raise UserError("Here in the try-out nobody is invited for real.", another)
    if card.status != MemberStatus.ACTIVE:
        raise UserError(
            "They are no longer active in the register. Somebody who comes back is in the next list.", another
        )
    if not alone(ctx):
        raise UserError("An invitation is for your eyes alone: press this in our private chat.")


def _letter(ctx: Context, link: str | None, code: str, until: str) -> Markup:
    """What is passed on: it says nothing of what it links to."""
    lines = [ctx.t("Hello! This is your code for Kallelse.")]
    if link:
        lines.append(ctx.t("On Telegram: open {link} and press Start.", link=link))
    typed = f"{PREFIX}-{code}"
    lines.append(ctx.t("On Discord, or when the link does not work: write to me /link {code}", code=typed))
    lines.append(ctx.t("It works once, until {moment}.", moment=until))
    return Markup("\n").join(lines)


def link_to(username: str | None, code: str) -> str | None:
    """The address that opens the bot with the code; None while nobody knows what the bot is called there."""
    return f"https://t.me/{username}?start={PREFIX}-{code}" if username else None


def qr(link: str, kind: str = "png") -> bytes:
    """The link as a picture that a telephone reads, "png" or "svg"."""
    picture = BytesIO()
    segno.make_qr(link, error="m").save(picture, kind=kind, scale=8, border=4)
    return picture.getvalue()
