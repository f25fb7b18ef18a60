"""What the feature's files share: its declaration, the words for the kinds, and finding one label."""

from chat.message import Button
from chat.request import whole_number
from db import labels
from db.labels import Label
from db.models import LabelKind
from handlers.context import Context, UserError
from handlers.feature import Feature
from texts import sentence

feature = Feature("labels")

KINDS = {
    LabelKind.INTEREST: sentence("Interests"),
    LabelKind.SKILL: sentence("What I can give"),
    LabelKind.LIST: sentence("Invitation lists"),
    LabelKind.TAG: sentence("Tags"),
}


async def label(ctx: Context, label_id: str, *, mine: bool = False) -> Label:
    """That label; a UserError when it is gone."""
    found = await labels.get_label(ctx.session, whole_number(label_id), invented=ctx.person.invented)
    if found is None:
        way = "labels.mine" if mine else "labels.list"
        raise UserError("That is no longer on the list.", Button(ctx.t.plain("Show the list"), way))
    return found
