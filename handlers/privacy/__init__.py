"""My data: shown, taken out, corrected, erased; and being left alone at once."""

from handlers.privacy import correct, forget, shown, stop
from handlers.privacy.feature import feature
from handlers.privacy.forget import forget_again, forget_person

__all__ = ["correct", "feature", "forget", "forget_again", "forget_person", "shown", "stop"]
