"""What audiences are called in words."""

from collections.abc import Iterable

from db.audiences import Audience
from db.models import LabelKind
from db.saved_audiences import Names
from texts import Translator, dates, sentence

LABELS = {
    LabelKind.INTEREST: sentence("interested in {names}"),
    LabelKind.SKILL: sentence("who can give {names}"),
    LabelKind.LIST: sentence("on the list {names}"),
    LabelKind.TAG: sentence("tagged {names}"),
}


def describe(audience: Audience, t: Translator, names: Names) -> str:
    """Chair in Exempelby and Provstad, who joined 1 September 2026 or later."""
    parts = [_who(audience, t, names)]
    if audience.internal:
        parts.append(t.plain("only our own"))
    if audience.joined_since:
        day = dates.plain_day(audience.joined_since, t, year=True)
        parts.append(t.plain("who joined {day} or later", day=day))
    if audience.labels:
        parts.append(_labelled(audience, t, names))
    if audience.coming_to is not None:
        parts.append(t.plain("who come, or may come, to {title}", title=_activity(t, names)))
    return ", ".join(parts)


def _who(audience: Audience, t: Translator, names: Names) -> str:
    where = _where(audience, t, names)
    if audience.offices:
        called = _any([names.offices[one] for one in audience.offices if one in names.offices], t)
        return t.plain("{offices} in {where}", offices=called, where=where)
    from_anywhere = audience.coming_to is not None and not audience.associations
    return t.plain("everybody, whatever their association") if from_anywhere else where


def _where(audience: Audience, t: Translator, names: Names) -> str:
    ids = audience.associations or ((audience.association_id,) if audience.association_id else ())
    found = [names.associations[one] for one in ids if one in names.associations]
    return dates.names(found, t) if found else t.plain("the whole district")


def _activity(t: Translator, names: Names) -> str:
    title = names.activity or t.plain("something that is gone")
    return f"{title} ({names.activity_of})" if names.activity_of else title


def _labelled(audience: Audience, t: Translator, names: Names) -> str:
    called = []
    for kind, words in LABELS.items():
        found = [names.labels[one] for one in audience.labels if one in names.labels]
        mine = [one.name for one in found if one.kind is kind]
        if mine:
            called.append(t.plain(words, names=_any(mine, t)))
    return _any(called, t)


def _any(found: Iterable[str], t: Translator) -> str:
    """One, another or a third."""
    *first, last = list(found) or [t.plain("something that is gone")]
    return t.plain("{first} or {last}", first=", ".join(first), last=last) if first else last
