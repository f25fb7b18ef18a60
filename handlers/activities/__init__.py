"""An organiser's own activities: who comes, and the ways to change, cancel, write and remind."""

from handlers.activities import cancel, change, overview, remind, write
from handlers.activities.feature import feature

__all__ = ["cancel", "change", "feature", "overview", "remind", "write"]
