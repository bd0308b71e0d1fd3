"""An archive in a browser: opened from the disk, and from a web server that knows nothing of it."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tallywire.archive.making import Contents, Wish
from tests.pages.looking import ALL, PHONE, TABLET, page_in, require_no_barrier, require_no_sideways_scrolling
from tests.tallywire.publishing.board.systems_nights import parliament_night

pytestmark = ALL

PLACE: Final = "old/elections"
"""Where the archive is below the server's root."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write an archive some folders down, and return the folder above all."""
    root = tmp_path_factory.mktemp("root")
    folder = root / PLACE
    folder.mkdir(parents=True)
    contents = Contents(parliament_night(), None, None, None, datetime(2030, 5, 6, tzinfo=UTC))
    # Playwright has an event loop in this thread, and the writing has one of its own.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(contents.write, folder, Wish(folder), lambda _what, _total, chunks: chunks).result()
    return root


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its base's
        """Say nothing of requests."""


@contextmanager
def served(root: Path) -> Iterator[str]:
    """Serve a folder as any web server does."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(root)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def walk(page: Page) -> None:
    """Go from the first page to the board, to a contest and back, and choose a layer of the map."""
    page.get_by_role("link", name="The board").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("#closed")).to_contain_text("Not closed")
    page.get_by_label("Turnout", exact=True).check()
    expect(page.locator(".lg-turn")).to_be_visible()
    page.locator(".a-map a[href^='contests/']").first.click()
    expect(page.get_by_role("heading", name="Check this figure")).to_be_visible()
    # With its styles: letters of the pages' own.
    assert page.evaluate("document.styleSheets.length") == 3
    assert "serif" not in page.evaluate("getComputedStyle(document.body).fontFamily").split(",")[0]
    page.get_by_role("link", name="About this archive").click()
    expect(page.get_by_role("link", name="The board")).to_be_visible()


def test_an_archive_opens_from_the_disk(browser: Browser, root: Path) -> None:
    """Promise: a double click on index.html is enough, and the browser complains of nothing."""
    with page_in(browser) as page:
        page.goto((root / PLACE / "index.html").as_uri())
        walk(page)


def test_an_archive_opens_below_any_path_and_keeps_nobody_out(browser: Browser, root: Path) -> None:
    """Promise: the same from a web server, of which nothing is asked that is not there; axe finds no barrier."""
    board = root / PLACE / "board"
    kinds = [root / PLACE / "index.html", board / "index.html", board / "headlines.html"]
    kinds += [next((board / kind).glob("*.html")) for kind in ("regions", "bodies", "contests")]
    with served(root) as url, page_in(browser) as page:
        page.goto(f"{url}/{PLACE}/index.html")
        walk(page)
        for path in kinds:
            page.goto(f"{url}/{path.relative_to(root).as_posix()}")
            require_no_barrier(page)
            for width, height in (PHONE, TABLET):
                page.set_viewport_size({"width": width, "height": height})
                require_no_sideways_scrolling(page)
