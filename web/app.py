"""Puts the web pages together."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from db.session import DATABASE_ERRORS
from web.errors import error_page
from web.health import health_routes
from web.landing import landing
from web.pages import STATIC
from web.parts import Parts
from web.protection import Protection
from web.try_out.routes import try_out_routes

__all__ = ["Parts", "make_app"]


def make_app(parts: Parts) -> Starlette:
    """The application that serves every page; errors are friendly, and every answer carries its headers."""

    async def first_page(request: Request) -> Response:
        return await landing(request, parts)

    answer = error_page(parts.installation)
    return Starlette(
        routes=[
            Route("/", first_page),
            *health_routes(parts.states, public=parts.public),
            *try_out_routes(parts),
            Mount("/static", StaticFiles(directory=STATIC), name="static"),
            *parts.routes,
        ],
        middleware=[Middleware(Protection)],
        exception_handlers=dict.fromkeys((HTTPException, *DATABASE_ERRORS, Exception), answer),
    )
