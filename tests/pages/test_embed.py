"""Pieces of the board on other people's pages, in a browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.pages.looking import ALL, PHONE, TABLET, WALL, page_in, require_no_barrier, require_no_sideways_scrolling
from tests.pages.nights import Night
from tests.pipeline.board import Board
from tests.tallywire.publishing.histories import STRANGE, WARD, of_pack, strange_night

PARLIAMENT: Final = "parl.2024-07-04"
COMMISSIONERS: Final = "pcc.2024-05-02"
SYNTHETIC: Final = "local.2030-05-02"
RICHMOND_PARK: Final = "parl.richmond-park.2024-07-04"
COLUMN: Final = 320
TURN_MS: Final = 7_000

PIECES: Final = (
    f"{PARLIAMENT}/embed/ticker",
    f"{PARLIAMENT}/embed/tally",
    f"{PARLIAMENT}/embed/map",
    f"{PARLIAMENT}/regions/london/embed/map",
    f"{PARLIAMENT}/contests/{RICHMOND_PARK}/embed",
    f"{COMMISSIONERS}/embed/map",
    f"{COMMISSIONERS}/embed/tally",
    f"{SYNTHETIC}/embed/ticker",
    f"{SYNTHETIC}/contests/{STRANGE}/embed",
    f"{SYNTHETIC}/contests/{WARD}/embed",
)


@pytest.fixture(scope="module")
def board() -> Iterator[Board]:
    """Serve nights of several kinds."""
    with Board(of_pack(PARLIAMENT), of_pack(COMMISSIONERS), strange_night()).serving() as serving:
        yield serving


def snippet(page: Page, board: Board, election: str, name: str, asked: str = "") -> str:
    """Return what somebody copies."""
    page.goto(f"{board.url}/elections/{election}/embed{asked}")
    pre = page.locator(f"[data-snippet={name}]")
    expect(pre).to_contain_text(board.url)
    return pre.inner_text()


def test_what_is_chosen_can_be_read_on_a_phone(browser: Browser, board: Board) -> None:
    """Promise: region and colours of a piece are chosen from boxes in which their names can be read."""
    with page_in(browser, PHONE) as page:
        page.goto(f"{board.url}/elections/{PARLIAMENT}/embed")
        for name in ("About", "Looks"):
            box = page.get_by_label(name, exact=True).bounding_box()
            assert box is not None
            assert box["width"] > PHONE[0] / 2


@contextmanager
def newspaper(page: Page, lines: str, policy: str = "") -> Iterator[None]:
    """Open a page on another host with these lines in a column, under a policy of its own."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            html = f'<!doctype html><link rel="icon" href="data:,"><title>News</title><div id="column">{lines}</div>'
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if policy:
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        page.goto(f"http://127.0.0.1:{server.server_port}/news")
        page.evaluate(f"document.getElementById('column').style.width = '{COLUMN}px'")
        try:
            yield
        finally:
            server.shutdown()


@ALL
def test_every_piece_fits_a_narrow_column(browser: Browser, board: Board) -> None:
    """Promise: from 280 pixels on nothing is cut off, light and dark, and axe finds no barrier."""
    with page_in(browser, (280, 600)) as page:
        for place, piece in enumerate(PIECES):
            theme = ("light", "dark")[place % 2]
            page.set_viewport_size({"width": 280, "height": 600})
            page.goto(f"{board.url}/elections/{piece}?theme={theme}")
            require_no_sideways_scrolling(page)
            require_no_barrier(page)
            page.set_viewport_size({"width": 700, "height": 600})
            require_no_sideways_scrolling(page)
        assert not page.context.cookies()


@pytest.mark.parametrize(
    ("election", "name", "asked"),
    [
        pytest.param(PARLIAMENT, "ticker", "", marks=ALL),
        pytest.param(PARLIAMENT, "tally", "?theme=dark", marks=ALL),
        pytest.param(PARLIAMENT, "map", "?region=london", marks=ALL),
        (PARLIAMENT, "contest", f"?ballot={RICHMOND_PARK}"),
        pytest.param(SYNTHETIC, "contest", f"?ballot={STRANGE}", marks=ALL),
    ],
)
def test_what_is_copied_works_on_another_host(
    browser: Browser, board: Board, election: str, name: str, asked: str
) -> None:
    """Promise: the frame is as tall as what is in it; and the height that it says is enough without the script."""
    with page_in(browser, WALL) as page:
        lines = snippet(page, board, election, name, asked)
        with newspaper(page, lines):
            frame = page.frame_locator("iframe")
            expect(frame.locator("#feed")).to_have_text("Live.")
            tall = frame.locator("#main").evaluate("each => each.ownerDocument.documentElement.offsetHeight")
            expect(page.locator("iframe")).to_have_attribute("height", str(tall))
    stated = int(re.search(r'height="(\d+)"', lines)[1])  # type: ignore[index]  # it is there
    assert tall <= stated <= 2 * tall, f"{name} needs {tall}, and has {stated}"


def test_a_piece_follows_the_night(browser: Browser) -> None:
    """Promise: a piece on another page shows what is declared, and that it is final, without being loaded again."""
    night = Night(of_pack(COMMISSIONERS))
    with (
        Board(night.history).serving() as board,
        page_in(browser, TABLET) as page,
        newspaper(page, snippet(page, board, COMMISSIONERS, "tally")),
    ):
        frame = page.frame_locator("iframe")
        expect(frame.locator("#count")).to_have_text("0 of 14 declared")
        expect(frame.locator("#feed")).to_have_text("Live.")
        night.go(board, 2)
        expect(frame.locator("#count")).to_have_text("2 of 14 declared")
        expect(frame.locator("#closed")).to_be_hidden()
        night.close(board)
        expect(frame.locator("#closed")).to_have_text("Final since 12:04 BST, 6 May 2030")


@ALL
def test_a_page_that_runs_no_script_of_others_shows_a_piece_whole(browser: Browser, board: Board) -> None:
    """Promise: under a policy that forbids the second line the frame alone is enough, at the height that it says."""
    with page_in(browser, TABLET, java_script_enabled=False) as page:
        page.goto(f"{board.url}/elections/{PARLIAMENT}/embed")
        lines = page.locator("[data-snippet=ticker]").inner_text().replace("https://THIS-SERVICE", board.url)
    with page_in(browser, TABLET) as page:
        policy = f"default-src 'none'; img-src data:; frame-src {board.url}"
        with newspaper(page, lines.splitlines()[0], policy):
            expect(page.frame_locator("iframe").locator("#feed")).to_have_text("Live.")


@ALL
def test_headlines_turn_and_can_be_paused(browser: Browser, board: Board) -> None:
    """Promise: headlines turn, nothing around them moves, and whoever wants to read stops them."""
    with page_in(browser, PHONE) as page:
        page.clock.install()
        page.goto(f"{board.url}/elections/{PARLIAMENT}/embed/ticker")
        expect(page.locator("#feed")).to_have_text("Live.")
        line, height = page.locator("#ticks > li:visible"), "document.documentElement.offsetHeight"
        first, tall = line.inner_text(), page.evaluate(height)
        expect(page.locator("#tick-at")).to_have_text("1 of 6")
        page.clock.run_for(TURN_MS)
        assert line.inner_text() != first
        assert page.evaluate(height) == tall
        page.get_by_role("button", name="Earlier headline").click()
        expect(page.locator("#tick-at")).to_have_text("3 of 6")
        expect(page.get_by_role("button", name="Pause")).to_have_attribute("aria-pressed", "true")
        page.clock.run_for(3 * TURN_MS)
        expect(page.locator("#tick-at")).to_have_text("3 of 6")
    with page_in(browser, PHONE, reduced_motion="reduce") as page:
        page.clock.install()
        page.goto(f"{board.url}/elections/{PARLIAMENT}/embed/ticker")
        page.clock.run_for(3 * TURN_MS)
        expect(page.locator("#tick-at")).to_have_text("1 of 6")


def test_without_a_script_the_newest_headline_stands(browser: Browser, board: Board) -> None:
    """Promise: a browser that runs no script shows the newest headline, and where all of them are."""
    with page_in(browser, PHONE, java_script_enabled=False) as page:
        page.goto(f"{board.url}/elections/{PARLIAMENT}/embed/ticker")
        expect(page.locator("#ticks > li").first).to_be_visible()
        expect(page.locator("#ticks > li").nth(1)).to_be_hidden()
        expect(page.get_by_role("link", name="All results")).to_have_attribute("href", f"/elections/{PARLIAMENT}")


def test_a_link_opens_in_the_page_around_it(browser: Browser, board: Board) -> None:
    """Promise: whoever follows a link leaves the frame, not only its content."""
    with page_in(browser, TABLET) as page, newspaper(page, snippet(page, board, PARLIAMENT, "ticker")):
        page.frame_locator("iframe").get_by_role("link", name="All results").click()
        expect(page).to_have_url(f"{board.url}/elections/{PARLIAMENT}")


@ALL
def test_the_page_of_pieces_is_for_everybody(browser: Browser, board: Board) -> None:
    """Promise: pieces are shown and copied without a barrier, also of an election with a strange name."""
    with page_in(browser, PHONE) as page:
        lines = snippet(page, board, SYNTHETIC, "tally", "?theme=dark&region=north-testing")
        assert re.search(r'title="([^"]*)"', lines)[1] == escape("Tally: <Strange> & Co, North Testing")  # type: ignore[index]
        expect(page.frame_locator("iframe").first.locator("#main")).to_be_visible()
        for width, height in (PHONE, TABLET, WALL):
            page.set_viewport_size({"width": width, "height": height})
            require_no_sideways_scrolling(page)
        require_no_barrier(page)
