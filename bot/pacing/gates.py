"""When the next message may go: for a platform, and for one chat on it. Pure: they are told the time."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from chat.address import Platform

MARGIN = 1.03  # a message that left in time may arrive a little early, seen from its neighbour
SHORT_SECONDS = 0.2  # a chat that opens this soon is waited for by the outbox, a seat this soon by an answer
SPARE_SECONDS = 0.003  # a seat stays empty this much longer than it must: no clock is read exactly
SLACK_SECONDS = 0.1  # what lateness lost is made up for: after it a few may follow closely
UNKNOWN_SECONDS = 1.0  # so much later than it left a call may arrive whose end is not known
ANSWER_SECONDS = 0.1  # so much later an answer may arrive: nobody watches how long it takes
FASTEST_OF = 300  # calls: what is slow for longer than these is how the platform is now
MOST_AHEAD = 5  # answers put bulk off by so many turns at most: many who ask never silence the outbox
SHARED_SPARE = 1.01  # turns that are reserved are slower than the limit by a hundredth


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` messages in any `seconds`."""

    most: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What one platform bears; no limits: None."""

    each_second: float | None = None
    private: Limit | None = None
    group: Limit | None = None


LIMITS: Mapping[Platform, Limits] = {
    # 30 a second; about one a second in a private chat, with a small burst; 20 a minute in a group
    Platform.TELEGRAM: Limits(30, Limit(3, 3), Limit(20, 60)),
    Platform.DISCORD: Limits(49, Limit(5, 5), Limit(5, 5)),  # 50 requests a second, 5 messages in 5 s a channel
    Platform.TRY: Limits(),
    Platform.EMAIL: Limits(5),  # ours: no server minds
}


@dataclass(slots=True, eq=False)
class Turn:
    """One call on its way, and from when on its seat is free for another."""

    began_at: float
    free_at: float
    answers: bool = False


class Gate:
    """At most so many arrive in any second, whatever happens to them on the way; and they leave evenly.

    The platform counts what arrives, and two that leave a second apart may arrive closer. So there are as many
    seats as calls in a second, and a seat is free again a second after its call has surely arrived. It arrived
    before its end was heard, and at the latest so much later than the fastest as it took longer than the fastest.
    """

    def __init__(self, each_second: float | None) -> None:
        """None: always open."""
        self.interval = 1 / each_second if each_second else 0.0
        self._seats = max(1, int(each_second)) if each_second else 0
        self._span = self._seats * self.interval + SPARE_SECONDS
        self._even_at = self._last_at = float("-inf")
        self._ahead = 0  # turns that answers took since one of the outbox went
        self._turns: list[Turn] = []
        self._took: deque[float] = deque([0.0], FASTEST_OF)  # the fastest is not known yet: it may take no time

    @property
    def opens_at(self) -> float:
        """From when on the next of the outbox may go."""
        own = self._seat_at([one for one in self._turns if not one.answers])
        behind_answers = min(self._seat_at(self._turns), self._last_at + (MOST_AHEAD + 1) * self.interval)
        return max(self._even_at, own, behind_answers)

    def take(self, now: float) -> Turn:
        """One of the outbox goes at `now`; `landed` is to be told of its end."""
        self._even_at = max(self._even_at, now - SLACK_SECONDS) + self.interval
        self._last_at, self._ahead = now, 0
        return self._sit(Turn(now, now + self._span + UNKNOWN_SECONDS), now)

    def landed(self, turn: Turn, now: float) -> None:
        """The end of that call was heard at `now`."""
        took = now - turn.began_at
        self._took.append(took)
        turn.free_at = turn.began_at + self._span + took - min(self._took)

    def pass_by(self, now: float) -> float:
        """When an answer that is wanted at `now` goes: when there is a seat, or at once if that is not soon."""
        seat_at = self._seat_at(self._turns)
        goes_at = seat_at if now < seat_at <= now + SHORT_SECONDS else now
        if self._ahead < MOST_AHEAD:
            self._even_at = max(self._even_at, now - SLACK_SECONDS) + self.interval
            self._ahead += 1
        self._sit(Turn(goes_at, goes_at + self._span + ANSWER_SECONDS, answers=True), now)
        return goes_at

    def _sit(self, turn: Turn, now: float) -> Turn:
        if self._seats:
            self._turns = [*(one for one in self._turns if one.free_at > now), turn]
        return turn

    def _seat_at(self, turns: list[Turn]) -> float:
        """From when on fewer than all seats are taken by these."""
        if len(turns) < max(self._seats, 1):
            return float("-inf")
        return sorted(one.free_at for one in turns)[-self._seats]


class Turns:
    """A gate that several processes share: each turn was reserved where all of them see it."""

    def __init__(self, each_second: float) -> None:
        """No turn is reserved."""
        # A turn may be taken an interval late, which puts one more into some second.
        self.interval = SHARED_SPARE / (each_second - 1)
        self.reserved: deque[float] = deque()
        self.owed = 0  # by answers that went beside
        self.lost_seconds = 0.0  # the platform asked for a rest; the other processes are to be told

    @property
    def opens_at(self) -> float:
        """The moment of the next turn."""
        return self.reserved[0] if self.reserved else float("inf")

    def take(self, now: float) -> Turn:
        """The turn is used."""
        return Turn(self.reserved.popleft(), now)

    def landed(self, turn: Turn, now: float) -> None:
        """Nothing follows: turns that are reserved ahead leave room for what is late."""

    def forget_missed(self, now: float) -> None:
        """A turn that nobody was ready for is over: used later it would come on top of another's."""
        while self.reserved and self.reserved[0] < now - self.interval:
            self.reserved.popleft()

    def pass_by(self, now: float) -> float:
        """An answer goes at `now`; the next to reserve pays for it, but not for ever."""
        self.owed = min(self.owed + 1, MOST_AHEAD)
        return now


class Window:
    """The moments of a chat's last messages: never more than the limit in any stretch of its length."""

    def __init__(self, limit: Limit | None) -> None:
        """None: always open."""
        self.seconds = limit.seconds * MARGIN if limit else 0.0
        self.taken: deque[float] = deque(maxlen=limit.most if limit else 0)

    @property
    def opens_at(self) -> float:
        """From when on another one may go."""
        full = self.taken.maxlen and len(self.taken) == self.taken.maxlen
        return self.taken[0] + self.seconds if full else float("-inf")

    def is_idle(self, now: float) -> bool:
        """True when its past does not matter any more."""
        return not self.taken or self.taken[-1] + self.seconds < now
