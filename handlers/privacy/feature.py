"""The declarations that the files of this feature share."""

from handlers.feature import Feature

feature = Feature("privacy")
