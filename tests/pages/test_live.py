"""The board follows the election: in place, at its own pace, and never silently stale."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser, Page, expect

from tests.pages.looking import page_in
from tests.pages.nights import Night
from tests.pipeline.board import Board
from tests.tallywire.publishing.histories import of_pack
from tests.waiting import wait_until

ELECTION: Final = "pcc.2024-05-02"

WRITTEN: Final = """
root => {
  const own = new Set(['open', 'tabindex', 'data-pointed'])
  const lines = []
  const write = (node, deep) => {
    if (node.nodeType === 3) { if (node.data.trim()) lines.push(deep + node.data.trim()); return }
    if (node.nodeType !== 1) return
    const said = [...node.attributes].filter(a => !own.has(a.name)).map(a => `${a.name}=${a.value}`).sort()
    if (node.hasAttribute('data-own')) { lines.push(`${deep}<${node.nodeName} ${node.id}> of the script`); return }
    lines.push(`${deep}<${node.nodeName} ${said.join(' ')}>`)
    for (const each of node.childNodes) write(each, deep + ' ')
  }
  write(root, '')
  return lines
}
"""
"""A page as lines, without what belongs to the script or the reader."""


def shown(page: Page) -> list[str]:
    """Return what a page shows."""
    lines: list[str] = page.evaluate(f"({WRITTEN})(document.getElementById('main'))")
    return lines


def loaded(page: Page, address: str) -> list[str]:
    """Return what the server sends for an address."""
    lines: list[str] = page.evaluate(
        f"""async address => {{
          const text = await (await fetch(address, {{ cache: 'no-store' }})).text()
          return ({WRITTEN})(new DOMParser().parseFromString(text, 'text/html').getElementById('main'))
        }}""",
        address,
    )
    return lines


def at(page: Page, cursor: str) -> None:
    """Wait until a page shows a moment."""
    expect(page.locator("#main")).to_have_attribute("data-cursor", cursor, timeout=20_000)


@contextmanager
def followed(browser: Browser, night: Night) -> Iterator[tuple[Board, Page]]:
    """Open the board of a night and follow it."""
    with Board(night.history).serving() as board, page_in(browser) as page:
        page.goto(f"{board.url}/elections/{night.history.election}")
        expect(page.locator("#feed")).to_have_text("Live")
        yield board, page


def test_what_happens_is_drawn_in_place(browser: Browser) -> None:
    """Promise: a declaration shows without a reload; no element is made anew, and focus and place stay."""
    night = Night(of_pack(ELECTION))
    with followed(browser, night) as (board, page):
        row = page.locator("#parties tr").last
        page.evaluate("document.querySelectorAll('#main *').forEach(each => { each.known = true })")
        link = page.locator("#regions a").last
        link.focus()
        page.evaluate("scrollTo(0, 200)")
        before = page.evaluate("[scrollY, document.activeElement.outerHTML]")
        night.go(board, 3)
        at(page, night.cursor)
        expect(page.locator("#count")).to_contain_text("3 of 14 declared")
        assert page.evaluate("[scrollY, document.activeElement.outerHTML]") == before
        assert row.evaluate("row => row.known")
        assert page.evaluate("document.getElementById('count').known && document.getElementById('seats').known")


def test_a_page_that_was_followed_is_the_page_loaded_anew(browser: Browser) -> None:
    """Promise: what a page has come to over a night, with its corrections, is what the server writes."""
    night = Night(of_pack(ELECTION))
    with followed(browser, night) as (board, page):
        while not night.ended:
            night.go(board)
            at(page, night.cursor)
            assert shown(page) == loaded(page, page.url)


def test_pause_holds_the_drawing_and_counts(browser: Browser) -> None:
    """Promise: while the page is paused nothing moves; what waits is counted; going on draws all of it at once."""
    night = Night(of_pack(ELECTION))
    with followed(browser, night) as (board, page):
        page.get_by_role("button", name="Pause updates").click()
        before = shown(page)
        night.go(board, 3)
        expect(page.locator("#feed")).to_have_text("Paused")
        expect(page.locator("#feed-more")).to_have_text("3 changes wait")
        assert shown(page) == before
        page.get_by_role("button", name="Go on").click()
        at(page, night.cursor)
        expect(page.locator("#feed")).to_have_text("Live")
        assert shown(page) == loaded(page, page.url)


def test_all_pages_of_a_browser_share_a_connection(browser: Browser) -> None:
    """Promise: however many tabs are open, the server has one reader; when that tab goes, another one takes over."""
    night = Night(of_pack(ELECTION))
    with followed(browser, night) as (board, page):
        hub = board.publishing.elections.known[ELECTION].hub
        other = page.context.new_page()
        other.goto(page.url)
        expect(other.locator("#feed")).to_have_text("Live")
        night.go(board)
        for each in (page, other):
            at(each, night.cursor)
        assert hub.readers == 1
        page.close()
        wait_until(lambda: hub.readers == 1, what="the other page to be connected")
        night.go(board)
        at(other, night.cursor)
        assert hub.readers == 1
