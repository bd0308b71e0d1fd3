"""What the board says when something is not known, not there, or not as it was expected."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from schemas.register import Contest
from tallywire.publishing.following import State
from tallywire.publishing.history import History
from tests.pipeline.board import Board
from tests.services.registers import SAMPLEFORD, TESTSHIRE, synthetic_contest, synthetic_register
from tests.tallywire.publishing.board.asking import fetched
from tests.tallywire.publishing.board.pages import shown, words
from tests.tallywire.publishing.histories import ELECTION, Played, event, of_pack, strange_night, view

COMMISSIONERS: Final = "pcc.2024-05-02"


def played(*, test: bool = False, election: str = ELECTION, **overrides: Any) -> Played:  # noqa: ANN401  # of a register
    """Return an election of which only the register is there."""
    register = synthetic_register(election=election, test=test, **overrides)
    return Played(election, event("register", election, register.model_dump(mode="json"), "register", test=test))


def test_before_anything_is_declared_the_page_is_whole() -> None:
    """Promise: from the register on there is a page: who stands widely, how many are to come, and no figure made up."""
    page = shown(view(played().history)).page(datetime.now(UTC))
    said = words(page)
    assert "0 of 3 declared" in said
    assert "None of 3 contests has declared yet." in said
    assert "No news yet." in said
    assert "Nobody has said when declarations are expected, so none can be late." in said


def test_what_is_late_and_what_comes_next_are_said_by_the_clock() -> None:
    """Promise: overdue, the longest first, and expected next, as of the time of day; withdrawn is awaited again."""
    expected: Contest = synthetic_contest(expected_at="2030-05-03T02:00:00+01:00")
    later: Contest = synthetic_contest(name="Sampleford", expected_at="2030-05-03T04:30:00+01:00")
    night = played(contests={TESTSHIRE: expected, SAMPLEFORD: later})
    page = shown(view(night.history)).page(datetime.fromisoformat("2030-05-03T03:05:00+01:00"))
    assert "Testshire expected 02:00, 1 h 5 min late" in words(page)
    assert "Sampleford 04:30" in words(page)
    with Board(night.history).serving() as board:
        piece = fetched(board, f"/elections/{ELECTION}/overdue")
    assert piece.status == HTTPStatus.OK
    assert piece.content.decode().startswith('<section class="sec" id="overdue"')


def test_every_kind_of_declaration_has_its_words() -> None:
    """Promise: flash, recount, postponed, unopposed, several seats and a final round are said in words."""
    said = words(shown(view(strange_night())).page())
    for words_of_it in (
        "Labour gain from Conservatives; votes to come",
        "Recount. Three votes apart.",
        "Poll postponed. A candidate has died.",
        "Conservatives hold, unopposed",
        "Conservatives 1, Labour 1, Liberal Democrats 1",
        "decided by second preferences",
        "Silent no time said",
        "4 of 7 declared, 1 postponed or void",
    ):
        assert words_of_it in said, words_of_it


def test_without_times_the_night_goes_by_its_order() -> None:
    """Promise: where nobody has said when anything was declared, headlines are numbered and no time is made up."""
    page = shown(view(of_pack(COMMISSIONERS)))
    said = words(page.page())
    assert "Nobody has said when these were declared" in said
    assert "number 17" in said
    assert "01:00" not in said


def test_a_rehearsal_cannot_be_taken_for_real() -> None:
    """Promise: every page of a test election is framed and says so first, and it is apart in the list."""
    night = played(test=True)
    for suffix in ("", "/headlines"):
        page = shown(view(night.history), suffix).page()
        assert "<title>TEST: " in page
        assert '<div class="trial">' in page
        assert "Nothing here is a result." in words(page)
    with Board(night.history, of_pack(COMMISSIONERS)).serving() as board:
        listed = fetched(board, "/elections").content.decode()
    real, tests = words(listed).split("Rehearsals and tests")
    assert "Police and crime commissioners, 2 May 2024" in real
    assert "14 of 14 declared, complete" in real
    assert "All 14 contests declared" in real
    assert "Synthetic police and crime commissioners" in tests


def test_what_keeps_the_page_from_the_present_is_said() -> None:
    """Promise: away, broken or being read anew: the page stays, and says why it may be old."""
    with Board(of_pack(COMMISSIONERS)).serving() as board:
        election = board.publishing.elections.known[COMMISSIONERS]
        election.state, election.reason = State.AWAY, "The server cannot be reached."
        answer = fetched(board, f"/elections/{COMMISSIONERS}")
        assert answer.status == HTTPStatus.OK
        assert "Not up to date The server cannot be reached." in words(answer.content.decode())
        assert "Server away" in words(fetched(board, "/elections").content.decode())
        election.read = False
        answer = fetched(board, f"/elections/{COMMISSIONERS}")
        assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
        assert "is being read" in words(answer.content.decode())


def test_an_election_without_a_register_has_a_page_that_says_so() -> None:
    """Promise: before the register is there, that is said, as something that passes; before its time there is none."""
    with Board(History(ELECTION), of_pack(COMMISSIONERS)).serving() as board:
        answer = fetched(board, f"/elections/{ELECTION}")
        assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
        assert "has not been loaded yet" in words(answer.content.decode())
        first = board.publishing.elections.known[COMMISSIONERS].history.moments[0].cursor
        answer = fetched(board, f"/elections/{COMMISSIONERS}?at={first}")
        assert answer.status == HTTPStatus.NOT_FOUND
        assert "its register came later" in words(answer.content.decode())
        assert fetched(board, f"/elections/{COMMISSIONERS}/regions/nowhere").status == HTTPStatus.NOT_FOUND


def test_a_region_is_chosen_without_a_script() -> None:
    """Promise: the form of regions leads to the region's own address, at the same moment."""
    with Board(of_pack(COMMISSIONERS)).serving() as board:
        history = board.publishing.elections.known[COMMISSIONERS].history
        answer = fetched(board, f"/elections/{COMMISSIONERS}/regions?region=itv-anglia&at={history.moments[5].cursor}")
        assert answer.status == HTTPStatus.OK
        said = words(answer.content.decode())
        assert "Police and crime commissioners, 2 May 2024: ITV Anglia" in said
        assert "4 of 9 declared" in said
        other = fetched(board, f"/elections/{COMMISSIONERS}/regions?region=//example.org")
        assert other.status == HTTPStatus.NOT_FOUND
