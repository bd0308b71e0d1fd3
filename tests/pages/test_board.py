"""The board in a browser: barriers, sizes, and without a script."""

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.pages.looking import ALL, SIZES, page_in, require_no_barrier, require_no_sideways_scrolling
from tests.pipeline.board import Board
from tests.services.registers import synthetic_register
from tests.tallywire.publishing.histories import Played, event, of_pack, strange_night

ELECTION: Final = "pcc.2024-05-02"
COMMONS: Final = "parl.2024-07-04"
STRANGE: Final = "local.2030-05-02"
REHEARSAL: Final = "rehearsal.local.2030-05-02"

NARROW: Final[ViewportSize] = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def board() -> Iterator[Board]:
    """Serve nights of every kind."""
    register = synthetic_register(election=REHEARSAL, test=True)
    sent = event("register", REHEARSAL, register.model_dump(mode="json"), "register", test=True)
    histories = (of_pack(COMMONS), of_pack(ELECTION), strange_night(), Played(REHEARSAL, sent).history)
    with Board(*histories).serving() as serving:
        yield serving


AT_TWO: Final = f"{COMMONS}?at=2024-07-05T02:00:00%2B01:00"

ADDRESSES: Final = (
    f"{ELECTION}/regions/itv-anglia",
    *(pytest.param(each, marks=ALL) for each in ("", AT_TWO, STRANGE, f"{STRANGE}/bodies/strange", REHEARSAL)),
)
"""Pages in every state: nothing declared, a part, all of it; untimed, with strange names, a rehearsal."""


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_has_a_barrier(browser: Browser, board: Board, address: str) -> None:
    """Promise: axe finds nothing at phone and wall size, light and dark; at 320 pixels nothing scrolls sideways."""
    with page_in(browser, SIZES["360"], color_scheme="dark") as page:
        opened(page, board, address)
        require_no_barrier(page)
        page.set_viewport_size(NARROW)
        require_no_sideways_scrolling(page)
        page.set_viewport_size({"width": 1920, "height": 1080})
        page.emulate_media(color_scheme="light")
        require_no_barrier(page)
        require_no_sideways_scrolling(page)


def test_a_rehearsal_with_a_long_name_is_no_wider(browser: Browser, board: Board) -> None:
    """Promise: the bar that says that nothing is real breaks a name that is wider than the window."""
    with page_in(browser, SIZES["360"]) as page:
        opened(page, board, REHEARSAL)
        page.locator(".trial-bar span").evaluate("each => { each.textContent = 'W'.repeat(200) }")
        require_no_sideways_scrolling(page)


def opened(page: Page, board: Board, address: str) -> None:
    """Open a page of the board."""
    page.goto(f"{board.url}/elections/{address}".removesuffix("/"))


def test_the_board_is_whole_without_a_script(browser: Browser, board: Board) -> None:
    """Promise: what it says, regions by their form and moments by their links are there without a script."""
    with page_in(browser, java_script_enabled=False) as page:
        opened(page, board, AT_TWO)
        expect(page.locator("#count")).to_have_text("12 of 650 declared")
        expect(page.locator("#parties tr").first).to_contain_text("218,209")
        page.get_by_role("link", name="06:08 Labour certain of a majority").click()
        expect(page.locator("#lead")).to_contain_text("Labour is certain of a majority")
        page.get_by_label("Region", exact=True).select_option("Wales")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("House of Commons, 4 July 2024: Wales")
        expect(page.locator("#feed")).to_contain_text("06:08 BST, 5 July 2024")


def test_the_tree_of_the_board_makes_sense(browser: Browser, board: Board) -> None:
    """Promise: a screen reader finds the page's questions as headings, and figures as tables with heads."""
    with page_in(browser) as page:
        opened(page, board, AT_TWO)
        headings = [each.inner_text() for each in page.get_by_role("heading", level=2).all() if each.is_visible()]
        assert headings == [
            "The night again",
            "State of the parties",
            "Map",
            "Headlines",
            "Overdue",
            "Still to declare",
            "Regions",
        ]
        row = page.get_by_role("row", name="Labour 11 2 0 +2 218,209 42.8")
        expect(row.get_by_role("rowheader")).to_contain_text("Labour")
        expect(page.get_by_role("img", name="House of Commons, 650 seats: Labour 11")).to_be_visible()
