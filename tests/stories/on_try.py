"""Stories on the try-out page, by plain HTTP and HTML as a browser without script does it."""

from __future__ import annotations

import re
from functools import partial

import aiohttp

from chat.address import Address, Platform
from db import try_out
from tests.stories import page, steps
from tests.stories.driver import Somebody
from tests.stories.page import Element
from tests.stories.seen import Seen


class OnTry:
    """The page with its three personas."""

    platform = Platform.TRY

    def __init__(self) -> None:
        """Not opened yet."""
        self.settings: dict[str, str] = {}
        self._web = ""
        self._browser: aiohttp.ClientSession

    async def start(self) -> None:
        self._browser = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))

    async def stop(self) -> None:
        await self._browser.close()

    async def connected(self, web: str) -> None:
        self._web = web
        await self._page(try_out.NEWCOMER, "sv")

    def person(self, name: str, language: str, *, inside: bool = True) -> Somebody:
        persona = next((key for key, known in try_out.NAMES.items() if known == name), None)
        assert persona, f"there is no persona called {name}"
        return Somebody(name, language, persona)

    def address(self, one: Somebody) -> Address:
        return try_out.account(one.account)

    def group_address(self) -> Address:
        return try_out.GROUP

    async def private(self, one: Somebody) -> list[Seen]:
        found = await self._page(one.account, one.language)
        only_you = [bubble for bubble in _bubbles(found, "group") if "only-you" in bubble.classes]
        return [_seen(bubble) for bubble in (*_bubbles(found, "talk"), *only_you)]

    async def group(self, one: Somebody | None = None) -> list[Seen]:
        found = await self._page(one.account if one else try_out.MEMBER, one.language if one else "sv")
        return [_seen(bubble) for bubble in _bubbles(found, "group") if "only-you" not in bubble.classes]

    async def says(self, one: Somebody, text: str, *, in_group: bool) -> None:
        found = await self._page(one.account, one.language)
        write = found.all("form", id="write")[0]
        text = f"@kallelse {text}" if in_group and not text.startswith("/") else text
        values = page.sent(write) | {"persona": one.account, "text": text, "to": "grupp" if in_group else ""}
        await self._send(write, values)

    async def sends_file(self, one: Somebody, name: str, content: bytes) -> None:
        raise AssertionError("the page takes no files: stories that send one are of the other platforms")

    async def presses(self, one: Somebody, seen: Seen, label: str) -> None:
        found = next(one for one in seen.data if re.fullmatch(rf"{re.escape(label)}( · .*)?", one))
        await self.sends(one, seen, seen.data[found])

    async def sends(self, one: Somebody, seen: Seen, data: str) -> None:
        form = seen.source.with_class("buttons")[0]
        await self._send(form, page.sent(form) | {"data": data})

    async def joins(self, one: Somebody) -> None:
        """They press the button that lets the new person into the group."""
        join = (await self._page(one.account, one.language)).all("form", id="join")[0]
        await self._send(join, page.sent(join))

    async def leaves(self, one: Somebody) -> None:
        """Nobody can be seen to leave on the page."""

    async def fills(self, one: Somebody, values: dict[str, str]) -> None:
        left = dict(values)
        form = await self._form(one)
        if form is None:
            await steps.answer(self, one, values)
        while form is not None and left:
            known = page.named(form)
            mine = {label: left.pop(label) for label in list(left) if label in known}
            if not mine:  # the same page again: something in it was not understood
                return
            given = {known[label][0]: known[label][1].get(value, value) for label, value in mine.items()}
            first = {name: next(filter(None, choices.values())) for name, choices in known.values() if choices}
            await self._send(form, first | _filled(page.sent(form)) | given)
            form = await self._form(one)

    async def corrects(self, one: Somebody, values: dict[str, str]) -> None:
        await (self.fills if await self._form(one) else partial(steps.correct, self))(one, values)

    async def _form(self, one: Somebody) -> Element | None:
        """The form that is open."""
        found = await self._page(one.account, one.language)
        forms = [form for log in ("talk", "group") for form in found.all("div", id=log)[0].with_class("fields")]
        return forms[-1] if forms else None

    async def files(self, one: Somebody) -> list[bytes]:
        found = await self._page(one.account, one.language)
        return [await self._file(link.attributes["href"]) for link in found.with_class("file")]

    async def _file(self, address: str) -> bytes:
        async with self._browser.get(self._web + address) as answer:
            return await answer.read()

    async def new_group(self, title: str, admin: Somebody) -> None:
        raise AssertionError("the page has one group")

    async def loses_bot(self, by: Somebody) -> None:
        raise AssertionError("the page cannot throw the bot out")

    async def refuses(self, one: Somebody) -> None:
        raise AssertionError("the page reaches everybody")

    async def is_quiet(self) -> bool:
        return True  # a page comes back when everything is done

    async def _page(self, persona: str, language: str) -> Element:
        asked = {"persona": persona, "lang": language}
        async with self._browser.get(f"{self._web}/try", params=asked) as answer:
            assert answer.status == 200, answer.status
            return page.read(await answer.text())

    async def _send(self, form: Element, values: dict[str, str]) -> None:
        async with self._browser.post(self._web + form.attributes["action"], data=values) as answer:
            assert answer.status == 200, answer.status


def _bubbles(found: Element, log: str) -> list[Element]:
    return [one for one in found.all("div", id=log)[0].with_class("bubble") if "mine" not in one.classes]


def _filled(values: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _seen(bubble: Element) -> Seen:
    fields, buttons = bubble.with_class("fields"), bubble.with_class("buttons")
    said = [one.text for one in bubble.with_class("text")]
    said += [one.text for form in fields for one in (*form.all("h3"), *form.with_class("problem"))]
    labels = [one.text.strip() for form in buttons for one in form.all() if one.tag in {"button", "a"}]
    data = {one.text.strip(): one.attributes["value"] for form in buttons for one in form.all("button")}
    return Seen(bubble.attributes["id"], "\n".join(said), tuple(labels), bubble, data)
