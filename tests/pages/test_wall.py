"""A screen in a hall or a studio, in a browser."""

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.pages.looking import ALL, PHONE, WALL, page_in, require_no_barrier, require_no_sideways_scrolling
from tests.pages.nights import Night
from tests.pipeline.board import Board
from tests.tallywire.publishing.board.wall_nights import COUNTY_ELECTION, county_night
from tests.tallywire.publishing.histories import of_pack, strange_night

PARLIAMENT: Final = "parl.2024-07-04"
COMMISSIONERS: Final = "pcc.2024-05-02"
BY_ELECTION: Final = "parl.2026-08-13"
MAYOR: Final = "mayor.2021-05-06"
EVERY_MS: Final = 12_000


@pytest.fixture(scope="module")
def board() -> Iterator[Board]:
    """Serve nights of every kind."""
    nights = (of_pack(PARLIAMENT), of_pack(COMMISSIONERS), of_pack(BY_ELECTION), of_pack(MAYOR), county_night())
    with Board(*nights).serving() as serving:
        yield serving


def shown(page: Page) -> str:
    """Return the heading of the panel that is shown."""
    return page.locator("#panels > section:visible h2").inner_text()


def require_fitting(page: Page) -> None:
    """See that everything that is begun has room: on a screen nobody can scroll."""
    cut = page.evaluate(
        """() => {
          const floor = document.querySelector('.lower').getBoundingClientRect().top + 1
          return [...document.querySelectorAll('.body tr, .body li, .body p, .head *')].filter(each => {
            const { top, bottom, left, height } = each.getBoundingClientRect()
            // What has no room flows into a column beside the screen.
            return height && left < innerWidth && (bottom > floor || top < 0)
          }).map(each => each.outerHTML.slice(0, 100))
        }"""
    )
    assert not cut, cut
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    require_no_sideways_scrolling(page)


@ALL
@pytest.mark.parametrize("election", [PARLIAMENT, COMMISSIONERS, BY_ELECTION, MAYOR, COUNTY_ELECTION])
def test_every_panel_has_room_on_every_screen(browser: Browser, board: Board, election: str) -> None:
    """Promise: a parliament, offices, one office or many councils: nothing is cut, and axe finds no barrier."""
    with page_in(browser, WALL) as page:
        page.clock.install()
        page.goto(f"{board.url}/elections/{election}?wall")
        panels = page.locator("#panels > section:not([data-empty])").count()
        assert page.locator("#parties tr").count() <= 9
        for _ in range(panels):
            for width, height in ((1280, 720), WALL):
                page.set_viewport_size({"width": width, "height": height})
                require_fitting(page)
            page.clock.run_for(EVERY_MS + 250)
        require_no_barrier(page)


CUT: Final = """() => [...document.querySelectorAll('.one .tag, .one .num, #figures-1 td')].filter(each => {
  const { left, right } = each.getBoundingClientRect(), cell = each.closest('th, td')
  return each.scrollWidth > each.clientWidth + 1 && each.clientWidth || right > cell.getBoundingClientRect().right + 1
}).map(each => each.textContent)"""


@pytest.mark.parametrize("size", [PHONE, (1280, 720)])
def test_who_is_elected_and_the_figures_are_whole(browser: Browser, board: Board, size: tuple[int, int]) -> None:
    """Promise: where one office is filled, neither that somebody is elected nor a figure is cut off."""
    with page_in(browser, size) as page:
        page.goto(f"{board.url}/elections/{MAYOR}?wall")
        expect(page.locator(".one .tag")).to_have_text("elected")
        assert page.evaluate(CUT) == []


@ALL
def test_panels_turn_and_space_pauses(browser: Browser, board: Board) -> None:
    """Promise: one panel after another, twelve seconds each, with nobody touching it; space pauses, and goes on."""
    with page_in(browser, WALL) as page:
        page.clock.install()
        page.goto(f"{board.url}/elections/{PARLIAMENT}?wall")
        seen = []
        for _ in range(3):
            seen.append(shown(page))
            page.clock.run_for(EVERY_MS + 250)
        assert seen[:2] == ["Filled is declared, a triangle is a gain", "Latest"]
        assert len(set(seen)) == 3
        now = shown(page)
        page.keyboard.press("Space")
        page.clock.run_for(3 * EVERY_MS)
        assert shown(page) == now
        expect(page.locator("#still")).to_have_text("Paused; space goes on")
        page.keyboard.press("Space")
        page.clock.run_for(EVERY_MS + 250)
        assert shown(page) != now


def test_it_follows_the_night(browser: Browser) -> None:
    """Promise: the newest headline, count and panels follow by themselves, the panel shown stays; "final" is said."""
    night = Night(of_pack(COMMISSIONERS))
    with Board(night.history).serving() as board, page_in(browser, WALL) as page:
        page.goto(f"{board.url}/elections/{COMMISSIONERS}?wall")
        expect(page.locator("#lower")).to_have_text("Nothing has been declared yet")
        expect(page.locator("#feed")).to_have_text("Live")
        night.go(board, 3)
        expect(page.locator("#count")).to_contain_text("3 of 14 declared")
        expect(page.locator("#lower")).not_to_contain_text("Nothing")
        assert page.locator("#panels > section:visible").count() == 1
        expect(page.locator("#closed")).to_be_hidden()
        night.close(board)
        expect(page.locator("#closed")).to_have_text("Final since 12:04 BST, 6 May 2030", timeout=20_000)
        require_fitting(page)


def test_a_screen_of_a_region_with_strange_names(browser: Browser) -> None:
    """Promise: a region has its screen; long names are cut short and not markup; a phone shows it, too."""
    with Board(strange_night()).serving() as board, page_in(browser, WALL) as page:
        for path in ("", "/regions/north-testing"):
            page.goto(f"{board.url}/elections/local.2030-05-02{path}?wall")
            expect(page.locator("h1")).to_contain_text("<Strange> & Co")
            require_fitting(page)
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        require_no_sideways_scrolling(page)
        require_no_barrier(page)
