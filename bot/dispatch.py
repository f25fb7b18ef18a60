"""From a request to a reply: one transaction, one handler, and an answer only after the commit."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.calls import Calls
from chat.address import Platform
from chat.message import Message, Reply, Shown
from chat.request import Fact, Kind, Request
from db import inbound, people
from db.installation import Installation
from db.keys import Keys
from db.people import Person
from db.session import DATABASE_ERRORS, Database, driver_error
from handlers import forms
from handlers.context import Context, UserError, is_allowed
from handlers.feature import Answered, Route, Routes
from texts import LANGUAGES, sentence, translator

log = logging.getLogger(__name__)

NOT_SAVED = sentence("I could not save that just now. Nothing was sent. Please try again in a while.")
EVENT_TRIES, EVENT_PAUSE_SECONDS = 120, 1.0  # two minutes: updates behind it wait too
STAYS_WRONG = (IntegrityError, DataError, ProgrammingError)  # however often it is tried
WENT_WRONG = sentence("Something went wrong on my side. Please try again in a while.")


class Dispatch:
    """`handle` is the inward seam that every adapter calls; `shown` and `facts` are asked before it."""

    def __init__(
        self,
        database: Database,
        keys: Keys,
        routes: Routes,
        installation: Installation,
        *,
        clock: Callable[[], datetime],
        on_queued: Callable[[], None],
    ) -> None:
        """`on_queued` is called after a commit that put something into the outbox."""
        self.database = database
        self.keys = keys
        self.routes = routes
        self._calls = Calls(routes)
        self.installation = installation
        self._clock = clock
        self._on_queued = on_queued

    def shown(self, request: Request) -> Shown:
        """Where the answer to this request will appear."""
        route = self._declared(request)
        return route.shown if route else Shown.PRIVATELY

    def facts(self, request: Request) -> frozenset[Fact]:
        """What the adapter is to ask the platform before `handle`."""
        route = self._declared(request)
        return route.facts if route else frozenset()

    def _declared(self, request: Request) -> Route | None:
        if request.kind is Kind.COMMAND:
            command = self.routes.commands.get(request.route)
            return command.route if command else None
        if request.kind is Kind.PRESS:
            return self.routes.buttons.get(request.route)
        form = self.routes.forms.get(request.route) if request.kind is Kind.FORM else None
        return form.route if form else None

    async def fetches(self, request: Request) -> int:
        """How many bytes at most of the request's file the adapter is to fetch before `handle`; 0: none of it.

        None when no handler takes such a file, the sender has not the right to it, or it is too large.
        """
        sent = request.attachment
        file = self.routes.files.get(sent.suffix) if sent else None
        if sent is None or file is None or sent.size > file.most or request.sender is None:
            return 0
        try:
            async with self.database.glance() as session:
                person = await people.get_person(session, self.keys, request.sender)
        except DATABASE_ERRORS:
            return 0  # `handle` will meet the same, and say so
        return file.most if person and is_allowed(person.rights, file.route.needs) else 0

    async def handle(self, request: Request) -> Reply | None:
        """The answer to show, after everything the handler wrote is committed; None: say nothing.

        Never raises but for cancellation: what went wrong is logged by place, and the asker gets a sentence.
        """
        try:
            return await self._saved(request)
        except DATABASE_ERRORS as error:
            log.error("%s %s was not saved: %s", request.kind, self._name(request), driver_error(error))
            return self._sorry(request, NOT_SAVED)
        except Exception:
            log.exception("%s %s failed", request.kind, self._name(request))
            return self._sorry(request, WENT_WRONG)

    async def _saved(self, request: Request) -> Reply | None:
        """The answer. What came from nobody who could try again waits here for a database that is away."""
        tries = EVENT_TRIES if request.kind is Kind.EVENT else 1
        while True:
            tries -= 1
            try:
                return await self._in_transaction(request)
            except DATABASE_ERRORS as error:
                if not tries or isinstance(error, STAYS_WRONG):
                    raise
            await asyncio.sleep(EVENT_PAUSE_SECONDS)

    def _name(self, request: Request) -> str:
        """What stands in the log: a route of ours, never what somebody typed behind a slash."""
        is_typed = request.kind is Kind.COMMAND and request.route not in self.routes.commands
        return "unknown" if is_typed else request.route

    def _sorry(self, request: Request, sentence: str) -> Reply | None:
        if request.kind is Kind.EVENT:
            return None
        t = translator(self._language(request), self.installation.zone, default=self.installation.language)
        return Reply(Message(t(sentence)), beside=True)

    async def _in_transaction(self, request: Request) -> Reply | None:
        try:
            route = self._declared(request)
            if route and route.only_reads:
                async with self.database.glance() as session:
                    ctx = await self._reading(request, session)
                    if ctx is not None:
                        return _as_reply(await self._answer(ctx))
            async with self.database.write() as session:
                reply = await self._writing(request, session)
                queued = session.info.get("wake", False)
        except _Refused as refused:
            return refused.reply
        if queued:
            self._on_queued()
        return reply

    async def _reading(self, request: Request, session: AsyncSession) -> Context | None:
        """The context of a handler that writes nothing; None when the person is yet to be written down.

        The update is not marked: what has no effect may be answered again.
        """
        person = await people.get_person(session, self.keys, request.sender) if request.sender else None
        if person is None or self._opens(request, person):
            return None
        return self._of(request, person, session, self._clock())

    async def _writing(self, request: Request, session: AsyncSession) -> Reply | None:
        ctx = await self._context(request, session)
        return _as_reply(await self._answer(ctx)) if ctx else None

    async def _context(self, request: Request, session: AsyncSession) -> Context | None:
        """The handler's context; None when the update came before, or nobody is to be seen behind it."""
        now = self._clock()
        platform = request.chat.address.platform
        if request.update and not await inbound.is_new(session, platform.value, request.update, now=now):
            return None
        person = await self._person(request, session, now)
        return self._of(request, person, session, now) if person else None

    def _of(self, request: Request, person: Person, session: AsyncSession, now: datetime) -> Context:
        t = translator(person.language, self.installation.zone, default=self.installation.language)
        return Context(request, person, session, t, now, self.installation, self.keys, self.routes)

    async def _person(self, request: Request, session: AsyncSession, now: datetime) -> Person | None:
        person = await people.get_person(session, self.keys, request.sender) if request.sender else None
        if request.kind is Kind.EVENT:
            return person or replace(people.NOBODY, language=self._language(request))
        if request.sender is None:
            return None
        if person is None:
            invented = request.sender.platform is Platform.TRY
            language = self._language(request)
            person = await people.add_person(
                session, self.keys, request.sender, language=language, invented=invented, now=now
            )
        return await people.set_opened(session, person) if self._opens(request, person) else person

    @staticmethod
    def _opens(request: Request, person: Person) -> bool:
        """True when only this request shows that private messages reach the person."""
        return request.chat.private and not (person.opened and person.reachable)

    def _language(self, request: Request) -> str:
        guess = request.language[:2].lower()
        return guess if guess in LANGUAGES else self.installation.language

    async def _answer(self, ctx: Context) -> Answered:
        try:
            answered = await self._calls.answer(ctx)
            if ctx.person.asking and answered and self._is_aside(ctx.request):
                return await forms.waiting(ctx, _as_reply(answered) or Reply())
        except UserError as error:
            raise _Refused(error, ctx) from error
        return answered

    def _is_aside(self, request: Request) -> bool:
        """True for a command or a question in the middle of a form: it is answered, the draft waits."""
        asked = request.kind in {Kind.COMMAND, Kind.TEXT}
        return asked and self.shown(request) is not Shown.FORM and request.chat.private


class _Refused(Exception):
    """Carries a UserError out of the transaction, so that it is rolled back."""

    def __init__(self, error: UserError, ctx: Context) -> None:
        super().__init__()
        text = ctx.t(error.sentence, **error.values)
        self.reply = Reply(Message.of(text, *error.buttons), beside=True)


def _as_reply(answered: Answered) -> Reply | None:
    return Reply(answered) if isinstance(answered, Message) else answered
