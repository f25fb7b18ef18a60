"""The try-out chat: a platform of its own, in the browser, with an adapter and a Sender like the others."""

from web.try_out.adapter import TryOut
from web.try_out.sender import TrySender

__all__ = ["TryOut", "TrySender"]
