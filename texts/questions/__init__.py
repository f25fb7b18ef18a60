"""Understands what people ask in their own words, and what they meant when they mistyped.

`understand` reads the plain questions of everyday, Swedish and English whatever the person's setting, and
gives None as soon as a word is outside them: a person answers those better.
"""

from texts.questions.spelling import nearest
from texts.questions.understand import Intent, Kind, Question, understand

__all__ = ["Intent", "Kind", "Question", "nearest", "understand"]
