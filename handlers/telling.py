"""Telling single persons something: a post of its own to an association's organisers, or to one person."""

from collections.abc import Callable
from dataclasses import replace

from markupsafe import Markup

from chat.message import Message
from db import linking, outbox, question, reach
from db.models import PostKind, Priority
from db.session import Rows
from handlers.context import Context
from texts import LANGUAGES, Translator

Made = Callable[[Translator], Message]


def question_for(t: Translator, text: Markup) -> Markup:
    """The text behind a first line that a lock screen may show: it names nobody and no association."""
    return t("<b>A question for you:</b>") + Markup("\n") + text


def answer_for(t: Translator, text: Markup) -> Markup:
    """The same for an answer."""
    return t("<b>An answer for you:</b>") + Markup("\n") + text


def as_answer(made: Made) -> Made:
    """The same message, behind that first line."""

    def behind(t: Translator) -> Message:
        message = made(t)
        return replace(message, text=answer_for(t, message.text))

    return behind


async def tell_organisers(ctx: Context, key: str, association_id: int | None, made: Made) -> bool:
    """False when no organiser of the association (None: of the district) can be reached.

    Under a key that was used before nothing is sent again.
    """
    wanted = await question.answerers(
        ctx.session, association_id=association_id, organiser_id=None, invented=ctx.person.invented
    )
    reached = [await _can_be_reached(ctx, person_id) for person_id in wanted]
    if not any(reached):
        return False
    post_id = await _post(ctx, key, made)
    for person_id in wanted if post_id else ():
        await outbox.queue_to_people(
            ctx.session, post_id or 0, reach.organiser(person_id), now=ctx.now, quiet=None
        )
    return True


async def tell_keepers(ctx: Context, key: str, association_id: int | None, made: Made) -> bool:
    """False when nobody who keeps the register of the association (None: the whole one) can be reached."""
    way = linking.registrars(association_id, any_at_all=not ctx.person.invented)
    post_id = await _post(ctx, key, made)
    return bool(post_id and await outbox.queue_to_people(ctx.session, post_id, way, now=ctx.now, quiet=None))


async def tell_person(
    ctx: Context, key: str, person_id: int, made: Made, *, way: Callable[[int], Rows] = reach.one_person
) -> None:
    """The person is told, once under that key, when there is such a way to them."""
    post_id = await _post(ctx, key, made)
    if post_id:
        await outbox.queue_to_people(ctx.session, post_id, way(person_id), now=ctx.now, quiet=None)


async def _can_be_reached(ctx: Context, person_id: int) -> bool:
    return (await ctx.session.execute(reach.organiser(person_id))).first() is not None


async def _post(ctx: Context, key: str, made: Made) -> int | None:
    content = {language: made(ctx.in_language(language)) for language in LANGUAGES}
    return await outbox.queue_post(
        ctx.session, key, PostKind.PERSONAL, private=content, priority=Priority.URGENT, now=ctx.now
    )
