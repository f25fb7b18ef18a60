"""The first page: what this is, and what is on for everybody."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from db import agenda, associations, demo
from db.agenda import Viewer
from texts import Translator, dates
from web import guard, pages
from web.parts import Parts

AHEAD = timedelta(days=60)
MOST = 12  # activities


async def landing(request: Request, parts: Parts) -> Response:
    """The page, with open activities of the coming weeks: real ones, and in a demo the invented ones."""
    t = pages.reader(request, zone=parts.installation.zone, default=parts.installation.language)
    now, local = parts.clock(), not parts.public and guard.is_local(request)
    async with parts.database.read() as session:
        invented = local and await demo.is_demo(session)
        name = await associations.district_name(session, invented=True) if invented else ""
        found = await agenda.entries(
            session, Viewer(invented=invented), now=now, since=now, until=now + AHEAD, most=MOST
        )
    coming = [(dates.capital(dates.day_and_time(one.starts_at, t, now=now)), one) for one in found]
    return pages.page(
        "landing.html",
        t,
        words=_words(t),
        organisation=name or parts.installation.organisation,
        coming=coming,
        can_try=local,
    )


def _words(t: Translator) -> dict[str, str]:
    return {
        "lead": t.plain(
            "Keeps track of what is on, and tells those who want to know: on Telegram and on Discord."
        ),
        "what": t.plain("What is on"),
        "nothing": t.plain("Nothing is planned just now that is for everybody."),
        "privacy": t.plain(
            "No cookies, and nobody is counted here. Who comes to what is seen by the organiser alone."
        ),
        "try": t.plain("Try it here"),
        "try_hint": t.plain("Be a new person, a member and an organiser in an invented district."),
    }
