"""What the stories about one association have in common."""

import pytest

from db.models import Answer
from tests import given
from tests.handlers.calling import previewed, said_yes
from tests.handlers.organising import delivered
from tests.room import ADA, BEN, CEM, DORIS


@pytest.fixture
async def exempelby(room):
    """A district with an association, whose organiser is Ada."""
    await given.association(room, "Exempeldistriktet", district=True)
    exempelby = await given.association(room, "Exempelby")
    await given.organiser(room, ADA, of=exempelby)
    return exempelby


@pytest.fixture
async def published(room, exempelby):
    """A published call: it stood in the group, Ben comes, Doris may, Cem cannot."""
    await given.bound_chat(room, association_id=exempelby)
    await said_yes(room, BEN, exempelby)
    await room.presses(await previewed(room), "Publicera", by=ADA)
    await delivered(room)
    for someone, answer in ((BEN, Answer.COMING), (DORIS, Answer.MAYBE), (CEM, Answer.NO)):
        await given.signup(room, someone, 1, answer)
    return 1
