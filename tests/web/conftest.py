"""The served site that tests of the web pages ask for."""

from collections.abc import AsyncIterator

import pytest

from bot.dispatch import Dispatch
from handlers import forms
from handlers.feature import Routes
from tests.room import KEYS, Room
from tests.web import play
from tests.web.site import Site, served


@pytest.fixture
def playroom(room: Room) -> Room:
    """The room with the small feature to play with, and forms, instead of the product's own."""
    old = room.dispatch
    room.dispatch = Dispatch(
        room.database,
        KEYS,
        Routes((play.feature, forms.feature)),
        old.installation,
        clock=lambda: room.now,
        on_queued=lambda: None,
    )
    return room


@pytest.fixture
async def site(playroom: Room) -> AsyncIterator[Site]:
    """The playroom behind a served site."""
    async with served(playroom) as serving:
        yield serving
