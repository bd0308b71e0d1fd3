"""The board follows the election: in place, at its own pace, never silently stale; and how fast that is."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from tallywire.client.messages import register_event
from tallywire.packs.pack import find_pack, read_pack
from tallywire.pages.numbers import ZONE
from tests.pages.looking import ALL, PHONE, WALL, page_in, require_no_barrier
from tests.pages.nights import Night
from tests.pipeline.board import Board
from tests.tallywire.publishing.histories import of_pack, played
from tests.waiting import wait_until

ELECTION: Final = "pcc.2024-05-02"
GENERAL: Final = "parl.2024-07-04"

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

WRITTEN: Final = """
root => {
  const own = new Set(['open', 'tabindex', 'data-pointed', 'aria-valuetext'])
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
    expect(page.locator("#main")).to_have_attribute("data-cursor", cursor)


@contextmanager
def followed(browser: Browser, night: Night, clock: datetime | None = None) -> Iterator[tuple[Board, Page]]:
    """Open the board of a night and follow it.

    Args:
        browser: the browser.
        night: the night.
        clock: what the computer's clock says, if it is another one; then the test can let it go faster.
    """
    with Board(night.history).serving() as board, page_in(browser) as page:
        if clock is not None:
            page.clock.install(time=clock)
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


@pytest.mark.parametrize(
    ("election", "begin", "moments", "every"),
    [
        pytest.param(ELECTION, 1, 14, 1, id="a whole night"),
        pytest.param(GENERAL, 1, 24, 8, id="650 contests, from the register on", marks=ALL),
        pytest.param(GENERAL, -31, 30, 10, id="650 contests, the last ones and the corrections of months", marks=ALL),
    ],
)
def test_a_page_that_was_followed_is_the_page_loaded_anew(
    browser: Browser, election: str, begin: int, moments: int, every: int
) -> None:
    """Promise: what a page has come to over a night, with its corrections, is what the server writes."""
    whole = of_pack(election)
    night = Night(whole, begin % len(whole.moments))
    with followed(browser, night, datetime.now(UTC)) as (board, page):
        for _ in range(moments // every):
            night.go(board, every)
            page.clock.run_for(1_000)
            at(page, night.cursor)
            assert shown(page) == loaded(page, page.url)
        assert night.ended or begin == 1


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


def test_a_feed_that_dies_is_said_and_what_was_missed_is_caught_up(browser: Browser) -> None:
    """Promise: a page says since when it hears nothing, whatever its computer's clock says, and then catches up."""
    night = Night(of_pack(ELECTION), 4)
    now = datetime.now(ZONE)
    with followed(browser, night, now.astimezone(UTC) - timedelta(hours=7, minutes=13)) as (board, page):
        with board.silent():
            page.clock.run_for(25_000)
            feed = page.locator("#feed")
            expect(feed).to_contain_text("No news since")
            expect(feed.locator(".dot.old")).to_have_count(1)
            said = re.search(r"since (\d\d):(\d\d):(\d\d) (GMT|BST); trying again", feed.inner_text())
            assert said is not None
            assert said[4] == f"{now:%Z}"
            since = now.replace(hour=int(said[1]), minute=int(said[2]), second=int(said[3]))
            assert abs(since - now) < timedelta(minutes=2)
            expect(page.locator("#feed-more")).to_have_text("Shown: 3 of 14 declared")
        night.go(board, 3)
        page.clock.run_for(3_000)
        at(page, night.cursor)
        expect(page.locator("#feed")).to_have_text("Live")
        assert shown(page) == loaded(page, page.url)


@ALL
def test_another_history_is_taken_as_a_whole(browser: Browser) -> None:
    """Promise: when the election was rebuilt into another history, the page shows that one, and follows it."""
    night = Night(of_pack(ELECTION), 6)
    pack = read_pack(find_pack(ELECTION))
    other = Night(played(ELECTION, register_event(pack.register, pack.register_bytes), pack.declarations[::-1]), 3)
    with followed(browser, night) as (board, page):
        night.go(board)
        at(page, night.cursor)
        board.do(lambda: board.publishing.elections.known[ELECTION].hub.replace(other.history))
        at(page, other.cursor)
        assert shown(page) == loaded(page, page.url)
        other.go(board)
        at(page, other.cursor)
        assert shown(page) == loaded(page, page.url)
        expect(page.locator("#feed")).to_have_text("Live")


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


@ALL
def test_the_night_is_played_again(browser: Browser) -> None:
    """Promise: every moment can be gone to by slider or keys, has an address, and looks as it is loaded there."""
    night = Night(of_pack(GENERAL), 120)
    with followed(browser, night, datetime.now(UTC)) as (board, page):
        slider = page.locator("#t")
        slider.focus()
        for key, place in (("Home", 1), ("ArrowRight", 2), ("ArrowRight", 3), ("PageUp", None), ("ArrowLeft", None)):
            page.keyboard.press(key)
            expect(page.locator("#feed")).to_have_text("Replay, paused")
            if place is not None:
                at(page, str(night.history.moments[place].cursor))
            page.wait_for_function("new URL(location).searchParams.get('at') === main.dataset.cursor")
            assert shown(page) == loaded(page, page.url)
        # Nothing that happens meanwhile moves it.
        before = shown(page)
        night.go(board, 2)
        expect(page.locator("#feed-more")).to_contain_text("Shown as it stood at")
        assert shown(page) == before
        page.goto(page.url)
        page.locator("#speed").select_option("20")
        page.get_by_role("button", name="Play").click()
        expect(page.locator("#feed")).to_have_text("Replay, playing")

        def played_on() -> bool:
            page.clock.run_for(2_000)
            return page.locator("#main").get_attribute("data-cursor") == night.cursor

        wait_until(played_on, what="the night to be played to its end")
        expect(page.get_by_role("button", name="Play")).to_be_visible()
        assert shown(page) == loaded(page, page.url)
        page.get_by_role("link", name="Go to the latest").click()
        expect(page.locator("#feed")).to_have_text("Live")
        assert shown(page) == loaded(page, page.url)


@ALL
def test_news_waits_for_whoever_reads_further_down(browser: Browser) -> None:
    """Promise: no row is pushed under the eyes of somebody who has scrolled; what waits is counted, and can be had."""
    night = Night(of_pack(ELECTION), 13)
    with followed(browser, night) as (board, page):
        box = page.locator(".feedbox")
        box.evaluate("each => { each.scrollTop = 120 }")
        rows = page.locator("#headlines > li[id^=hl-]")
        first = rows.first.get_attribute("id")
        night.go(board, 2)
        at(page, night.cursor)
        expect(page.locator("#newer")).to_have_text("2 new")
        assert rows.first.get_attribute("id") == first
        assert box.evaluate("each => each.scrollTop") == 120
        require_no_barrier(page)
        page.locator("#newer").click()
        expect(page.locator("#newer")).to_be_hidden()
        assert shown(page) == loaded(page, page.url)


def test_nothing_is_drawn_under_a_selection(browser: Browser) -> None:
    """Promise: what somebody has selected stays until it is let go of; then the page catches up."""
    night = Night(of_pack(ELECTION), 3)
    with followed(browser, night) as (board, page):
        before = shown(page)
        page.evaluate("getSelection().selectAllChildren(document.getElementById('count'))")
        night.go(board, 2)
        expect(page.locator("#feed-more")).to_have_text("2 changes wait")
        assert shown(page) == before
        page.evaluate("getSelection().removeAllRanges()")
        at(page, night.cursor)
        assert shown(page) == loaded(page, page.url)


@ALL
def test_the_map_is_one_stop_and_arrows_go_to_the_nearest(browser: Browser) -> None:
    """Promise: the keys walk over the map, each contest is said below the choices, and Enter opens it."""
    with followed(browser, Night(of_pack(GENERAL), 200)) as (_, page):
        stops = page.locator(".hexes a[tabindex='0']")
        expect(stops).to_have_count(1)
        stops.focus()
        seen = [page.evaluate("document.activeElement.id")]
        for key in ("ArrowDown", "ArrowRight", "ArrowUp", "ArrowLeft", "ArrowDown"):
            page.keyboard.press(key)
            seen.append(page.evaluate("document.activeElement.id"))
            name = page.locator(f"#r-{seen[-1].removeprefix('h-')} th").text_content()
            expect(page.locator("#readout b")).to_have_text(name or "")
        assert len(set(seen)) > 1
        expect(stops).to_have_count(1)
        page.keyboard.press("Enter")
        page.wait_for_url("**/contests/**")


def test_without_a_script_the_page_has_the_same_facts(browser: Browser) -> None:
    """Promise: who runs no script reads the same, and goes to the night's moments by links."""
    night = Night(of_pack(GENERAL), 60)
    address = f"/elections/{GENERAL}"
    with (
        Board(night.history).serving() as board,
        page_in(browser) as page,
        page_in(browser, java_script_enabled=False) as plain,
    ):
        page.goto(f"{board.url}{address}")
        expect(page.locator("#feed")).to_have_text("Live")
        plain.goto(f"{board.url}{address}")
        for part in ("lead", "count", "parties", "headlines", "readout"):
            expect(plain.locator(f"#{part}")).to_have_text(page.locator(f"#{part}").text_content() or "")
        for control in ("#pause", "#t", "#play"):
            expect(plain.locator(control)).to_be_hidden()
        plain.get_by_role("link", name="First declaration").click()
        expect(plain.locator("#count")).to_contain_text("1 of 650 declared")


@ALL
def test_a_board_of_650_contests_stays_smooth(browser: Browser, record_property: Record) -> None:
    """Promise: ten declarations a second are drawn without the page jumping; the longest task is told."""
    for name, size in (("360", PHONE), ("1920", WALL)):
        night = Night(of_pack(GENERAL), 200)
        with Board(night.history).serving() as board, page_in(browser, size) as page:
            page.goto(f"{board.url}/elections/{GENERAL}")
            expect(page.locator("#feed")).to_have_text("Live")
            page.evaluate(WATCH)
            for _ in range(EVENTS):
                night.go(board)
                page.wait_for_timeout(EVERY_MS)
            expect(page.locator("#main")).to_have_attribute("data-cursor", night.cursor)
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
        whole = of_pack(GENERAL)
        night = Night(whole, place % len(whole.moments))
        with Board(night.history).serving() as board, page_in(browser, PHONE) as page:
            # Others have looked before: pages are made once, and kept.
            with urlopen(f"{board.url}/elections/{GENERAL}") as answer:  # noqa: S310  # our own server
                answer.read()
            sent = _sent(page)
            page.goto(f"{board.url}/elections/{GENERAL}", wait_until="load")
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
