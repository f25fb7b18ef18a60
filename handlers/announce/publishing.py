"""A message goes out: at once, or when a second person agrees that it goes to so many."""

import json
from dataclasses import replace

from markupsafe import Markup

from chat.message import Message
from chat.request import whole_number
from db import announce as announcements
from db import audit, call, drafts, outbox, reach, roles
from db.approvals import Approval
from db.audiences import from_json, to_json
from db.call import Target
from db.models import PostKind, Priority
from db.reach import Reach
from db.saved_audiences import Names
from handlers import approvals, card
from handlers.announce.feature import Announcement, feature, finished, message, name_of, own_draft
from handlers.audiences.choosing import Chosen, to_whom
from handlers.audiences.overview import names_of
from handlers.audiences.words import describe
from handlers.call import follow
from handlers.call.preview import privately_from
from handlers.call.published import sent_off
from handlers.call.shown import changed_since, shown
from handlers.context import Context, UserError
from handlers.feature import Needs
from handlers.telling import Made
from texts import Translator, sentence

MOST_ALONE = 1000  # persons that one organiser may write to alone


def takes_two(reached: Reach) -> bool:
    """True when it would reach so many that another admin has to agree."""
    return sum(reached.people.values()) > MOST_ALONE


@feature.button("announce.publish", needs=Needs.ORGANISER)
async def publish(ctx: Context) -> Message:
    """The message is on its way as the pressed preview shows it, once; or a second person is asked."""
    number, _, _ = ctx.request.argument.partition(":")
    if await announcements.published(ctx.session, whole_number(number), author_id=ctx.person.id):
        return Message(ctx.t("It is already published."))
    draft = await own_draft(ctx, number)
    made = await finished(ctx, draft)
    if ctx.request.argument != shown(draft, made.aimed):
        return await changed_since(ctx, draft)
    reached = await call.reach_of(ctx.session, made.aimed.target)
    if takes_two(reached):
        people = sum(reached.people.values())
        names = await names_of(ctx, made.aimed.target.audience)
        return await approvals.ask(ctx, "announce.many", _keep(made), lambda t: _what(t, made, people, names))
    post_id = await _queue(ctx, made, by=ctx.person.id)
    await drafts.discard(ctx.session, made.draft_id)
    return await sent_off(ctx, made.aimed, post_id)


def _what(t: Translator, made: Announcement, people: int, names: Names) -> Markup:
    """All that the second person has to know: to whom, how many they are, every word, and from whom."""
    aimed = made.aimed
    if aimed.saved:
        aimed = replace(aimed, words=describe(aimed.saved.audience, t, names))
    many = t.count_plain(people, one="{n} person", other="{n} persons")
    lines = [to_whom(t, aimed, made.association, now=many), t("{text}", text=made.text)]
    return Markup("\n").join([*lines, t("From {association}", association=made.association)])


def _keep(made: Announcement) -> str:
    """What is agreed to is what goes out, whatever becomes of the draft."""
    target = made.aimed.target
    chats = target.chat_associations
    values = {"draft": made.draft_id, "sender": made.sender, "text": made.text}
    return json.dumps(values | {"audience": to_json(target.audience), "chats": chats and list(chats)})


@feature.approval("announce.many", what=sentence("a message to more than 1,000 persons"), needs=Needs.ORGANISER)
async def approved(ctx: Context, asked: Approval) -> Made:
    """The message is on its way, from the one who asked."""
    kept = json.loads(asked.argument)
    if not (await roles.get_rights(ctx.session, asked.asked_by)).covers(kept["sender"]):
        raise UserError("Whoever asked for it no longer organises there.")
    aimed = Chosen(Target(from_json(kept["audience"]), kept["chats"]))
    name = await name_of(ctx, kept["sender"])
    await _queue(ctx, Announcement(kept["draft"], kept["sender"], name, kept["text"], aimed), by=asked.asked_by)
    await drafts.discard(ctx.session, kept["draft"])
    return lambda t: Message(t("Agreed: your message is on its way."))


async def _queue(ctx: Context, made: Announcement, *, by: int) -> int:
    """The id of the post that is on its way to persons and groups; that person can follow it."""
    content = card.contents(ctx, lambda t: message(t, made))
    silent = privately_from(ctx) is not None
    post_id = await outbox.queue_post(
        ctx.session,
        announcements.key(made.draft_id, made.sender),
        PostKind.ANNOUNCEMENT,
        private=content,
        group={language: replace(one, silent=silent) for language, one in content.items()},
        priority=Priority.CALL,
        now=ctx.now,
        author_id=by,
        audience=made.aimed.target.audience,
    )
    if post_id is None:
        raise UserError("It is already published.")
    people = reach.reached(made.aimed.target.audience)
    await outbox.queue_to_people(ctx.session, post_id, people, now=ctx.now, quiet=ctx.quiet)
    await outbox.queue_to_chats(ctx.session, post_id, call.chats_of(made.aimed.target), now=ctx.now)
    audit.note(ctx.session, "announce", f"post:{post_id}", actor_id=by, now=ctx.now)
    await follow(ctx, post_id, author_id=by)
    return post_id
