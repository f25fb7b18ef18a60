"""Never faster than a platform bears, in any window; answers to people first, and nobody forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.pacing import LIMITS, MOST_AHEAD, SHORT_SECONDS, Gate, Lane, Limit, Limits, Pace, Turn, Waiter
from chat.address import Address, Platform

SMALL = Limits(each_second=5, private=Limit(3, 3), group=Limit(4, 10))


@dataclass(slots=True)
class Simulation:
    """A lane in a time that is only told: who wants to speak when, who spoke when, and when that arrived.

    `way` gives the seconds that the next message, or its answer, is under way.
    """

    lane: Lane
    way: Callable[[], float] = float
    now: float = 0.0
    spoken: list[tuple[float, str]] = field(default_factory=list)
    arrived: list[float] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    sent_back: int = 0
    under_way: list[tuple[float, Turn]] = field(default_factory=list)

    def asks(self, chat: str, *, private: bool = True) -> None:
        """A message of the outbox to that chat waits for its turn."""

        def done(turn: Turn | None) -> None:
            if turn is not None:
                self.spoken.append((self.now, chat))
                self.arrived.append(self.now + self.way())
                self.under_way.append((self.arrived[-1] + self.way(), turn))
            else:
                self.sent_back += 1

        self.lane.bulk.append(Waiter(chat, private, done))
        self.lane.grant(self.now)

    def answers(self, chat: str) -> None:
        """Somebody who waits is answered at once."""
        goes_at = self.lane.answer(chat, private=True, now=self.now)
        self.spoken.append((goes_at, f"answer to {chat}"))
        self.arrived.append(goes_at + self.way())
        self.waited.append(goes_at - self.now)

    def passes(self, seconds: float) -> None:
        """Time goes by, and everybody speaks as soon as they may."""
        end = self.now + seconds
        while (then := min(self._next_turn(), self._next_landing())) <= end:
            self.now = max(then, self.now + 1e-9)
            self._land()
        self.now = end
        self.lane.grant(self.now)

    def _next_turn(self) -> float:
        wait = self.lane.grant(self.now)
        return inf if wait is None else self.now + wait

    def _next_landing(self) -> float:
        return min((moment for moment, _ in self.under_way), default=inf)

    def _land(self) -> None:
        for moment, turn in [one for one in self.under_way if one[0] <= self.now]:
            self.under_way.remove((moment, turn))
            self.lane.gate.landed(turn, self.now)


def most_within(moments: list[float], seconds: float) -> int:
    """The most that fall into any stretch of that length, its end not counted in."""
    return max((sum(start <= one < start + seconds for one in moments) for start in moments), default=0)


asked = st.tuples(st.floats(0, 4), st.sampled_from(["1", "2", "3", "-4", "-5"]), st.integers(1, 8))


@settings(max_examples=150, deadline=None)
@given(st.lists(asked, max_size=25))
def test_no_window_ever_holds_too_many(events):
    """A burst obeys too: the platform counts every window, not the average."""
    simulation = Simulation(Lane(SMALL))

    for pause, chat, times in events:
        simulation.passes(pause)
        for _ in range(times):
            simulation.asks(chat, private=chat[0] != "-")
    simulation.passes(1_000)

    assert len(simulation.spoken) == sum(times for *_, times in events)
    assert most_within([moment for moment, _ in simulation.spoken], 0.999) <= 5
    for chat in ("1", "2", "3"):
        assert most_within([moment for moment, one in simulation.spoken if one == chat], 3) <= 3
    for chat in ("-4", "-5"):
        assert most_within([moment for moment, one in simulation.spoken if one == chat], 10) <= 4


@pytest.mark.parametrize(("platform", "each_second"), [(Platform.TELEGRAM, 30), (Platform.DISCORD, 50)])
def test_three_thousand_people_take_hardly_longer_than_they_must(platform, each_second):
    """An even pace is the fastest that is never refused."""
    simulation = Simulation(Lane(LIMITS[platform]))
    for number in range(3_000):
        simulation.asks(str(number))

    simulation.passes(3_000 / each_second * 1.05)

    assert len(simulation.spoken) == 3_000
    assert most_within([moment for moment, _ in simulation.spoken[:200]], 1) <= each_second


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32), st.floats(0, 0.01), st.floats(0, 0.003))
def test_what_is_late_on_its_way_does_not_meet_what_comes_after(seed, far, spread):
    """The platform counts what arrives, of any kind: messages, edits of one of them, and answers in between."""
    chance = Random(seed)  # noqa: S311 - a network
    simulation = Simulation(Lane(LIMITS[Platform.TELEGRAM]), lambda: far + spread * chance.expovariate(1))
    for number in range(900):
        simulation.asks("edited" if number % 150 == 0 else str(number))

    while len(simulation.spoken) < 900:
        simulation.passes(chance.uniform(1, 3))
        simulation.answers("somebody")

    spoken = sorted(moment for moment, _ in simulation.spoken)[:900]
    assert most_within(simulation.arrived, 1) <= 30
    assert 900 / 30 / (spoken[-1] - spoken[0]) >= 0.98
    assert max(simulation.waited) <= SHORT_SECONDS


def test_a_call_that_is_lost_for_long_does_not_hold_up_the_others():
    """One that is not answered for a quarter of a minute is one seat less for a moment, and no rest for all."""
    simulation = Simulation(Lane(LIMITS[Platform.TELEGRAM]))
    for number in range(300):
        simulation.asks(str(number))
    simulation.way = iter([0.0, 15.0, *[0.0] * 600]).__next__

    simulation.passes(10.5)

    assert len(simulation.spoken) == 300


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 0.05), min_size=100, max_size=200))
def test_what_a_busy_machine_is_late_with_is_made_up_for_within_the_limit(lateness):
    """Telegram counts 30 in any second; a few milliseconds lost at each message would be a tenth of the pace."""
    gate, now, moments = Gate(LIMITS[Platform.TELEGRAM].each_second), 0.0, []

    for late in lateness:
        now = max(now, gate.opens_at) + late
        gate.landed(gate.take(now), now)
        moments.append(now)

    assert most_within(moments, 1) <= 30


def test_a_little_lateness_costs_nothing():
    """Each message some milliseconds late: the pace is kept all the same."""
    gate, now = Gate(20), 0.0

    for _ in range(200):
        now = max(now, gate.opens_at + 0.006)
        gate.landed(gate.take(now), now)

    assert now < 200 / 20 * 1.01 + 0.02, "1.2 seconds late without making up for it"


def test_opening_a_conversation_counts_like_a_message():
    """A first direct message on Discord is two requests: both must fit into its fifty a second."""
    simulation = Simulation(Lane(Limits(each_second=10)))
    lane, opened = simulation.lane, []

    def goes(turn: Turn | None) -> None:
        assert turn is not None
        lane.gate.landed(turn, simulation.now)
        simulation.spoken.append((simulation.now, "message"))
        lane.gate.pass_by(simulation.now)
        opened.append(simulation.now)

    lane.bulk.extend(Waiter(str(number), True, goes) for number in range(20))
    simulation.passes(4.1)

    assert len(simulation.spoken) == 20
    assert most_within([moment for moment, _ in simulation.spoken], 0.999) + most_within(opened, 0.999) <= 10


def test_the_outbox_gives_way_to_answers():
    """Both together keep the platform's limit, as long as answers alone do."""
    simulation = Simulation(Lane(Limits(each_second=10)))
    for number in range(30):
        simulation.asks(f"bulk {number}")

    for number in range(10):
        simulation.answers(str(number))
        simulation.passes(0.2)

    assert most_within([moment for moment, _ in simulation.spoken], 0.999) <= 11


def test_many_who_ask_do_not_silence_the_outbox():
    """A storm of questions while a meeting is called off: the cancellation still goes out."""
    simulation = Simulation(Lane(Limits(each_second=10)))
    for number in range(30):
        simulation.asks(f"bulk {number}")

    for number in range(500):
        simulation.answers(str(number))
        simulation.passes(0.02)

    sent = [name for _, name in simulation.spoken if name.startswith("bulk")]
    assert len(sent) >= 10 * 10 / (MOST_AHEAD + 1)


def test_a_full_chat_does_not_hold_up_the_others():
    """One busy group waits by itself."""
    simulation = Simulation(Lane(SMALL))
    for _ in range(6):
        simulation.asks("-1", private=False)
    simulation.asks("2")

    simulation.passes(2)

    assert [name for _, name in simulation.spoken].count("2") == 1


def test_a_pause_sends_the_outbox_back():
    """A 429: what was about to go returns to the ledger, and nothing goes before the platform's own word."""
    simulation = Simulation(Lane(SMALL))
    simulation.asks("1")
    simulation.asks("2")
    simulation.lane.pause(None, 30)
    simulation.asks("3")

    simulation.passes(29)
    during = [name for _, name in simulation.spoken]
    simulation.passes(2)

    assert (during, simulation.sent_back) == (["1"], 1)
    assert [name for _, name in simulation.spoken] == ["1", "3"]


def test_chats_at_rest_are_forgotten():
    """A year of conversations is not kept in memory."""
    lane = Lane(Limits(private=Limit(3, 3)))
    simulation = Simulation(lane)
    for number in range(12_000):
        simulation.asks(str(number))
        simulation.passes(0.01)

    assert len(lane.chats) <= 5_001


async def test_the_wait_is_real():
    """The component as the process uses it: twenty at a hundred a second, of which ten may follow closely."""
    pace = Pace({Platform.TELEGRAM: Limits(each_second=100)})
    loop = asyncio.get_running_loop()
    start = loop.time()

    gone = await asyncio.gather(
        *(pace.take(Address(Platform.TELEGRAM, str(number)), private=True) for number in range(20)),
        pace.before_reply(Address(Platform.TELEGRAM, "x")),
    )

    assert all(gone[:20])
    assert loop.time() - start >= 0.09


async def test_an_answer_waits_for_the_platforms_own_word_only():
    """Whoever asked hears at once, except where the platform has just told us to wait."""
    pace = Pace({Platform.TELEGRAM: Limits(each_second=0.01, private=Limit(1, 1_000))})
    loop = asyncio.get_running_loop()
    chat = Address(Platform.TELEGRAM, "1")
    start = loop.time()

    await pace.before_reply(chat)
    await pace.before_reply(chat)
    before = loop.time() - start
    pace.pause(chat, 0.1, everywhere=False)
    await pace.before_reply(chat)

    assert before < 1
    assert loop.time() - start >= 0.1


async def test_one_chat_that_is_refused_rests_alone_until_another_is():
    """Who presses like mad must not silence the broadcast; a limit for all shows in two chats at once."""
    now = 0.0
    pace = Pace({Platform.TELEGRAM: Limits(each_second=30)}, clock=lambda: now)
    one, other, third = (Address(Platform.TELEGRAM, str(number)) for number in range(3))

    pace.pause(one, 35, everywhere=None)
    pace.pause(one, 35, everywhere=None)
    alone = [pace.delay(chat) for chat in (one, other)]
    now = 5.0
    pace.pause(other, 8, everywhere=None)
    later = [pace.delay(chat) for chat in (one, other, third)]
    now = 5.1
    pace.pause(third, 7, everywhere=None)
    together = [pace.delay(chat) for chat in (one, other, third, Address(Platform.TELEGRAM, "4"))]

    assert alone == [35, 0]
    assert later == [30, 8, 0]
    assert together == pytest.approx([29.9, 7.9, 7, 7])


async def test_who_asks_again_and_again_leaves_others_the_loop():
    """A chat at rest is told at once: asking without a pause must not make the process stand still."""
    pace = Pace({Platform.TELEGRAM: Limits(each_second=30)})
    chat = Address(Platform.TELEGRAM, "1")
    pace.pause(chat, 60, everywhere=False)

    async def asks():
        while not await pace.take(chat, private=True):
            pass

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await asks()


async def test_who_gives_up_waiting_takes_no_turn():
    """A request that was cancelled must not leave a hole or a hang."""
    pace = Pace({Platform.TELEGRAM: Limits(each_second=50)})
    first, second = Address(Platform.TELEGRAM, "1"), Address(Platform.TELEGRAM, "2")
    await pace.take(first, private=True)
    waiting = asyncio.create_task(pace.take(first, private=True))
    await asyncio.sleep(0)

    waiting.cancel()
    gone = await pace.take(second, private=True)

    assert gone
    assert waiting.cancelled() or waiting.cancelling()
