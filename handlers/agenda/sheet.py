"""A list of activities as one message, day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from markupsafe import Markup, escape

from chat.message import Button, Message, Rows
from db.agenda import Entry
from db.models import Answer
from handlers.agenda.spans import Span
from handlers.paging import more
from texts import Translator, dates, sentence

PAGE = 6  # activities in one message
MARKS = {Answer.COMING: sentence("You are coming."), Answer.MAYBE: sentence("You may be coming.")}


def title_and_place(entry: Entry, t: Translator) -> str:
    """Öppet möte, Provstad."""
    return f"{entry.title}, {t.plain('the district') if entry.is_district else entry.association}"


def card_button(entry: Entry, label: str = "") -> Button:
    """The way to the activity's card."""
    return Button(label or entry.title, "activity.card", str(entry.id))


@dataclass(frozen=True, slots=True)
class Sheet:
    """How a list of activities is said. `own`: whose come first; `personal`: for one reader alone."""

    t: Translator
    now: datetime
    span: Span
    own: int | None = None
    personal: bool = False

    def days(self, found: Sequence[Entry], page: int = 0) -> Message:
        """Those of a span of days; of many, the own association's and the district's first."""
        long = len(found) > PAGE
        ranked = sorted(found, key=self._rank) if long else list(found)
        shown = sorted(ranked[page * PAGE : page * PAGE + PAGE], key=lambda entry: (entry.starts_at, entry.id))
        left = ranked[page * PAGE + PAGE :]
        text = self._heading(found, page) + self._lines(shown)
        if left:
            text += Markup("\n") + self._left(left)
        return Message(text, self._buttons(shown, page, left))

    def ahead(self, found: Sequence[Entry], page: int) -> Message:
        """A page of everything ahead, with the way to the next one when there is more."""
        shown = found[:PAGE]
        text = self.t("Coming up:") + Markup("\n") + self._lines(shown)
        return Message(text, self._buttons(shown, page, found[PAGE:]))

    def _rank(self, entry: Entry) -> tuple[bool, datetime, int]:
        near = self.own is None or entry.is_district or entry.association_id == self.own
        return not near, entry.starts_at, entry.id

    def _heading(self, found: Sequence[Entry], page: int) -> Markup:
        first, last = self.span.first, self.span.last
        if last is None or first == last:
            return Markup("")
        days = escape(self._name_of(first, last))
        if len(found) <= PAGE or page:
            return days + Markup("\n")
        many = self.t.count(len(found), one="{days}, {n} activity.", other="{days}, {n} activities.", days=days)
        return many + self._near_first(found) + Markup("\n")

    def _name_of(self, first: date, last: date) -> str:
        if last - first == timedelta(days=1):
            return self.t.plain("The weekend {days}", days=dates.day_span(first, last, self.t))
        return dates.week_heading(first, last, self.t)

    def _near_first(self, found: Sequence[Entry]) -> Markup:
        own = next((entry.association for entry in found if entry.association_id == self.own), None)
        if own is None or not any(self._rank(entry)[0] for entry in found):
            return Markup("")
        return Markup(" ") + self.t("First {association} and the whole district:", association=own)

    def _left(self, left: Sequence[Entry]) -> Markup:
        if all(self._rank(entry)[0] for entry in left):
            return self.t.count(
                len(left), one="{n} more in another association.", other="{n} more in other associations."
            )
        return self.t.count(len(left), one="{n} more.", other="{n} more.")

    def _lines(self, shown: Sequence[Entry]) -> Markup:
        """A line each, the first of a day led by the day."""
        lines, before = [], None
        for entry in shown:
            day = entry.starts_at.astimezone(self.t.zone).date()
            lead = Markup("<b>%s</b> ") % self._day(entry) if day != before else Markup("")
            lines.append(lead + self._line(entry))
            before = day
        return Markup("\n").join(lines)

    def _day(self, entry: Entry) -> str:
        if self.span.last and self.span.first != self.span.last:
            return dates.short_day(entry.starts_at, self.t)
        return dates.capital(dates.day(entry.starts_at, self.t, now=self.now))

    def _line(self, entry: Entry) -> Markup:
        line = self.t(
            "{clock} {what}", clock=dates.clock(entry.starts_at, self.t), what=title_and_place(entry, self.t)
        )
        if self.personal and entry.association_id == self.own and not entry.is_district:
            line += Markup(" ") + self.t("(your association)")
        if entry.cancelled:
            return line + Markup(". ") + self.t("Cancelled.")
        mark = MARKS.get(entry.answer) if self.personal and entry.answer else None
        return line + Markup(". ") + self.t(mark) if mark else line

    def _buttons(self, shown: Sequence[Entry], page: int, rest: Sequence[Entry]) -> Rows:
        titles = [entry.title for entry in shown]
        buttons = [card_button(entry, self._label(entry, titles)) for entry in shown]
        rows = [tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]
        ways = [Button(self.t.plain("From the start"), "agenda.more", self.span.packed(0))] if page else []
        ways += more(self.t, rest, "agenda.more", self.span.packed(page + 1))
        return (*rows, tuple(ways)) if ways else tuple(rows)

    def _label(self, entry: Entry, titles: Sequence[str]) -> str:
        if titles.count(entry.title) == 1:
            return entry.title
        return f"{dates.short_day(entry.starts_at, self.t)}: {entry.title}"
