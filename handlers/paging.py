"""The ways through a list that is too long for one message."""

from collections.abc import Sequence

from chat.message import Button
from texts import Translator


def there(page: int, every: Sequence[object], each: int) -> int:
    """That page, or the first one where the list has become too short for it."""
    return page if every[page * each :] else 0


def more(t: Translator, rest: Sequence[object], route: str, argument: object) -> tuple[Button, ...]:
    """The button to the rest of the list; none where there is no rest."""
    return (Button(t.plain("Show more"), route, str(argument)),) if rest else ()


def turn(t: Translator, page: int, rest: Sequence[object], route: str, about: str = "") -> tuple[Button, ...]:
    """The buttons to the page before and to the rest, where there are such; both carry `about` and their page."""
    back = (Button(t.plain("Back"), route, f"{about}{page - 1}"),) if page else ()
    return (*back, *more(t, rest, route, f"{about}{page + 1}"))
