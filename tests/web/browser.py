"""A real Chromium for tests; where there is none they are skipped loudly, or fail when it is required."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.async_api import Page

REQUIRED = "chromium" in os.environ.get("KALLELSE_REQUIRE", "").split(",")
NAMES = ("chromium", "chromium-browser", "google-chrome")
TELEPHONE = {"width": 390, "height": 844}
DESK = {"width": 1200, "height": 800}


def path() -> str:
    """Where Chromium is; without it the test is skipped, or fails when KALLELSE_REQUIRE names it."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    try:
        import playwright  # noqa: F401, PLC0415 - one may check without the browser's library
    except ImportError:
        found = None
    if found is None:
        missing = "NO BROWSER TEST: Chromium or playwright is missing (apt install chromium)"
        if REQUIRED:
            pytest.fail(missing)
        pytest.skip(missing)
    return found


@asynccontextmanager
async def browsing(**options: Any) -> AsyncIterator[Page]:
    """A page in a fresh browser; `options` are those of playwright's new_context.

    Whatever the page complains about in its console fails the test, but for a page that was not found.
    """
    executable = path()
    from playwright.async_api import async_playwright  # noqa: PLC0415 - see `path`

    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        context = await browser.new_context(locale="en-US", **options)
        page = await context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda said: complaints.append(said.text) if _is_complaint(said) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        try:
            yield page
        finally:
            await browser.close()
    assert complaints == []


def _is_complaint(said: Any) -> bool:
    return said.type == "error" and "404" not in said.text
