"""Where somebody or something can be written to."""

from dataclasses import dataclass
from enum import StrEnum


class Platform(StrEnum):
    """The channels that carry messages; the value is what the database keeps."""

    TELEGRAM = "telegram"
    DISCORD = "discord"
    TRY = "try"
    EMAIL = "email"  # for codes: no account on it is ever opened, and reach takes none


@dataclass(frozen=True, slots=True)
class Address:
    """One account or one chat on one platform, by the platform's own id, never by name.

    `thread` is a Telegram topic; empty elsewhere.
    """

    platform: Platform
    id: str
    thread: str = ""
