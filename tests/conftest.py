"""What every test can ask for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.room import Room, open_room


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    """A room to talk to the bot in, empty at the start."""
    async with open_room(tmp_path) as opened:
        yield opened
