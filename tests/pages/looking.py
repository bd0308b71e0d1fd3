"""Looking at a page as people do: in several sizes, light and dark, and with axe."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page

PHONE: Final = (360, 740)
TABLET: Final = (1024, 768)
WALL: Final = (1920, 1080)
SIZES: Final = {"360": PHONE, "1024": TABLET, "1920": WALL}

ALL: Final = pytest.mark.pages
"""Of tests that take long and look at more of the same: `make pages` runs them, `make test` does not."""

_RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


_LOOKED_AT: Final = {"exclude": [[".twin tbody tr:nth-child(n+5)"], [".hexes a:nth-of-type(n+9)"]]}
"""Of hundreds that are alike, the first ones: axe takes 30 s for all of them, and says the same."""


@contextmanager
def page_in(
    browser: Browser,
    size: tuple[int, int] = TABLET,
    expected: str = "",
    **options: Any,  # noqa: ANN401  # Playwright's
) -> Iterator[Page]:
    """Open a page of a size; whatever its scripts complain of fails the test.

    Args:
        browser: the browser.
        size: width and height in pixels.
        expected: a refusal of the service that the test asks for: ``status of 422``. Chromium complains of it.
        options: Playwright's own of a context, such as ``color_scheme``, ``java_script_enabled``, ``forced_colors``.
    """
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, **options)
    page = context.new_page()
    faults: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not (expected and expected in message.text):
            faults.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: faults.append(str(error)))
    try:
        yield page
        assert not faults, faults
    finally:
        context.close()


def require_no_barrier(page: Page) -> None:
    """See that axe finds nothing: WCAG 2.2 AA, and its best practices."""
    found = Axe().run(page, context=_LOOKED_AT, options={"runOnly": {"type": "tag", "values": _RULES}})
    told = [
        f"{each['id']}: {each['help']}\n" + "\n".join(f"   {node['html'][:200]}" for node in each["nodes"][:5])
        for each in found.response["violations"]
    ]
    assert not told, "\n".join(told)


def require_no_sideways_scrolling(page: Page) -> None:
    """See that a page is not wider than its window."""
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{wider} pixels wider than the window: {json.dumps(_widest(page))}"


def require_it_fits_enlarged(page: Page) -> None:
    """See the same of a window of 1280 pixels enlarged four times (WCAG 1.4.10)."""
    size = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 256})
    require_no_sideways_scrolling(page)
    if size is not None:
        page.set_viewport_size(size)


def _widest(page: Page) -> Any:  # noqa: ANN401  # what the browser says
    return page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
        .slice(0, 5).map(e => e.outerHTML.slice(0, 120))"""
    )


def picture(page: Page, folder: Path, name: str, *, whole: bool = False) -> None:
    """Keep a screenshot for somebody to look at."""
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=whole)
