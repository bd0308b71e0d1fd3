"""Pages of counts that go by stages, of lists and of referendums: what is said, and how a reader steps through."""

from tallywire.publishing.board.contests import contest_page
from tallywire.publishing.board.shown import difference
from tallywire.publishing.history import History
from tests.tallywire.publishing.board import systems_nights as nights
from tests.tallywire.publishing.board.pages import shown, words
from tests.tallywire.publishing.histories import view


def said(history: History, ballot_id: str, part: str) -> str:
    """Return the words of a part of a contest's page."""
    return words(contest_page(view(history), {"ballot_id": ballot_id}).parts[part])


def test_a_count_is_shown_stage_by_stage() -> None:
    """Promise: each stage says what was done, who is elected or excluded, and every total as it was declared."""
    count = said(nights.council_night(), nights.WARD, "stages")
    assert "Stage 2: Surplus of Ada Example" in count
    assert "Stage 3: Exclusion of Eva Trial" in count
    assert "Eva Trial is excluded." in count
    assert "Cat Specimen, Gil Draft and Dot Pattern are elected." in count
    assert "593.85924" in count
    assert "+68.85924" in count
    assert "Dot Pattern was elected without reaching the quota" in count
    assert "Non-transferable" in count
    candidates = said(nights.council_night(), nights.WARD, "candidates")
    assert "Ada Example SNP, at stage 1" in candidates
    assert "excluded at stage 5" in candidates
    assert "Quota 668" in said(nights.council_night(), nights.WARD, "figures")


def test_stages_are_reached_by_links_and_no_script() -> None:
    """Promise: each stage has its own address on the page, and leads to the one before and the one after."""
    html = contest_page(view(nights.council_night()), {"ballot_id": nights.WARD}).parts["stages"]
    assert all(f'id="stage-{number}"' in html for number in range(1, 6))
    assert 'href="#stage-2"' in html
    assert "style=" not in html


def test_a_count_that_goes_on_is_never_shown_as_whole() -> None:
    """Promise: which stage it is and how many seats are filled is said; more stages of it are no correction."""
    night = nights.assembly_night()
    assert "Stage 4, 1 of 4 seats filled" in said(night, nights.LAGAN, "what")
    assert "The count goes on." in said(night, nights.LAGAN, "notice")
    history = said(night, nights.LAGAN, "history")
    assert "Stages 3 to 4" in history
    assert "corrected" not in history.lower()
    before, after = (contest_page(view(night, place), {"ballot_id": nights.LAGAN}) for place in (-2, -1))
    assert "stages" in difference(before, after)
    board = words(shown(view(night)).page())
    assert "0 of 2 declared" in board
    assert "Stage 4, 1 of 4 seats filled" in board
    assert "1 SNP so far, 1 of 4 seats" in board


def test_list_seats_are_shown_figure_by_figure() -> None:
    """Promise: each seat has every list's figure and divisor, the highest marked, with constituencies carried in."""
    given = said(nights.parliament_night(), nights.NORTH, "allocation")
    assert "Seat 1: Scottish Labour Party" in given
    assert "21,400.00: Kay Specimen is elected." in given
    assert "9,775.00" in given
    assert "3 constituencies" in given
    candidates = said(nights.parliament_night(), nights.NORTH, "candidates")
    assert "Kay Specimen Scottish Labour Party" in candidates
    assert "Since last time" in candidates
    used_up = said(nights.senedd_night(), nights.GLYN, "allocation")
    assert "no names left" in used_up


def test_an_allocation_that_is_not_checked_says_what_it_waits_for() -> None:
    """Promise: a region declared before its constituencies says so, and which are missing."""
    notice = said(nights.parliament_night(), nights.SOUTH, "notice")
    assert "The allocation is not checked yet." in notice
    assert "waiting for S-3." in notice
    assert "Constituencies declared 2 of 3" in said(nights.parliament_night(), nights.SOUTH, "figures")


def test_a_referendum_has_its_question_and_no_gain() -> None:
    """Promise: question, answers and majority are shown; nothing is held or gained."""
    night = nights.referendum_night()
    assert nights.ASKED in said(night, nights.QUESTION, "what")
    figures = said(night, nights.QUESTION, "figures")
    assert "Majority 2,591" in figures
    assert "Swing" not in figures
    assert "Against" not in figures
    assert "Answers" in said(night, nights.QUESTION, "candidates")
