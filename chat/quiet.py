"""Quiet hours: when nothing may make a sound unasked."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from chat import wall

DAY = timedelta(days=1)
_FORM = re.compile(r"([01]?\d|2[0-3])(?::?([0-5]\d))?\s*[-–]\s*([01]?\d|2[0-3])(?::?([0-5]\d))?")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `end`, wall clock, usually over midnight; never equal."""

    start: time
    end: time


def parse(text: str) -> QuietHours | None:
    """Quiet hours as "21-08" or "21:30-07"; None for none. ValueError when it is neither."""
    if not text.strip():
        return None
    found = _FORM.fullmatch(text.strip())
    if not found:
        raise ValueError("quiet hours look like 21-08")
    start, end = time(int(found[1]), int(found[2] or 0)), time(int(found[3]), int(found[4] or 0))
    return None if start == end else QuietHours(start, end)


def allowed_from(moment: datetime, hours: QuietHours | None, zone: ZoneInfo) -> datetime:
    """The first moment from `moment` on that is not quiet."""
    found = quiet_around(moment, hours, zone)
    return found[1] if found else moment


def quiet_around(moment: datetime, hours: QuietHours | None, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """From when until when it is quiet around `moment`, in UTC; None when it is not.

    On the days when the clock is changed both ends mean what `wall.moment` says.
    """
    if hours is None:
        return None
    today = moment.astimezone(zone).date()
    for first in (today - DAY, today):
        last = first if hours.start < hours.end else first + DAY
        begins, ends = wall.moment(first, hours.start, zone), wall.moment(last, hours.end, zone)
        if begins <= moment < ends:
            return begins, ends
    return None
