"""The first organiser comes by the operator's code; and what a new organiser is told first."""

from markupsafe import Markup

from chat.markup import one_line
from chat.message import Button, Message, Reply
from db import codes, roles
from handlers.context import Context, UserError
from handlers.organisers.feature import feature, note
from texts import Translator, sentence

ADMIN_CODE = "admin"
MAX_NAME = 64  # characters
WRONG_CODE = sentence("That code is not valid. The one who runs the bot can make a new one.")


@feature.command(
    "admin",
    alias="admin",
    description=sentence("Become the first organiser with a code"),
    argument=sentence("code"),
    argument_required=True,
    help=False,
)
async def admin(ctx: Context) -> Reply:
    """The sender is an admin; in a group the code is burnt and nothing is said."""
    if not (ctx.in_private or ctx.request.own_message):
        await codes.redeem(ctx.session, ctx.keys, ADMIN_CODE, ctx.request.argument, now=ctx.now)
        return Reply(delete_request=True)
    if await codes.redeem(ctx.session, ctx.keys, ADMIN_CODE, ctx.request.argument, now=ctx.now) is None:
        raise UserError(WRONG_CODE)
    name = one_line(ctx.request.sender_name)
    await make_admin(ctx, ctx.person.id, ctx.person.account_id, name)
    return Reply(welcome(ctx.t, district=True), refresh_menu=True)


async def make_admin(ctx: Context, person_id: int, account_id: int, name: str) -> None:
    """The person is an admin, from that account (too)."""
    await roles.grant(
        ctx.session,
        person_id,
        roles.ADMIN,
        association_id=None,
        name=name[:MAX_NAME],
        granted_by=ctx.person.id,
        now=ctx.now,
        account_id=account_id,
    )
    note(ctx, "grant", roles.ADMIN, "district", person_id)


def welcome(t: Translator, *, district: bool) -> Message:
    """What comes first, as far as this organiser may do it."""
    lines = [
        t("Welcome as an organiser! This is what usually comes first:"),
        t("• /associations – add your associations"),
        t("• add me to your groups and write /connect there"),
        t("• /call – call people to something"),
        t("• /organisers – let others organise"),
    ]
    buttons = [
        Button(t.plain("Associations"), "associations.list"),
        Button(t.plain("Organisers"), "organisers.list"),
    ]
    if not district:
        del lines[1], buttons[0]
    return Message.of(Markup("\n").join(lines), *buttons)
