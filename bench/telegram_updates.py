"""CPU and waiting time of one update on Telegram, beside the smallest echo bot on the same server, in one run."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import world
from bench.figures import median, percentile, table
from bench.process import Program
from tests.servers.telegram import TelegramServer
from tests.servers.telegram_messages import Message
from tests.servers.telegram_people import Person

PEOPLE = 100
ROUNDS = 5
UPDATES = 500  # a round
EACH_SECOND = 50
COMING = "Jag kommer"

Act = Callable[[Person, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Round:
    """CPU milliseconds an update, and how long each person waited, in milliseconds."""

    cpu: float
    waits: list[float]
    lost: int


@asynccontextmanager
async def running(server: TelegramServer, *arguments: str, folder: str) -> AsyncIterator[Program]:
    """The program, polling the server."""
    environment = {
        "KALLELSE_TELEGRAM_TOKEN": server.token,
        "KALLELSE_TELEGRAM_API_URL": server.url,
        "KALLELSE_DATA_DIR": folder,
        "KALLELSE_WEB_PORT": str(world.free_port()),
        "KALLELSE_ORGANISATION": world.ORGANISATION,
        "KALLELSE_QUIET_HOURS": "",  # measured at any hour
    }
    async with Program(*arguments, environment=environment) as program:
        before = server.counts["getUpdates"]
        await server.until(lambda: server.counts["getUpdates"] > before, 30)
        yield program


async def say(text: str, person: Person, _: int) -> None:
    """They write, and read the first answer."""
    person.read_all()
    person.says(text)
    await person.next_message(30)


@dataclass(frozen=True, slots=True)
class Card:
    """The card of the activity in one person's chat, and what its three answers send."""

    message: Message
    answers: list[str]


async def open_card(person: Person) -> Card:
    """They open the activity from their week."""
    await say("/vecka", person, 0)
    person.presses(person.inbox[-1], world.OPEN_ACTIVITY)
    await person.server.until(lambda: any(COMING in one.labels for one in person.inbox), 30)
    message = next(one for one in reversed(person.inbox) if COMING in one.labels)
    return Card(message, [message.button(label).data or "" for label in (COMING, "Kanske", "Kan inte")])


async def answer(person: Person, card: Card, number: int) -> None:
    """They press another answer than the last time."""
    press = person.sends_data(card.message, card.answers[number % len(card.answers)])
    await press.answer(30)


async def one_round(program: Program, people: list[Person], act: Act, *, start: int) -> Round:
    """`UPDATES` updates at `EACH_SECOND`, from many people in turn."""
    waits: list[float] = []
    cpu, began = program.cpu_seconds(), time.perf_counter()

    async def one(number: int) -> None:
        await asyncio.sleep(max(0.0, began + number / EACH_SECOND - time.perf_counter()))
        asked = time.perf_counter()
        await act(people[number % len(people)], start + number)
        waits.append((time.perf_counter() - asked) * 1000)

    done = await asyncio.gather(*(one(number) for number in range(UPDATES)), return_exceptions=True)
    lost = sum(isinstance(one, Exception) for one in done)
    return Round((program.cpu_seconds() - cpu) / UPDATES * 1000, waits, lost)


async def rounds(program: Program, people: list[Person], act: Act) -> list[Round]:
    """`ROUNDS` rounds after one to warm up."""
    await one_round(program, people, act, start=0)
    return [await one_round(program, people, act, start=number * UPDATES) for number in range(1, ROUNDS + 1)]


async def measure() -> str:
    """The table of the run."""
    server = TelegramServer(strict=False, record=False)
    with TemporaryDirectory() as folder:
        await world.fill(Path(folder), people=PEOPLE)
        async with server:
            people = [server.person(f"Testa {number}") for number in range(PEOPLE)]
            found = {}
            async with running(server, "bench.bare_telegram", folder=folder) as program:
                found["echo (bare library)"] = await rounds(program, people, lambda p, n: say("hej", p, n))
            async with running(server, "bot", "run", folder=folder) as program:
                for command in ("/start", "/vecka"):
                    found[command] = await rounds(program, people, lambda p, n, c=command: say(c, p, n))  # type: ignore[misc]  # a lambda with a default
                cards = {person.id: await open_card(person) for person in people}
                found["signup"] = await rounds(program, people, lambda p, n: answer(p, cards[p.id], n // PEOPLE))
    return table(("one update", "CPU ms, median", "× bare", "p50 ms", "p99 ms", "lost"), list(_rows(found)))


def _rows(found: dict[str, list[Round]]) -> list[tuple[object, ...]]:
    bare = median([one.cpu for one in found["echo (bare library)"]])
    rows: list[tuple[object, ...]] = []
    for name, some in found.items():
        cpu, waits = median([one.cpu for one in some]), [wait for one in some for wait in one.waits]
        p50, p99 = percentile(waits, 0.5), percentile(waits, 0.99)
        lost = sum(one.lost for one in some)
        rows.append((name, f"{cpu:.2f}", f"{cpu / bare:.2f}", f"{p50:.1f}", f"{p99:.1f}", lost))
    return rows
