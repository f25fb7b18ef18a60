"""The state machine of a delivery: what follows from what became of a try. Pure; lane and ledger obey.

`MOVES` says why each move happens; docs/delivery.md is drawn from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from chat.address import Platform
from chat.quiet import allowed_from, parse
from chat.sending import Moved, NotSent, Paused, Refused, SendError, Unreachable
from db.models import TO_ONE, Consent, Level, PostKind, State

MOST_ATTEMPTS = 8
BASE_SECONDS, CAP_SECONDS = 2.0, 900.0
NEAR = timedelta(hours=24)  # a change of something this near is told at any hour
STILL_USEFUL = timedelta(minutes=30)
SEND_SECONDS = 15.0  # nothing is longer on its way: then its end is uncertain
# How long a platform takes a message with the same nonce for the same message.
KNOWS_NONCE: Mapping[Platform, timedelta] = {Platform.DISCORD: timedelta(minutes=2), Platform.TRY: timedelta.max}
SENT_ONCE_MORE = TO_ONE | {PostKind.CALL, PostKind.CHANGE, PostKind.CANCELLATION}
NEEDS_CONSENT = frozenset({PostKind.CALL, PostKind.DIGEST, PostKind.ANNOUNCEMENT})  # unless by signup
ENDS_WITH_ACTIVITY = frozenset({PostKind.CALL, PostKind.REMINDER})
MAY_BREAK_QUIET = frozenset({PostKind.CHANGE, PostKind.CANCELLATION})

_LATE = "its worker was given up, and then says that it arrived"
MOVES: Mapping[State, Mapping[State, str]] = {
    State.READY: {
        State.CLAIMED: "it is due",
        State.HELD: "a backup was restored, and it was due before",
        State.EXPIRED: "HOLD is over, and it speaks of another day",
        State.CANCELLED: "called off",
        State.SENT: _LATE,
    },
    State.CLAIMED: {
        State.SENDING: "the intent to send is committed",
        State.READY: "its chat, platform or the night asks to wait; its worker ended; on to another account",
        State.HELD: "perhaps sent before, and now it would come twice",
        State.DEAD: "its account or chat takes nothing, or it cannot be read",
        State.EXPIRED: "too late to be of use",
        State.CANCELLED: "called off, or not wanted any more",
        State.SENT: _LATE,
    },
    State.SENDING: {
        State.SENT: "it is on the platform",
        State.READY: "surely not sent: later, or on another account; perhaps sent: once more, where that is right",
        State.HELD: "perhaps sent, and not to be sent twice; a backup was restored",
        State.DEAD: "refused, out of reach, or tried too often",
        State.CANCELLED: "called off meanwhile, and it did not land",
    },
    State.HELD: {
        State.READY: "a person sends it once more",
        State.CANCELLED: "called off",
        State.SENT: _LATE,
    },
    State.DEAD: {State.SENT: _LATE},
    State.EXPIRED: {State.SENT: _LATE},
    State.CANCELLED: {State.SENT: _LATE},
    State.SENT: {},
}


class Reason(StrEnum):
    """Why a delivery stands where it stands: the words of the column `reason`."""

    AGAIN = "again"  # perhaps on the platform already; being sent once more
    UNCERTAIN = "uncertain"  # perhaps sent; a person decides
    LEFT = "left"  # perhaps sent; an organiser let it be
    EXHAUSTED = "exhausted"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    CHAT_GONE = "chat_gone"
    CONSENT = "consent"
    CANCELLED = "cancelled"
    LEVEL = "level"
    EXPIRED = "expired"
    BROKEN = "broken"  # its row or its post cannot be read
    RESTORED = "restored"  # was due before a backup was restored: perhaps sent; a person decides


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a delivery when it is claimed.

    `since`: from when on the platform may have it, from a try whose end nobody saw. `usable`: its account or chat
    takes messages. For chats `consent` is None, for persons `level` is. `by_signup`: the signup asks for it.
    """

    kind: PostKind
    platform: Platform
    to_person: bool
    attempt: int
    not_before: datetime
    expires_at: datetime | None
    usable: bool
    reason: str | None = None
    since: datetime | None = None
    consent: str | None = None
    quiet_hours: str = ""
    level: str | None = None
    open: bool = True  # the activity, when there is one
    cancelled: bool = False
    starts_at: datetime | None = None
    by_signup: bool = False


@dataclass(frozen=True, slots=True)
class Next:
    """Where the delivery goes, and what else becomes true in the same transaction.

    `charged`: the try counts. `next_account`: another account of the person takes it over when there is one.
    `chat_gone`, `moved_to`: what was learnt of the chat. `since`: as in Facts.
    """

    state: State
    reason: Reason | None = None
    not_before: datetime | None = None
    charged: bool = True
    next_account: bool = False
    chat_gone: bool = False
    moved_to: str = ""
    since: datetime | None = None
    message_id: str | None = None


def before(facts: Facts, now: datetime, zone: ZoneInfo) -> Next | None:
    """What keeps a claimed delivery from being tried now; None when nothing does."""
    if facts.expires_at is not None and facts.expires_at <= now:
        return Next(State.EXPIRED, Reason.EXPIRED)
    if facts.cancelled and facts.kind in ENDS_WITH_ACTIVITY:
        return Next(State.CANCELLED, Reason.CANCELLED)
    if _would_double(facts, now):
        return Next(State.HELD, Reason.UNCERTAIN, since=facts.since)
    if (unwanted := _unwanted(facts, now)) is not None:
        return unwanted
    allowed = allowed_at(facts, now, zone)
    return None if allowed <= now else _ready(facts, allowed)


def _unwanted(facts: Facts, now: datetime) -> Next | None:
    """Why its recipient must not or cannot have it."""
    if not facts.usable:
        return _elsewhere(facts, _closed(facts), now)
    if facts.consent == Consent.NO and facts.kind in NEEDS_CONSENT and not facts.by_signup:
        return Next(State.CANCELLED, Reason.CONSENT, next_account=not _is_only_once(facts, now), since=facts.since)
    if facts.level == Level.OPEN and not facts.open:
        return Next(State.CANCELLED, Reason.LEVEL)
    return None


def allowed_at(facts: Facts, moment: datetime, zone: ZoneInfo) -> datetime:
    """The first moment from `moment` on at which the person may hear it; their quiet hours move it.

    What was planned to go out in quiet hours was meant to, and what would be of no use after them does not wait.
    """
    if not facts.to_person or facts.kind in TO_ONE:
        return moment
    if facts.kind in MAY_BREAK_QUIET and facts.starts_at is not None and facts.starts_at - moment <= NEAR:
        return moment
    hours = parse(facts.quiet_hours)
    if allowed_from(facts.not_before, hours, zone) != facts.not_before:
        return moment
    allowed = allowed_from(moment, hours, zone)
    # A reminder whose words are over at midnight is said anew in those of the day.
    ends = facts.starts_at if facts.kind is PostKind.REMINDER else facts.expires_at
    return moment if ends is not None and allowed >= ends else allowed


def sent(message_id: str, now: datetime) -> Next:
    """It is on the platform."""
    return Next(State.SENT, message_id=message_id, since=now)


def waits(facts: Facts, seconds: float, now: datetime, zone: ZoneInfo) -> Next:
    """It was not tried: its chat or its platform rests that long."""
    return _ready(facts, allowed_at(facts, now + timedelta(seconds=seconds), zone))


def failed(facts: Facts, error: SendError, now: datetime, zone: ZoneInfo, *, luck: float, broken: bool) -> Next:
    """What follows from a failed try; any error that is not known means: perhaps sent.

    `luck` from 0 to 1 spreads the retries. `broken`: nothing gets through on this platform.
    """
    match error:
        case Paused():
            return waits(facts, error.seconds, now, zone)
        case Moved():
            return replace(_ready(facts, now), moved_to=error.new_id)
        case NotSent():
            return _later(facts, now, zone, luck=luck, broken=broken)
        case Refused() | Unreachable():
            return _never(facts, error, now)
    return uncertain(facts, now, zone)


def _never(facts: Facts, error: Refused | Unreachable, now: datetime) -> Next:
    if isinstance(error, Refused):
        return Next(State.DEAD, Reason.REFUSED)
    return replace(_elsewhere(facts, _closed(facts), now), chat_gone=not facts.to_person)


def _closed(facts: Facts) -> Reason:
    return Reason.UNREACHABLE if facts.to_person else Reason.CHAT_GONE


def _elsewhere(facts: Facts, reason: Reason, now: datetime) -> Next:
    """Another account of the person takes it over, unless it may stand on this one and must not come twice."""
    if _is_only_once(facts, now):
        return Next(State.HELD, Reason.UNCERTAIN, since=facts.since)
    return Next(State.DEAD, reason, next_account=facts.to_person, since=facts.since)


def _later(facts: Facts, now: datetime, zone: ZoneInfo, *, luck: float, broken: bool) -> Next:
    """Full jitter, so that those who failed together do not come back together. Each account has its tries."""
    tried = (facts.attempt + 1) % MOST_ATTEMPTS
    if tried == 0 and not broken:
        return _elsewhere(facts, Reason.EXHAUSTED, now)
    seconds = luck * min(CAP_SECONDS, BASE_SECONDS * 2.0 ** ((tried or MOST_ATTEMPTS) - 1))
    allowed = allowed_at(facts, now + timedelta(seconds=seconds), zone)
    return Next(State.READY, _kept(facts), allowed, charged=not broken, since=facts.since)


def uncertain(facts: Facts, now: datetime, zone: ZoneInfo) -> Next:
    """Perhaps sent: once more where that cannot double it, or where silence is worse than twice; else held."""
    since = facts.since or now
    later = allowed_at(facts, now + timedelta(seconds=BASE_SECONDS * (facts.attempt + 1)), zone)
    first_time = facts.reason != Reason.AGAIN and _is_worth_twice(facts, now)
    if (_knows_nonce(facts.platform, since, later) or first_time) and facts.attempt + 1 < MOST_ATTEMPTS:
        return Next(State.READY, Reason.AGAIN, later, since=since)
    return Next(State.HELD, Reason.UNCERTAIN, since=since)


def after_a_death(facts: Facts, now: datetime, zone: ZoneInfo) -> Next:
    """The process died while it was being sent: uncertain, and held at the second death in a row."""
    if facts.reason == Reason.AGAIN:
        return Next(State.HELD, Reason.UNCERTAIN, since=facts.since)
    return uncertain(facts, now, zone)


def _knows_nonce(platform: Platform, since: datetime, moment: datetime) -> bool:
    """True when a try that begins at that moment cannot make a second message, however long it is on its way."""
    return moment - since + timedelta(seconds=SEND_SECONDS) < KNOWS_NONCE.get(platform, timedelta(0))


def _would_double(facts: Facts, now: datetime) -> bool:
    """True when it waited so long to be sent again that it might come twice, and must not."""
    return _is_only_once(facts, now) and not _knows_nonce(facts.platform, facts.since or now, now)


def _is_only_once(facts: Facts, now: datetime) -> bool:
    """True when it may be there already, and twice is worse than never."""
    return facts.reason == Reason.AGAIN and facts.since is not None and not _is_worth_twice(facts, now)


def _is_worth_twice(facts: Facts, now: datetime) -> bool:
    if facts.kind is PostKind.REMINDER:
        return facts.expires_at is not None and facts.expires_at - now > STILL_USEFUL
    return facts.kind in SENT_ONCE_MORE


def _ready(facts: Facts, moment: datetime) -> Next:
    return Next(State.READY, _kept(facts), moment, charged=False, since=facts.since)


def _kept(facts: Facts) -> Reason | None:
    """A delivery that may have arrived before stays marked so, whatever becomes of later tries."""
    return Reason.AGAIN if facts.reason == Reason.AGAIN else None
