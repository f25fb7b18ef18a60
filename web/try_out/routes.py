"""The addresses of the try-out page; all of them answer this machine alone."""

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from chat.request import whole_number
from db import try_out
from db.try_out import GROUP, PERSONAS
from texts import LANGUAGES, Translator, translator
from web import guard, pages
from web.parts import Parts
from web.try_out.adapter import Actor, TryOut
from web.try_out.view import Bubble, View, personas, words

FIELD = "field."  # stands before the names of a form's fields
MOST_FIELDS = 50
TO_GROUP = "grupp"
Endpoint = Callable[[Request], Awaitable[Response]]


def try_out_routes(parts: Parts) -> list[Route]:
    """/try and what its forms and its script ask for; 404 for anybody but this machine."""
    language = parts.installation.language
    adapter = TryOut(parts.database, parts.keys, parts.inward, parts.clock, language=language)
    pages_of = _Pages(parts, adapter)

    def local(endpoint: Endpoint) -> Endpoint:
        async def guarded(request: Request) -> Response:
            if parts.public or not guard.is_local(request):
                raise HTTPException(404)
            if request.method == "POST":
                guard.refuse_other_sites(request)
            await adapter.open()
            return await endpoint(request)

        return guarded

    return [
        Route("/try", local(pages_of.page)),
        Route("/try/news", local(pages_of.news)),
        Route("/try/file/{message_id:int}", local(pages_of.file)),
        Route("/try/say", local(pages_of.say), methods=["POST"]),
        Route("/try/press", local(pages_of.press), methods=["POST"]),
        Route("/try/form", local(pages_of.form), methods=["POST"]),
        Route("/try/join", local(pages_of.join), methods=["POST"]),
    ]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the page shows already: as whom, and up to which change and message."""

    persona: str
    changed: int
    message: int

    def __str__(self) -> str:
        return f"{self.persona}:{self.changed}:{self.message}"

    @classmethod
    def read(cls, text: str) -> "_Seen | None":
        persona, *numbers = text.split(":")
        if len(numbers) == 2 and all(number.isdecimal() for number in numbers):  # noqa: PLR2004 - as __str__ writes
            return cls(persona, int(numbers[0]), int(numbers[1]))
        return None


@dataclass(frozen=True, slots=True)
class _Pages:
    parts: Parts
    adapter: TryOut

    async def page(self, request: Request) -> Response:
        """The whole page."""
        persona = _persona(request.query_params.get("persona", ""))
        t = self._reader(request.query_params.get("lang", ""))
        talk, group, seen = await self._panes(persona, t, after=0)
        return pages.page(
            "try.html",
            t,
            words=words(t),
            personas=personas(t),
            persona=persona,
            to=request.query_params.get("to", ""),
            lang=t.language,
            update=secrets.token_urlsafe(9),
            talk=talk,
            group=group,
            seen=str(seen),
            newcomer=persona == try_out.NEWCOMER,
        )

    async def news(self, request: Request) -> Response:
        """What is new since `seen`, as pieces that find their own place; 204 when nothing is."""
        persona = _persona(request.query_params.get("persona", ""))
        t = self._reader(request.query_params.get("lang", ""))
        shown = _Seen.read(request.query_params.get("seen", ""))
        known = shown if shown and shown.persona == persona else None
        talk, group, seen = await self._panes(persona, t, after=known.changed if known else 0)
        if known and seen == known:
            return Response(status_code=204)
        values = {
            "words": words(t),
            "t": t,
            "lang": t.language,
            "persona": persona,
            "talk": talk,
            "group": group,
            "seen": str(seen),
            "newcomer": persona == try_out.NEWCOMER,
            "last": known.message if known else None,
        }
        headers = {} if known else {"hx-replace-url": self._address(persona, "", t.language)}
        return HTMLResponse(pages.render("try_news.html", **values), headers=headers)

    async def file(self, request: Request) -> Response:
        """The file that goes with a message."""
        persona = _persona(request.query_params.get("persona", ""))
        found = await self.adapter.document(persona, request.path_params["message_id"])
        if found is None:
            raise HTTPException(404)
        disposition = f"attachment; filename*=UTF-8''{quote(found[0])}"
        return Response(
            found[1], media_type="application/octet-stream", headers={"content-disposition": disposition}
        )

    async def say(self, request: Request) -> Response:
        """What was written is said, and the page is shown again."""
        sent = await _sent(request)
        text = str(sent.get("text", "")).replace("\r\n", "\n").strip()
        if text:
            to_group = sent.get("to") == TO_GROUP
            await self.adapter.say(self._actor(sent), text, in_group=to_group, update=_update(sent, text))
        return self._back(request, sent)

    async def press(self, request: Request) -> Response:
        """The button is pressed, and the page is shown again."""
        sent = await _sent(request)
        await self.adapter.press(self._actor(sent), _number(sent), str(sent.get("data", "")))
        return self._back(request, sent)

    async def form(self, request: Request) -> Response:
        """The form is sent in, and the page is shown again."""
        sent = await _sent(request)
        values = {
            name.removeprefix(FIELD): str(value).replace("\r\n", "\n")
            for name, value in sent.items()
            if name.startswith(FIELD)
        }
        await self.adapter.send_form(self._actor(sent), _number(sent), str(sent.get("data", "")), values)
        return self._back(request, sent)

    async def join(self, request: Request) -> Response:
        """The persona comes into the group, and the page is shown again."""
        sent = await _sent(request)
        t = self._reader(str(sent.get("lang", "")))
        note = t.plain("You are in the group. Newcomers are welcomed within a minute.")
        await self.adapter.join(self._actor(sent), note)
        return self._back(request, sent)

    async def _panes(self, persona: str, t: Translator, *, after: int) -> tuple[list[Bubble], list[Bubble], _Seen]:
        """The conversation and the group as far as they changed after `after`, and what is shown then."""
        async with self.parts.database.read() as session:
            newest = await try_out.last_change(session)
            talk = await try_out.messages(session, persona, viewer=persona, after=after)
            group = await try_out.messages(session, GROUP.id, viewer=persona, after=after)
        view = View(self.parts.keys, t, persona)
        shown = [[view.bubble(kept) for kept in pane] for pane in (talk, group)]
        return shown[0], shown[1], _Seen(persona, *newest)

    def _reader(self, language: str) -> Translator:
        """The page speaks the installation's language unless its address says otherwise."""
        installation = self.parts.installation
        return translator(language or installation.language, installation.zone, default=installation.language)

    def _actor(self, sent: FormData) -> Actor:
        return Actor(_persona(sent.get("persona")), self._reader(str(sent.get("lang", ""))).language)

    def _back(self, request: Request, sent: FormData) -> Response:
        """To the page again; the page's own script is only told to look for what is new."""
        if "hx-request" in request.headers:
            return Response(status_code=204, headers={"hx-trigger": "news"})
        persona, to, language = (str(sent.get(name, "")) for name in ("persona", "to", "lang"))
        return RedirectResponse(self._address(_persona(persona), to, language), status_code=303)

    def _address(self, persona: str, to: str, language: str) -> str:
        """The page as it is now, so that a reload shows the same."""
        query = {"persona": persona}
        if to == TO_GROUP:
            query["to"] = to
        if language in LANGUAGES and language != self.parts.installation.language:
            query["lang"] = language
        return f"/try?{urlencode(query)}"


async def _sent(request: Request) -> FormData:
    return await request.form(max_files=0, max_fields=MOST_FIELDS)


def _persona(name: object) -> str:
    return name if isinstance(name, str) and name in PERSONAS else PERSONAS[0]


def _number(sent: FormData) -> int:
    return whole_number(str(sent.get("message", "")))


def _update(sent: FormData, text: str) -> str:
    """The name of this one sending: the same page sending the same text again has no second effect."""
    token = str(sent.get("update", ""))[:40]
    return f"{token}:{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:12]}" if token else ""
