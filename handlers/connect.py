"""Groups and channels: which association one belongs to, and whether what is internal may be shown there."""

from dataclasses import replace

from markupsafe import Markup

from chat.markup import one_line
from chat.message import Button, Message
from chat.request import Event, Fact
from db import associations, audit, chats, outbox, reach
from db.associations import Association
from db.chats import Chat
from db.models import Level, PostKind, Priority
from handlers.context import Context, UserError
from handlers.feature import Feature, Needs
from texts import LANGUAGES, Translator, sentence

feature = Feature("connect")


@feature.command(
    "anslut",
    alias="connect",
    description=sentence("In a group: it gets an association's posts"),
    argument=sentence("association"),
    needs=Needs.ORGANISER,
    facts=(Fact.CHAT_ADMIN,),
    groups_only=True,
)
async def connect(ctx: Context) -> Message:
    """Asks who reads in this chat, for the association named or the district; only an administrator may."""
    if Fact.CHAT_ADMIN not in ctx.request.facts:
        raise UserError(
            "Only an administrator of this group who also organises can do that. Ask one to write /connect."
        )
    seen = await chats.see_chat(ctx.session, ctx.keys, ctx.request.chat, added_by=ctx.person.id, now=ctx.now)
    if seen is None:
        raise UserError("Something went wrong on my side. Please try again in a while.")
    await chats.set_thread(ctx.session, seen.id, ctx.request.chat.address.thread)
    name = one_line(ctx.request.argument)
    one = await _named(ctx, name)
    if one is not None and ctx.person.rights.covers(one.id):
        return _ask_level(ctx.t, seen.id, one)
    if one is not None and name:
        ctx.require(one.id)
    return await _ask_association(ctx, seen, name)


async def _named(ctx: Context, name: str) -> Association | None:
    every = await associations.associations(ctx.session, invented=ctx.person.invented)
    if name:
        return next((one for one in every if one.name.casefold() == name.casefold()), None)
    return every[0] if every else None


async def _ask_association(ctx: Context, chat: Chat, name: str) -> Message:
    mine = await _mine(ctx)
    buttons = [Button(one.name, "connect.level", f"{chat.id}:{one.id}") for one in mine[:20]]
    text = (
        ctx.t("I know no association called {name}. Which one is it?", name=name[:60])
        if name
        else _which(ctx.t, chat)
    )
    return Message.of(text, *buttons, each=2)


def _which(t: Translator, chat: Chat) -> Markup:
    return t("Which association does “{title}” belong to?", title=chat.title)


async def _mine(ctx: Context) -> list[Association]:
    every = await associations.associations(ctx.session, invented=ctx.person.invented)
    return [one for one in every if ctx.person.rights.covers(one.id)]


@feature.button("connect.level", needs=Needs.ORGANISER)
async def ask_level(ctx: Context) -> Message:
    """Asks who reads in the chat."""
    chat, one = await _about(ctx)
    return _ask_level(ctx.t, chat.id, one)


def _ask_level(t: Translator, chat_id: int, one: Association) -> Message:
    about = f"{chat_id}:{one.id}"
    text = t("This chat will get what {association} sends. Who reads here?", association=one.name)
    everyone = Button(t.plain("Everyone"), "connect.bind", f"{about}:{Level.OPEN.value}")
    own = Button(t.plain("Only our own"), "connect.bind", f"{about}:{Level.INTERNAL.value}")
    return Message.of(text, everyone, own)


async def _about(ctx: Context) -> tuple[Chat, Association]:
    chat_id, _, rest = ctx.request.argument.partition(":")
    chat = await chats.get_chat_by_id(ctx.session, int(chat_id))
    wanted = int(rest.partition(":")[0])
    one = await associations.get_association(ctx.session, wanted, invented=ctx.person.invented)
    if chat is None or one is None or chat.invented != ctx.person.invented:
        raise UserError("That has changed since. Write /connect in the group again.")
    ctx.require(one.id)
    if chat.association_id is not None:
        ctx.require(chat.association_id)
    return chat, one


@feature.button("connect.bind", needs=Needs.ORGANISER)
async def bind(ctx: Context) -> Message:
    """The chat gets the association's posts from now on."""
    chat, one = await _about(ctx)
    level = Level(ctx.request.argument.rpartition(":")[2])
    await chats.bind(ctx.session, chat.id, association_id=one.id, level=level)
    audit.note(ctx.session, f"connect {level.value}", f"chat:{chat.id}", actor_id=ctx.person.id, now=ctx.now)
    text = ctx.t("Done. What {association} sends comes here from now on.", association=one.name)
    if level is Level.INTERNAL:
        text += " " + ctx.t("Also what is only for our own.")
    return Message.of(text, Button(ctx.t.plain("Disconnect"), "connect.unbind", f"{chat.id}:{one.id}"))


@feature.button("connect.unbind", needs=Needs.ORGANISER)
async def unbind(ctx: Context) -> Message:
    """The chat gets nothing any more."""
    chat, _ = await _about(ctx)
    await chats.unbind(ctx.session, chat.id)
    audit.note(ctx.session, "disconnect", f"chat:{chat.id}", actor_id=ctx.person.id, now=ctx.now)
    return Message(ctx.t("Done. I am silent there from now on."))


@feature.event(Event.BOT_ADDED)
async def bot_added(ctx: Context) -> None:
    """The chat is known; an organiser who added the bot is asked, privately, where it belongs."""
    adder = ctx.person.id or None
    chat = await chats.see_chat(ctx.session, ctx.keys, ctx.request.chat, added_by=adder, now=ctx.now)
    if chat is None or chat.level is not None or not ctx.person.rights.is_organiser:
        return
    mine = await _mine(ctx)
    content = {language: _where_to(ctx.in_language(language), chat, mine) for language in LANGUAGES}
    post_id = await outbox.queue_post(
        ctx.session,
        f"chat-added:{chat.id}:{ctx.request.update}",
        PostKind.PERSONAL,
        private=content,
        priority=Priority.URGENT,
        now=ctx.now,
    )
    if post_id:
        await outbox.queue_to_people(
            ctx.session, post_id, reach.one_person(ctx.person.id), now=ctx.now, quiet=None
        )


def _where_to(t: Translator, chat: Chat, mine: list[Association]) -> Message:
    buttons = [Button(one.name, "connect.level", f"{chat.id}:{one.id}") for one in mine[:20]]
    return Message.of(_which(t, chat), *buttons, each=2)


@feature.event(Event.BOT_REMOVED)
async def bot_removed(ctx: Context) -> None:
    """Nothing is sent to the chat any more."""
    chat = await chats.get_chat(ctx.session, ctx.keys, ctx.request.chat.address)
    if chat:
        await chats.leave(ctx.session, chat.id)


@feature.event(Event.CHAT_MOVED)
async def chat_moved(ctx: Context) -> None:
    """The chat is known under its new id, with everything it was bound to."""
    old = ctx.request.chat.address
    chat = await chats.get_chat(ctx.session, ctx.keys, old)
    if chat:
        await chats.move(ctx.session, ctx.keys, chat.id, replace(old, id=ctx.request.argument))
