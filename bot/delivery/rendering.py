"""What one recipient sees of a post: their language, hidden when they asked for it, with live counts in groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from sqlalchemy.ext.asyncio import AsyncSession

from chat.message import Button, Message
from db import activities, copies
from db.activities import Activity
from db.copies import Content
from db.deliveries import Claimed
from db.installation import Installation
from db.models import Consent, PostKind
from db.outbox import NOTHING, in_language, unpack
from handlers.reminders import reminder
from texts import Translator, sentence, translator
from texts.few import is_few

COMING_ROUTE, COMING = "signup.answer", ":coming"
MOST_KEPT = 200  # posts, and copies in groups, that are remembered

NEWS = sentence("There is something new for you here.")
CHANGED = sentence("Something you signed up for has changed.")

Reminded = Mapping[int, tuple[Activity, datetime]]  # by post, with when the post was made


@dataclass(frozen=True, slots=True)
class Copy:
    """One recipient's copy of a post as it looks now."""

    row: Claimed
    message: Message
    revision: int


class Rendering:
    """Makes messages, each content once a language."""

    def __init__(self, installation: Installation) -> None:
        """`installation` says the language of chats."""
        self.installation = installation
        self._contents: dict[int, Content] = {}
        self._shown: dict[int, Message] = {}

    async def copies(self, session: AsyncSession, rows: Sequence[Claimed]) -> list[Copy]:
        """These deliveries with what they say now."""
        posts = {row.post_id: row.revision for row in rows}
        missing = [post for post, revision in posts.items() if self._revision(post) != revision]
        if len(self._contents) + len(missing) > MOST_KEPT:
            self._contents.clear()
            missing = list(posts)
        if missing:
            self._contents |= await copies.contents(session, missing)
        carded = {row.activity_id for row in rows if row.activity_id and row.chat_id}
        coming = await copies.coming(session, carded) if carded else {}
        wordless = {row.post_id for row in rows if self._reminds(row)}
        reminded = await activities.of_posts(session, wordless) if wordless else {}
        return [self._copy(row, coming, reminded) for row in rows]

    def _revision(self, post_id: int) -> int | None:
        content = self._contents.get(post_id)
        return content.revision if content else None

    def _reminds(self, row: Claimed) -> bool:
        """True when what is said is made of the activity as it is now."""
        return row.kind == PostKind.REMINDER and self._contents[row.post_id].private == NOTHING

    def _copy(self, row: Claimed, coming: Mapping[int, int], reminded: Reminded) -> Copy:
        content = self._contents[row.post_id]
        message = self._message(row, content, reminded)
        if row.chat_id is not None and row.activity_id is not None:
            message = with_count(message, coming.get(row.activity_id, 0))
        return Copy(row, message, content.revision)

    def _message(self, row: Claimed, content: Content, reminded: Reminded) -> Message:
        default = self.installation.language
        if row.chat_id is not None:
            said = content.private if content.group == NOTHING else content.group
            return in_language(_unpacked(said), default, default)
        t = translator(row.language or "", self.installation.zone, default=default)
        if is_hidden(row):
            return hidden(row.post_id, PostKind(row.kind), t)
        if row.post_id in reminded:
            activity, made_at = reminded[row.post_id]
            return _reminder(activity, t, now=made_at)
        return in_language(_unpacked(content.private), t.language, default, answer=row.answer)

    def remember(self, copy: Copy) -> None:
        """That copy looks like this now; only those in groups are remembered, for their counts rise often."""
        if copy.row.chat_id is not None:
            if len(self._shown) >= MOST_KEPT:
                self._shown.clear()
            self._shown[copy.row.id] = copy.message

    def is_shown(self, copy: Copy) -> bool:
        """True when the copy surely looks like this already."""
        return is_hidden(copy.row) or self._shown.get(copy.row.id) == copy.message


_reminder = lru_cache(maxsize=MOST_KEPT)(reminder)


@lru_cache(maxsize=MOST_KEPT)
def _unpacked(kept: str) -> Mapping[str, Message]:
    return unpack(kept)


def is_hidden(row: Claimed) -> bool:
    """True when the person asked that content be hidden; what they see of their own doing is not."""
    return row.consent == Consent.HIDDEN and row.author_id != row.person_id


def hidden(post_id: int, kind: PostKind, t: Translator) -> Message:
    """What stands on a lock screen when the content must not."""
    changed = kind in {PostKind.CHANGE, PostKind.CANCELLATION}
    return Message.of(t(CHANGED if changed else NEWS), Button(t.plain("Show"), "post.show", str(post_id)))


def with_count(message: Message, coming: int) -> Message:
    """The message with how many come on its button, from five upwards; never how many do not."""
    if is_few(coming):
        return message
    rows = tuple(tuple(_counted(button, coming) for button in row) for row in message.rows)
    return replace(message, rows=rows)


def _counted(button: Button, coming: int) -> Button:
    is_coming = button.route == COMING_ROUTE and button.argument.endswith(COMING)
    return replace(button, label=f"{button.label} · {coming}") if is_coming else button
