"""Sentences, dates and questions in people's languages."""
