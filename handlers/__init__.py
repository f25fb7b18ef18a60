"""What the bot does when somebody asks: the product's table of contents, a line a feature."""

from handlers import (
    activities,
    agenda,
    associations,
    call,
    card,
    connect,
    consent,
    contact,
    forms,
    help,  # noqa: A004 - a feature is called what people call it
    help_offer,
    mine,
    my_association,
    organisers,
    privacy,
    question,
    settings,
    signup,
    trainings,
    welcome,
)
from handlers.feature import Feature

FEATURES: tuple[Feature, ...] = (
    welcome.feature,
    consent.feature,
    my_association.feature,
    agenda.feature,
    organisers.feature,
    associations.feature,
    connect.feature,
    card.feature,
    signup.feature,
    mine.feature,
    question.feature,
    contact.feature,
    help_offer.feature,
    help.feature,
    settings.feature,
    privacy.feature,
    call.feature,
    activities.feature,
    trainings.feature,
    forms.feature,
)
