"""The real process killed while it sends, over and over: `python -m tests.stories.kills 1000` does it so often."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

from markupsafe import escape
from sqlalchemy import select

from bot.settings import Settings
from chat.message import Message
from db import outbox, reach
from db.audiences import Audience
from db.models import Delivery, Post, PostKind, Priority, State
from db.session import Database
from tests.stories.driver import Somebody
from tests.stories.on_telegram import OnTelegram
from tests.stories.process import Process
from tests.stories.publishing import seeded
from tests.stories.seen import within

READERS = 20  # less than a second of Telegram's limit
KINDS = (PostKind.CALL, PostKind.DIGEST)
PATIENCE_SECONDS = 40.0
QUIET_SECONDS = 3.0
AT_THE_START = 0.2  # of the deaths: before it answers


@dataclass(slots=True)
class Toll:
    """What became of all that was said. `in_the_air`: how much was at the moments of death."""

    said: int = 0
    in_the_air: int = 0
    held_only: int = 0  # who have nothing, and an organiser can see it
    copies: Counter[tuple[str, str]] = field(default_factory=Counter)  # by text and reader

    def twice(self, kind: PostKind) -> int:
        """How many copies too many there are."""
        return sum(count - 1 for (text, _), count in self.copies.items() if text.startswith(kind))

    @property
    def lost(self) -> int:
        """Those who have nothing, and of whom nobody knows."""
        return self.said - len(self.copies) - self.held_only

    @property
    def is_as_promised(self) -> bool:
        """Nobody lost; twice only calls, and at most what was in the air, once each."""
        calls = self.twice(PostKind.CALL)
        once = max(self.copies.values()) <= 2
        return self.lost == 0 and once and self.twice(PostKind.DIGEST) == 0 and calls <= self.in_the_air

    def __str__(self) -> str:
        twice = ", ".join(f"{kind.value}s twice {self.twice(kind)}" for kind in KINDS)
        return (
            f"{self.said} to send, {len(self.copies)} arrived, {self.held_only} held, {self.lost} lost; "
            f"{self.in_the_air} in the air at a death, {twice}"
        )


class Scene:
    """Readers on a local Telegram, and processes on one database of which one dies at a time."""

    def __init__(self, driver: OnTelegram, processes: list[Process], *, seed: int) -> None:
        """`seed` makes the moments of death the same again."""
        self.driver = driver
        self.processes = processes
        self.random = random.Random(seed)  # noqa: S311 - chooses moments
        self.readers: list[Somebody] = []
        self.toll = Toll()
        self.numbers = count()
        one = processes[0]
        database = one.environment.get("KALLELSE_DATABASE_URL", "")
        self.settings = Settings(data_dir=one.folder, database_url=database, quiet_hours="", _env_file=None)

    async def begins(self) -> None:
        """The readers have said yes; all processes but one run, when there are several."""
        self.readers = [self.driver.person(str(number), "sv") for number in range(READERS)]
        for one in self.readers:
            one.account.has_started = True
        await seeded(self.processes[0], [(self.driver.address(one), one.name) for one in self.readers])
        for process in self.processes[1:]:
            await process.start()

    async def says(self, number: int) -> None:
        """One more thing to say to everybody."""
        kind, now = KINDS[number % 2], datetime.now(UTC)  # noqa: TID251, DTZ - the process runs in real time
        content = {"sv": Message.of(escape(f"{kind.value} {number}"))}
        async with self._database() as database, database.write() as session:
            post_id = await outbox.queue_post(
                session, f"kills:{number}", kind, private=content, priority=Priority.CALL, now=now,
                expires_at=now + timedelta(days=1),
            )  # fmt: skip
            assert post_id is not None
            everybody = reach.reached(Audience(invented=False))
            self.toll.said += await outbox.queue_to_people(session, post_id, everybody, now=now, quiet=None)

    @asynccontextmanager
    async def _database(self) -> AsyncIterator[Database]:
        """It beside the process, or after it."""
        database = Database(self.settings.database)
        yield database
        await database.close()

    def arrived(self) -> int:
        """How many messages there are."""
        return sum(len(one.account.inbox) for one in self.readers)

    async def dies(self, number: int) -> None:
        """There is something to send, and one process dies before all have it."""
        victim = self.processes[number % len(self.processes)]
        if len(await self.those(State.READY, State.CLAIMED)) < READERS:  # with more, the end would take hours
            await self.says(next(self.numbers))
        if not victim.is_running:
            await victim.launch()
        if len(self.processes) == 1 and self.random.random() < AT_THE_START:
            await asyncio.sleep(self.random.uniform(0.2, 2.0))
        else:
            await within(
                PATIENCE_SECONDS, partial(self._has, self.arrived() + self.random.randint(1, READERS // 2))
            )
            await asyncio.sleep(self.random.uniform(0, 0.05))
        await victim.kill()
        self.toll.in_the_air += len(await self.those(State.SENDING))
        if len(self.processes) > 1:
            await victim.start()

    async def _has(self, many: int) -> bool:
        return self.arrived() >= many

    async def those(self, *states: State) -> list[tuple[str, int]]:
        """The deliveries that stand so: post and person."""
        async with self._database() as database, database.read() as session:
            query = select(Post.key, Delivery.person_id).join(Post).where(Delivery.state.in_(states))
            return [(row[0], row[1] or 0) for row in await session.execute(query)]

    async def ends(self) -> Toll:
        """Nobody dies any more; what became of all that was said."""
        for process in self.processes:
            if not process.is_running:
                await process.start()
        while await self.those(State.READY, State.CLAIMED, State.SENDING):
            before = self.arrived()
            await asyncio.sleep(QUIET_SECONDS)
            assert self.arrived() > before or not await self.those(State.READY, State.CLAIMED, State.SENDING)
        for process in self.processes:
            assert await process.stop() == 0
        for one in self.readers:
            self.toll.copies.update((message.text, one.name) for message in one.account.inbox)
        arrived = {(text.partition(" ")[2], int(name)) for text, name in self.toll.copies}
        held = {(key.partition(":")[2], person - 1) for key, person in await self.those(State.HELD)}
        self.toll.held_only = len(held - arrived)
        return self.toll


async def kills(driver: OnTelegram, processes: list[Process], *, times: int, seed: int) -> Toll:
    """What so many deaths cost."""
    scene = Scene(driver, processes, seed=seed)
    await scene.begins()
    for number in range(times):
        await scene.dies(number)
    return await scene.ends()


async def main(times: int, seed: int, url: str) -> int:
    """0 when nobody was lost and nothing came twice that must not."""
    driver = OnTelegram()
    await driver.start()
    with tempfile.TemporaryDirectory() as folder:
        more = {"DATABASE_URL": url, "LEASE_SECONDS": "2"} if url else {}
        made = [Process(Path(folder) / "data", **driver.settings, **more) for _ in range(2 if url else 1)]
        try:
            toll = await kills(driver, made, times=times, seed=seed)
        finally:
            for process in made:
                await process.clean_up()
            await driver.stop()
    sys.stdout.write(f"{times} kills, seed {seed}: {toll}\n")
    return 0 if toll.is_as_promised else 1


if __name__ == "__main__":
    wishes = argparse.ArgumentParser(description=__doc__)
    wishes.add_argument("times", type=int)
    wishes.add_argument("--seed", type=int, default=random.randrange(10**6))  # noqa: S311 - as above
    wishes.add_argument("--postgres", default="", help="the address of an empty database, for two workers")
    asked = wishes.parse_args()
    sys.exit(asyncio.run(main(asked.times, asked.seed, asked.postgres)))
