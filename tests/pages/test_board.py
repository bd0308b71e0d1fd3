"""The board in a browser."""

from playwright.sync_api import Browser, expect

from tests.pages.looking import page_in, require_no_barrier
from tests.pipeline.board import Board
from tests.tallywire.publishing.histories import of_pack

ELECTION = "pcc.2024-05-02"


def test_the_board_says_how_many_have_declared(browser: Browser) -> None:
    """Promise: the board is there without a script, and axe finds no barrier."""
    with Board(of_pack(ELECTION)).serving() as board, page_in(browser, java_script_enabled=True) as page:
        page.goto(f"{board.url}/elections/{ELECTION}")
        expect(page.locator("#count")).to_have_text("14 of 14 declared")
        require_no_barrier(page)
