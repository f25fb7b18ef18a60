"""From the outbox to the platforms: claims, sends, remembers what became of it, and edits what has changed."""

from bot.delivery.loop import Delivery

__all__ = ["Delivery"]
