"""What the bot does when somebody asks: the product's table of contents, a line a feature."""

from handlers import forms
from handlers.feature import Feature

FEATURES: tuple[Feature, ...] = (forms.feature,)
