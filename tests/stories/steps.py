"""Answering a form that asks one question at a time, by text and buttons."""

from __future__ import annotations

from functools import partial

from chat.form import FieldKind
from tests.stories.driver import Driver, Somebody, asked, label
from tests.stories.seen import PATIENCE_SECONDS, Seen, within

RIGHT, SKIP, CANCEL = ("Stämmer", "Right"), ("Hoppa över", "Skip"), ("Avbryt", "Cancel")
WHEN = "När"


async def answer(driver: Driver, one: Somebody, values: dict[str, str]) -> None:
    """Questions are answered, by the labels of their fields, until one comes that `values` does not answer."""
    left = dict(values)
    question: Seen | None = await within(PATIENCE_SECONDS, partial(_question, driver, one))
    while question is not None:
        way = next((label for label in RIGHT if label in question.labels), "") or _way(one, question, left)
        if not way:
            return
        question = await _say(driver, one, question, way)


async def correct(driver: Driver, one: Somebody, values: dict[str, str]) -> None:
    """What was not understood of the date is answered anew, and what follows."""
    question = await within(PATIENCE_SECONDS, partial(_question, driver, one))
    if await _say(driver, one, question, values[WHEN]) is not None:
        await answer(driver, one, values)


async def _question(driver: Driver, one: Somebody) -> Seen | None:
    """The newest message, once there is one, when it is a question of a form."""

    async def newest() -> Seen | None:
        return next(iter(reversed(await driver.private(one))), None)

    found = await within(PATIENCE_SECONDS, newest)
    return found if any(label in found.labels for label in (*RIGHT, *CANCEL)) else None


def _way(one: Somebody, question: Seen, left: dict[str, str]) -> str:
    """What the story says to the question; empty when it says nothing."""
    field = next((field for text, field in asked(one.language).items() if text in question.text), None)
    name = label(field, one.language) if field else ""
    if name in left:
        return left.pop(name)
    if field is None:
        return ""
    first = question.labels[:1] if field.kind is FieldKind.CHOICE else ()
    return next(iter([*(skip for skip in SKIP if skip in question.labels), *first]), "")


async def _say(driver: Driver, one: Somebody, question: Seen, way: str) -> Seen | None:
    """The next question, when there is one."""
    if way in question.labels:
        await driver.presses(one, question, way)
    else:
        await driver.says(one, way, in_group=False)

    async def answered() -> bool:
        newest = (await driver.private(one))[-1]
        keeps_its_answer = newest.key == question.key and not newest.labels  # the next question is on its way
        return (newest.key, newest.text) != (question.key, question.text) and not keeps_its_answer

    await within(PATIENCE_SECONDS, answered)
    return await _question(driver, one)
