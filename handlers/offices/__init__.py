"""Offices: the district's own list of them, and who holds which."""

from handlers.offices import held, kinds
from handlers.offices.feature import feature

__all__ = ["feature", "held", "kinds"]
