"""A small feature that does everything an adapter must carry, and the running bot to try it with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from pathlib import Path

from markupsafe import Markup

from bot.discord_bot import DiscordBot, gateway
from bot.dispatch import Dispatch
from bot.pacing import Pace
from chat.address import Address, Platform
from chat.form import Choice, Field, FieldKind, Form
from chat.message import Button, Document, Message, Reply, Shown
from chat.request import Chat, Event, Request
from db import chats
from db.installation import district
from db.models import Arrival, Level
from db.people import address_index
from handlers import forms
from handlers.context import UserError
from handlers.feature import Feature, Routes
from tests.room import KEYS, NOW, Room, open_room
from tests.servers.discord import Channel, DiscordServer
from tests.servers.discord_state import Guild

CALL = Form(
    "trial",
    title="Ny kallelse",
    fields=(
        Field("title", "Rubrik", "Vad ska hända?", FieldKind.TEXT, max_length=50),
        Field("when", "När", "När?", FieldKind.WHEN),
        Field("place", "Var", "Var?", FieldKind.PLACE, optional=True),
        Field("text", "Text", "Text?", FieldKind.LONG_TEXT, optional=True),
        Field("bring", "Ta med", "Ta med?", FieldKind.TEXT, optional=True),
        Field(
            "who",
            "Vem får se den?",
            "Vem får se den?",
            FieldKind.CHOICE,
            choices=(Choice("open", "Alla", own=True), Choice("internal", "Bara våra egna", own=True)),
        ),
    ),
)


@dataclass
class Trial:
    """What the feature's handlers were asked, and what holds them back."""

    requests: list[Request] = field(default_factory=list)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    def feature(self) -> Feature:
        """The feature, declared anew."""
        made = Feature("trial")
        self._commands(made)
        self._more_commands(made)
        self._buttons(made)
        self._forms(made)
        self._events(made)
        return made

    def _commands(self, made: Feature) -> None:
        @made.command("vecka", alias="week", description="What is on this week", argument="when")
        async def week(ctx):
            self.requests.append(ctx.request)
            text = ctx.request.argument or "Veckan"
            come = Button("Jag kommer", "trial.come", "12")
            return Message.of(Markup("<b>{}</b>").format(text), come, Button("Öppna", opens="code-abc"))

        @made.command("visa", alias="show", description="Show", shown=Shown.HERE)
        async def show(ctx):
            return Message(Markup("Hej"), ((Button("Jag kommer", "trial.come", "12"),),))

        @made.command("start", alias="start", description="Welcome")
        async def start(ctx):
            return Message.of(Markup("Välkommen"), Button("Torget", "trial.chose"))

        @made.link("code")
        async def code(ctx):
            return Message(Markup("Koden {}").format(ctx.request.argument))

    def _more_commands(self, made: Feature) -> None:
        @made.command("tyst", alias="quiet", description="Nothing")
        async def quiet(ctx):
            return None

        @made.command("fil", alias="file", description="A file")
        async def file(ctx):
            return Message(Markup("Här"), document=Document("mindata.json", b"{}"))

        @made.command("bred", alias="wide", description="Much")
        async def wide(ctx):
            rows = tuple((Button(str(n), "trial.come", str(n % 3)),) for n in range(12))
            return Reply(Message(Markup("ord ") * 900, rows), also=(Message(Markup("Också")),))

    def _buttons(self, made: Feature) -> None:
        @made.button("trial.come")
        async def come(ctx):
            self.requests.append(ctx.request)
            if ctx.request.argument == "0":
                raise UserError("That draft is gone. Start again, I am here.")
            return Message(
                Markup("Du är anmäld"), ((Button("Påminn", "trial.remind"), Button("Sakta", "trial.slow")),)
            )

        @made.button("trial.chose", shown=Shown.FORM)
        async def chose(ctx):
            chosen = Message(Markup("Var? – {}").format("**Torget**"))
            return Reply(Message(Markup("Vidare")), pressed=chosen)

        @made.button("trial.slow", shown=Shown.PRIVATELY)
        async def slow(ctx):
            self.requests.append(ctx.request)
            await self.go.wait()
            return Message(Markup("Till sist"))

        @made.button("trial.remind", shown=Shown.PRIVATELY)
        async def remind(ctx):
            return Reply(test_message=Message(Markup("Här påminner jag dig.")))

    def _forms(self, made: Feature) -> None:
        @made.command("kallelse", alias="call", description="A call", shown=Shown.FORM)
        async def call(ctx):
            return await forms.open_form(ctx, CALL)

        @made.form(CALL)
        async def done(ctx, draft, values):
            start, _ = values["when"]
            return Message(
                Markup("Klart: {} {:%d/%m %H:%M} {}").format(values["title"], start.astimezone(UTC), values["who"])
            )

        @made.when_unknown("text")
        async def unknown(ctx):
            self.requests.append(ctx.request)
            return Message(Markup("Du skrev: {}").format(ctx.request.text))

    def _events(self, made: Feature) -> None:
        @made.event(Event.JOINED)
        async def joined(ctx):
            self.requests.append(ctx.request)
            chat = await chats.get_chat(ctx.session, ctx.keys, ctx.request.chat.address)
            assert chat is not None
            index = address_index(ctx.keys, ctx.request.sender)
            await ctx.session.merge(Arrival(chat_id=chat.id, address_index=index, at=ctx.now))

        @made.event(Event.UNBLOCKED)
        async def arrived(ctx):
            return Message(Markup("Det gick fram."))

        @made.event(Event.BLOCKED)
        async def refused(ctx):
            return Message(Markup("Discord släpper inte fram mig."))

        @made.event(Event.UNTRIED)
        async def untried(ctx):
            return Message(Markup("Det vet jag inte än."))

        for event in (Event.LEFT, Event.BOT_ADDED, Event.BOT_REMOVED):

            @made.event(event)
            async def told(ctx):
                self.requests.append(ctx.request)


@dataclass
class Talk:
    """A server with people, and the bot that is connected to it."""

    server: DiscordServer
    bot: DiscordBot
    room: Room
    trial: Trial
    guild: Guild
    channel: Channel
    task: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """The bot is ready; what ends it earlier is raised."""
        self.task = task = asyncio.create_task(self.bot.run())
        await until(lambda: self.bot.status == "ok" or task.done())
        if task.done():
            task.result()

    async def disconnect(self) -> None:
        """The bot ends in an orderly way."""
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)
            self.task = None

    async def bind(self) -> None:
        """The channel gets posts, as of now."""
        async with self.room.database.write() as session:
            place = Chat(Address(Platform.DISCORD, str(self.channel.id)), private=False, title="Provstad")
            seen = await chats.see_chat(session, KEYS, place, added_by=None, now=NOW - timedelta(days=1))
            assert seen is not None
            whole = await district(session, "Exempeldistriktet", invented=False, now=NOW)
            await chats.bind(session, seen.id, association_id=whole, level=Level.OPEN)


async def until(wanted, seconds=30.0):
    """Wait for something inside the bot, which tells nobody when it changes."""
    async with asyncio.timeout(seconds):
        while not wanted():  # noqa: ASYNC110 - the bot has no event for it
            await asyncio.sleep(0.01)


@asynccontextmanager
async def open_talk(folder: Path) -> AsyncIterator[Talk]:
    """A local Discord with a guild and a channel, and a bot that is not connected yet."""
    async with open_room(folder) as room, DiscordServer() as server:
        gateway.GUILD_WAIT_SECONDS = 0.02  # this Discord tells of all servers at once
        trial = Trial()
        routes = Routes((forms.feature, trial.feature()))
        dispatch = Dispatch(
            room.database, KEYS, routes, room.dispatch.installation, clock=lambda: NOW, on_queued=lambda: None
        )
        bot = DiscordBot(server.token, dispatch, Pace(), clock=lambda: NOW, api_url=server.url)
        guild = server.guild()
        talk = Talk(server, bot, room, trial, guild, server.channel(guild))
        try:
            yield talk
        finally:
            await talk.disconnect()
            await bot.close()
