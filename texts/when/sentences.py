"""What to ask when a date was not clear, as a sentence."""

from collections.abc import Callable
from datetime import datetime

from markupsafe import Markup

from texts import Translator, dates, sentence
from texts.when.values import Choose, Problem, Question

CHOICES: dict[Question, str] = {
    "year": sentence("That day has already been this year. Do you mean next year?"),
    "clock": sentence("In the morning or in the evening?"),
    "week": sentence("Which of these days do you mean?"),
    "skipped": sentence("There is no such time that day: the clock is put forward. Do you mean this one?"),
    "twice": sentence("There are two such times that day: the clock is put back. Do you mean the first?"),
}


def explain(result: Choose | Problem, t: Translator, *, now: datetime) -> Markup:
    """The question to the writer; the moments of a `Choose` belong on buttons beside it."""
    if isinstance(result, Choose):
        return _choice(result, t)
    if result.rest and result.kind in {"no_clock", "not_understood"}:
        return _left_over(result, t, now)
    return SENTENCES[result.kind](result, t, now)


def choice_label(at: datetime, t: Translator, *, now: datetime) -> str:
    """Lördag 28 november kl. 14.00, for a button."""
    return dates.capital(dates.day_and_time(at, t, now=now))


def _choice(result: Choose, t: Translator) -> Markup:
    if result.question == "rest":
        return t("I did not understand “{words}”. Do you mean this time?", words=result.rest)
    if result.question == "weekday":
        return _wrong_weekday(result, t)
    return t(CHOICES[result.question])


def _wrong_weekday(result: Choose, t: Translator) -> Markup:
    written = result.written or result.candidates[0].date()
    weekday = dates.weekday_names(t.language)[written.weekday()]
    return t(
        "{date} is a {weekday}. Which day do you mean?",
        date=dates.day_span(written, written, t),
        weekday=weekday,
    )


def _left_over(result: Problem, t: Translator, now: datetime) -> Markup:
    if result.days:
        day = dates.plain_day(result.days[0], t, year=result.days[0].year != now.astimezone(t.zone).year)
        return t("I understood {day} but not “{words}”. What time?", day=day, words=result.rest)
    return t(
        "I did not understand “{words}”. Write for example “Thursday at 18:00” or “3/12 18:00”.",
        words=result.rest,
    )


def _no_such_date(result: Problem, t: Translator, now: datetime) -> Markup:
    day, month, year = result.said or (0, 0, None)
    months = dates.month_names(t.language)
    words = f"{day} {months[month - 1]}" if 1 <= month <= len(months) else f"{day}/{month}"
    return t("There is no {day}. Which day will it be?", day=f"{words} {year}" if year else words)


def _past(result: Problem, t: Translator, now: datetime) -> Markup:
    if not result.days:
        return t("That time has already been. When will it be?")
    today = now.astimezone(t.zone).date()
    day = dates.capital(dates.plain_day(result.days[0], t, year=result.days[0].year != today.year))
    if result.days[0] < today:
        return t("{day} has already been. When will it be?", day=day)
    return t("{day} has already been at that time. When will it be?", day=day)


def _no_clock(result: Problem, t: Translator, now: datetime) -> Markup:
    day = result.days[0]
    return t("What time on {day}?", day=dates.plain_day(day, t, year=day.year != now.astimezone(t.zone).year))


def _which_day(result: Problem, t: Translator, now: datetime) -> Markup:
    days = [dates.plain_day(day, t, year=day.year != now.astimezone(t.zone).year) for day in result.days]
    return t("{day} or {other}? Write the day and the time.", day=dates.capital(days[0]), other=days[-1])


def _no_day(result: Problem, t: Translator, now: datetime) -> Markup:
    return t("Which day?")


def _no_such_clock(result: Problem, t: Translator, now: datetime) -> Markup:
    return t("I did not understand the time. Write it for example as 18:00.")


def _not_understood(result: Problem, t: Translator, now: datetime) -> Markup:
    return t("When? Write for example “Thursday at 18:00” or “3/12 18:00”.")


SENTENCES: dict[str, Callable[[Problem, Translator, datetime], Markup]] = {
    "no_such_date": _no_such_date,
    "no_such_clock": _no_such_clock,
    "past": _past,
    "no_clock": _no_clock,
    "which_day": _which_day,
    "no_day": _no_day,
    "not_understood": _not_understood,
}
