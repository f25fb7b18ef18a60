"""When the next message may go: for a platform, and for one chat on it. Pure: they are told the time."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from chat.address import Platform

MARGIN = 1.03  # a message that left in time may arrive a little early, seen from its neighbour
SHORT_SECONDS = 0.2  # a chat that opens this soon is waited for
SPARE, SLACK_SECONDS = 1.01, 0.008  # slower than the limit by a hundredth, of which lateness may use up most
MOST_AHEAD = 5  # answers put bulk off by so many turns at most: many who ask never silence the outbox


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
}


class Gate:
    """Lets one through each `interval`; what is not used is not saved up (GCRA, burst 1).

    Only what a busy machine is late with, by a few milliseconds, is made up for.
    """

    def __init__(self, each_second: float | None) -> None:
        """None: always open."""
        self.interval = SPARE / each_second if each_second else 0.0
        self.opens_at = float("-inf")
        self._ahead = 0  # turns that answers took since one of the outbox went

    def take(self, now: float) -> None:
        """One went through at `now`."""
        self.opens_at = max(self.opens_at, now - SLACK_SECONDS) + self.interval
        self._ahead = 0

    def pass_by(self, now: float) -> None:
        """An answer went beside the gate at `now`; the next to wait pays for it, but not for ever."""
        if self._ahead < MOST_AHEAD:
            self.opens_at = max(self.opens_at, now) + self.interval
            self._ahead += 1


class Turns:
    """A gate that several processes share: each turn was reserved where all of them see it."""

    def __init__(self, each_second: float) -> None:
        """No turn is reserved."""
        # A turn may be taken an interval late, which puts one more into some second.
        self.interval = SPARE / (each_second - 1)
        self.reserved: deque[float] = deque()
        self.owed = 0  # by answers that went beside
        self.lost_seconds = 0.0  # the platform asked for a rest; the other processes are to be told

    @property
    def opens_at(self) -> float:
        """The moment of the next turn."""
        return self.reserved[0] if self.reserved else float("inf")

    def take(self, now: float) -> None:
        """The turn is used."""
        self.reserved.popleft()

    def forget_missed(self, now: float) -> None:
        """A turn that nobody was ready for is over: used later it would come on top of another's."""
        while self.reserved and self.reserved[0] < now - self.interval:
            self.reserved.popleft()

    def pass_by(self, now: float) -> None:
        """An answer went; the next to reserve pays for it, but not for ever."""
        self.owed = min(self.owed + 1, MOST_AHEAD)


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
