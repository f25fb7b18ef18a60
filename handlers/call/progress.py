"""What the organiser is told about a post on its way: how far it is, and what did not arrive."""

from datetime import datetime, timedelta

from markupsafe import Markup

from chat.message import Button, Message
from db.call import Stats
from db.models import PostKind
from texts import Translator, dates

TO_THOSE_COMING = (PostKind.CHANGE, PostKind.CANCELLATION)
PACE = timedelta(minutes=1)  # a shorter wait is the platform's pace, and no clock need be named


def progress_message(t: Translator, stats: Stats, now: datetime) -> Message:
    """How far the post is; once it is done, its result with what can be done about the rest."""
    if not stats.is_done:
        return Message(_under_way(t, stats, now))
    if stats.kind in TO_THOSE_COMING:
        return _told(t, stats)
    show = Button(t.plain("The activity"), "activities.show", str(stats.activity_id))
    mail = Button(t.plain("Text to mail"), "activities.mail", str(stats.activity_id))
    buttons = (show, mail) if stats.kind is PostKind.CALL else (show,)
    return Message.of(_result(t, stats, now), *buttons)


def _under_way(t: Translator, stats: Stats, now: datetime) -> Markup:
    if stats.waiting_until and stats.waiting_until - now > PACE:
        clock = dates.short_clock(stats.waiting_until, t)
        return t(
            "Sent: {sent} of {all}. The rest goes out at {clock}.",
            sent=stats.people_sent + stats.chats_sent,
            all=stats.people + stats.chats,
            clock=clock,
        )
    return t(
        "Sending: {sent} of {all}. You may close this, I carry on.",
        sent=stats.people_sent + stats.chats_sent,
        all=stats.people + stats.chats,
    )


def _result(t: Translator, stats: Stats, now: datetime) -> Markup:
    said = [t("Done at {clock}.", clock=dates.clock(now, t))]
    if stats.chats:
        said.append(t("Groups: {sent} of {all}.", sent=stats.chats_sent, all=stats.chats))
    if stats.people:
        said.append(t("Privately: {sent} of {all}.", sent=stats.people_sent, all=stats.people))
    if stats.people_failed:
        failed = stats.people_failed
        said.append(t.count(failed, one="One could not be reached.", other="{n} could not be reached."))
    return Markup(" ").join(said)


def _told(t: Translator, stats: Stats) -> Message:
    """16 of 17 have got it. One was not reached: names only at a press, by those with the right."""
    if not stats.people:
        return Message(t("The groups have got it."))
    text = t("{sent} of {all} have got it.", sent=stats.people_sent, all=stats.people)
    if not stats.people_failed:
        return Message(text)
    missed = t.count(
        stats.people_failed,
        one="One was not reached, please call.",
        other="{n} were not reached, please call.",
    )
    show = Button(t.plain("Show who"), "activities.missed", str(stats.post_id))
    return Message.of(text + Markup(" ") + missed, show)
