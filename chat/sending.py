"""What a platform's Sender takes, and what can go wrong with it."""

from dataclasses import dataclass
from typing import Protocol

from chat.address import Address, Platform
from chat.message import Message


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way to one address.

    `nonce` (at most 25 characters) is the same at every try of one delivery.
    """

    address: Address
    private: bool  # the address is a person's account
    message: Message
    nonce: str


class Sender(Protocol):
    """The outward seam: sends once and says truly what became of it; pace and retries are not its business."""

    platform: Platform

    async def send(self, outgoing: Outgoing) -> str:
        """The message is on the platform under the id that comes back; else a SendError."""

    async def edit(self, outgoing: Outgoing, message_id: str) -> None:
        """That message now looks like this; also when it already did. Else a SendError."""


class SendError(Exception):
    """Why a message did not go, or may not have gone. Carries no text and no address."""


class NotSent(SendError):
    """Surely not sent (refused connection, no name, no handshake); worth another try."""


class Uncertain(SendError):
    """The platform may have it: the answer was lost, or it was a 5xx."""


class Refused(SendError):
    """Never deliverable as it is: our mistake (400), or the chat is gone."""


class Unreachable(SendError):
    """The person blocked the bot, never opened it, or closed direct messages; the bot is not in the chat."""


class MessageGone(SendError):
    """The message to edit no longer exists."""


class Paused(SendError):
    """The platform asks to wait (429); surely not sent, and no try is charged."""

    def __init__(self, seconds: float, *, everywhere: bool | None = False) -> None:
        """`everywhere`: the whole platform waits, not only this chat; None: it does not say which."""
        super().__init__(f"wait {seconds:g} s")
        self.seconds = seconds
        self.everywhere = everywhere


class Moved(SendError):
    """The chat has a new id, under which it is to be tried again; not sent."""

    def __init__(self, new_id: str) -> None:
        """`new_id` is the platform's id of the chat from now on."""
        super().__init__("the chat has a new id")
        self.new_id = new_id
