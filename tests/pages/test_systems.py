"""Contests by list and by single transferable vote, as real and synthetic nights have them, in a browser."""

from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.pages.looking import ALL, PHONE, SIZES, page_in, require_no_barrier, require_no_sideways_scrolling
from tests.pipeline.board import Board
from tests.tallywire.publishing.board.systems_nights import POLL, QUESTION, referendum_night
from tests.tallywire.publishing.histories import of_pack

CONTESTS = (
    ("sp.2031-05-01", "sp.r.synthetic-spey.2031-05-01"),
    ("senedd.2031-05-01", "senedd.synthetic-nant.2031-05-01"),
    ("local.2017-05-04", "local.aberdeen-city.bridge-of-don.2017-05-04"),
    ("nia.2016-05-05", "nia.foyle.2016-05-05"),
)


@ALL
@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize(("election", "ballot_id"), CONTESTS)
def test_a_count_and_an_allocation_have_room_on_every_screen(
    browser: Browser, election: str, ballot_id: str, scheme: Literal["dark", "light"]
) -> None:
    """Promise: axe finds nothing, and only the wide table of all stages or seats scrolls sideways, within itself."""
    with Board(of_pack(election)).serving() as board, page_in(browser, PHONE, color_scheme=scheme) as page:
        page.goto(f"{board.url}/elections/{election}/contests/{ballot_id}")
        require_no_barrier(page)
        for width, height in SIZES.values():
            page.set_viewport_size({"width": width, "height": height})
            require_no_sideways_scrolling(page)


@ALL
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_a_referendum_has_room_on_every_screen(browser: Browser, scheme: Literal["dark", "light"]) -> None:
    """Promise: axe finds nothing on the board and the page of a referendum, and nothing scrolls sideways."""
    with Board(referendum_night()).serving() as board, page_in(browser, color_scheme=scheme) as page:
        for path in ("", f"/contests/{QUESTION}"):
            page.goto(f"{board.url}/elections/{POLL}{path}")
            for width, height in SIZES.values():
                page.set_viewport_size({"width": width, "height": height})
                require_no_sideways_scrolling(page)
            require_no_barrier(page)
