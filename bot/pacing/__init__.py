"""How fast we speak: the one component that every outgoing call passes, answers to people first.

A platform's limit for everything holds for what arrives there in any second, evenly and without a burst; a chat's
limit by the moments of its last messages, exactly. Library limiters let a burst come on top: 59 sends in the worst
second of a limit of 30.
The documented limits are "about" and mean bulk: an answer to somebody who waits goes at once and is counted, so
that the outbox gives way; what the platform itself asks for (429) holds back both.
"""

from bot.pacing.gates import LIMITS, MOST_AHEAD, SHORT_SECONDS, Gate, Limit, Limits, Turn
from bot.pacing.lane import Lane, Waiter
from bot.pacing.pace import Pace
from bot.pacing.shared import SharedPace

__all__ = [
    "LIMITS",
    "MOST_AHEAD",
    "SHORT_SECONDS",
    "Gate",
    "Lane",
    "Limit",
    "Limits",
    "Pace",
    "SharedPace",
    "Turn",
    "Waiter",
]
