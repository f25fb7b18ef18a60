"""What the organiser is told about a post on its way: how far it is, and what did not arrive."""

from dataclasses import replace
from datetime import datetime

from markupsafe import Markup

from chat.message import Button, Message
from db.call import Stats
from db.left import NOBODY, Left
from db.models import PostKind
from db.progress import Flow
from handlers.call.left import those_left
from texts import Translator, dates
from texts.few import is_few

TO_THOSE_COMING = (PostKind.CHANGE, PostKind.CANCELLATION)


def progress_message(t: Translator, stats: Stats, now: datetime, rest: Left = NOBODY) -> Message:
    """How far the post is; once it is done, its result with what can be done about the rest."""
    few = stats.narrow and is_few(stats.people)
    if not stats.is_done:
        now_button = (Button(t.plain("Send now"), "send_now.post", str(stats.post_id)),)
        text = t("Sending to fewer than five persons.") if few else _under_way(t, stats)
        return Message.of(text, *(now_button if stats.flow.untried else ()))
    if few:
        return Message.of(_of_few(t, stats, now), *_more(t, stats))
    if stats.kind in TO_THOSE_COMING:
        told = _told(t, stats)
        return replace(told, text=Markup(" ").join([told.text, *those_left(t, rest)]))
    return result(t, _result(t, stats, now), stats, rest)


def result(t: Translator, said: Markup, stats: Stats, rest: Left) -> Message:
    """What became of the post, who is left, and what can be done about them."""
    message = Message(Markup(" ").join([said, *those_left(t, rest)]))
    return message.plus(None, *_who(t, stats, rest)).plus(None, *_more(t, stats))


def _of_few(t: Translator, stats: Stats, now: datetime) -> Markup:
    """The result where a count would say who is in the audience."""
    said = [t("Done at {clock}.", clock=dates.clock(now, t)), t("It was for fewer than five persons.")]
    if stats.people_sent < stats.people:
        said.append(t("Not all of them could be reached."))
    return Markup(" ").join(said)


def _who(t: Translator, stats: Stats, rest: Left) -> list[Button]:
    """The ways to those who were not reached, for an author who sees a register."""
    ways, about, outside = [], f"{stats.post_id}:0", rest.outside.people
    if stats.people_failed and rest.named:
        label = t.count_plain(stats.people_failed, one="Show which one", other="Show which {n}")
        ways.append(Button(label, "unreached.failed", about))
    if outside and rest.named:
        label = t.count_plain(outside, one="Show who is in no chat", other="Show the {n} in no chat")
        ways.append(Button(label, "unreached.outside", about))
    return ways


def _more(t: Translator, stats: Stats) -> list[Button]:
    if stats.activity_id is None:
        return [Button(t.plain("Text to mail"), "announce.mail", str(stats.post_id))]
    about = str(stats.activity_id)
    show = Button(t.plain("The activity"), "activities.show", about)
    mail = Button(t.plain("Text to mail"), "activities.mail", about)
    return [show, mail] if stats.kind is PostKind.CALL else [show]


def _under_way(t: Translator, stats: Stats) -> Markup:
    sent, every, flow = stats.people_sent + stats.chats_sent, stats.people + stats.chats, stats.flow
    moves = t("Sending: {sent} of {all}.", sent=sent, all=every)
    said = [moves if flow.on_turn else t("Sent: {sent} of {all}.", sent=sent, all=every)]
    said += [waiting(t, flow), _not_reached(t, stats.people_failed), _unsure(t, flow.held), _left(t, flow)]
    if flow.on_turn:
        said.append(t("You may close this, I carry on."))
    return Markup(" ").join(one for one in said if one)


def waiting(t: Translator, flow: Flow) -> Markup:
    """How many wait, and until when; empty when nobody does."""
    if flow.first_at is None:
        return Markup()
    clock = dates.clock(flow.first_at, t)
    if flow.first_at == flow.last_at:
        return t.count(flow.waiting, one="One waits until {clock}.", other="{n} wait until {clock}.", clock=clock)
    return t("{n} wait until {clock} or later.", n=flow.waiting, clock=clock)


def _not_reached(t: Translator, failed: int) -> Markup:
    if not failed:
        return Markup()
    return t.count(failed, one="One could not be reached.", other="{n} could not be reached.")


def _unsure(t: Translator, held: int) -> Markup:
    if not held:
        return Markup()
    return t.count(
        held, one="For one I do not know whether it arrived.", other="For {n} I do not know whether it arrived."
    )


def _left(t: Translator, flow: Flow) -> Markup:
    """About so many minutes; nothing when nothing waits for its turn, or nobody can tell."""
    if flow.seconds_left is None:
        return Markup()
    minutes = round(flow.seconds_left / 60)
    if not minutes:
        return t("Less than a minute left.")
    return t.count(minutes, one="About a minute left.", other="About {n} minutes left.")


def _result(t: Translator, stats: Stats, now: datetime) -> Markup:
    said = [t("Done at {clock}.", clock=dates.clock(now, t))]
    if stats.chats:
        said.append(t("Groups: {sent} of {all}.", sent=stats.chats_sent, all=stats.chats))
    if stats.people:
        said.append(t("Privately: {sent} of {all}.", sent=stats.people_sent, all=stats.people))
    if stats.people_failed:
        said += [_not_reached(t, stats.people_failed), t("Please call those you know are missing.")]
    return Markup(" ").join([*said, _unsure(t, stats.flow.held)]).strip()


def _told(t: Translator, stats: Stats) -> Message:
    """16 of 17 have got it. One was not reached: names only at a press, by those with the right."""
    if not stats.people:
        groups = t("Groups: {sent} of {all}.", sent=stats.chats_sent, all=stats.chats)
        all_got_it = t("The groups have got it.")
        return Message(_unsure(t, stats.flow.held) or (groups if stats.chats_failed else all_got_it))
    said = [t("{sent} of {all} have got it.", sent=stats.people_sent, all=stats.people)]
    if stats.people_failed:
        missed = stats.people_failed
        said.append(
            t.count(missed, one="One was not reached, please call.", other="{n} were not reached, please call.")
        )
    show = Button(t.plain("Show who"), "activities.missed", str(stats.post_id))
    text = Markup(" ").join([*said, _unsure(t, stats.flow.held)]).strip()
    return Message.of(text, *((show,) if stats.people_failed or stats.flow.held else ()))
