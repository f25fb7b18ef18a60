"""A register, and lists that are taken over."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from db import models, register
from db.import_members.applying import apply
from db.import_members.comparing import Difference, Importer, compare
from db.import_members.reading import read
from tests import given
from tests.lists import as_bytes
from tests.room import KEYS, Room, open_room


@dataclass
class Lists:
    """Lists sent by somebody who keeps the register of all, or of those that `keeps` names."""

    room: Room
    provstad: int
    exempelby: int
    keeps: Callable[[int | None], bool] = lambda association_id: True

    async def differ(self, *rows, write=False, content=b"", home=None, **written) -> Difference:
        """What the list would change; it is taken over when `write`."""
        listing = read(content or as_bytes(*rows, **written))
        installation = self.room.dispatch.installation
        by = Importer(keeps=self.keeps, home=home)
        async with self.room.database.write() as session:
            difference = await compare(
                session, listing, by, keys=KEYS, installation=installation, now=self.room.now
            )
            if write:
                await apply(
                    session,
                    difference,
                    invented=False,
                    keys=KEYS,
                    language="sv",
                    actor_id=None,
                    now=self.room.now,
                )
        return difference

    async def take(self, *rows, **written) -> Difference:
        """What the list has changed."""
        return await self.differ(*rows, write=True, **written)

    async def members(self) -> dict[str, register.Card]:
        """The register, by names."""
        async with self.room.database.read() as session:
            return {one.name: one for one in await register.cards(session, invented=False)}

    async def row(self, name) -> models.Member:
        """The member's row."""
        async with self.room.database.read() as session:
            return await session.get_one(models.Member, (await self.members())[name].id)


@pytest.fixture
async def lists(tmp_path):
    """Two associations, and nobody in the register."""
    async with open_room(tmp_path) as room:
        provstad, exempelby = [await given.association(room, name) for name in ("Provstad", "Exempelby")]
        yield Lists(room, provstad, exempelby)
