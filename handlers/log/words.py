"""What the steps in the log are called, for people who read it; stored are short words that never change."""

from handlers.context import Context
from texts import sentence

WORDS = {
    "add association": sentence("added an association"),
    "add audience": sentence("made an audience"),
    "add label": sentence("added to the lists"),
    "add office": sentence("added an office"),
    "add partner": sentence("added a partner"),
    "announce": sentence("sent a message"),
    "approve": sentence("said yes to"),
    "approve link": sentence("said who somebody is"),
    "ask": sentence("asked for another admin's yes to"),
    "cancel": sentence("called off"),
    "change": sentence("changed"),
    "change member": sentence("changed a member's details"),
    "change partner": sentence("changed a partner"),
    "confirm insider": sentence("confirmed somebody as one of their own"),
    "connect": sentence("connected a group"),
    "correct member": sentence("corrected a member's details"),
    "disconnect": sentence("disconnected a group"),
    "drop": sentence("found nobody any more with the right to ask for"),
    "end host": sentence("ended a host's task"),
    "end office": sentence("ended an office that somebody held"),
    "expire": sentence("got no answer in time about"),
    "export": sentence("fetched the register as a file"),
    "forget": sentence("forgot"),
    "give office": sentence("gave an office"),
    "give up": sentence("could no longer do"),
    "grant": sentence("gave the role"),
    "hand over code": sentence("saw a code to hand over"),
    "hold": sentence("stopped everything that goes out"),
    "import members": sentence("took over a list of members"),
    "incident": sentence("began an incident"),
    "invite": sentence("made a member's invitation"),
    "leave held": sentence("left unsent what was held"),
    "link": sentence("linked an account"),
    "make admin code": sentence("made an admin code"),
    "move account": sentence("moved an account to a member"),
    "publish": sentence("published"),
    "read log": sentence("read the log"),
    "refuse": sentence("said no to"),
    "refuse link": sentence("could not say who somebody is"),
    "release": sentence("let everything go out again"),
    "remind": sentence("changed the reminders"),
    "remove audience": sentence("removed an audience"),
    "remove label": sentence("removed from the lists"),
    "remove office": sentence("removed an office"),
    "remove partner": sentence("removed a partner"),
    "rename association": sentence("renamed an association"),
    "rename audience": sentence("renamed an audience"),
    "rename label": sentence("renamed on the lists"),
    "rename office": sentence("renamed an office"),
    "see member": sentence("looked at a member"),
    "see unreached": sentence("looked at who is left"),
    "send held": sentence("sent what was held"),
    "send now": sentence("sent without waiting for the morning"),
    "tag": sentence("changed a member's tags"),
    "take back": sentence("took back the request for"),
    "take back insider": sentence("took back that somebody is one of their own"),
    "take off the register": sentence("took a former member off the register"),
    "unlink": sentence("unlinked an account"),
    "withdraw": sentence("took back the role"),
    "write": sentence("wrote to those who come"),
}


def in_words(ctx: Context, action: str) -> tuple[str, str]:
    """What was done, in the reader's language, and the rest of the stored words, which say to what."""
    done = known(action)
    if done is None:
        return action, ""
    rest = action.removeprefix(done).strip(": ")
    approved = ctx.routes.approvals.get(rest)
    return ctx.t.plain(WORDS[done]), ctx.t.plain(approved.what) if approved else rest


def known(action: str) -> str | None:
    """The most of the stored words that has words here."""
    words = action.replace(":", " :").split()
    beginnings = (" ".join(words[:n]) for n in range(len(words), 0, -1))
    return next((one for one in beginnings if one in WORDS), None)


def stored(ctx: Context, typed: str) -> str:
    """The stored words for what somebody typed as the log shows it; else what was typed."""
    wanted = typed.casefold()
    said = (action for action, words in WORDS.items() if ctx.t.plain(words).casefold().startswith(wanted))
    return typed if not wanted or wanted in WORDS else next(said, typed)
