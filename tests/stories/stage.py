"""The stage: one platform, the whole product, a few people and their group, and a clock."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from chat.address import Platform
from db import models, people
from db.installation import district
from db.models import Consent, Level, State
from handlers.call.form import CALL
from tests.stories.driver import GROUP, Driver, Somebody, label
from tests.stories.running import Product
from tests.stories.seen import PATIENCE_SECONDS, Screen, Seen, within

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MONDAY = "2026-11-23 10:00"
NEWCOMER, MEMBER, ORGANISER = "Testa Testsson", "Hitta Påhittsson", "Prova Provsdotter"
HOME, OTHER = "Provstad", "Exempelby"
PLACES = ["telegram", "discord"]  # where there may be more people than the page has
UNSENT = (State.READY.value, State.CLAIMED.value, State.SENDING.value)


class Person:
    """Somebody in the story: what they do, and what they see."""

    def __init__(self, stage: Stage, body: Somebody) -> None:
        """`body` is the person on the platform."""
        self.stage, self.body, self.name = stage, body, body.name
        self.has_joined = False
        self._driver = stage.driver
        self.screen = Screen(self.name, self._look)

    async def _look(self) -> list[Seen]:
        return await self._driver.private(self.body)

    async def says(self, text: str, *, in_group: bool = False) -> None:
        """They write that, or use that command, alone with the bot or in the group."""
        await self.screen.turn()
        await self._driver.says(self.body, text, in_group=in_group)

    async def presses(self, label: str, *, under: str = "") -> None:
        """They press the newest button of that name that is for them alone, under a message that says that."""
        await self._press(await self.screen.everything(), label, under)

    async def presses_in_group(self, label: str, *, under: str = "") -> None:
        """They press the newest such button that everybody in the group sees."""
        await self._press(await self._driver.group(self.body), label, under)

    async def _press(self, every: list[Seen], label: str, under: str) -> None:
        fitting = [one for one in every if one.has(label) and under in one.text]
        shown = "\n".join(map(str, every[-5:]))
        assert fitting, f"{self.name} has no button [{label}] under {under!r}; the last ones are:\n{shown}"
        await self.screen.turn()
        await self._driver.presses(self.body, fitting[-1], label)

    async def fills(self, values: dict[str, str]) -> None:
        """They answer the open form, by the labels of its fields."""
        await self._driver.fills(self.body, values)

    async def corrects(self, values: dict[str, str]) -> None:
        """They answer what was not understood; on a page they see the form again first."""
        await self._driver.corrects(self.body, values)

    async def joins(self) -> None:
        """They come into the group, and the bot has heard of it."""
        known = await self.stage.arrivals()
        await self._driver.joins(self.body)
        if not self.has_joined:

            async def heard() -> bool:
                return await self.stage.arrivals() > known

            await within(PATIENCE_SECONDS, heard)
        self.has_joined = True

    async def leaves(self) -> None:
        """They go out of the group."""
        await self._driver.leaves(self.body)

    async def sees(self, *texts: str, buttons: tuple[str, ...] = ()) -> Seen:
        """They get one message, since they last did something, with all of this."""
        return await self.screen.sees(*texts, buttons=buttons)

    async def gets_file(self) -> bytes:
        """The content of the first file that they were sent, as soon as it is there."""

        async def found() -> list[bytes]:
            return await self._driver.files(self.body)

        return (await within(PATIENCE_SECONDS, found))[0]

    async def has_seen(self, text: str) -> int:
        """How many of the messages that stand on their screen say that."""
        return sum(text in one.text for one in await self.screen.everything())


class Stage:
    """Everything a story needs. Times are wall-clock times in Stockholm, "2026-11-27 18:00"."""

    def __init__(self, driver: Driver, folder: Path) -> None:
        """Nothing is there yet."""
        self.driver = driver
        self.now = moment(MONDAY)
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
            await self._settle_in()

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
        return Person(self, self.driver.person(name, language, inside=inside))

    async def friend(self, name: str, *, organises: bool = False) -> Person:
        """Somebody at home in Provstad who said yes to being written to, and perhaps organises."""
        one = self.person(name)
        await self._met(one, HOME, organises=organises)
        return one

    async def _settle_in(self) -> None:
        async with self.product.opened.database.write() as session:
            for name in (HOME, OTHER):
                session.add(models.Association(name=name, created_at=self.now))
        await self._bind(Level.OPEN)
        await self._met(self.member, HOME, inside=True)
        await self._met(self.organiser, HOME, organises=True)

    async def _met(
        self,
        one: Person,
        home: str,
        *,
        inside: bool = False,
        organises: bool = False,
    ) -> None:
        """They have opened the bot before, and answered whether it may write."""
        self._open_private(one)
        address, keys = self.driver.address(one.body), self.product.opened.keys
        home_id = await self.association(home)
        async with self.product.opened.database.write() as session:
            known = await people.add_person(
                session, keys, address, language=one.body.language, invented=False, now=self.now
            )
            known = await people.set_opened(session, known)
            await people.set_consent(session, known, self.on.value, Consent.YES, text_version="1", now=self.now)
            await people.set_values(session, known.id, association_id=home_id, greeted_at=self.now)
            if inside:
                await people.set_insider(session, known.id, home_id, now=self.now)
            if organises:
                await people.grant(
                    session, known.id, people.ORGANISER, association_id=None, name=one.name,
                    granted_by=None, now=self.now,
                )  # fmt: skip

    def _open_private(self, one: Person) -> None:
        if self.on is Platform.TELEGRAM:
            one.body.account.has_started = True

    async def association(self, name: str) -> int:
        """The id of the association of that name."""
        row = models.Association
        async with self.product.opened.database.read() as session:
            every = await session.scalars(select(row).where(row.invented == (self.on is Platform.TRY)))
            return next(one.id for one in every if one.name == name)

    async def _bind(self, level: Level) -> None:
        opened, address = self.product.opened, self.driver.group_address()
        async with opened.database.write() as session:
            whole = await district(session, opened.installation.organisation, invented=False, now=self.now)
            session.add(
                models.Chat(
                    platform=address.platform.value,
                    address=address.id,
                    address_index=people.address_index(opened.keys, address),
                    title=GROUP,
                    level=level.value,
                    association_id=whole,
                    created_at=self.now,
                )
            )

    # what is there before the story

    async def planned(
        self,
        title: str,
        at: str,
        *,
        home: str = HOME,
        kind: str = "meeting",
        is_open: bool = True,
        place: str = "",
    ) -> int:
        """The id of an activity that was put into the calendar before, without a call."""
        start = moment(at)
        async with self.product.opened.database.write() as session:
            row = models.Activity(
                association_id=await self.association(home),
                kind=kind,
                open=is_open,
                title=title,
                place=place,
                starts_local=at.replace(" ", "T"),
                zone="Europe/Stockholm",
                starts_at=start,
                invented=self.on is Platform.TRY,
                created_at=self.now,
            )
            session.add(row)
            await session.flush()
            return row.id

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
            return await self.driver.is_quiet() and not await self._unsent()

        await within(PATIENCE_SECONDS, settled)

    async def arrivals(self) -> int:
        """How many have been seen coming into the group."""
        async with self.product.opened.database.read() as session:
            return await session.scalar(select(func.count()).select_from(models.Arrival)) or 0

    async def _unsent(self) -> int:
        waiting = models.Delivery.state.in_(UNSENT), models.Delivery.not_before <= self.now
        async with self.product.opened.database.read() as session:
            found: int | None = await session.scalar(
                select(func.count()).select_from(models.Delivery).where(*waiting)
            )
            return found or 0


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
