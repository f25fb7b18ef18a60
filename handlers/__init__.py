"""What the bot does when somebody asks: the product's table of contents, a line a feature."""

from handlers import associations, connect, forms, organisers
from handlers.feature import Feature

FEATURES: tuple[Feature, ...] = (
    organisers.feature,
    associations.feature,
    connect.feature,
    forms.feature,
)
