"""Groups, supergroups, channels and private chats of the local Telegram, and the bot's place in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.servers.telegram_checks import ApiError, bad
from tests.servers.telegram_messages import Message

if TYPE_CHECKING:
    from tests.servers.telegram_people import Person
    from tests.servers.telegram_world import World

Json = dict[str, Any]
RIGHTS = [
    "can_manage_chat",
    "can_change_info",
    "can_delete_messages",
    "can_invite_users",
    "can_restrict_members",
    "can_promote_members",
    "can_manage_video_chats",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
]
NAMES = {"group": "group chat", "supergroup": "supergroup chat", "channel": "channel chat"}


@dataclass(eq=False, repr=False)
class Chat:
    """One chat; a private one has a `person`. Everything posted is kept in `log`, deleted or not."""

    server: World
    id: int
    kind: str
    title: str = ""
    person: Person | None = None
    forum: bool = False
    join_by_request: bool = False
    service_messages: bool = True  # large groups hide who joined
    bot_status: str = "left"
    log: list[Message] = field(default_factory=list)
    members: dict[int, str] = field(default_factory=dict)  # user id: member, administrator, creator, kicked
    anonymous: set[int] = field(default_factory=set)  # administrators who hide
    requests: dict[int, float] = field(default_factory=dict)  # user id: when they asked to join
    migrated_to: Chat | None = None

    @property
    def messages(self) -> list[Message]:
        """What everybody in the chat sees now: nothing deleted, nothing ephemeral, no service messages."""
        return [one for one in self.log if not (one.deleted or one.ephemeral or one.service)]

    @property
    def bot_messages(self) -> list[Message]:
        """Those of `messages` that the bot wrote."""
        return [one for one in self.messages if one.from_bot]

    @property
    def is_bot_admin(self) -> bool:
        return self.bot_status == "administrator"

    def written(self) -> Json:
        """The chat as the Bot API writes it."""
        if self.person is not None:
            return {"id": self.id, "type": "private", **self.person.names()}
        extra = {"is_forum": True} if self.forum else {}
        return {"id": self.id, "type": self.kind, "title": self.title, **extra}

    def require_bot(self) -> None:
        """The server's 403 or 400 if the bot cannot write here."""
        if self.migrated_to is not None:
            words = "Bad Request: group chat was upgraded to a supergroup chat"
            raise ApiError(400, words, migrate_to_chat_id=self.migrated_to.id)
        if self.person is not None:
            self.person.require_open()
        elif self.bot_status == "kicked":
            raise ApiError(403, f"Forbidden: bot was kicked from the {NAMES[self.kind]}")
        elif self.bot_status == "left":
            raise ApiError(403, f"Forbidden: bot is not a member of the {NAMES[self.kind]}")
        elif self.kind == "channel" and not self.is_bot_admin:
            raise bad("need administrator rights in the channel chat")

    def add_bot(self, by: Person, status: str = "member") -> None:
        """The bot is in the chat; it hears who put it there."""
        self._set_bot(status, by)
        if self.kind != "channel":
            self._serve(by, {"new_chat_members": [self.server.bot_user]})

    def remove_bot(self, by: Person) -> None:
        """The bot has been thrown out."""
        self._set_bot("kicked", by)

    def promote_bot(self, by: Person) -> None:
        """The bot is an administrator."""
        self._set_bot("administrator", by)

    def demote_bot(self, by: Person) -> None:
        """The bot is an ordinary member."""
        self._set_bot("member", by)

    def _set_bot(self, status: str, by: Person) -> None:
        bot = self.server.bot_user
        old, self.bot_status = self.bot_status, status
        self.server.push("my_chat_member", self._changed(by, bot, old, status), self)

    def bot_leaves(self) -> None:
        """The bot has left by its own will."""
        old, self.bot_status = self.bot_status, "left"
        bot = self.server.bot_user
        change = self.changed(bot, bot, old, "left")
        self.server.push("my_chat_member", change, self)

    def makes_admin(self, person: Person, *, anonymous: bool = False, by: Person | None = None) -> None:
        """`person` is an administrator, hidden behind the group's name if `anonymous`."""
        if anonymous:
            self.anonymous.add(person.id)
        self.set_member(person, "administrator", by=by or person)

    def makes_member(self, person: Person, *, by: Person | None = None) -> None:
        """`person` is an ordinary member (again)."""
        self.anonymous.discard(person.id)
        self.set_member(person, "member", by=by or person)

    def set_member(self, person: Person, status: str, *, by: Person, **extra: bool) -> None:
        """`person` has this status here; the bot hears of it if it is an administrator."""
        old = self.members.get(person.id, "left")
        self.members[person.id] = status
        if self.is_bot_admin:
            change = self.changed(by.written(), person.written(), old, status)
            self.server.push("chat_member", change | extra, self)

    def adds(self, people: list[Person], by: Person) -> None:
        """All of `people` are members, announced in one service message."""
        for person in people:
            self.requests.pop(person.id, None)
            self.set_member(person, "member", by=by)
        if self.service_messages and self.kind != "channel":
            self._serve(by, {"new_chat_members": [person.written() for person in people]})

    def drops(self, person: Person, by: Person) -> None:
        """`person` is out, by themselves or thrown out."""
        self.set_member(person, "left" if by is person else "kicked", by=by)
        if self.service_messages and self.kind != "channel":
            self._serve(by, {"left_chat_member": person.written()})

    def posts(self, text: str) -> Message:
        """A post in a channel, in the channel's name."""
        message = self.server.new_message(self, text, sender=self)
        self.server.push("channel_post", message.written(self.server.bot_user), self)
        return message

    def topic(self, name: str, by: Person) -> int:
        """The thread id of a new topic."""
        message = self._serve(by, {"forum_topic_created": {"name": name, "icon_color": 7322096}})
        return message.id

    def migrate(self, by: Person) -> Chat:
        """The supergroup this group has become; the old id is answered with the new one."""
        new = self.server.new_chat("supergroup", self.title)
        new.members, new.bot_status, new.anonymous = dict(self.members), self.bot_status, set(self.anonymous)
        self._serve(by, {"migrate_to_chat_id": new.id})
        self.migrated_to = new
        new._serve(by, {"migrate_from_chat_id": self.id})  # noqa: SLF001 - the same class
        return new

    def _serve(self, by: Person, service: Json) -> Message:
        message = self.server.new_message(self, "", sender=by)
        message.service = service
        if self.bot_status not in ("left", "kicked"):
            self.server.push("message", message.written(self.server.bot_user), self)
        return message

    def _changed(self, by: Person, user: Json, old: str, new: str) -> Json:
        return self.changed(by.written(), user, old, new)

    def changed(self, by: Json, user: Json, old: str, new: str) -> Json:
        """A ChatMemberUpdated."""
        return {
            "chat": self.written(),
            "from": by,
            "date": self.server.date(),
            "old_chat_member": self.member(user, old),
            "new_chat_member": self.member(user, new),
        }

    def member(self, user: Json, status: str) -> Json:
        """A ChatMember as the Bot API writes it."""
        out: Json = {"user": user, "status": status}
        if status in ("administrator", "creator"):
            out["is_anonymous"] = user["id"] in self.anonymous
        if status == "administrator":
            out |= dict.fromkeys(RIGHTS, True) | {"can_be_edited": False}
        if status == "kicked":
            out["until_date"] = 0
        return out
