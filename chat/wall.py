"""What a time on the clock on the wall means, also on the days when that clock is changed."""

from datetime import UTC, date, datetime, time
from enum import Enum
from zoneinfo import ZoneInfo


class Oddity(Enum):
    """How the change of the clock touches a time."""

    SKIPPED = "skipped"  # no clock shows it: put forward over it
    TWICE = "twice"  # the clock shows it, is put back, and shows it again


def moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """That time in UTC: where the clock shows it twice the first, where it skips it as much later as it jumps."""
    return datetime.combine(day, clock.replace(fold=0), zone).astimezone(UTC)  # what fold=0 means: PEP 495


def oddity(day: date, clock: time, zone: ZoneInfo) -> Oddity | None:
    """What somebody who named that time may not know of it; nearly always None."""
    first, second = (datetime.combine(day, clock.replace(fold=fold), zone).utcoffset() for fold in (0, 1))
    if first is None or second is None or first == second:
        return None
    return Oddity.SKIPPED if first < second else Oddity.TWICE
