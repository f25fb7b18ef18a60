"""What the stories about one association have in common."""

import pytest

from tests import given
from tests.room import ADA


@pytest.fixture
async def exempelby(room):
    """A district with an association, whose organiser is Ada."""
    await given.association(room, "Exempeldistriktet", district=True)
    exempelby = await given.association(room, "Exempelby")
    await given.organiser(room, ADA, of=exempelby)
    return exempelby
