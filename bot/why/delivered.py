"""The story of a delivery that was made: where it stands, why, and what to do next."""

from collections.abc import Mapping

from bot.delivery.decisions import MOST_ATTEMPTS
from bot.why.words import Words, platform
from db.models import Consent, State
from db.why import Reader, Said, Standing

REASONS: Mapping[str, str] = {
    "again": "It may have arrived already, and is sent once more. There is nothing to do.",
    "uncertain": "The platform may have it, but nobody saw the end of it, and it must not come twice by itself. "
    "The organiser is asked whether to send it anyway; until then it waits.",
    "left": "The platform may have it; an organiser was asked and let it be. Ask the person whether it came.",
    "restored": "It was due before a backup was restored, and may have been sent back then. "
    "The organiser is asked whether to send it anyway; until then it waits.",
    "exhausted": f"The platform could not be reached in {MOST_ATTEMPTS} tries. Look at `doctor` and at the log "
    "of that time; the organiser has seen the count, and has to tell the person in another way.",
    "refused": "The platform refused the message itself. That is a mistake of ours: look for the delivery's "
    "number in the log, and report it.",
    "unreachable": "The person blocked the bot, never opened it, or closed their direct messages, and has no "
    "other channel. Nothing is tried until they write to the bot; tell them in another way.",
    "chat_gone": "The bot is no longer in that group. Add it again and write /anslut there.",
    "consent": "The person has said since that they want nothing unasked. There is nothing to do.",
    "cancelled": "It was called off, replaced, or stopped by the person before its turn. There is nothing to do.",
    "unlinked": "The account it was for has become somebody else's, and no other one of the person's may be "
    "written to. There is nothing to do.",
    "level": "The group has been made open since, and the activity is internal. There is nothing to do.",
    "expired": "It could not be sent before it was too late for it. If many share this, look at `doctor` and at "
    "the log of that time.",
    "broken": "Its text cannot be read: a key is missing in keys.json, or the row is damaged. Look for the "
    "delivery's number in the log.",
}  # fmt: skip
ENDED: Mapping[State, str] = {
    State.HELD: "It is held.",
    State.DEAD: "It was given up",
    State.EXPIRED: "It expired",
    State.CANCELLED: "It was withdrawn",
}


def story(words: Words, said: Said, reader: Reader, one: Standing) -> list[str]:
    """What became of that delivery, in sentences."""
    account = f"account {one.account_id}" if one.account_id else "an account that is gone"
    told = [f"Delivery {one.id} goes to {account} of person {reader.id} on {platform(one.lane)}."]
    match one.state:
        case State.SENT:
            told += _sent(words, said, reader, one)
        case State.READY:
            told += _waits(words, reader, one)
        case State.CLAIMED:
            told.append("It is about to be sent.")
        case State.SENDING:
            told.append("It is being sent, or the process died doing so: that is settled at the next start.")
        case _:
            told.append(_ended(one))
    return told + _reason(one)


def _sent(words: Words, said: Said, reader: Reader, one: Standing) -> list[str]:
    at = f" on {words.moment(one.sent_at)}" if one.sent_at else ""
    told = [f"It arrived{at}, at try {one.attempt}."]
    if one.shown_revision < said.revision:
        told.append(
            f"It shows revision {one.shown_revision} and the post is at {said.revision}: the copy is edited as "
            "soon as the platform lets us."
        )
    elif said.revision > 1:
        told.append(f"It shows revision {one.shown_revision}, the present one.")
    if any(way.id == one.account_id and way.consent == Consent.HIDDEN for way in reader.ways):
        told.append("Its content is hidden until the person presses, as they asked for.")
    return told


def _waits(words: Words, reader: Reader, one: Standing) -> list[str]:
    tried = f"It was tried {_times(one.attempt)}; it" if one.attempt else "It"
    if one.not_before > words.now:
        told = [f"{tried} waits until {words.moment(one.not_before)}{_because(words, reader, one)}."]
    else:
        told = [f"{tried} may go now. If that lasts, {platform(one.lane)} cannot be reached: look at `doctor`."]
    if one.expires_at:
        told.append(f"It is given up on {words.moment(one.expires_at)}.")
    return told


def _because(words: Words, reader: Reader, one: Standing) -> str:
    if words.is_quiet(reader) and not one.attempt:
        return f", for their quiet hours are {words.hours(reader)}"
    return ", when it is tried again" if one.attempt else ""


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _ended(one: Standing) -> str:
    begun = ENDED[one.state]
    if begun.endswith("."):
        return begun
    return f"{begun} after {_tries(one.attempt)}."


def _tries(number: int) -> str:
    return {0: "no try", 1: "one try"}.get(number, f"{number} tries")


def _reason(one: Standing) -> list[str]:
    if one.reason is None:
        return []
    return [REASONS.get(one.reason, f"The reason is “{one.reason}”.")]
