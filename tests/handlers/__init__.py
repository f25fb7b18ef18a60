"""Features, spoken to through dispatch with real SQLite."""
