"""What a visitor reads when something is not there, not allowed, too large, or broken."""

import logging
from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from db.installation import Installation
from db.session import DATABASE_ERRORS, driver_error
from texts import sentence
from web import pages

log = logging.getLogger(__name__)

BROKEN, NOT_SAVED = 500, 503
SENTENCES = {
    400: sentence("I could not read that. Go back and try again."),
    403: sentence("That came from another page, so nothing was done. Open the page here and try again."),
    404: sentence("There is nothing here. The link may be old."),
    405: sentence("That cannot be done here."),
    413: sentence("That was too much at once. Write it shorter; nothing was sent."),
    BROKEN: sentence("Something went wrong on my side. Please try again in a while."),
    NOT_SAVED: sentence("I could not save that just now. Nothing was sent. Please try again in a while."),
}
OTHER = SENTENCES[400]


def error_page(installation: Installation) -> Callable[[Request, Exception], Awaitable[Response]]:
    """A handler that answers any error with a short page and its own status."""

    async def answer(request: Request, error: Exception) -> Response:
        status = _status(error)
        headers = error.headers if isinstance(error, HTTPException) else None
        t = pages.reader(request, zone=installation.zone, default=installation.language)
        text = t(SENTENCES.get(status, OTHER))
        return pages.page("error.html", t, status=status, headers=headers, text=text, code=status)

    return answer


def _status(error: Exception) -> int:
    if isinstance(error, HTTPException):
        return error.status_code
    if isinstance(error, DATABASE_ERRORS):
        log.error("a page could not use the database: %s", driver_error(error))
        return NOT_SAVED
    return BROKEN
