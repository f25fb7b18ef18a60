"""What the files of this feature share: its declarations, and how a member and a wrong code are shown."""

from datetime import timedelta

from chat.markup import one_line
from chat.message import Button, Message
from db.register import Card, masked
from handlers.context import Context, organisation
from handlers.feature import Feature
from texts import Translator, sentence

feature = Feature("linking")

PREFIX = "member"  # of a link: /start member-CODE
INVITED = timedelta(hours=72)
PRINTED = timedelta(days=45)  # a letter lies about
MINUTES = timedelta(minutes=10)  # digits that were asked for
WRONG_CODE = sentence("That code is not valid.")


def refused(ctx: Context) -> Message:
    """The one answer to a code that is unknown, used or expired."""
    return Message.of(ctx.t(WRONG_CODE), Button(ctx.t.plain("Ask for a new one"), "linking.begin"))


def alone(ctx: Context) -> bool:
    """True where nobody else reads along."""
    return ctx.in_private or ctx.request.own_message


def half_name(card: Card) -> str:
    """T… T…: enough for who bears the name, too little for who found the letter."""
    return masked(one_line(card.name)) or "–"


def place(card: Card, t: Translator, district: str) -> str:
    """The member's association, else the district."""
    return card.association or district or t.plain("the district")


async def where(ctx: Context, card: Card) -> str:
    """The same, as it is called here."""
    return place(card, ctx.t, await organisation(ctx))
