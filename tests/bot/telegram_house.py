"""A bot on the local Telegram: real dispatch, real SQLite, and a small feature with one of everything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markupsafe import Markup

from bot.dispatch import Dispatch
from bot.telegram_bot import TelegramBot
from chat.message import Button, Document, Message, Reply, Shown
from chat.request import Event, Fact, Request
from db import people, roles
from db.installation import Installation
from db.keys import use_keys
from db.models import Base
from db.session import Database
from handlers.context import Context
from handlers.feature import Feature, Needs, Routes
from tests.room import KEYS, NOW, STOCKHOLM
from tests.servers.telegram import TelegramServer

ABOUT = "What is on this week"
LONG = Markup(" ").join(f"ord{number}" for number in range(1500))


def sample(heard: list[Request]) -> Feature:
    """A feature that keeps each request and answers plainly."""
    feature = Feature("sample")

    def saying(text: Markup, *buttons: Button) -> Callable[[Context], Any]:
        async def handle(ctx: Context, *_: object) -> Message:
            heard.append(ctx.request)
            return Message.of(text, *buttons)

        return handle

    _commands(feature, saying)
    feature.command("anslut", alias="connect", description=ABOUT, groups_only=True, facts=(Fact.CHAT_ADMIN,))(
        _is_admin(heard)
    )
    ways = (Button("Påminn mig", opens="remind-12"), Button("Ändra", "sample.more"))
    feature.button("sample.go")(saying(Markup("Du är anmäld"), *ways))
    feature.button("sample.ask")(saying(Markup("Vi tar det privat."), Button("Öppna", opens="ask-12")))
    feature.button("sample.more", shown=Shown.PRIVATELY)(saying(Markup("Mer i veckan")))
    feature.button("sample.quiet")(_nothing)
    feature.button("sample.done")(_clears)
    feature.button("sample.long")(saying(LONG))
    feature.button("sample.wordy")(saying(LONG, Button("Öppna", opens="remind-12")))
    feature.question("week")(saying(Markup("Du frågade")))
    feature.link("remind")(saying(Markup("Jag påminner dig")))
    for event in Event:
        feature.event(event)(_hears(heard))
    feature.when_unknown("command")(saying(Markup("Menade du /vecka?")))
    feature.when_unknown("text")(saying(Markup("Det förstod inte jag")))
    return feature


def _commands(feature: Feature, saying: Callable[..., Any]) -> None:
    def command(name: str, alias: str, handle: Callable[..., Any], **options: Any) -> None:
        feature.command(name, alias=alias, description=ABOUT, **options)(handle)

    going = Button("Jag kommer", "sample.go", "12")
    more = (Button("Mer", "sample.more"), Button("Öppna", opens="do-vecka"))
    feature.button("sample.chose", shown=Shown.FORM)(_chose)
    command("start", "begin", saying(Markup("Hej!"), going))
    command("vecka", "week", saying(Markup("<b>Veckan</b>"), *more), menu=1)
    command("mina", "mine", saying(Markup("Dina svar")), menu=2, private=True)
    command("kallelse", "call", saying(Markup("Vad ska hända?")), menu=3, needs=Needs.ORGANISER)
    command("hit", "here", saying(Markup("För alla")), shown=Shown.HERE)
    command("langt", "long", saying(LONG, going))
    command("kod", "code", _takes_away)
    command("fil", "file", _gives_file)
    command("svenska", "swedish", _speaks_swedish)
    command("bli", "become", _becomes_organiser)


def _hears(heard: list[Request]) -> Callable[[Context], Any]:
    async def handle(ctx: Context) -> Reply | None:
        heard.append(ctx.request)
        if ctx.request.route == Event.JOIN_ASKED:
            return Reply(Message(Markup("Välkommen!")), approve_join=True)
        return None

    return handle


def _is_admin(heard: list[Request]) -> Callable[[Context], Any]:
    async def handle(ctx: Context) -> Message:
        heard.append(ctx.request)
        return Message(Markup("Ja") if Fact.CHAT_ADMIN in ctx.request.facts else Markup("Nej"))

    return handle


async def _takes_away(_: Context) -> Reply:
    return Reply(delete_request=True)


async def _gives_file(_: Context) -> Message:
    return Message(Markup("Här är allt"), document=Document("allt.json", b"{}"))


async def _nothing(_: Context) -> None:
    return None


async def _speaks_swedish(ctx: Context) -> Reply:
    await people.set_values(ctx.session, ctx.person.id, language="sv")
    return Reply(Message(Markup("Svenska")), refresh_menu=True)


async def _clears(_: Context) -> Reply:
    return Reply(clear_buttons=True)


async def _chose(_: Context) -> Reply:
    return Reply(Message(Markup("Vidare")), pressed=Message(Markup("Var? – {}").format("<b>Torget</b>")))


async def _becomes_organiser(ctx: Context) -> Reply:
    await roles.grant(
        ctx.session,
        ctx.person.id,
        roles.ORGANISER,
        association_id=None,
        name="Testa",
        granted_by=None,
        now=ctx.now,
    )
    return Reply(Message(Markup("Nu får du")), refresh_menu=True)


@dataclass
class House:
    """Everything around one running bot."""

    server: TelegramServer
    database: Database
    bot: TelegramBot
    heard: list[Request] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)

    async def hears(self, count: int = 1, within: float = 5) -> Request:
        """The latest request, when that many have come."""
        await self.until(lambda: len(self.heard) >= count, within)
        return self.heard[-1]

    async def until(self, condition: Callable[[], object], within: float = 30) -> None:
        """The condition is true; looked at again and again, for nothing tells of it."""
        async with asyncio.timeout(within):
            while not condition():  # noqa: ASYNC110 - see above
                await asyncio.sleep(0.005)

    async def acknowledged(self, within: float = 30) -> None:
        """Everything sent so far has been taken from the server's queue."""
        await self.until(lambda: not self.server.updates.queue, within)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The bot serves."""
        task = asyncio.create_task(self.bot.run(self.reports.append))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@asynccontextmanager
async def open_house(folder: Path, server: TelegramServer, **options: Any) -> AsyncIterator[House]:
    """A house with an empty database; the bot is not running yet."""
    use_keys(KEYS)
    database = Database(f"sqlite+aiosqlite:///{folder / 'kallelse.db'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    heard: list[Request] = []
    dispatch = Dispatch(
        database,
        KEYS,
        Routes([sample(heard)]),
        Installation("Exempeldistriktet", "sv", STOCKHOLM, "21-08"),
        clock=lambda: NOW,
        on_queued=lambda: None,
    )
    bot = TelegramBot(dispatch, server.token, api_url=server.url, **options)
    house = House(server, database, bot, heard)
    try:
        yield house
    finally:
        await house.bot.close()
        await database.close()
