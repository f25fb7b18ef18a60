"""One call to 3,000 people at Telegram's limits, beside three bots on python-telegram-bot, all in one run.

Each has a local Telegram of its own with 30 messages a second and 429 for those who do not keep them; they mostly
wait, so they run at the same time. `ideal` is what the limit allows: 3,000 / 30 = 100 s. The library's limiter is
installed with `pip install --require-hashes -r requirements-bench.lock`.
"""

import asyncio
import time
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import outbox, world
from bench.chart import Chart, svg
from bench.figures import table
from bench.process import REPOSITORY, Program
from bench.telegram_updates import running
from db import roles
from tests.servers.telegram import TelegramServer
from tests.servers.telegram_checks import ApiError
from tests.servers.telegram_messages import Message
from tests.servers.telegram_people import Person

PEOPLE = 3_000
EACH_SECOND = 30  # the limit
WITHIN = 3  # times the ideal: longer is given up
CHART = REPOSITORY / "docs" / "broadcast.svg"
KALLELSE = "Kallelse"
BARE = {
    "python-telegram-bot": "plain",
    "… with AIORateLimiter": "limiter",
    "… with AIORateLimiter, 5 retries": "retries",
}
READING_SECONDS = 3.0
WAYS = ("Alla", world.ORGANISATION, "Publicera")  # the answers to what is asked then
CALL = "/kallelse Demonstration för vårdcentralen\n{when:%Y-%m-%d} 14:00\nStortorget, Exempelby\nTa med lykta."
TITLE = "Demonstration för vårdcentralen"
SIGNED_UP = "Jag kommer"
TOO_MANY = 429


class Watched(TelegramServer):
    """A local Telegram with its limits, which knows when what arrived."""

    def __init__(self) -> None:
        """Nobody is there."""
        super().__init__(strict=False, limits=True, record=False)
        self.began = 0.0
        self.arrived: list[float] = []  # copies of the call, in seconds since it began
        self.refused = 0

    async def _call(self, method: str, raw: dict[str, Any]) -> Any:
        self.began = self.began or time.perf_counter() if method == "sendMessage" else self.began
        try:
            return await super()._call(method, raw)
        except ApiError as error:
            self.refused += error.code == TOO_MANY
            raise

    def deliver(self, message: Message) -> None:
        """As the ordinary one; a copy of the call is noted."""
        if message.text.startswith(TITLE) and SIGNED_UP in message.labels:
            self.arrived.append(time.perf_counter() - self.began)
        super().deliver(message)

    def crowd(self, people: int) -> list[Person]:
        """So many have opened the bot."""
        made = [self.person(f"Testa {number}") for number in range(people)]
        for one in made:
            one.has_started = True
        return made


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the call: how often each person got it, when, and how often the server asked to wait."""

    copies: list[int]
    refused: int
    arrived: list[float] = field(repr=False)

    @classmethod
    def of(cls, server: Watched, crowd: list[Person]) -> "Outcome":
        """As the people see it."""
        copies = [sum(one.text.startswith(TITLE) for one in person.received) for person in crowd]
        return cls(copies, server.refused, server.arrived)


async def bare(kind: str, people: int, go: asyncio.Event) -> Outcome:
    """A loop over the library, from `go` on."""
    server = Watched()
    crowd = server.crowd(people)
    environment = {"KALLELSE_TELEGRAM_TOKEN": server.token}
    async with server:
        await go.wait()
        environment["KALLELSE_TELEGRAM_API_URL"] = server.url
        arguments = ("bench.bare_sender", kind, str(crowd[0].id), str(people))
        async with Program(*arguments, environment=environment) as program:
            await program.ended()
    return Outcome.of(server, crowd)


async def ours(people: int, go: asyncio.Event) -> Outcome:
    """One of them organises and publishes the call in chat; it is over when they are told that it is.

    `go` is set when it is on its way: until then nothing else takes the machine.
    """
    server = Watched()
    crowd = server.crowd(people)
    with TemporaryDirectory() as folder:
        await _fill(Path(folder), [one.id for one in crowd])
        async with server, running(server, "bot", "run", folder=folder):
            await _publish(server, crowd[0])
            go.set()
            seconds = WITHIN * people / EACH_SECOND + 30
            await server.until(lambda: any("Klart" in one.text for one in crowd[0].inbox), seconds)
    return Outcome.of(server, crowd)


async def _fill(folder: Path, addresses: list[int]) -> None:
    """Everybody is known; the first of them organises in the whole district."""
    database = await outbox.filled(folder, addresses)
    async with database.write() as session:
        await roles.grant(
            session, 1, roles.ORGANISER, association_id=None, name="Prova", granted_by=None, now=outbox.now()
        )
    await database.close()


async def _publish(server: Watched, organiser: Person) -> None:
    """The call is written in one message, what is asked is answered at a person's speed, and it is published."""
    organiser.says(CALL.format(when=outbox.now() + timedelta(days=7)))
    for way in WAYS:
        await server.until(lambda way=way: any(way in one.labels for one in organiser.inbox), 30)  # type: ignore[misc]  # a lambda with a default
        await asyncio.sleep(READING_SECONDS)
        server.began, server.refused = time.perf_counter(), 0
        organiser.presses(next(one for one in reversed(organiser.inbox) if way in one.labels), way)


async def measure(people: int = PEOPLE, bare_kinds: Mapping[str, str] = BARE) -> str:
    """The table of the run; with everybody in it the chart is drawn too."""
    names = [KALLELSE, *bare_kinds]
    go = asyncio.Event()
    outcomes = await asyncio.gather(ours(people, go), *(bare(kind, people, go) for kind in bare_kinds.values()))
    found = dict(zip(names, outcomes, strict=True))
    if people == PEOPLE:
        CHART.write_text(draw(found), encoding="utf-8")
    head = ("bot", "reached", "lost", "twice", "429", "last after, s", "÷ ideal")
    return table(head, [_row(name, one, people / EACH_SECOND) for name, one in found.items()])


def _row(name: str, one: Outcome, ideal: float) -> tuple[object, ...]:
    lost, twice = one.copies.count(0), sum(number > 1 for number in one.copies)
    last = one.arrived[-1]
    return name, len(one.copies) - lost, lost, twice, one.refused, f"{last:.1f}", f"{last / ideal:.3f}"


def draw(found: Mapping[str, Outcome]) -> str:
    """How many had got the call, second by second."""
    end = max(one.arrived[-1] for one in found.values())
    lines = {name: _steps(one.arrived, end) for name, one in found.items()}
    last = "; ".join(f"{name}: {len(one.arrived):,} in {one.arrived[-1]:.0f} s" for name, one in found.items())
    words = f"Copies of one call to {PEOPLE:,} people that had arrived, second by second. {last}."
    return svg(Chart("One call to 3,000 people", words, "seconds", "copies that arrived"), lines)


def _steps(arrived: Sequence[float], end: float) -> list[tuple[float, float]]:
    return [(second, bisect_right(arrived, second)) for second in range(ceil(end) + 1)]
