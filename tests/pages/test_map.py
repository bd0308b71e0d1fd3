"""The map in a browser: what can be seen, chosen and reached, and that no words leave a picture."""

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.pages.looking import ALL, PHONE, page_in, require_no_barrier, require_no_sideways_scrolling
from tests.pipeline.board import Board
from tests.tallywire.publishing.board.long_names import ELECTION as LONG
from tests.tallywire.publishing.board.long_names import long_night
from tests.tallywire.publishing.board.own_map import own_map
from tests.tallywire.publishing.histories import of_pack, strange_night

NIGHT: Final = "parl.2024-07-04"
COMMISSIONERS: Final = "pcc.2024-05-02"
STRANGE: Final = "local.2030-05-02"

NORFOLK: Final = "#h-pcc-norfolk-2024-05-02"

FILL: Final = "each => getComputedStyle(each.querySelector('.h') ?? each.querySelector('rect')).fill"

OUTSIDE: Final = """() => {
  const svg = document.documentElement, box = svg.viewBox.baseVal
  return [...svg.querySelectorAll('text')].map(each => [each.textContent.slice(0, 40), each.getBoundingClientRect()])
    .filter(([, one]) => one.left < 0 || one.top < 0 || one.right > box.width + 0.5 || one.bottom > box.height + 0.5)
    .map(([words, one]) => `${words}: ${one.left} to ${one.right}`)
}"""

LINES: Final = """each => {
  const words = document.createRange()
  words.selectNodeContents(each)
  return words.getClientRects().length
}"""


@pytest.fixture(scope="module")
def board() -> Iterator[Board]:
    """Serve elections with hexagons, with areas of their own, and with tiles."""
    with Board(of_pack(NIGHT), own_map(COMMISSIONERS), strange_night(), long_night()).serving() as serving:
        yield serving


def open_map(page: Page, board: Board, election: str, query: str = "") -> None:
    """Open an election's board."""
    page.goto(f"{board.url}/elections/{election}{query}")


# The test of the board looks for barriers on its map, too; here its table is open.
@ALL
@pytest.mark.parametrize(("election", "scheme"), [(COMMISSIONERS, "light"), (STRANGE, "dark")])
def test_a_map_has_no_barrier(board: Board, browser: Browser, election: str, scheme: str) -> None:
    """Promise: axe finds nothing on a map of areas or tiles on a phone, with its table open, and nothing is cut off."""
    with page_in(browser, PHONE, color_scheme=scheme) as page:
        open_map(page, board, election)
        page.locator("#twin summary").click()
        require_no_barrier(page)
        require_no_sideways_scrolling(page)


def test_layers_are_chosen_with_the_keyboard_and_without_a_script(board: Board, browser: Browser) -> None:
    """Promise: layers are radio buttons: arrows go through them, those that cannot be shown left out."""
    with page_in(browser, java_script_enabled=False) as page:
        open_map(page, board, COMMISSIONERS)
        norfolk = page.locator(NORFOLK)
        seen = [norfolk.evaluate(FILL)]
        page.locator("#l-win").focus()
        for layer in ("from", "turn", "swing", "maj"):
            page.keyboard.press("ArrowRight")
            expect(page.locator(f"#l-{layer}")).to_be_checked()
            expect(page.locator(f".lg-{layer}")).to_be_visible()
            seen.append(norfolk.evaluate(FILL))
        # Labour's, the Conservatives', no electorate, a swing of 12 points, a majority of 1 per cent.
        assert seen[:2] == ["rgb(228, 0, 59)", "rgb(0, 135, 220)"]
        assert len(set(seen)) == 5
        expect(page.locator(".lg-win")).to_be_hidden()


def test_one_party_alone_can_be_shown(board: Board, browser: Browser) -> None:
    """Promise: nobody has to tell two hues apart: one party is picked by name."""
    with page_in(browser) as page:
        open_map(page, board, NIGHT)
        page.get_by_label("Liberal Democrats", exact=True).check()
        dimmed = page.locator(".hexes a").evaluate_all("all => all.filter(e => getComputedStyle(e).opacity < 1).length")
        assert dimmed == 650 - 72


def test_colours_stay_where_colours_are_forced(board: Board, browser: Browser) -> None:
    """Promise: a map is a map in forced colours, too: its fills are what it says."""
    with page_in(browser, forced_colors="active") as page:
        open_map(page, board, COMMISSIONERS)
        assert page.locator(NORFOLK).evaluate(FILL) == "rgb(228, 0, 59)"


@ALL
def test_no_words_leave_a_picture(board: Board, browser: Browser) -> None:
    """Promise: however long a name is and whatever font there is, a picture has room for its words."""
    with page_in(browser) as page:
        for election in (LONG, NIGHT, STRANGE):
            for still in ("map", "tally"):
                page.goto(f"{board.url}/elections/{election}/{still}.svg")
                assert page.evaluate(OUTSIDE) == []


@ALL
def test_the_longest_county_has_room_on_its_tile(board: Board, browser: Browser) -> None:
    """Promise: the name of a county is read in one piece."""
    with page_in(browser) as page:
        open_map(page, board, STRANGE)
        name = page.locator(".tiles b").first
        name.evaluate("each => { each.textContent = 'Northamptonshire' }")
        assert name.evaluate(LINES) == 1
