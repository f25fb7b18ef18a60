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
from handlers.few import about
from texts import Translator, dates, sentence
from texts.few import LEAST, is_few

TO_THOSE_COMING = (PostKind.CHANGE, PostKind.CANCELLATION)
# Of a narrow post, whose author does not see that register: what is said of few, and of about so many.
SOME_WAIT = sentence("Some wait until {clock} or later."), sentence("About {n} wait until {clock} or later.")
SOME_MISSED = sentence("Not all of them could be reached."), sentence("About {n} could not be reached.")
SOME_UNSURE = (
    sentence("For some I do not know whether it arrived."),
    sentence("For about {n} I do not know whether it arrived."),
)


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
        if stats.narrow:
            label = t.plain("Show who")
        ways.append(Button(label, "unreached.failed", about))
    if outside and rest.named:
        label = t.count_plain(outside, one="Show who is in no chat", other="Show the {n} in no chat")
        if not rest.seen:
            label = t.plain("Show those in no chat")
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
    flow, (sent, every) = stats.flow, _sent_of_all(t, stats)
    moves = t("Sending: {sent} of {all}.", sent=sent, all=every)
    said = [moves if flow.on_turn else t("Sent: {sent} of {all}.", sent=sent, all=every)]
    said += [_waiting(t, stats), _not_reached(t, stats), _unsure(t, stats), _left(t, flow)]
    if flow.on_turn:
        said.append(t("You may close this, I carry on."))
    return Markup(" ").join(one for one in said if one)


def _sent_of_all(t: Translator, stats: Stats) -> tuple[str, str]:
    """How many have it of how many; a narrow post goes to no group."""
    if stats.narrow:
        return about(t, stats.people_sent), about(t, stats.people)
    return str(stats.people_sent + stats.chats_sent), str(stats.people + stats.chats)


def _roughly(t: Translator, n: int, said: tuple[str, str], **values: str) -> Markup:
    some, many = said
    return t(some, **values) if is_few(n) else t(many, n=n - n % LEAST, **values)


def _waiting(t: Translator, stats: Stats) -> Markup:
    flow = stats.flow
    if not stats.narrow or flow.first_at is None:
        return waiting(t, flow)
    return _roughly(t, flow.waiting, SOME_WAIT, clock=dates.clock(flow.first_at, t))


def waiting(t: Translator, flow: Flow) -> Markup:
    """How many wait, and until when; empty when nobody does."""
    if flow.first_at is None:
        return Markup()
    clock = dates.clock(flow.first_at, t)
    if flow.first_at == flow.last_at:
        return t.count(flow.waiting, one="One waits until {clock}.", other="{n} wait until {clock}.", clock=clock)
    return t("{n} wait until {clock} or later.", n=flow.waiting, clock=clock)


def _not_reached(t: Translator, stats: Stats) -> Markup:
    failed = stats.people_failed
    if not failed:
        return Markup()
    if stats.narrow:
        return _roughly(t, failed, SOME_MISSED)
    return t.count(failed, one="One could not be reached.", other="{n} could not be reached.")


def _unsure(t: Translator, stats: Stats) -> Markup:
    held = stats.flow.held
    if not held:
        return Markup()
    if stats.narrow:
        return _roughly(t, held, SOME_UNSURE)
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
        sent, every = _sent_of_all(t, replace(stats, chats=0, chats_sent=0))
        said.append(t("Privately: {sent} of {all}.", sent=sent, all=every))
    if stats.people_failed:
        said += [_not_reached(t, stats), t("Please call those you know are missing.")]
    return Markup(" ").join([*said, _unsure(t, stats)]).strip()


def _told(t: Translator, stats: Stats) -> Message:
    """16 of 17 have got it. One was not reached: names only at a press, by those with the right."""
    if not stats.people:
        groups = t("Groups: {sent} of {all}.", sent=stats.chats_sent, all=stats.chats)
        all_got_it = t("The groups have got it.")
        return Message(_unsure(t, stats) or (groups if stats.chats_failed else all_got_it))
    said = [t("{sent} of {all} have got it.", sent=stats.people_sent, all=stats.people)]
    if stats.people_failed:
        missed = stats.people_failed
        said.append(
            t.count(missed, one="One was not reached, please call.", other="{n} were not reached, please call.")
        )
    show = Button(t.plain("Show who"), "activities.missed", str(stats.post_id))
    text = Markup(" ").join([*said, _unsure(t, stats)]).strip()
    return Message.of(text, *((show,) if stats.people_failed or stats.flow.held else ()))
