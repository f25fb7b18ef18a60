"""The stage: one platform, the whole product, a few people and their group, and a clock."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from chat.address import Platform
from handlers.call.form import CALL
from tests.stories import world
from tests.stories.driver import Driver, label
from tests.stories.person import Person
from tests.stories.running import Product
from tests.stories.seen import PATIENCE_SECONDS, Screen, Seen, within
from tests.stories.world import HOME, MEMBER, NEWCOMER, ORGANISER

__all__ = ["HOME", "MONDAY", "NEWCOMER", "PLACES", "Stage", "call", "moment"]

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MONDAY = "2026-11-23 10:00"
PLACES = ["telegram", "discord"]  # where there may be more people than the page has


class Stage:
    """Everything a story needs. Times are wall-clock times in Stockholm, "2026-11-27 18:00"."""

    def __init__(self, driver: Driver, folder: Path) -> None:
        """Nothing is there yet."""
        self.driver = driver
        self.now = moment(MONDAY)
        self.goes_wrong = False  # True where the story is about an error that the log tells of
        self._everybody: list[Person] = []
        self._folder = folder
        self.product: Product
        self.group = Screen("the group", driver.group)
        self.newcomer: Person
        self.member: Person
        self.organiser: Person

    @property
    def on(self) -> Platform:
        return self.driver.platform

    async def open(self) -> None:
        """The product runs in a world of two associations, a group and three people, one of them new."""
        await self.driver.start()
        self.product = Product(self._folder, self.driver.settings, lambda: self.now)
        await self.product.start()
        await self.driver.connected(self.product.web)
        self.newcomer, self.member, self.organiser = map(self.person, (NEWCOMER, MEMBER, ORGANISER))
        if self.on is not Platform.TRY:  # the page has the same world by itself
            await world.settle_in(self)

    async def close(self) -> None:
        """Nothing is left."""
        await self.product.stop()
        await self.driver.stop()

    async def new_group(self, title: str) -> None:
        """From now on the group is another one, which the organiser runs and the product does not know."""
        await self.driver.new_group(title, self.organiser.body)

    async def restarts(self) -> None:
        """The product has ended and runs again on what it remembers."""
        await self.product.stop()
        await self.product.start()
        await self.driver.connected(self.product.web)

    # people

    def person(self, name: str, language: str = "sv", *, inside: bool = True) -> Person:
        """Somebody who has not met the bot, in the group unless told otherwise."""
        one = Person(self, self.driver.person(name, language, inside=inside))
        self._everybody.append(one)
        return one

    def secrets(self) -> set[str]:
        """What no log line may hold: names, accounts, the group, tokens."""
        words = {word for one in self._everybody for word in one.name.split()}
        accounts = {self.driver.address(one.body).id for one in self._everybody}
        tokens = {value for name, value in self.driver.settings.items() if name.endswith("TOKEN")}
        here = {self.driver.group_address().id}
        return words | tokens | (accounts | here if self.on is not Platform.TRY else set())

    async def friend(self, name: str, *, organises: bool = False) -> Person:
        """Somebody at home in Provstad who said yes to being written to, and perhaps organises."""
        one = self.person(name)
        await world.met(self, one, organises=organises)
        return one

    async def planned(self, title: str, at: str, **about: Any) -> int:
        """The id of an activity that was put into the calendar before, without a call; see `world.planned`."""
        return await world.planned(self, title, moment(at), **about)

    # what the organiser does often

    async def call(self, **answers: str) -> Seen:
        """The preview of a call that the organiser was asked for; `answers` by the names of the fields."""
        await self.organiser.says("/kallelse")
        await self.organiser.fills(call(**answers))
        return await self.organiser.sees("Så här blir det", buttons=("Publicera",))

    async def publish(self, **answers: str) -> None:
        """Such a call is out."""
        await self.call(**answers)
        await self.organiser.presses("Publicera")
        await self.moves_on()
        await self.organiser.sees("Klart kl.")

    # time

    async def time_is(self, at: str) -> None:
        """It is that time now, and what was due by then has been looked at."""
        await self._turn()
        self.now = moment(at)
        await self.product.look()

    async def _turn(self) -> None:
        for screen in (self.group, *(one.screen for one in (self.newcomer, self.member, self.organiser))):
            await screen.turn()

    async def moves_on(self) -> None:
        """A moment later: what was sent has arrived, and the clock has looked what came of it."""
        await self.settles()
        await self.product.look()

    async def settles(self) -> None:
        """Everything that people did is answered, and everything that may be sent by now is sent."""

        async def settled() -> bool:
            return await self.driver.is_quiet() and not await world.unsent(self)

        await within(PATIENCE_SECONDS, settled)


def call(**answers: str) -> dict[str, str]:
    """The answers to the form of a call, by the labels of its fields; what is not given is as usual."""
    usual = {
        "title": "Demonstration för vårdcentralen",
        "kind": "Demonstration",
        "when": "lördag 28 november kl 14",
        "place": "Stortorget, Exempelby",
        "text": "Vi samlas vid fontänen.",
        "association": HOME,
        "seen_by": "Alla",
    }
    return {label(CALL.field(name), "sv"): value for name, value in (usual | answers).items()}


def moment(at: str) -> datetime:
    """The moment of a wall-clock time in Stockholm."""
    return datetime.fromisoformat(at).replace(tzinfo=STOCKHOLM).astimezone(UTC)
