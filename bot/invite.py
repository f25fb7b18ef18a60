"""`./kallelse invite`: codes that link accounts to members, as a table and as pictures for letters."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import OperatorError, WrongInputError
from bot.opening import Opened
from chat.request import whole_number
from db import codes, linking, register
from db.installation import TELEGRAM_NAME, get_setting
from db.linking import MEMBER
from db.models import MemberStatus
from handlers.export import FORMULA
from handlers.invite import link_to, qr
from handlers.linking.feature import INVITED, PREFIX, PRINTED


@dataclass(frozen=True, slots=True)
class Invitation:
    """A member's code. `number`: the list's own; `link` None while nobody knows what the bot is called."""

    member: int
    number: str | None
    code: str
    link: str | None


async def invite(
    house: Opened, *, member: int | None, printed: bool, pictures: bool, now: datetime
) -> tuple[Sequence[Invitation], datetime]:
    """A code for that member, or for each active one whom nobody has linked to; and until when they are valid.

    Errors: OperatorError, and nothing is made.
    """
    valid = PRINTED if printed else INVITED
    async with house.database.write() as session:
        username = await get_setting(session, TELEGRAM_NAME)
        if pictures and username is None:
            raise OperatorError(
                "A picture holds the link: connect to Telegram once first, to know the bot's name."
            )
        made = []
        for member_id, number in await _wanted(session, member):
            code = await codes.new_long(
                session, house.keys, MEMBER, argument=str(member_id), valid=valid, now=now
            )  # fmt: skip
            made.append(Invitation(member_id, number, f"{PREFIX}-{code}", link_to(username, code)))
    return made, now + valid


async def _wanted(session: AsyncSession, member: int | None) -> Sequence[tuple[int, str | None]]:
    if member is None:
        return await linking.unlinked_members(session)
    card = await register.get_card(session, whole_number(str(member)), invented=False)
    if card is None or card.status != MemberStatus.ACTIVE:
        raise WrongInputError(f"There is no active member {member}.")
    return [(card.id, card.number)]


def table(made: Sequence[Invitation]) -> str:
    """A line each, for a mail merge: no names, and nothing that a spreadsheet would calculate."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["member", "number", "code", "link"])
    writer.writerows([one.member, _safe(one.number or ""), one.code, one.link or ""] for one in made)
    return text.getvalue()


def _safe(value: str) -> str:
    return f"'{value}" if value.startswith(FORMULA) else value


def draw(made: Sequence[Invitation], folder: Path, kind: str) -> None:
    """Each link is a picture `member-N` in that folder, "png" or "svg"."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in made:
        write(folder / f"{PREFIX}-{one.member}.{kind}", qr(one.link or "", kind))


def write(path: Path, content: bytes) -> None:
    """The file holds this, for nobody else on the machine."""
    path.touch(0o600)
    path.chmod(0o600)  # it may have been there before
    path.write_bytes(content)


def told(made: Sequence[Invitation], until: datetime) -> str:
    """What to do with it."""
    if not made:
        return "Every active member has an account; nothing was made."
    many = "1 code, for one member" if len(made) == 1 else f"{len(made)} codes, each for one member"
    known = "" if made[0].link else " The links are missing: connect to Telegram once, then make new ones."
    return (
        f"{many}, valid once, until {until:%Y-%m-%d %H:%M} UTC.{known}\n"
        "Whoever has a code can say that they are that member: send each to its member alone, then delete this.\n"
        "On Telegram the link is opened; on Discord, or anywhere else, /koppla and the code."
    )
