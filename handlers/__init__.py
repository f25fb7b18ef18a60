"""What the bot does when somebody asks: the product's table of contents, a line a feature."""

from handlers import agenda, associations, connect, forms, organisers
from handlers.feature import Feature

FEATURES: tuple[Feature, ...] = (
    agenda.feature,
    organisers.feature,
    associations.feature,
    connect.feature,
    forms.feature,
)
