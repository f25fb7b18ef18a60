"""When a platform cannot be reached at all, one delivery from time to time finds out whether it is back."""

import random
from dataclasses import dataclass

BROKEN_AFTER = 3  # failures in a row that are the platform's, not the message's
BROKEN_CAP_SECONDS = 60.0


@dataclass(slots=True)
class Breaker:
    """Stops a lane on which nothing gets through; from time to time one delivery tries it."""

    failures: int = 0
    closed_until: float = float("-inf")

    @property
    def is_open(self) -> bool:
        """True while failures say nothing about the message."""
        return self.failures >= BROKEN_AFTER

    def failed(self, now: float) -> None:
        """A connection was not made."""
        self.failures += 1
        if self.is_open:
            rest = min(BROKEN_CAP_SECONDS, 2.0 ** (self.failures - BROKEN_AFTER))
            self.closed_until = now + rest * random.uniform(0.5, 1)  # noqa: S311 - spreads tries, guards nothing

    def worked(self) -> None:
        """Something got through."""
        self.failures = 0
