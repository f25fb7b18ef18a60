"""A random walk through the ledger: whatever happens in whatever order, nobody is lost and the policy holds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import update

from bot.delivery.decisions import MOVES, SEND_SECONDS
from bot.delivery.diagram import page
from chat.address import Platform
from chat.sending import MessageGone, Moved, NotSent, Outgoing, Paused, Refused, Uncertain, Unreachable
from db import deliveries, held, hold, outbox, restored
from db.keys import use_keys
from db.models import Account, Activity, Chat, Person, PostKind, Priority
from db.session import Database
from tests.bot.ground import Ground, with_tables
from tests.bot.ledger_walk import NOTES_MOVES, Book
from tests.bot.outbox_world import World
from tests.bot.taking_turns import Arrivals, Steps, Waiting
from tests.room import KEYS, STOCKHOLM

FATES: dict[str, Callable[[], Exception | None]] = {
    "sent": lambda: None,
    "refused connection": NotSent,
    "400": Refused,
    "403": Unreachable,
    "429": lambda: Paused(20),
    "429 for all": lambda: Paused(20, everywhere=True),
    "moved": lambda: Moved("-100777"),
    "lost answer": Uncertain,
    "odd": lambda: MessageGone("odd"),
    "unheard of": lambda: ValueError("unheard of"),
}
MAY_ARRIVE = {"lost answer", "odd", "unheard of"}
USEFUL = {
    PostKind.REMINDER: timedelta(hours=2),
    PostKind.DIGEST: timedelta(days=2),
    PostKind.CALL: timedelta(days=3),
}
PRIORITY = {PostKind.REMINDER: Priority.REMINDER, PostKind.DIGEST: Priority.DIGEST, PostKind.CALL: Priority.CALL}
PASSES = [1, 5, 30, 130, 3600, 9 * 3600]  # seconds
person = st.integers(1, 3)
which = st.integers(0, 5)


class Walk(RuleBasedStateMachine):
    """Three people, two of them on two platforms, a group, two workers, and whatever can happen to them."""

    book: Book

    def __init__(self, ground: Ground, empty: Hashable) -> None:
        """The outbox of that ground, which is made empty."""
        super().__init__()
        self.ground, self.empty = ground, empty
        self.loop = asyncio.new_event_loop()
        self.planned = 0
        self.posts: dict[int, PostKind] = {}
        self.do(self._begin())

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """The work is done."""
        return self.loop.run_until_complete(work)

    async def _begin(self) -> None:
        use_keys(KEYS)
        self.ground.put_back(self.empty)
        self.world = World(Database(self.ground.url))
        self.arrivals = {one: Arrivals(one, self._now) for one in (Platform.TELEGRAM, Platform.DISCORD)}
        self.book = Book(self.ground, self.arrivals)
        for number in (1, 2, 3):
            platform = Platform.DISCORD if number == 2 else Platform.TELEGRAM
            await self.world.person(number, platform=platform)
        await self.world.account(2, 22, platform=Platform.TELEGRAM)
        await self.world.account(3, 33, platform=Platform.DISCORD)
        self.chat = await self.world.chat()
        self.activity = await self.world.activity(starts_in=timedelta(days=3))
        self.workers = [await self._worker(), await self._worker()]

    def _now(self) -> Any:
        return self.world.now

    async def _worker(self) -> Steps:
        made = Steps(self.world, self.arrivals, self._begins)
        await made.enlist()
        await made.recover(made.lease.worker)
        return made

    def _begins(self, delivery_id: int, outgoing: Outgoing) -> None:
        self.book.begins(delivery_id, outgoing, self.world.now)

    # What the product's other parts do

    @initialize(kind=st.sampled_from(list(PostKind)))
    def something_is_said(self, kind: PostKind) -> None:
        """A walk begins with something to say."""
        self.plans(kind, to_chats=kind is PostKind.CALL)

    @rule(kind=st.sampled_from(list(PostKind)), to_chats=st.booleans())
    def plans(self, kind: PostKind, to_chats: bool) -> None:
        """Something is said to everybody."""
        if kind in {PostKind.CHANGE, PostKind.CANCELLATION}:
            self._call_off(
                {PostKind.CHANGE}
                if kind is PostKind.CHANGE
                else {PostKind.CALL, PostKind.CHANGE, PostKind.REMINDER}
            )
        if kind is PostKind.CANCELLATION:
            self._set(Activity, self.activity, state="cancelled")
        before = len(self.book.rows())
        post = self.do(self.world.post(
            str(uuid4()), kind, priority=PRIORITY.get(kind, Priority.URGENT), to_chats=to_chats,
            activity_id=self.activity, expires_at=self.world.now + USEFUL.get(kind, timedelta(days=9)),
        ))  # fmt: skip
        self.posts[post] = kind
        self.planned += len(self.book.rows()) - before

    def _call_off(self, kinds: set[PostKind]) -> None:
        about = [post for post, kind in self.posts.items() if kind in kinds]
        self.do(self.world.does(lambda session: outbox.cancel_unsent(session, about, reason="superseded")))
        self.book.called_off |= {row["id"] for row in self.book.rows() if row["kind"] in kinds}

    @rule(person=person, kind=st.sampled_from([PostKind.REMINDER, PostKind.DIGEST]))
    def wants_none(self, person: int, kind: PostKind) -> None:
        """One person turns that kind off, or does not come after all."""
        self.do(self.world.does(lambda session: outbox.cancel_for(session, person, [kind], reason="settings")))
        self.book.called_off |= {
            row["id"] for row in self.book.rows("d.person_id = ?", person) if row["kind"] == kind
        }

    @rule(person=person, consent=st.sampled_from(["yes", "no"]))
    def consents(self, person: int, consent: str) -> None:
        """The person says yes or no to being written to."""
        query = update(Account).where(Account.person_id == person).values(consent=consent)
        self.do(self.world.does(lambda session: session.execute(query)))

    @rule(person=person, stopped=st.booleans())
    def stops(self, person: int, stopped: bool) -> None:
        """/stopp, or /start again."""
        query = update(Account).where(Account.person_id == person).values(stopped=stopped, reachable=True)
        self.do(self.world.does(lambda session: session.execute(query)))

    @rule(person=person, hours=st.sampled_from(["", "21-08", "09-12", None]))
    def sleeps(self, person: int, hours: str | None) -> None:
        """Other quiet hours; what was planned under the earlier ones keeps its moment."""
        self._set(Person, person, quiet_hours=hours)
        self.book.may_break_quiet |= {row["id"] for row in self.book.rows("d.person_id = ?", person)}

    def _set(self, table: type[Any], row_id: int, **values: Any) -> None:
        query = update(table).where(table.id == row_id).values(**values)
        self.do(self.world.does(lambda session: session.execute(query)))

    @rule(post=which)
    def sends_again(self, post: int) -> None:
        """An organiser decides about what is held."""
        about = sorted(self.posts)[post % len(self.posts)]
        self.book.decided.update(row["id"] for row in self.book.rows("p.id = ? AND d.state = 'held'", about))
        self.do(self.world.does(lambda session: held.send_again(session, about, now=self.world.now)))

    @rule(level=st.sampled_from(["open", None]), present=st.booleans())
    def the_group_changes(self, level: str | None, present: bool) -> None:
        """It is let go or bound again, left or entered."""
        self._set(Chat, self.chat, level=level, present=present)

    # What time and the workers do

    @rule(seconds=st.sampled_from(PASSES))
    def passes(self, seconds: int) -> None:
        """Nothing happens for a while; of those who live nothing is on its way for longer than a send may take."""
        if seconds > SEND_SECONDS:
            self.world.now += timedelta(seconds=SEND_SECONDS)
            for worker in self.workers:
                for one in worker.waiting if worker.lease.is_safe else []:
                    self.do(worker.lands(one, Uncertain()))
            seconds -= int(SEND_SECONDS)
        self.world.now += timedelta(seconds=seconds)

    @rule(seconds=st.sampled_from(PASSES))
    def go_on(self, seconds: int) -> None:
        """As always: time goes by, and whoever lives works."""
        self.passes(seconds)
        for one in (0, 1):
            self.works(one)

    @rule(one=st.integers(0, 1))
    def works(self, one: int) -> None:
        """A worker has a round; one that was given up has noticed, and has a new name."""
        if not self.workers[one].lease.is_safe:
            self.do(self.workers[one].enlist())
        self.do(self.workers[one].works())

    @precondition(lambda self: self._in_the_air())
    @rule(place=which, fate=st.sampled_from([*FATES, "sent", "lost answer"]), arrives=st.booleans())
    def lands(self, place: int, fate: str, arrives: bool) -> None:
        """A platform says what became of a message, or nobody hears it."""
        flying = self._in_the_air()
        worker, one = flying[place % len(flying)]
        if fate == "moved" and one.outgoing.private:
            fate = "403"
        if fate == "sent" or (arrives and fate in MAY_ARRIVE):
            self._arrive(one)
        self.do(worker.lands(one, None if one.arrived and fate == "sent" else FATES[fate]() or Uncertain()))

    def _in_the_air(self) -> list[tuple[Steps, Waiting]]:
        return [(worker, one) for worker in self.workers for one in worker.waiting]

    def _arrive(self, one: Waiting) -> None:
        if not one.arrived:
            one.arrived = True
            self.arrivals[one.outgoing.address.platform].take(one.outgoing)

    # What goes wrong

    @rule(
        one=st.integers(0, 1), arrives=st.booleans(), claiming=st.booleans(), later=st.sampled_from([0, 60, 200])
    )
    def dies(self, one: int, arrives: bool, claiming: bool, later: int) -> None:
        """Killed with what it had claimed and what it had in the air; another takes its place, now or later."""
        dead = self.workers[one]
        if claiming:
            self.do(self._claims(dead))
        for waiting in dead.waiting if arrives else []:
            self._arrive(waiting)
        self.do(dead.dies())
        self.do(self.world.give_up(dead.lease.worker))
        self.passes(later)
        self.workers[one] = self.do(self._worker())

    async def _claims(self, worker: Steps) -> None:
        async with self.world.database.write() as session:
            for lane in Platform:
                await deliveries.claim(
                    session, lane.value, 1, now=self.world.now, most=9, owner=worker.lease.worker
                )

    @rule(one=st.integers(0, 1), arrives=st.booleans(), claiming=st.booleans())
    def is_given_up(self, one: int, arrives: bool, claiming: bool) -> None:
        """Silent for too long: the other takes over, and then it is heard again."""
        silent, other = self.workers[one], self.workers[1 - one]
        for waiting in silent.waiting if arrives else []:
            self._arrive(waiting)
        silent.lease.is_safe = False
        self.do(self.world.give_up(silent.lease.worker))
        self.passes(30)
        self.do(other.recover())
        if claiming:
            self.passes(30)
            self.do(self._claims_as(uuid4().hex))

    async def _claims_as(self, owner: str) -> None:
        async with self.world.database.write() as session:
            await deliveries.claim(session, "telegram", 1, now=self.world.now, most=9, owner=owner)

    @rule(later=st.sampled_from([60, 30 * 3600]))
    def is_restored(self, later: int) -> None:
        """A backup of this very moment comes back while nobody works, and an admin releases it."""
        for one in self.workers:
            self.do(one.dies())
            self.do(self.world.give_up(one.lease.worker))
        self.do(self.world.does(lambda session: restored.settle(session, now=self.world.now, backup_at=None)))
        self.passes(later)
        self.do(self.world.does(lambda session: hold.end(session, now=self.world.now, zone=STOCKHOLM)))
        self.workers = [self.do(self._worker()), self.do(self._worker())]

    # What must hold

    @invariant()
    def promises_hold(self) -> None:
        """After every step."""
        living = {one.lease.worker: [waiting.delivery_id for waiting in one.waiting] for one in self.workers}
        self.book.check({name: flying for name, flying in living.items() if name in self.book.living()})

    def teardown(self) -> None:
        """Everything is well for some days; at the end nobody is lost."""
        try:
            self.do(self._calm())
            self.promises_hold()
            self.book.check_rest(self.planned)
        finally:
            self.do(self._end())
            self.loop.close()

    async def _calm(self) -> None:
        for _ in range(400):
            for worker in self.workers:
                if not worker.lease.is_safe:
                    await worker.enlist()
                await worker.recover()
                await worker.works()
                for one in worker.waiting:
                    self._arrive(one)
                    await worker.lands(one, None)
            if not self.book.rows("d.state IN ('ready', 'claimed', 'sending')"):
                return
            self.world.now += timedelta(minutes=20)

    async def _end(self) -> None:
        for worker in self.workers:
            await worker.dies()
        await self.world.database.close()


ALL = {(was, becomes) for was, moves in MOVES.items() for becomes in moves}
SHORT = settings(max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(SHORT, max_examples=150, stateful_step_count=50)
LONG_ON_POSTGRESQL = settings(LONG, max_examples=30)  # each step takes several times as long


@pytest.fixture
def begin(place):
    """Begins a walk; one follows the other on the same database."""
    ground = asyncio.run(with_tables(place))
    ground.script(NOTES_MOVES["sqlite" if isinstance(place, Path) else "postgresql"])
    yield partial(Walk, ground, ground.taken())
    ground.close()


ON_SQLITE = pytest.mark.parametrize("place", ["sqlite"], indirect=True)


@ON_SQLITE
def test_a_short_walk_keeps_the_promises(begin):
    """Each step is something that has happened to somebody's bot."""
    run_state_machine_as_test(begin, settings=SHORT)


@pytest.mark.long
def test_long_walks_keep_the_promises(begin, place):
    """The same, until it becomes strange."""
    run_state_machine_as_test(begin, settings=LONG if isinstance(place, Path) else LONG_ON_POSTGRESQL)


def all_land(walk: Walk, fate: str = "sent") -> None:
    """Whatever is in the air comes to its end so."""
    while walk._in_the_air():  # noqa: SLF001 - a walk by hand
        walk.lands(0, fate, arrives=True)


def called_off_on_its_way(walk: Walk) -> None:
    """Of three changes one waits, one is in the air, one has gone out of use before it was tried again."""
    walk.plans(PostKind.CHANGE, to_chats=False)
    walk.works(0)
    walk.plans(PostKind.CHANGE, to_chats=False)
    walk.lands(0, "refused connection", arrives=False)
    walk.lands(0, "429", arrives=False)
    walk.plans(PostKind.CHANGE, to_chats=False)
    walk.consents(1, "no")
    walk.plans(PostKind.CALL, to_chats=False)
    walk.go_on(1)


def given_up_and_heard_again(walk: Walk) -> None:
    """A worker that was silent says late what became of its messages, to whatever stands there now."""
    walk.plans(PostKind.CALL, to_chats=False)
    walk.works(0)
    walk.is_given_up(0, arrives=True, claiming=True)
    walk.lands(0, "sent", arrives=True)
    walk.works(1)
    walk.stops(2, stopped=True)
    walk.is_given_up(1, arrives=True, claiming=False)
    walk.passes(30)
    walk.works(0)
    all_land(walk)


def heard_when_it_is_over(walk: Walk) -> None:
    """So late that it is held, called off, out of date or out of reach by then."""
    walk.plans(PostKind.DIGEST, to_chats=False)
    walk.plans(PostKind.REMINDER, to_chats=False)
    walk.plans(PostKind.CALL, to_chats=False)
    walk.works(0)
    walk.is_given_up(0, arrives=True, claiming=False)
    walk.lands(6, "sent", arrives=True)
    walk.wants_none(1, PostKind.DIGEST)
    walk.sends_again(0)
    walk.stops(2, stopped=True)
    walk.go_on(9 * 3600)
    all_land(walk)


def waited_too_long(walk: Walk) -> None:
    """Perhaps sent, to be sent again while Discord knows it; then it did not come to that."""
    walk.plans(PostKind.DIGEST, to_chats=False)
    walk.works(0)
    all_land(walk, "lost answer")
    walk.go_on(130)


def turned_away(walk: Walk) -> None:
    """Somebody says no, somebody stops while it is in the air, and the group's platform refuses."""
    walk.plans(PostKind.CALL, to_chats=True)
    walk.consents(1, "no")
    walk.works(0)
    walk.is_given_up(0, arrives=True, claiming=False)
    walk.stops(2, stopped=True)
    walk.passes(30)
    walk.works(1)
    all_land(walk, "400")
    walk.plans(PostKind.CALL, to_chats=False)


def restored_from_a_backup(walk: Walk) -> None:
    """What was due is held; a reminder that waited for the morning is, a day later, of yesterday."""
    walk.plans(PostKind.DIGEST, to_chats=False)
    walk.is_restored(60)
    walk.passes(13 * 3600)
    walk.plans(PostKind.REMINDER, to_chats=False)
    walk.is_restored(30 * 3600)


def dead_and_heard(walk: Walk) -> None:
    """Its worker was given up, its person stopped, and then it is said to have arrived."""
    walk.plans(PostKind.CALL, to_chats=False)
    walk.works(0)
    walk.is_given_up(0, arrives=True, claiming=False)
    walk.stops(2, stopped=True)
    walk.go_on(30)
    all_land(walk)


TOURS = [
    restored_from_a_backup,
    turned_away,
    dead_and_heard,
    called_off_on_its_way,
    given_up_and_heard_again,
    heard_when_it_is_over,
    waited_too_long,
]


@ON_SQLITE
def test_every_move_is_met_and_no_other(begin):
    """The table says all that happens, and nothing that does not."""
    seen = set()
    for tour in TOURS:
        walk = begin()
        try:
            tour(walk)
            walk.promises_hold()
        finally:
            walk.teardown()
        seen |= walk.book.seen

    assert ALL - seen == set()


def test_the_picture_shows_what_the_machine_does():
    """docs/delivery.md is what `python -m bot.delivery.diagram` writes."""
    assert Path("docs/delivery.md").read_text(encoding="utf-8") == page()
