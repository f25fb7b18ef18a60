"""Puts the parts together: one loop holds the web pages, delivery, the clock and the platforms."""

import asyncio
import contextlib
import gc
import logging
import socket
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import click

from bot import backups, logs, rotation, server
from bot.admin_code import first_code
from bot.clock import Clock
from bot.delivery import Delivery
from bot.dispatch import Dispatch
from bot.health import OFF, OK, Health, on_hold
from bot.lease import Alone, Lease, Office, Shared
from bot.lock import locked
from bot.opening import KEY_FILE, Opened, opened
from bot.pacing import LIMITS, Limits, Pace, SharedPace
from bot.platforms import Connection, connections, mail_sender
from bot.server import Server
from bot.settings import Settings
from bot.supervise import Stop, Watchdog, keep_running
from chat.address import Platform
from chat.sending import Sender
from db.hold import get_hold
from db.installation import district
from db.session import Database
from handlers import FEATURES
from handlers.feature import Routes
from schedules import CHORES, jobs
from texts import translator
from web.app import make_app
from web.parts import Parts
from web.try_out import TrySender

log = logging.getLogger(__name__)

Now = Callable[[], datetime]


def run(settings: Settings, clock: Now) -> int:
    """The exit code of a process that runs until it is told to stop. Errors: OperatorError."""
    return asyncio.run(serve(settings, clock))


async def serve(settings: Settings, clock: Now) -> int:
    """0 when it was told to stop, 1 when a part had ended that all need. Errors: OperatorError."""
    logs.watch(asyncio.get_running_loop())
    stop = Stop()
    async with contextlib.AsyncExitStack() as stack:
        if settings.database.startswith("sqlite"):
            stack.enter_context(locked(settings.data_dir))
        listening = server.bind(settings.web_host, settings.web_port) if "web" in settings.roles else None
        house = await stack.enter_async_context(opened(settings))
        await _found_district(house, clock)
        await _greet(settings, house, listening, clock)
        return await Process(settings, house, clock).live(stop, listening)


async def _found_district(house: Opened, clock: Now) -> None:
    """The district has its row from the first start on; what it is called then is edited in chat."""
    t = translator(house.installation.language, house.installation.zone)
    name = house.installation.organisation or t.plain("The district")
    async with house.database.write() as session:
        await district(session, name, invented=False, now=clock())


async def _greet(settings: Settings, house: Opened, listening: socket.socket | None, clock: Now) -> None:
    if listening is not None:
        host, port = listening.getsockname()[:2]
        click.echo(f"Kallelse is at {settings.public_url or f'http://{host}:{port}; try it at /try'}")
    async with house.database.read() as session:
        held = on_hold(await get_hold(session))
    if held != OK:
        click.echo(f"Nothing is sent: {held}.")
        log.warning("nothing is sent: %s", held)
    code = await first_code(house, clock())
    if code:
        click.echo(f"Nobody organises yet. Write this to the bot, in private, within 24 hours: /admin {code}")


def _lease(settings: Settings, database: Database) -> Lease:
    """Alone on SQLite, one of several on PostgreSQL; there each stands for what its roles allow."""
    if database.is_sqlite:
        return Alone()
    offices = {"gateway": Office.GATEWAY, "clock": Office.CLOCK, "worker": Office.CHATS}
    return Shared(database, settings.lease_seconds, [offices[role] for role in settings.roles & offices.keys()])


class Process:
    """The parts, and the order in which they begin and end."""

    def __init__(
        self, settings: Settings, house: Opened, clock: Now, *, limits: Mapping[Platform, Limits] = LIMITS
    ) -> None:
        """Everything is put together; nothing runs. `limits`: how fast we speak on each platform."""
        self._roles = settings.roles
        self._keys, self._key_file = house.keys, settings.data_dir / KEY_FILE
        self._watchdog = Watchdog()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stopping = self._failed = False
        database, keys, installation = house.database, house.keys, house.installation
        pace = Pace(limits) if database.is_sqlite else SharedPace(database, keys, limits)
        dispatch = Dispatch(database, keys, Routes(FEATURES), installation, clock=clock, on_queued=self._wake)
        self._lease = _lease(settings, database)
        self._connections = connections(settings, dispatch, pace, clock)
        self._mail = mail_sender(settings, clock)
        senders = self._senders(TrySender(database, clock))
        self._delivery = Delivery(database, keys, installation, senders, pace, clock=clock, lease=self._lease)
        self._clock = Clock(
            database, installation, clock=clock, on_queued=self._wake, on_tick=self._watchdog.beat,
            is_ours=lambda: self._lease.holds(Office.CLOCK),
        )  # fmt: skip
        self._jobs = jobs(keys) if "clock" in self._roles else ()
        self._place = backups.place(settings, keys) if "clock" in self._roles else None
        parts = self._parts(settings, clock)
        self._health = Health(database, self._watchdog, parts, has_clock="clock" in self._roles)
        routes = [route for one in self._connections for route in one.routes]
        given = Parts(
            dispatch, database, keys, installation, clock, self._health.states, bool(settings.public_url), routes
        )  # fmt: skip
        self._web = Server(make_app(given))

    def _senders(self, try_out: Sender) -> dict[Platform, Sender]:
        every = [*(one.sender for one in self._connections), try_out, *([self._mail] if self._mail else [])]
        return {one.platform: one for one in every}

    def _wake(self) -> None:
        self._delivery.wake()

    def _parts(self, settings: Settings, clock: Now) -> dict[str, Callable[[], str]]:
        """What tells how each connected platform fares, the e-mail, and the backups."""
        parts: dict[str, Callable[[], str]] = {
            one.platform.value: partial(self._state, one) for one in self._connections
        }
        if self._mail:
            mail = self._mail
            parts["email"] = lambda: mail.state
        if self._place:
            began = clock()
            parts["backup"] = lambda: backups.state(settings, now=clock(), since=began)
        return parts

    def _state(self, connection: Connection) -> str:
        return connection.state() if self._lease.holds(Office.GATEWAY) else OFF

    async def _hear(self, connection: Connection) -> None:
        await self._lease.while_holding(Office.GATEWAY, connection.run)

    async def live(self, stop: Stop, listening: socket.socket | None) -> int:
        """The exit code, once `stop` was asked for and everything has ended."""
        self._begin(stop, listening)
        await stop.wait()
        log.info("stopping")
        await self._end()
        return 1 if self._failed else 0

    def _begin(self, stop: Stop, listening: socket.socket | None) -> None:
        if listening is not None:
            self._task("web", self._web.serve(sockets=[listening]), stop)
        self._task("health", self._health.watch(), stop)
        self._task("keys", rotation.follow(self._keys, self._key_file), stop)
        self._task("lease", self._lease.run(), stop)
        if "worker" in self._roles:
            self._task("delivery", keep_running("delivery", self._delivery.run, self._is_stopping), stop)
        chores = CHORES if self._place else ()
        self._clock.start(self._jobs, chores, self._place)
        self._watchdog.start()
        for one in self._connections if "gateway" in self._roles else ():
            hear = partial(self._hear, one)
            self._task(one.platform.value, keep_running(one.platform.value, hear, self._is_stopping), stop)
        # What is there now stays: looking through it for garbage again and again made people wait up to 60 ms.
        gc.collect()
        gc.freeze()
        log.info("running: %s", ", ".join(self._tasks))

    def _is_stopping(self) -> bool:
        return self._stopping

    def _task(self, name: str, work: Coroutine[Any, Any, None], stop: Stop) -> None:
        def ended(task: asyncio.Task[None]) -> None:
            if self._stopping:
                return
            error = None if task.cancelled() else task.exception()
            log.critical("%s ended%s", name, f": {logs.brief(error)}" if error else "")
            self._failed = True
            stop.ask()

        self._tasks[name] = asyncio.create_task(work, name=name)
        self._tasks[name].add_done_callback(ended)

    async def _end(self) -> None:
        """Nothing new is begun, what is in the air lands, then the connections close."""
        self._stopping = True
        self._watchdog.stop()
        await asyncio.gather(self._clock.stop(), self._delivery.stop())
        self._web.should_exit = True
        await asyncio.gather(*(self._cancel(one.platform.value) for one in self._connections))
        for name in ("health", "keys", "delivery", "lease"):
            await self._cancel(name)
        if "web" in self._tasks:
            await asyncio.wait({self._tasks["web"]})
        await asyncio.gather(*(one.close() for one in self._connections))

    async def _cancel(self, name: str) -> None:
        task = self._tasks.get(name)
        if task is not None:
            task.cancel()
            await asyncio.wait({task})
