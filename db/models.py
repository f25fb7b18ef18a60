"""The tables. Addresses, names and what people wrote are encrypted."""

from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, MetaData, UniqueConstraint, event, false, true
from sqlalchemy import text as sql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from db import append_only
from db.keys import Encrypted
from db.session import UtcDateTime

CASCADE = "CASCADE"
SET_NULL = "SET NULL"
NEVER_AGAIN = {"sqlite_autoincrement": True}  # ids that others know are not used for something else later


class Base(DeclarativeBase):
    """All tables; constraints have names so that migrations can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime}


class Level(StrEnum):
    """What a chat is shown."""

    OPEN = "open"
    INTERNAL = "internal"


class Consent(StrEnum):
    """A person's answer to "may I write to you here?"."""

    UNASKED = "unasked"
    YES = "yes"
    HIDDEN = "hidden"  # yes, but hide the content
    NO = "no"  # only when I ask


class ActivityKind(StrEnum):
    """Kinds of activity."""

    MEETING = "meeting"
    DEMONSTRATION = "demonstration"
    TRAINING = "training"
    ACTION = "action"
    SOCIAL = "social"


class ActivityState(StrEnum):
    """An activity is never deleted by its organiser: cancelled stays cancelled."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


class Answer(StrEnum):
    """A signup's answer."""

    COMING = "coming"
    MAYBE = "maybe"
    NO = "no"


class PostKind(StrEnum):
    """What is said by the outbox. Adding one here is all it takes; texts are made where it is queued."""

    CALL = "call"
    CHANGE = "change"
    CANCELLATION = "cancellation"
    REMINDER = "reminder"
    DIGEST = "digest"
    WELCOME = "welcome"
    SECURITY = "security"  # about an account, there and nowhere else, also after /stopp
    PERSONAL = "personal"  # an answer, a question passed on, progress, a confirmation
    ANNOUNCEMENT = "announcement"


TO_ONE = frozenset({PostKind.PERSONAL, PostKind.SECURITY})  # said to single persons, at any hour


class Priority(IntEnum):
    """Who goes first when many wait; lower is earlier."""

    URGENT = 0  # cancellation and change, answers
    CALL = 1
    REMINDER = 2
    DIGEST = 3


class MemberStatus(StrEnum):
    """Where a member stands; `paid_until` tells whether the fee is paid."""

    ACTIVE = "active"
    FORMER = "former"  # no longer in the list that is imported; erased 30 days later


class LabelKind(StrEnum):
    """What a label says of the persons who have it. Only tags are put on people by others."""

    INTEREST = "interest"
    SKILL = "skill"  # "what I can give"
    LIST = "list"  # an invitation list: chosen by people, never inferred
    TAG = "tag"


class State(StrEnum):
    """Where a delivery stands; the moves between them are in bot/delivery."""

    READY = "ready"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    HELD = "held"
    DEAD = "dead"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Setting(Base):
    """Small things the installation remembers, by name."""

    __tablename__ = "setting"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Association(Base):
    """A local association; the one with `is_district` is the district itself.

    `invented` rows are the try-out page's world: they never meet real people or chats.
    """

    __tablename__ = "association"
    __table_args__ = (UniqueConstraint("name", "invented"), NEVER_AGAIN)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    is_district: Mapped[bool] = mapped_column(server_default=false())
    invented: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime]


class Person(Base):
    """Somebody who has been in contact, member or guest; no name is kept here."""

    __tablename__ = "person"
    __table_args__ = NEVER_AGAIN
    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str]
    association_id: Mapped[int | None] = mapped_column(ForeignKey("association.id", ondelete=SET_NULL), index=True)
    invented: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime]
    greeted_at: Mapped[datetime | None]
    reminders: Mapped[bool] = mapped_column(server_default=true())
    digest: Mapped[bool] = mapped_column(server_default=true())
    private_copies: Mapped[bool] = mapped_column(server_default=true())  # false: calls only in the group
    quiet_hours: Mapped[str | None]  # "21-08", "" for none; NULL: the installation's


class Account(Base):
    """A person's address on one platform.

    `opened`: a private message can be sent (Telegram: the bot was started; Discord: a test DM arrived).
    `reachable` is false after the platform said that the person blocked us. `organises` is false for an account
    that was linked to somebody who organises: roles never come from linking. `preferred` goes before the others.
    `linked_at`: since when it is that person's by linking.
    """

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("platform", "address_index"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete=CASCADE), index=True)
    platform: Mapped[str]
    address: Mapped[str] = mapped_column(Encrypted("account.address"))
    address_index: Mapped[bytes]
    channel: Mapped[str | None] = mapped_column(Encrypted("account.channel"))  # Discord: of the direct messages
    opened: Mapped[bool] = mapped_column(server_default=false())
    reachable: Mapped[bool] = mapped_column(server_default=true())
    stopped: Mapped[bool] = mapped_column(server_default=false())  # /stopp: nothing at all unasked
    consent: Mapped[str] = mapped_column(server_default=Consent.UNASKED.value)
    organises: Mapped[bool] = mapped_column(server_default=true())
    preferred: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime]
    linked_at: Mapped[datetime | None]


class ConsentLog(Base):
    """Each answer to the consent question, with the version of the text that was shown."""

    __tablename__ = "consent_log"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete=CASCADE), index=True)
    platform: Mapped[str]
    answer: Mapped[str]
    text_version: Mapped[str]
    language: Mapped[str]
    at: Mapped[datetime]


class ConsentText(Base):
    """The words of each version of the consent question, as they were shown."""

    __tablename__ = "consent_text"
    version: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]


class Role(Base):
    """What a person may do. `association_id` NULL: in the whole district. `activity_id`: a host, of that one."""

    __tablename__ = "role"
    __table_args__ = NEVER_AGAIN
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete=CASCADE), index=True)
    association_id: Mapped[int | None] = mapped_column(ForeignKey("association.id", ondelete=CASCADE))
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id", ondelete=CASCADE))
    role: Mapped[str]
    name: Mapped[str] = mapped_column(Encrypted("role.name"))  # for the other organisers' eyes
    granted_by: Mapped[int | None]  # a person's id; kept as a number when that person is forgotten
    granted_at: Mapped[datetime]


class Insider(Base):
    """A person whom an organiser has confirmed to belong to an association: sees what is internal there."""

    __tablename__ = "insider"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete=CASCADE), primary_key=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id", ondelete=CASCADE), primary_key=True)
    confirmed_at: Mapped[datetime]


class Member(Base):
    """What the register knows of a person. An import finds them again by `number`, the list's own.

    `left_at`: since when they are missing from the list. No field for the personal identity number.
    """

    __tablename__ = "member"
    __table_args__ = NEVER_AGAIN
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete=CASCADE), unique=True)
    association_id: Mapped[int | None] = mapped_column(ForeignKey("association.id", ondelete=SET_NULL), index=True)
    status: Mapped[str] = mapped_column(server_default=MemberStatus.ACTIVE.value)
    number: Mapped[str | None] = mapped_column(Encrypted("member.number"))
    number_index: Mapped[bytes | None] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(Encrypted("member.name"))
    email: Mapped[str | None] = mapped_column(Encrypted("member.email"))
    email_index: Mapped[bytes | None] = mapped_column(index=True)  # a family may share one
    phone: Mapped[str | None] = mapped_column(Encrypted("member.phone"))  # E.164
    phone_index: Mapped[bytes | None] = mapped_column(index=True)
    address: Mapped[str | None] = mapped_column(Encrypted("member.address"))  # postal, in lines
    joined_on: Mapped[date | None] = mapped_column(index=True)
    paid_until: Mapped[date | None]
    born_year: Mapped[int | None]
    left_at: Mapped[datetime | None] = mapped_column(index=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class OfficeKind(Base):
    """An office that can be held: chair, board, municipal seat … The district's own list."""

    __tablename__ = "office_kind"
    __table_args__ = (UniqueConstraint("name", "invented"), NEVER_AGAIN)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    invented: Mapped[bool] = mapped_column(server_default=false())


class Office(Base):
    """A person holds an office in an association, from the first to the last day, both included."""

    __tablename__ = "office"
    __table_args__ = (UniqueConstraint("person_id", "kind_id", "association_id", "starts_on"), NEVER_AGAIN)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete=CASCADE))
    kind_id: Mapped[int] = mapped_column(ForeignKey("office_kind.id", ondelete=CASCADE), index=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id", ondelete=CASCADE), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class Label(Base):
    """An interest, something one can give, an invitation list or a tag. `association_id` NULL: the district's."""

    __tablename__ = "label"
    __table_args__ = (UniqueConstraint("kind", "name", "invented"), NEVER_AGAIN)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    association_id: Mapped[int | None] = mapped_column(ForeignKey("association.id", ondelete=CASCADE), index=True)
    invented: Mapped[bool] = mapped_column(server_default=false())


class PersonLabel(Base):
    """A person has a label."""

    __tablename__ = "person_label"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete=CASCADE), primary_key=True)
    label_id: Mapped[int] = mapped_column(ForeignKey("label.id", ondelete=CASCADE), primary_key=True, index=True)
    at: Mapped[datetime]


class Partner(Base):
    """Another organisation that we do things together with."""

    __tablename__ = "partner"
    __table_args__ = (UniqueConstraint("name", "invented"), NEVER_AGAIN)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    contact: Mapped[str] = mapped_column(Encrypted("partner.contact"), default="")
    invented: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime]


class SavedAudience(Base):
    """An audience with a name. `definition`: JSON, see db/audiences.py; `association_id` NULL: the district's."""

    __tablename__ = "audience"
    __table_args__ = (UniqueConstraint("name", "invented"), NEVER_AGAIN)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    definition: Mapped[str]
    association_id: Mapped[int | None] = mapped_column(ForeignKey("association.id", ondelete=CASCADE), index=True)
    invented: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime]


class Approval(Base):
    """Something that two persons have to agree on: asked for by one, decided once by another."""

    __tablename__ = "approval"
    __table_args__ = NEVER_AGAIN
    id: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str]
    argument: Mapped[str] = mapped_column(Encrypted("approval.argument"), default="")
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete=CASCADE), index=True)
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    decided_by: Mapped[int | None]  # a person's id; kept as a number when that person is forgotten
    decided_at: Mapped[datetime | None]


class Tombstone(Base):
    """By its blind index only: who was forgotten is not brought back by an import or a restore."""

    __tablename__ = "tombstone"
    index: Mapped[bytes] = mapped_column("blind_index", primary_key=True)
    at: Mapped[datetime]


class Tally(Base):
    """How many there were of something whose rows are gone: "signup", activity 12, "coming", 34."""

    __tablename__ = "tally"
    of: Mapped[str] = mapped_column(primary_key=True)
    about: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]


class Code(Base):
    """A single-use code, of which only the hash is kept.

    `person_id`: only that person's accounts may use it. `tries` counts what was typed wrong.
    """

    __tablename__ = "code"
    __table_args__ = NEVER_AGAIN
    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    argument: Mapped[str] = mapped_column(server_default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete=CASCADE), index=True)
    tries: Mapped[int] = mapped_column(server_default=sql("0"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LinkRequest(Base):
    """Digits were asked for, by that account, to that e-mail address: by their blind indexes, for a day.

    It hangs on no person: who is forgotten and comes back has asked as often as they have.
    """

    __tablename__ = "link_request"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_index: Mapped[bytes] = mapped_column(index=True)
    email_index: Mapped[bytes] = mapped_column(index=True)
    at: Mapped[datetime]


class Chat(Base):
    """A group or channel that the bot is or was in. `level` NULL: not bound, gets silence."""

    __tablename__ = "chat"
    __table_args__ = (UniqueConstraint("platform", "address_index"), NEVER_AGAIN)
    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str]
    address: Mapped[str] = mapped_column(Encrypted("chat.address"))
    address_index: Mapped[bytes]
    thread: Mapped[str] = mapped_column(server_default="")
    title: Mapped[str] = mapped_column(Encrypted("chat.title"))
    level: Mapped[str | None]
    association_id: Mapped[int | None] = mapped_column(ForeignKey("association.id", ondelete=SET_NULL), index=True)
    added_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete=SET_NULL))
    present: Mapped[bool] = mapped_column(server_default=true())
    digest: Mapped[bool] = mapped_column(server_default=true())
    invented: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime]


class Arrival(Base):
    """That an account came into a chat, by its blind index only: nobody is welcomed twice."""

    __tablename__ = "arrival"
    chat_id: Mapped[int] = mapped_column(ForeignKey("chat.id", ondelete=CASCADE), primary_key=True)
    address_index: Mapped[bytes] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    first_name: Mapped[str | None] = mapped_column(Encrypted("arrival.first_name"))  # until the welcome is queued
    welcomed: Mapped[bool] = mapped_column(server_default=false())


class Activity(Base):
    """Something that happens. The wall-clock start and zone are kept; `starts_at` is what they mean in UTC.

    What is said of it may name people and homes: all but the title is encrypted.
    """

    __tablename__ = "activity"
    __table_args__ = (Index("ix_activity_agenda", "invented", "starts_at"), NEVER_AGAIN)
    id: Mapped[int] = mapped_column(primary_key=True)
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id"), index=True)
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=ActivityState.PLANNED.value)
    open: Mapped[bool]
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Encrypted("activity.text"), default="")
    place: Mapped[str] = mapped_column(Encrypted("activity.place"), default="")
    bring: Mapped[str] = mapped_column(Encrypted("activity.bring"), default="")
    read: Mapped[str] = mapped_column(Encrypted("activity.read"), default="")  # what to read before
    starts_local: Mapped[str]  # "2026-11-28T14:00"
    zone: Mapped[str]  # IANA name
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    reminders: Mapped[str] = mapped_column(server_default="day_before,two_hours")
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete=SET_NULL), index=True)
    contact_name: Mapped[str | None] = mapped_column(Encrypted("activity.contact_name"))  # shown, where chosen
    cancel_reason: Mapped[str] = mapped_column(Encrypted("activity.cancel_reason"), default="")
    revision: Mapped[int] = mapped_column(server_default=sql("1"))
    draft_key: Mapped[str | None] = mapped_column(unique=True)  # the draft it came from: published once
    invented: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime]


class Signup(Base):
    """A person's answer to an activity. `name` is what the platform showed, for the organiser's eyes."""

    __tablename__ = "signup"
    __table_args__ = (UniqueConstraint("activity_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id", ondelete=CASCADE))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete=CASCADE), index=True)
    answer: Mapped[str]
    name: Mapped[str] = mapped_column(Encrypted("signup.name"))
    answered_at: Mapped[datetime]


class Reminder(Base):
    """A rule of an activity, due once: one row for the activity, not one a person."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("activity_id", "rule", "version"),
        Index(
            "ix_reminder_due",
            "due_at",
            sqlite_where=sql("done_at IS NULL"),
            postgresql_where=sql("done_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id", ondelete=CASCADE))
    rule: Mapped[str]
    version: Mapped[int]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class Post(Base):
    """What is said, once: a message a language, as `chat.message.to_json` keeps it.

    `private` and `group` map languages to messages; a reminder keeps none, it is made of its activity for whoever
    reads it. `revision` rises when the content changes, `counts` when only the live counts of group cards did;
    `stale` says that some copy may not show it yet.
    """

    __tablename__ = "post"
    __table_args__ = (
        Index("ix_post_stale", "id", sqlite_where=sql("stale"), postgresql_where=sql("stale")),
        NEVER_AGAIN,
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)  # "reminder:12:day_before:1": queued once
    kind: Mapped[str]
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id", ondelete=CASCADE), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete=SET_NULL))
    audience: Mapped[str | None]  # whom it is for, as JSON, see db/audiences.py
    private: Mapped[str] = mapped_column(Encrypted("post.private"))
    group: Mapped[str] = mapped_column("group_content", Encrypted("post.group"))
    priority: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(server_default=sql("1"))
    counts: Mapped[int] = mapped_column(server_default=sql("0"))
    stale: Mapped[bool] = mapped_column(server_default=false())


_ready = sql("state = 'ready'")
_held = sql("state = 'held'")
_of_a_chat = sql("chat_id IS NOT NULL")
_flying = sql("state IN ('claimed', 'sending')")


class Delivery(Base):
    """One post to one person or one chat. Carries no text and no name.

    Platforms know a message by its delivery's id: one used again would be taken for the earlier message.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("post_id", "person_id", "part"),
        CheckConstraint("(person_id IS NULL) <> (chat_id IS NULL)", name="one_recipient"),
        # Partial: a call to 100,000 persons writes nothing into it.
        Index(
            "uq_delivery_chat_id_post_id_part",
            "chat_id",
            "post_id",
            "part",
            unique=True,
            sqlite_where=_of_a_chat,
            postgresql_where=_of_a_chat,
        ),
        Index(
            "ix_delivery_ready",
            "lane",
            "priority",
            "not_before",
            "id",
            sqlite_where=_ready,
            postgresql_where=_ready,
        ),
        Index("ix_delivery_flying", "state", sqlite_where=_flying, postgresql_where=_flying),
        Index("ix_delivery_held", "post_id", sqlite_where=_held, postgresql_where=_held),
        NEVER_AGAIN,
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete=CASCADE))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete=CASCADE), index=True)
    chat_id: Mapped[int | None] = mapped_column(ForeignKey("chat.id", ondelete=CASCADE))
    account_id: Mapped[int | None]  # the person's; read with `db.reach.ITS_ACCOUNT`, never alone
    part: Mapped[int] = mapped_column(server_default=sql("1"))
    lane: Mapped[str]  # the platform
    priority: Mapped[int]
    state: Mapped[str] = mapped_column(server_default=State.READY.value)
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    attempt: Mapped[int] = mapped_column(server_default=sql("0"))
    owner: Mapped[str | None]  # the worker that has claimed it
    reason: Mapped[str | None]  # a word of bot/delivery, never a platform's text
    message_id: Mapped[str | None]
    shown_revision: Mapped[int] = mapped_column(server_default=sql("0"))
    shown_counts: Mapped[int] = mapped_column(server_default=sql("0"))
    sent_at: Mapped[datetime | None]


class Worker(Base):
    """A process on PostgreSQL that says every few seconds that it lives; its id is never used again."""

    __tablename__ = "worker"
    id: Mapped[str] = mapped_column(primary_key=True)
    beat_at: Mapped[datetime]  # by the database's clock
    backend: Mapped[int]  # PostgreSQL's process behind its connection, which holds its locks


class Pace(Base):
    """From when on the next message may go, by the database's clock, for all workers together.

    To a platform; and to a private chat on it, which has as many rows as messages at once, each a seat of one.
    """

    __tablename__ = "pace"
    platform: Mapped[str] = mapped_column(primary_key=True)  # or a seat: no address, but what stands in for it
    opens_at: Mapped[datetime]


class Draft(Base):
    """A dialogue under way: what has been answered so far, and which field is asked now."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("person_id", "form", "argument"), NEVER_AGAIN)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete=CASCADE), index=True)
    form: Mapped[str]
    argument: Mapped[str] = mapped_column(server_default="")  # what the form is about, "12" an activity
    style: Mapped[str]
    data: Mapped[str] = mapped_column(Encrypted("draft.data"))  # JSON, see db/drafts.py
    asking: Mapped[str] = mapped_column(server_default="")  # the field that free text answers; empty: none
    expires_at: Mapped[datetime]


class Question(Base):
    """A question to an organiser, and that it was answered."""

    __tablename__ = "question"
    __table_args__ = NEVER_AGAIN
    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id", ondelete=CASCADE))
    association_id: Mapped[int | None] = mapped_column(ForeignKey("association.id", ondelete=CASCADE))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete=CASCADE), index=True)
    text: Mapped[str] = mapped_column(Encrypted("question.text"))
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class HelpOffer(Base):
    """Somebody wants to help, and agreed that their association's organisers are told."""

    __tablename__ = "help_offer"
    __table_args__ = (UniqueConstraint("person_id", "association_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete=CASCADE))
    association_id: Mapped[int] = mapped_column(ForeignKey("association.id", ondelete=CASCADE))
    text: Mapped[str] = mapped_column(Encrypted("help_offer.text"))
    name: Mapped[str] = mapped_column(Encrypted("help_offer.name"))
    at: Mapped[datetime]


class SeenUpdate(Base):
    """An update whose effect is committed; it has none when it comes again."""

    __tablename__ = "seen_update"
    platform: Mapped[str] = mapped_column(primary_key=True)
    update: Mapped[str] = mapped_column("update_id", primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


class Audit(Base):
    """Who did what to what, without content; append-only, which db/append_only.py has the database see to."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    action: Mapped[str]
    object: Mapped[str]  # "activity:12"


event.listen(Audit.__table__, "after_create", append_only.protect)


class TryMessage(Base):
    """A message on the try-out page: what a persona or the group sees there."""

    __tablename__ = "try_message"
    id: Mapped[int] = mapped_column(primary_key=True)
    pane: Mapped[str] = mapped_column(index=True)  # the persona's or the group's address
    nonce: Mapped[str | None] = mapped_column(unique=True)
    author: Mapped[str]  # "bot" or a persona
    content: Mapped[str] = mapped_column(Encrypted("try_message.content"))
    only_for: Mapped[str | None]  # ephemeral in the group: the persona that sees it
    at: Mapped[datetime]
    changed: Mapped[int] = mapped_column(index=True)  # rises with every new or edited message
