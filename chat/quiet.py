"""Quiet hours: when nothing may make a sound unasked."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

_FORM = re.compile(r"([01]?\d|2[0-3])(?::?([0-5]\d))?\s*[-–]\s*([01]?\d|2[0-3])(?::?([0-5]\d))?")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `end`, wall clock, usually over midnight."""

    start: time
    end: time

    def covers(self, moment: time) -> bool:
        """True when that wall-clock time is quiet."""
        if self.start <= self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


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
    """The first moment from `moment` on that is not quiet, in UTC."""
    local = moment.astimezone(zone)
    if hours is None or not hours.covers(local.time()):
        return moment
    day = local.date() + timedelta(days=1) if local.time() >= hours.end else local.date()
    return datetime.combine(day, hours.end, zone).astimezone(moment.tzinfo)


def quiet_since(moment: datetime, hours: QuietHours | None, zone: ZoneInfo) -> datetime:
    """The start of the quiet hours that `moment` is in; `moment` itself when it is not quiet."""
    local = moment.astimezone(zone)
    if hours is None or not hours.covers(local.time()):
        return moment
    day = local.date() if local.time() >= hours.start else local.date() - timedelta(days=1)
    return datetime.combine(day, hours.start, zone).astimezone(moment.tzinfo)
