"""What a claimed row means: where it goes, under which nonce, and the facts that decide about it."""

from bot.delivery.decisions import Facts
from chat.address import Address, Platform
from db.deliveries import Claimed
from db.keys import Keys
from db.models import ActivityState, PostKind


def nonce(keys: Keys, delivery_id: int) -> str:
    """The same at every try of a delivery, and not the same in another installation; 13 + digits characters."""
    return f"k{keys.blind_index('nonce', str(delivery_id)).hex()[:12]}{delivery_id:x}"


def address_of(row: Claimed) -> Address | None:
    """Where the delivery goes; None when the account is gone."""
    if row.chat is not None:
        return Address(Platform(row.lane), row.chat, row.thread or "")
    return Address(Platform(row.lane), row.account) if row.account is not None else None


def facts_of(row: Claimed, default_quiet_hours: str) -> Facts:
    """What decides about the delivery."""
    to_person = row.person_id is not None
    reachable = (
        row.account is not None and bool(row.reachable) and (not row.stopped or row.kind == PostKind.SECURITY)
    )
    return Facts(
        kind=PostKind(row.kind),
        platform=Platform(row.lane),
        to_person=to_person,
        attempt=row.attempt,
        not_before=row.not_before,
        expires_at=row.expires_at,
        usable=reachable if to_person else bool(row.present) and row.level is not None,
        reason=row.reason,
        since=row.sent_at,
        consent=row.consent,
        quiet_hours=default_quiet_hours if row.quiet_hours is None else row.quiet_hours,
        level=row.level,
        open=row.open is not False,
        cancelled=row.activity_state == ActivityState.CANCELLED,
        starts_at=row.starts_at,
        by_signup=row.by_signup,
    )
