"""Rate limits and faults of the local Discord."""

from __future__ import annotations

import math
import re
from collections import Counter, deque
from dataclasses import dataclass, field
from enum import StrEnum

from tests.servers.discord_checks import ApiError
from tests.servers.discord_state import Json

WIDE = (10_000, 1.0)  # requests, seconds: told to the client while nothing is enforced
REAL = (5, 5.0)


@dataclass
class Bucket:
    """A window of so many requests."""

    ends: float = 0.0
    used: int = 0

    def take(self, now: float, limit: int, seconds: float) -> float:
        """0 when the request may go; else the seconds until it may."""
        if now >= self.ends:
            self.ends, self.used = now + seconds, 0
        if self.used >= limit:
            return self.ends - now
        self.used += 1
        return 0.0


class Limits:
    """The buckets a channel has, and the one for everything.

    Not `enforced`, the headers tell of room enough; without `headers` they are missing.
    """

    def __init__(self) -> None:
        """Nothing is limited."""
        self.enforced = False
        self.headers = True
        self.each_second = 50
        self.bucket = REAL
        self.refused = 0
        self._all = Bucket()
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def check(self, route: str, about: str, now: float) -> dict[str, str]:
        """The headers of an answer; ApiError 429 when the request comes too early."""
        if self.enforced and not route.endswith("/callback"):
            self._check_all(now)
        limit, seconds = self.bucket if self.enforced else WIDE
        bucket = self._buckets.setdefault((route, about), Bucket())
        early = bucket.take(now, limit, seconds)
        made = self._headers(route, bucket, limit, now)
        if early:
            raise self.too_many(early, made | {"X-RateLimit-Scope": "user"})
        return made

    def _check_all(self, now: float) -> None:
        early = self._all.take(now, self.each_second, 1.0)
        if early:
            raise self.too_many(
                early, {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}, everywhere=True
            )

    def _headers(self, route: str, bucket: Bucket, limit: int, now: float) -> dict[str, str]:
        if not self.headers:
            return {}
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(limit - bucket.used),
            "X-RateLimit-Reset": f"{bucket.ends:.3f}",
            "X-RateLimit-Reset-After": f"{max(bucket.ends - now, 0.001):.3f}",
            "X-RateLimit-Bucket": f"{hash(route) & 0xFFFFFFFF:08x}",
        }

    def too_many(self, seconds: float, headers: dict[str, str], *, everywhere: bool = False) -> ApiError:
        """A 429 as Discord itself sends it (with Via)."""
        self.refused += 1
        body = {"retry_after": math.ceil(seconds * 1000) / 1000, "global": everywhere}
        error = ApiError(429, 0, "You are being rate limited.", **body)
        error.headers = headers | {"Via": "1.1 discord", "Retry-After": str(math.ceil(seconds))}
        return error


class Fault(StrEnum):
    """What can go wrong with a request."""

    DROPPED_AFTER = "the effect happened, the answer was lost"
    DROPPED_BEFORE = "nothing happened, the connection was cut"
    ERROR = "refused with `error`"
    SLOW = "answered after `seconds`"


@dataclass
class Planned:
    """A fault that meets the next `times` requests whose route matches."""

    kind: Fault
    pattern: re.Pattern[str]
    times: int = 1
    seconds: float = 0.0
    error: ApiError | None = None


@dataclass
class Faults:
    """The faults to come, and what was requested so far."""

    planned: list[Planned] = field(default_factory=list)
    requests: Counter[str] = field(default_factory=Counter)
    bodies: deque[tuple[str, Json]] = field(default_factory=lambda: deque(maxlen=5000))

    def next(self, route: str) -> Planned | None:
        """The fault that meets this request."""
        for one in self.planned:
            if one.times > 0 and one.pattern.search(route):
                one.times -= 1
                return one
        return None
