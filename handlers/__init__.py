"""What the bot does when somebody asks: the product's table of contents, a line a feature."""

from handlers import agenda, associations, card, connect, forms, mine, organisers, question, signup
from handlers.feature import Feature

FEATURES: tuple[Feature, ...] = (
    agenda.feature,
    organisers.feature,
    associations.feature,
    connect.feature,
    card.feature,
    signup.feature,
    mine.feature,
    question.feature,
    forms.feature,
)
