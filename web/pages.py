"""Makes HTML pages: templates, and the language they are in."""

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from texts import LANGUAGES, Translator, translator

HERE = Path(__file__).parent
STATIC = HERE / "static"
_environment = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, **values: object) -> str:
    """The template filled in; every value is escaped unless it is Markup."""
    return _environment.get_template(template).render(**values)


def page(
    template: str,
    t: Translator,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: object,
) -> HTMLResponse:
    """A whole page in the translator's language."""
    return HTMLResponse(render(template, t=t, **values), status, headers=headers)


def chosen_language(request: Request) -> str:
    """The language that the address asks for (?lang=en); empty when it asks for none that we have."""
    asked = request.query_params.get("lang", "")
    return asked if asked in LANGUAGES else ""


def reader(request: Request, *, zone: ZoneInfo, default: str) -> Translator:
    """A translator for whoever reads the page: what the address asks for, else what the browser prefers."""
    language = chosen_language(request) or _preferred(request.headers.get("accept-language", "")) or default
    return translator(language, zone, default=default)


def _preferred(header: str) -> str:
    """The first of our languages in an Accept-Language header by weight; empty when it names none."""
    wishes = []
    for part in header.split(",")[:20]:
        name, _, weight = part.strip().partition(";q=")
        try:
            wishes.append((float(weight or 1), name[:2].lower()))
        except ValueError:
            continue
    known = [(weight, name) for weight, name in wishes if name in LANGUAGES and weight > 0]
    return max(known, key=lambda wish: wish[0])[1] if known else ""
