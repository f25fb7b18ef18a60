"""Linking an account to a member: by a code, by the address that is known, or by who keeps the register."""

from handlers.linking import approval, asking, confirming
from handlers.linking.feature import feature

__all__ = ["approval", "asking", "confirming", "feature"]
