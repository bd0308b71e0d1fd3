"""How fast the board is, measured in a browser."""

from collections.abc import Callable
from typing import Any, Final
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, expect

from tests.pages.looking import PHONE, SIZES, page_in
from tests.pages.nights import Night
from tests.pipeline.board import Board
from tests.tallywire.publishing.histories import of_pack

ELECTION: Final = "parl.2024-07-04"

FIRST_VIEW_MAX: Final = 100_000
"""Bytes of the page, its style sheets and its script, as they are sent."""

SHIFT_MAX: Final = 0.02
"""Cumulative layout shift, besides news coming in at the top of its list, parties changing places, and the line under
the map saying something else: five times less than is called good."""

SLOW: Final = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
"""1.6 Mbit/s, and 150 ms to the server and back."""

EVENTS: Final = 100
EVERY_MS: Final = 100

WATCH: Final = """() => {
  window.seen = { tasks: [], shift: 0, listed: 0, moved: [] }
  new PerformanceObserver(list => { for (const each of list.getEntries()) seen.tasks.push(each.duration) })
    .observe({ type: 'longtask' })
  new PerformanceObserver(list => {
    for (const each of list.getEntries()) {
      const nodes = each.sources.map(one => one.node).filter(Boolean)
      const moved = nodes.filter(node => !(node.parentElement ?? node).closest('#headlines, #parties, #readout'))
      seen[moved.length ? 'shift' : 'listed'] += each.value
      seen.moved.push(...moved.map(node => node.outerHTML?.slice(0, 80) ?? node.nodeName))
    }
  }).observe({ type: 'layout-shift' })
}"""

Record = Callable[[str, object], None]


def test_a_board_of_650_contests_stays_smooth(browser: Browser, record_property: Record) -> None:
    """Promise: ten declarations a second are drawn without the page jumping; the longest task is told."""
    for name, size in SIZES.items():
        night = Night(of_pack(ELECTION), 200)
        with Board(night.history).serving() as board, page_in(browser, size) as page:
            page.goto(f"{board.url}/elections/{ELECTION}")
            expect(page.locator("#feed")).to_have_text("Live")
            page.evaluate(WATCH)
            for _ in range(EVENTS):
                night.go(board)
                page.wait_for_timeout(EVERY_MS)
            expect(page.locator("#main")).to_have_attribute("data-cursor", night.cursor, timeout=20_000)
            seen: dict[str, Any] = page.evaluate("window.seen")
            longest = f"longest task {max(seen['tasks'], default=0):.0f} ms" if seen["tasks"] else "no task over 50 ms"
            moved = f"layout shift {seen['shift']:.3f}, and {seen['listed']:.3f} where rows come in or change places"
            record_property(
                "The board in a browser",
                f"{name} pixels, 650 contests, ten events a second for 10 s: {longest}; {moved}",
            )
            assert seen["shift"] < SHIFT_MAX, seen["moved"]


def test_the_first_view_is_small(browser: Browser, record_property: Record) -> None:
    """Promise: page, style sheets and script are under 100 KB; when they can be read on a slow network is told."""
    for place in (13, -1):
        whole = of_pack(ELECTION)
        night = Night(whole, place % len(whole.moments))
        with Board(night.history).serving() as board, page_in(browser, PHONE) as page:
            # Others have looked before: pages are made once, and kept.
            with urlopen(f"{board.url}/elections/{ELECTION}") as answer:  # noqa: S310  # our own server
                answer.read()
            sent = _sent(page)
            page.goto(f"{board.url}/elections/{ELECTION}", wait_until="load")
            expect(page.locator("#lead")).to_be_visible()
            painted: float = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
            total = sum(sent.values())
            record_property(
                "The board in a browser",
                f"{night.history.last} moments: {total / 1000:.0f} KB, read after {painted / 1000:.2f} s at 1.6 Mbit/s "
                "and 150 ms",
            )
            assert total < FIRST_VIEW_MAX, sent


def _sent(page: Page) -> dict[str, int]:
    """Slow a page's network down, and note how many bytes each of its requests takes."""
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    client.send("Network.emulateNetworkConditions", SLOW)
    names: dict[str, str] = {}
    sent: dict[str, int] = {}
    client.on("Network.requestWillBeSent", lambda event: names.update({event["requestId"]: event["request"]["url"]}))
    client.on(
        "Network.loadingFinished",
        lambda event: sent.update({names[event["requestId"]]: event["encodedDataLength"]}),
    )
    return sent
