"""Audiences with a name: made one step at a time, counted, renamed and removed; calls and messages choose them."""

from handlers.audiences import making, overview
from handlers.audiences.feature import feature

__all__ = ["feature", "making", "overview"]
