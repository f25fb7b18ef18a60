"""What a reminder says."""

import re
from datetime import datetime
from urllib.parse import quote

from markupsafe import Markup

from chat.message import Button, Message
from db.activities import Activity
from db.models import ActivityKind
from handlers import card
from texts import Translator, dates

MAP = "https://www.openstreetmap.org/search?query="
LINK = re.compile(r"https?://[^\s<>\"]+")


def reminder(activity: Activity, t: Translator, *, now: datetime) -> Message:
    """When and where, what to bring, and the way out for those who cannot come after all."""
    lines = [_training(activity, t, now=now)] if activity.kind is ActivityKind.TRAINING else []
    lines = lines or [_when(activity, t, now=now), *_text(activity, t)]
    lines.append(Markup(" ").join([*_before(activity, t), _from(activity, t)]))
    return Message.of(Markup("\n").join(lines), *_buttons(activity, t))


def _day(activity: Activity, t: Translator, now: datetime) -> str:
    return dates.capital(dates.relative_day(activity.starts_at, t, now=now))


def _when(activity: Activity, t: Translator, *, now: datetime) -> Markup:
    where = _sentence_end(card.place(activity, t))
    when = dates.day_and_time(activity.starts_at, t, now=now)
    if not where:
        return t("<b>{day}:</b> {title}, {when}.", day=_day(activity, t, now), title=activity.title, when=when)
    return t(
        "<b>{day}:</b> {title}, {when}, {place}.",
        day=_day(activity, t, now), title=activity.title, when=when, place=where,
    )  # fmt: skip


def _training(activity: Activity, t: Translator, *, now: datetime) -> Markup:
    where = _sentence_end(card.place(activity, t))
    day, clock = _day(activity, t, now), dates.clock(activity.starts_at, t)
    if not where:
        return t("<b>{day} at {clock}:</b> {title}.", day=day, clock=clock, title=activity.title)
    return t("<b>{day} at {clock}:</b> {title}, {place}.", day=day, clock=clock, title=activity.title, place=where)


def _text(activity: Activity, t: Translator) -> list[Markup]:
    return [t("{text}", text=activity.text)] if activity.text else []


def _before(activity: Activity, t: Translator) -> list[Markup]:
    said = []
    if activity.bring:
        said.append(t("Bring: {things}.", things=_sentence_end(activity.bring)))
    if activity.read:
        said.append(t("Please read before: {what}.", what=_sentence_end(activity.read)))
        said.append(t("No time for it? Come all the same."))
    return said


def _from(activity: Activity, t: Translator) -> Markup:
    return card.sender(activity, t) + Markup(".")


def _sentence_end(text: str) -> str:
    """The words without the full stop that the sentence around them brings."""
    return text.strip().rstrip(".")


def _buttons(activity: Activity, t: Translator) -> list[Button]:
    buttons = [Button(t.plain("Can't"), "signup.answer", f"{activity.id}:no")]
    link = LINK.search(activity.read)
    if link:
        buttons.append(Button(t.plain("Open what to read"), url=link[0]))
    elif is_real_place(activity.place):
        buttons.append(Button(t.plain("Map"), url=MAP + quote(activity.place)))
    return [*buttons, card.ask_button(activity.id, t)]


def is_real_place(place: str) -> bool:
    """False for what no map can find: nothing, a link, the net, a place that is not settled yet."""
    return card.is_place(place) and not LINK.search(place)
