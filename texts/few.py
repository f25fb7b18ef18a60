"""Small numbers tell who: whoever may not see names sees no count of fewer than five either."""

LEAST = 5


def is_few(count: int) -> bool:
    """True when the count is not to be shown to whoever may not see the names behind it; none is few, too."""
    return count < LEAST
