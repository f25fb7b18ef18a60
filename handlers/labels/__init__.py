"""Interests, what one can give, invitation lists and tags."""

from handlers.labels import keep, mine, tags
from handlers.labels.feature import feature

__all__ = ["feature", "keep", "mine", "tags"]
