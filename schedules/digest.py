"""The week on Monday mornings, to chats and people who want it; an empty week says nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from chat.message import Button, Message
from db import agenda, digest, outbox, restored
from db.agenda import Entry, Viewer
from db.digest import Profile
from db.installation import Installation, get_setting, set_setting
from db.models import PostKind, Priority
from db.outbox import Quiet
from handlers.agenda import week_message
from handlers.agenda.spans import Span, bounds
from texts import LANGUAGES, Translator, translator

AT, UNTIL = time(9), time(18)  # a process that was down at nine says it late, but not in the evening
LAST = "digest"  # the setting that remembers the last week said


@dataclass(frozen=True, slots=True)
class Issue:
    """One week's digest in one world."""

    name: str
    week: Span
    invented: bool
    now: datetime
    begins: datetime
    ends: datetime
    at: Installation


async def run(session: AsyncSession, *, now: datetime, installation: Installation) -> datetime:
    """The week's digest is in the outbox when its hour has come; gives back when the next one is due."""
    local = now.astimezone(installation.zone)
    monday = local.date() - timedelta(days=local.weekday())
    begins, ends = (datetime.combine(monday, moment, installation.zone) for moment in (AT, UNTIL))
    name = f"{monday:%G-W%V}"
    if begins <= now < ends and await get_setting(session, LAST) != name:
        await set_setting(session, LAST, name)
        week = Span(monday, monday + timedelta(days=6))
        for invented in (False, True):
            await _queue_all(session, Issue(name, week, invented, now, begins, ends, installation))
    following = datetime.combine(monday + timedelta(days=7), AT, installation.zone)
    return begins if now < begins else following


async def _queue_all(session: AsyncSession, issue: Issue) -> None:
    since, until = bounds(issue.week, translator(issue.at.language, issue.at.zone))
    for profile in await digest.profiles(session, invented=issue.invented):
        viewer = Viewer(issue.invented, chat_association_id=profile.inside)
        found = await agenda.entries(session, viewer, now=issue.now, since=since, until=until)
        ahead = [entry for entry in found if (entry.ends_at or entry.starts_at) > issue.now]
        if ahead:
            await _queue(session, issue, profile, ahead)


async def _queue(session: AsyncSession, issue: Issue, profile: Profile, found: Sequence[Entry]) -> None:
    now, invented = issue.now, issue.invented
    post_id = await outbox.queue_post(
        session,
        digest.key(issue.name, profile, invented=invented),
        PostKind.DIGEST,
        private=_said(issue, profile, found, personal=True),
        group=_said(issue, profile, found, personal=False),
        priority=Priority.DIGEST,
        now=now,
        expires_at=issue.ends,
    )
    if post_id is None:
        return
    quiet = Quiet(issue.at.zone, issue.at.quiet_hours)
    people, chats = digest.people_of(profile, invented=invented), digest.chats_of(profile, invented=invented)
    await outbox.queue_to_people(session, post_id, people, now=now, quiet=quiet)
    await outbox.queue_to_chats(session, post_id, chats, now=now)
    if restored.is_unsure(issue.begins, await restored.restored_at(session)):
        await restored.doubt(session, [post_id])


def _said(issue: Issue, profile: Profile, found: Sequence[Entry], *, personal: bool) -> Mapping[str, Message]:
    """The week in every language, with who it is from and a way to a person."""
    made = {}
    for language in LANGUAGES:
        t = translator(language, issue.at.zone, default=issue.at.language)
        own = profile.association_id
        said = week_message(t, found, issue.week, now=issue.now, own=own, personal=personal)
        made[language] = said.plus(_from(t, issue.at), Button(t.plain("Ask"), "contact.ask"))
    return made


def _from(t: Translator, at: Installation) -> Markup:
    return t("From {association}", association=at.organisation or t.plain("the district"))
