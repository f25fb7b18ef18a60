"""A call written in one message, up to its preview."""

from sqlalchemy import func, select

from db import models, people
from db.models import Activity
from tests import given
from tests.room import ADA, KEYS, NOW

PROTEST = (
    "/kallelse\nDemonstration för vårdcentralen\nlördag 28/11 kl 14\nStortorget, Exempelby\n"
    "Vi samlas vid fontänen. Ta gärna med lykta."
)
CARD = (
    "Demonstration för vårdcentralen\n"
    "Lördag 28 november kl. 14.00, Stortorget, Exempelby\n"
    "Vi samlas vid fontänen. Ta gärna med lykta.\n"
    "Från Exempelby"
)


async def said_yes(room, someone, association_id=None):
    """The person may be written to."""
    await given.person(room, someone, association_id=association_id)
    async with room.database.write() as session:
        person = await people.get_person(session, KEYS, someone.address)
        assert person is not None
        yes = models.Consent.YES
        await people.set_consent(session, person, someone.address.platform.value, yes, text_version="1", now=NOW)


async def previewed(room, written=PROTEST, by=ADA):
    """The preview of a call written in one message, for everybody, answered by the association."""
    asked = await room.says(written, by=by)
    open_or_not = await room.presses(asked, "Alla", by=by)
    return await room.presses(open_or_not, "Exempelby", by=by)


async def how_many(room, table=Activity):
    """Rows of that table."""
    async with room.database.read() as session:
        return await session.scalar(select(func.count()).select_from(table))
