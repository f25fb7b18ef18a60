"""Updates read, once, into requests; what is not meant for the bot comes back as nothing."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from chat.address import Address, Platform
from chat.markup import one_line
from chat.request import Attachment, Chat, Event, Kind, Request
from chat.signing import read_signed

Json = dict[str, Any]

KINDS = ["message", "channel_post", "callback_query", "my_chat_member", "chat_member", "chat_join_request"]
INSIDE = ("creator", "administrator", "member")
SHOWING = (
    "photo", "video", "animation", "audio", "voice", "video_note", "sticker", "document", "location", "venue",
    "contact", "poll", "dice", "story",
)  # fmt: skip
_COMMAND = re.compile(r"/(\w{1,64})(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from, as its answer needs it; ids are Telegram's."""

    chat_id: int
    user_id: int | None
    private: bool
    thread_id: int | None = None
    message_id: int = 0
    ephemeral_id: int | None = None  # of the message sent or pressed, when only that person sees it
    query_id: str = ""  # of a press

    @property
    def ephemeral(self) -> Json | None:
        """What names the ephemeral message; None when it is an ordinary one."""
        if self.ephemeral_id is None:
            return None
        return {
            "chat_id": self.chat_id,
            "receiver_user_id": self.user_id,
            "ephemeral_message_id": self.ephemeral_id,
        }


@dataclass(frozen=True, slots=True)
class Read:
    """A request and where its answer goes. `file_id` is the platform's name for the request's file."""

    request: Request
    origin: Origin
    file_id: str = ""


class Reader:
    """Reads the updates of one bot."""

    def __init__(self, username: str, commands: Collection[str], key: bytes) -> None:
        """`commands` are those answered in groups; `key` is what buttons are signed with."""
        self._username = username.lower()
        self._mention = re.compile(rf"\s*(?<!\w)@{re.escape(username)}\b[,:]?\s*", re.IGNORECASE)
        self._commands = commands
        self._key = key
        self._kinds: dict[str, Callable[[Json, str], Iterator[Read]]] = {
            "message": self._message,
            "channel_post": self._message,
            "callback_query": self._press,
            "my_chat_member": self._own_membership,
            "chat_member": self._membership,
            "chat_join_request": self._join_asked,
        }

    def read(self, update: Json) -> list[Read]:
        """What was done. Errors: any, when the update is not what the platform documents."""
        for kind, read in self._kinds.items():
            if kind in update:
                return list(read(update[kind], str(update["update_id"])))
        return []

    def _message(self, message: Json, update: str) -> Iterator[Read]:
        if "new_chat_members" in message or "left_chat_member" in message:
            yield from self._arrivals(message, update)
        elif "migrate_to_chat_id" in message:
            moved = str(message["migrate_to_chat_id"])
            yield _event(Event.CHAT_MOVED, message["chat"], message.get("from"), update, argument=moved)
        elif not message.get("from", {}).get("is_bot") or "sender_chat" in message:
            yield from self._said(message, update)

    def _arrivals(self, message: Json, update: str) -> Iterator[Read]:
        come = [user for user in message.get("new_chat_members", ()) if not user["is_bot"]]
        for number, user in enumerate(come):
            yield _event(Event.JOINED, message["chat"], user, f"{update}.{number}" if number else update)
        gone = message.get("left_chat_member")
        if gone and not gone["is_bot"]:
            yield _event(Event.LEFT, message["chat"], gone, update)

    def _said(self, message: Json, update: str) -> Iterator[Read]:
        private = message["chat"]["type"] == "private"
        text = _text(message)
        if not private:
            ours = self._meant(message, text)
            if ours is None:
                return
            text = ours
        elif not text and not any(kind in message for kind in SHOWING):
            return  # a service message
        command = None if "forward_origin" in message else _COMMAND.fullmatch(text)
        if command is None:
            if private or not text.startswith("/"):
                yield self._read(Kind.TEXT, "", message, update, text=text)
        elif self._is_ours(command, private=private):
            argument = (command[3] or "").strip()
            yield self._read(Kind.COMMAND, command[1].lower(), message, update, argument=argument)

    def _meant(self, message: Json, text: str) -> str | None:
        """What was said to the bot in a group; None when something was said to others."""
        if text.startswith("/"):
            return text
        if "@" in text and self._mention.search(text):
            return self._mention.sub(" ", text).strip()
        return text if text and "ephemeral_message_id" in message else None

    def _is_ours(self, command: re.Match[str], *, private: bool) -> bool:
        named = (command[2] or "").lower()
        if named and named != self._username:
            return False
        return private or command[1].lower() in self._commands

    def _read(
        self, kind: Kind, route: str, message: Json, update: str, *, text: str = "", argument: str = ""
    ) -> Read:
        user = None if "sender_chat" in message else message.get("from")
        origin = _origin(message, user)
        request = Request(
            kind=kind,
            route=route,
            chat=_chat(message["chat"], _thread(message)),
            sender=_address(user),
            argument=argument,
            text=text,
            sender_name=_name(user),
            language=(user or {}).get("language_code", ""),
            update=update,
            message=str(message["message_id"]),
            forwarded="forward_origin" in message,
            attachment=_attachment(message) if origin.private else None,
        )
        return Read(request, origin, message.get("document", {}).get("file_id", ""))

    def _press(self, query: Json, update: str) -> Iterator[Read]:
        message, user = query.get("message"), query["from"]
        if message is None:
            return
        origin = _origin(message, user, query["id"])
        route, argument = read_signed(self._key, query.get("data", "")) or ("", "")
        yield Read(
            Request(
                kind=Kind.PRESS,
                route=route,
                chat=_chat(message["chat"], _thread(message)),
                sender=_address(user),
                argument=argument,
                sender_name=_name(user),
                language=user.get("language_code", ""),
                update=update,
                message=str(message["message_id"]),
                own_message=origin.private or origin.ephemeral_id is not None,
            ),
            origin,
        )

    def _own_membership(self, change: Json, update: str) -> Iterator[Read]:
        was, now = _is_inside(change["old_chat_member"]), _is_inside(change["new_chat_member"])
        if was != now:
            private = change["chat"]["type"] == "private"
            added = Event.UNBLOCKED if private else Event.BOT_ADDED
            removed = Event.BLOCKED if private else Event.BOT_REMOVED
            yield _event(added if now else removed, change["chat"], change["from"], update)

    def _membership(self, change: Json, update: str) -> Iterator[Read]:
        was, now = _is_inside(change["old_chat_member"]), _is_inside(change["new_chat_member"])
        user = change["new_chat_member"]["user"]
        if was != now and not user["is_bot"]:
            yield _event(Event.JOINED if now else Event.LEFT, change["chat"], user, update)

    def _join_asked(self, request: Json, update: str) -> Iterator[Read]:
        yield _event(Event.JOIN_ASKED, request["chat"], request["from"], update)


def _event(event: Event, chat: Json, user: Json | None, update: str, *, argument: str = "") -> Read:
    sender = _address(user)
    request = Request(
        kind=Kind.EVENT,
        route=event.value,
        chat=_chat(chat, ""),
        sender=sender,
        argument=argument,
        sender_name=_name(user) if sender else "",
        language=(user or {}).get("language_code", ""),
        update=update,
    )
    return Read(request, Origin(chat["id"], int(sender.id) if sender else None, chat["type"] == "private"))


def _text(message: Json) -> str:
    """What was written, also under a picture; a place by its name."""
    text: str = message.get("text") or message.get("caption") or ""
    if not text and "venue" in message:
        return f"{message['venue']['title']}, {message['venue']['address']}"
    return text


def _attachment(message: Json) -> Attachment | None:
    """The file that came with the message; its content is asked for by who takes it."""
    sent = message.get("document")
    return Attachment(sent.get("file_name", ""), sent.get("file_size", 0)) if sent else None


def _origin(message: Json, user: Json | None, query_id: str = "") -> Origin:
    thread = _thread(message)
    return Origin(
        chat_id=message["chat"]["id"],
        user_id=user["id"] if user else None,
        private=message["chat"]["type"] == "private",
        thread_id=int(thread) if thread else None,
        message_id=message["message_id"],
        ephemeral_id=message.get("ephemeral_message_id"),
        query_id=query_id,
    )


def _thread(message: Json) -> str:
    """The topic; replies outside of topics carry a thread id too, which is none to write to."""
    return str(message["message_thread_id"]) if message.get("is_topic_message") else ""


def _chat(chat: Json, thread: str) -> Chat:
    kind = chat["type"]
    address = Address(Platform.TELEGRAM, str(chat["id"]), thread)
    return Chat(address, kind == "private", one_line(chat.get("title", "")), channel=kind == "channel")


def _address(user: Json | None) -> Address | None:
    """The person's; None where the platform hides who acted, and for bots."""
    if user is None or user.get("is_bot"):
        return None
    return Address(Platform.TELEGRAM, str(user["id"]))


def _name(user: Json | None) -> str:
    return one_line(user.get("first_name", "")) if user else ""


def _is_inside(member: Json) -> bool:
    return member["status"] in INSIDE or (member["status"] == "restricted" and member.get("is_member", False))
