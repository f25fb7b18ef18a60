"""The days that somebody asks about."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from texts import Translator, dates
from texts.questions import Question

FRIDAY, SATURDAY = 4, 5
FOREVER = datetime(9000, 1, 1, tzinfo=UTC)

ABOUT_DAYS = {"today", "tomorrow", "day", "weekend", "week", "next_week", "upcoming", "next"}  # intents


@dataclass(frozen=True, slots=True)
class Span:
    """The days that are asked about, both counted in; `last` None: everything ahead. `of`: one association's."""

    first: date
    last: date | None
    kind: str = ""
    of: int = 0

    def packed(self, page: int) -> str:
        """The span as a button carries it."""
        return f"{self.first}:{self.last or ''}:{self.kind}:{page}:{self.of}"


def unpacked(argument: str) -> tuple[Span, int]:
    """The span and page that `packed` made."""
    first, last, kind, page, *of = argument.split(":")  # buttons of earlier messages end with the page
    span = Span(date.fromisoformat(first), date.fromisoformat(last) if last else None, kind, int(*of))
    return span, int(page)


def week_of(today: date) -> Span:
    """The current week; from Friday on what is left of it and all of the next."""
    monday = today - timedelta(days=today.weekday())
    if today.weekday() >= FRIDAY:
        return Span(today, monday + timedelta(days=13))
    return Span(monday, monday + timedelta(days=6))


def asked_about(question: Question, today: date) -> Span:
    """The days that a question in free text is about."""
    kind = question.kind or ""
    monday = today - timedelta(days=today.weekday())
    saturday = max(today, monday + timedelta(days=SATURDAY))
    ahead = today + timedelta(days=((question.weekday or 0) - today.weekday()) % 7)
    spans = {
        "today": (today, today),
        "tomorrow": (today + timedelta(days=1), today + timedelta(days=1)),
        "day": (ahead, ahead),
        "weekend": (saturday, monday + timedelta(days=6)),
        "week": (week_of(today).first, week_of(today).last),
        "next_week": (monday + timedelta(days=7), monday + timedelta(days=13)),
    }
    first, last = spans.get(question.intent, (today, None))
    return Span(first, last, kind)


def bounds(span: Span, t: Translator) -> tuple[datetime, datetime]:
    """From when to before when."""
    start = datetime.combine(span.first, time.min, t.zone)
    if span.last is None:
        return start, FOREVER
    return start, datetime.combine(span.last + timedelta(days=1), time.min, t.zone)


def in_words(span: Span, t: Translator, now: datetime) -> str:
    """23–29 november; one day by its name; empty for everything ahead."""
    if span.last is None:
        return ""
    if span.first == span.last:
        noon = datetime.combine(span.first, time(12), t.zone)
        return dates.relative_day(noon, t, now=now)
    return dates.day_span(span.first, span.last, t)
