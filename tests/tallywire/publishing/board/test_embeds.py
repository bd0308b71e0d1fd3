"""Pieces for other pages, and the screen, without a browser: who may frame them, and what is refused."""

from collections.abc import Iterator

import pytest

from tallywire.publishing.board.embeds import embed
from tallywire.publishing.board.wall import wall
from tallywire.publishing.settings import Settings
from tests.pipeline.board import Board
from tests.services.registers import TESTSHIRE, synthetic_register
from tests.tallywire.publishing.board.asking import fetched
from tests.tallywire.publishing.board.own_map import own_map
from tests.tallywire.publishing.histories import ELECTION, STRANGE, Played, event, strange_night, view

AT = f"/elections/{ELECTION}"
PUBLIC = "https://results.example.org"
REHEARSAL = "rehearsal.pcc.2030-05-02"


@pytest.fixture(scope="module")
def board() -> Iterator[Board]:
    """Serve the night with strange names, as an operator who has said where it is reached."""
    with Board(strange_night(), settings=Settings("Synthetic licence", public_url=PUBLIC + "/")).serving() as serving:
        yield serving


def ancestors(board: Board, path: str) -> str:
    """Return who may put a page into a frame."""
    answer = fetched(board, path, Accept="text/html")
    policy = answer.headers["content-security-policy"]
    return next(each.split(" ", 1)[1] for each in policy.split("; ") if each.startswith("frame-ancestors"))


def test_only_pieces_are_framed(board: Board) -> None:
    """Promise: anybody may frame a piece, and what says that there is none; nobody frames a page of the board."""
    pieces = ("/embed/ticker", "/embed/tally", "/embed/map", "/regions/england/embed/tally", "/embed/none")
    for path in (*pieces, f"/contests/{STRANGE}/embed"):
        assert ancestors(board, AT + path) == "*", path
    for path in ("", "?wall", "/embed", f"/contests/{STRANGE}", "/headlines"):
        assert ancestors(board, AT + path) == "'none'", path


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/embed/nothing", 404),
        ("/embed/tally?theme=pink", 400),
        ("/regions/nowhere/embed/tally", 404),
        ("/contests/local.nowhere.2030-05-02/embed", 404),
        ("/contests/local.nowhere.2030-05-02", 404),
        ("/embed?region=nowhere", 404),
        ("/embed?ballot=nothing", 404),
        ("/regions/nowhere?wall", 404),
    ],
)
def test_what_is_not_there_is_said(board: Board, path: str, status: int) -> None:
    """Promise: an address that is not there is answered with a page that says so."""
    answer = fetched(board, AT + path, Accept="text/html")
    assert answer.status == status
    assert b"<h1>" in answer.content


def test_only_what_is_known_can_be_asked_for(board: Board) -> None:
    """Promise: a parameter that a page does not take is refused."""
    for path in ("/embed/tally?colour=dark", f"/contests/{STRANGE}?wall", "/embed/ticker?wall"):
        assert fetched(board, AT + path).status == 400, path


def test_no_cookie_is_set(board: Board) -> None:
    """Promise: a piece sets no cookie, and its page asks nothing of other hosts."""
    for path in ("/embed/ticker", "/embed/map", f"/contests/{STRANGE}/embed"):
        answer = fetched(board, AT + path)
        assert "set-cookie" not in answer.headers
        assert b'src="http' not in answer.content
        assert b'href="http' not in answer.content


def test_what_is_copied_names_the_address_of_the_operator(board: Board) -> None:
    """Promise: where the operator has said where the service is reached, what is copied works without a script."""
    page = fetched(board, f"{AT}/embed?ballot={STRANGE}").content.decode()
    assert f"{PUBLIC}/elections/{ELECTION}/contests/{STRANGE}/embed" in page
    assert f"{PUBLIC}/static/latest/height.js" in page
    assert "THIS-SERVICE" not in page
    assert fetched(board, "/static/latest/height.js").headers["cache-control"] == "no-cache"
    check = fetched(board, f"{AT}/contests/{STRANGE}").content.decode()
    assert f"{PUBLIC}</span>/v1/elections/{ELECTION}" in check


def test_a_screen_is_another_page_than_the_board(board: Board) -> None:
    """Promise: the screen and the board of one moment are kept apart, and so is what changes on them."""
    screen, whole = (fetched(board, AT + asked).content for asked in ("?wall", ""))
    assert b'data-page="wall"' in screen
    assert b'data-page="overview"' in whole
    assert b'?wall">' in whole, "nobody would find it"
    cursor = str(strange_night().moments[2].cursor)
    changed = fetched(board, f"{AT}/changes?wall=&since={cursor}").content
    assert b'"lower"' in changed
    assert b'"lower"' not in fetched(board, f"{AT}/changes?since={cursor}").content


def test_a_rehearsal_is_marked_wherever_it_is_shown() -> None:
    """Promise: contest, screen and pieces of a rehearsal say so first, in words."""
    register = synthetic_register(election=REHEARSAL, test=True).model_dump(mode="json")
    night = Played(REHEARSAL, event("register", REHEARSAL, register, "register", test=True)).history
    with Board(night).serving() as serving:
        for path in ("?wall", "/embed/ticker", "/embed/map", f"/contests/{TESTSHIRE}", f"/contests/{TESTSHIRE}/embed"):
            page = fetched(serving, f"/elections/{REHEARSAL}{path}").content.decode()
            assert "<title>REHEARSAL: " in page, path
            assert page.index("Nothing here is a result") < page.index("<h1"), path


def test_a_map_of_the_pack_is_on_screens_and_pieces() -> None:
    """Promise: where a pack has brought a map, the screen and the piece show it, too."""
    night = own_map("pcc.2024-05-02")
    for shown in (wall(view(night), {}), embed(view(night), {"piece": "map"})):
        assert 'class="hexes own"' in shown.page()
