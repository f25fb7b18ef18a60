"""The state machine of deliveries, by itself: every error, every kind, any time of day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.decisions import (
    CAP_SECONDS,
    MOST_ATTEMPTS,
    Facts,
    Reason,
    after_a_death,
    allowed_at,
    before,
    failed,
    uncertain,
)
from chat.address import Platform
from chat.quiet import parse, quiet_around
from chat.sending import MessageGone, Moved, NotSent, Paused, Refused, SendError, Uncertain, Unreachable
from db.models import TO_ONE, Level, PostKind, State
from tests.room import NOW, STOCKHOLM

CALL = Facts(
    kind=PostKind.CALL,
    platform=Platform.TELEGRAM,
    to_person=True,
    attempt=0,
    not_before=NOW,
    expires_at=NOW + timedelta(days=2),
    usable=True,
    consent="yes",
    quiet_hours="21-08",
)
NIGHT = datetime(2026, 11, 22, 23, 0, tzinfo=STOCKHOLM)
MIDNIGHT = datetime(2026, 11, 23, tzinfo=STOCKHOLM)
MORNING = datetime(2026, 11, 23, 8, 0, tzinfo=STOCKHOLM)
ERRORS = [
    NotSent(), Uncertain(), Refused(), Unreachable(), MessageGone(), Paused(30), Paused(30, everywhere=True),
    Moved("-1"), SendError(),
]  # fmt: skip
NEVER_RESENT = (PostKind.DIGEST, PostKind.WELCOME, PostKind.ANNOUNCEMENT)


def fail(facts: Facts, error: SendError, *, luck: float = 1.0, broken: bool = False, now: datetime = NOW):
    """What follows."""
    return failed(facts, error, now, STOCKHOLM, luck=luck, broken=broken)


@given(st.integers(0, MOST_ATTEMPTS + 5), st.floats(0, 1))
def test_retries_spread_and_end(attempt, luck):
    """No account is retried for ever, nor later than a quarter of an hour at a time."""
    following = fail(replace(CALL, attempt=attempt, quiet_hours=""), NotSent(), luck=luck)

    if (attempt + 1) % MOST_ATTEMPTS == 0:
        assert (following.state, following.reason) == (State.DEAD, Reason.EXHAUSTED)
        assert following.next_account
        return
    assert following.state is State.READY
    assert following.charged
    assert following.not_before is not None
    assert (
        timedelta(0)
        <= following.not_before - NOW
        <= timedelta(seconds=min(CAP_SECONDS, 2.0 ** ((attempt + 1) % 8)))
    )


def test_those_who_failed_together_come_back_one_by_one():
    """Full jitter: a platform that recovers is not hit by everybody at once."""
    moments = [
        fail(replace(CALL, attempt=3, quiet_hours=""), NotSent(), luck=luck).not_before for luck in (0.0, 0.5, 1)
    ]

    assert moments == [NOW, NOW + timedelta(seconds=8), NOW + timedelta(seconds=16)]


def test_a_broken_platform_charges_nobody():
    """The message is not to blame for an outage."""
    following = fail(replace(CALL, attempt=MOST_ATTEMPTS), NotSent(), broken=True)

    assert (following.state, following.charged) == (State.READY, False)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("kind", list(PostKind))
def test_only_what_may_be_doubled_is_sent_twice(error, kind):
    """After "perhaps sent" a second doubt holds everything that is not idempotent."""
    marked = replace(CALL, kind=kind, reason=Reason.AGAIN, since=NOW - timedelta(seconds=5))

    following = fail(marked, error)

    if isinstance(error, Uncertain | MessageGone) or type(error) is SendError:
        assert (following.state, following.reason) == (State.HELD, Reason.UNCERTAIN)
    if following.state is State.READY:
        assert (following.reason, following.since) == (Reason.AGAIN, marked.since)


@pytest.mark.parametrize("kind", list(PostKind))
def test_the_first_doubt_is_decided_by_kind(kind):
    """Calls, changes and answers once more; a digest waits for a person."""
    following = uncertain(replace(CALL, kind=kind), NOW, STOCKHOLM)

    assert (following.state is State.HELD) == (kind in NEVER_RESENT)


@pytest.mark.parametrize(
    ("left", "state"), [(timedelta(minutes=31), State.READY), (timedelta(minutes=30), State.HELD)]
)
def test_a_reminder_is_repeated_only_while_it_helps(left, state):
    """Half an hour before, most are on their way."""
    facts = replace(CALL, kind=PostKind.REMINDER, expires_at=NOW + left)

    assert uncertain(facts, NOW, STOCKHOLM).state is state


@pytest.mark.parametrize(("seconds", "state"), [(102, State.READY), (103, State.HELD)])
def test_discord_knows_a_nonce_for_two_minutes(seconds, state):
    """A try after 2 s that arrives in 15 s, within them, is the first again; later it is a second message."""
    since = NOW - timedelta(seconds=seconds)
    facts = replace(CALL, platform=Platform.DISCORD, reason=Reason.AGAIN, since=since)

    assert uncertain(facts, NOW, STOCKHOLM).state is state


@pytest.mark.parametrize(("kind", "state"), [(PostKind.DIGEST, State.HELD), (PostKind.CALL, None)])
def test_what_waited_too_long_to_be_repeated_is_held(kind, state):
    """A retry that was to be harmless is not, once Discord has forgotten the nonce."""
    since = NOW - timedelta(minutes=3)
    facts = replace(CALL, kind=kind, platform=Platform.DISCORD, reason=Reason.AGAIN, since=since)

    following = before(facts, NOW, STOCKHOLM)

    assert (following.state if following else None) is state


def test_a_crash_in_the_evening_wakes_nobody_at_night():
    """The process is back at eleven; the call goes out in the morning."""
    following = after_a_death(CALL, NIGHT, STOCKHOLM)

    assert (following.state, following.not_before) == (State.READY, MORNING)


@pytest.mark.parametrize(("kind", "state"), [(PostKind.DIGEST, State.HELD), (PostKind.CALL, State.DEAD)])
@pytest.mark.parametrize("usable", [True, False])
def test_what_may_have_arrived_here_goes_nowhere_else_unless_worth_it(kind, state, usable):
    """Perhaps it stood on Discord before the door was closed: the same digest on Telegram would be the second."""
    facts = replace(CALL, kind=kind, reason=Reason.AGAIN, since=NOW, platform=Platform.DISCORD, usable=usable)

    following = fail(facts, Unreachable()) if usable else before(facts, NOW, STOCKHOLM)

    assert following is not None
    assert (following.state, following.next_account, following.since) == (state, state is State.DEAD, NOW)


@pytest.mark.parametrize("platform", list(Platform))
def test_a_second_death_holds_it(platform):
    """A message that kills the process twice is looked at by a person."""
    facts = replace(CALL, platform=platform, reason=Reason.AGAIN, since=NOW)

    assert after_a_death(facts, NOW, STOCKHOLM).state is State.HELD


def test_a_retry_keeps_quiet_hours():
    """Sent at nine in the evening for the second time is still at night."""
    late = datetime(2026, 11, 22, 20, 59, 59, tzinfo=STOCKHOLM)

    following = fail(replace(CALL, not_before=late), NotSent(), now=late)

    assert following.not_before == MORNING


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, MORNING),
        ({"to_person": False}, NIGHT),
        ({"kind": PostKind.PERSONAL}, NIGHT),
        ({"kind": PostKind.CHANGE, "starts_at": NIGHT + timedelta(hours=24)}, NIGHT),
        ({"kind": PostKind.CHANGE, "starts_at": NIGHT + timedelta(hours=25)}, MORNING),
        ({"kind": PostKind.REMINDER, "starts_at": NIGHT + timedelta(hours=2)}, NIGHT),  # never, else
        ({"kind": PostKind.REMINDER, "starts_at": NIGHT + timedelta(hours=20), "expires_at": MIDNIGHT}, MORNING),
        ({"quiet_hours": ""}, NIGHT),
        ({"quiet_hours": "00-06"}, NIGHT),
        ({"not_before": NIGHT}, NIGHT),
        ({"expires_at": MORNING}, NIGHT),
    ],
)
def test_who_may_be_woken(changes, expected):
    """Only by what cannot wait, or what was meant for the night."""
    assert allowed_at(replace(CALL, **changes), NIGHT, STOCKHOLM) == expected


@pytest.mark.parametrize(
    ("changes", "state", "reason"),
    [
        ({"expires_at": NOW}, State.EXPIRED, Reason.EXPIRED),
        ({"cancelled": True}, State.CANCELLED, Reason.CANCELLED),
        ({"cancelled": True, "kind": PostKind.REMINDER}, State.CANCELLED, Reason.CANCELLED),
        ({"usable": False}, State.DEAD, Reason.UNREACHABLE),
        ({"usable": False, "to_person": False}, State.DEAD, Reason.CHAT_GONE),
        ({"consent": "no"}, State.CANCELLED, Reason.CONSENT),
        ({"consent": "no", "kind": PostKind.ANNOUNCEMENT}, State.CANCELLED, Reason.CONSENT),
        ({"to_person": False, "consent": None, "level": Level.OPEN, "open": False}, State.CANCELLED, Reason.LEVEL),
    ],
)
def test_what_is_not_sent_at_all(changes, state, reason):
    """The world has changed since it was queued."""
    following = before(replace(CALL, **changes), NOW, STOCKHOLM)

    assert following is not None
    assert (following.state, following.reason) == (state, reason)


@pytest.mark.parametrize(("kind", "moves"), [(PostKind.CALL, True), (PostKind.DIGEST, False)])
def test_what_may_stand_where_its_person_said_no_does_not_come_twice(kind, moves):
    """A lost answer on Discord, then a no there: only what is worth twice moves on."""
    facts = replace(CALL, kind=kind, platform=Platform.DISCORD, reason=Reason.AGAIN, since=NOW, consent="no")

    following = before(facts, NOW, STOCKHOLM)

    assert following is not None
    assert (following.state, following.next_account, following.since) == (State.CANCELLED, moves, NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"cancelled": True, "kind": PostKind.CANCELLATION},
        {"consent": "no", "kind": PostKind.REMINDER},
        {"consent": "no", "kind": PostKind.ANNOUNCEMENT, "by_signup": True},
        {"consent": "unasked", "kind": PostKind.CHANGE},
        {"to_person": False, "consent": None, "level": Level.INTERNAL, "open": False},
        {"to_person": False, "consent": None, "level": Level.OPEN},
    ],
)
def test_what_goes(changes):
    """A cancellation reaches those who come, whatever they said about calls."""
    assert before(replace(CALL, **changes), NOW, STOCKHOLM) is None


@given(
    st.sampled_from(list(PostKind)),
    st.sampled_from(ERRORS),
    st.timedeltas(timedelta(0), timedelta(days=1)),
    st.floats(0, 1),
)
def test_no_retry_lands_in_quiet_hours(kind, error, passed, luck):
    """Whatever went wrong, nobody is woken by the second try of what need not wake them."""
    now = NOW + passed
    hours = parse("21-08")
    assert hours is not None
    daytime = now if quiet_around(now, hours, STOCKHOLM) is None else NOW
    facts = replace(CALL, kind=kind, not_before=daytime)

    following = failed(facts, error, now, STOCKHOLM, luck=luck, broken=False)

    if kind in TO_ONE or isinstance(error, Moved):
        return
    if following.not_before is not None:
        assert quiet_around(following.not_before, hours, STOCKHOLM) is None
