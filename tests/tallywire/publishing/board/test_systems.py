"""Pages of counts that go by stages, of lists and of referendums: what is said, and how a reader steps through."""

from schemas.result import Note
from schemas.wire import NATIONAL
from tallywire.publishing.board.contest_at import contest_at
from tallywire.publishing.board.contest_notices import notices
from tallywire.publishing.board.contests import contest_page
from tallywire.publishing.board.embeds import embed_contest
from tallywire.publishing.board.shown import difference
from tallywire.publishing.board.stills import tally_still
from tallywire.publishing.history import History
from tests.services.registers import TESTSHIRE
from tests.tallywire.publishing.board import systems_nights as nights
from tests.tallywire.publishing.board.pages import rows, shown, words
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
    assert "goes by their order" not in board, "the stages have their times"
    assert "0 of 2 declared" in board
    assert "Stage 4, 1 of 4 seats filled" in board
    assert "1 of 4 seats filled: SNP 1" in board


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


def test_an_allocation_waits_for_those_that_are_still_open() -> None:
    """Promise: a constituency that was declared after its region is not waited for any more."""
    night = nights.parliament()
    night.declare(nights.SOUTH, votes=nights.REGIONAL, elected=["snp", "con", "green", "lab"])
    assert "waiting for S-1, S-2 and S-3." in said(night.history, nights.SOUTH, "notice")
    night.declare("sp.c.s-1.2030-05-02", votes={"ada": 7_000, "cat": 8_001, "dot": 3_000})
    assert "waiting for S-2 and S-3." in said(night.history, nights.SOUTH, "notice")


def reviewed(ballot_id: str, *notes: Note) -> str:
    """Return what a reader is told first of a region under review."""
    now = view(nights.parliament_night())
    result = contest_at(now, ballot_id).result
    assert result is not None
    result = result.model_copy(update={"under_review": True, "notes": notes})
    return " ".join(f"{one.heading} {one.text}" for one in notices(now, result, ()))


def test_why_a_region_is_under_review_is_what_its_notes_say() -> None:
    """Promise: a correction that waits and list seats that do not follow are told apart, checked before or not."""
    assert "A correction that would change who is elected waits" in reviewed(nights.NORTH)
    in_doubt = Note(code="allocation.not_by_constituencies", text="The rule gives others these seats")
    for ballot_id in (nights.NORTH, nights.SOUTH):
        told = reviewed(ballot_id, in_doubt)
        assert told == "This allocation is under review. The rule gives others these seats."


def test_a_referendum_has_its_question_and_no_gain() -> None:
    """Promise: question, answers and majority are shown; nothing is held or gained."""
    night = nights.referendum_night()
    assert nights.ASKED in said(night, nights.QUESTION, "what")
    figures = said(night, nights.QUESTION, "figures")
    assert "Majority 2,591" in figures
    assert "Swing" not in figures
    assert "Against" not in figures
    assert "Answers" in said(night, nights.QUESTION, "candidates")
    assert "No won 24,103" in said(night, nights.QUESTION, "candidates")
    assert "Answer: No." in said(night, nights.QUESTION, "history")


def test_the_board_of_a_referendum_fills_no_seats() -> None:
    """Promise: the answer that has won is said, answers have votes and shares; of seats nothing is said."""
    board = shown(view(nights.referendum_night()))
    assert words(board.parts["lead"]) == "No wins the referendum in Synthshire."
    assert words(board.parts["parties-head"] + board.parts["parties"]) == (
        "Answer Votes Share % No 24,103 votes 24,103 52.8 Yes 21,512 votes 21,512 47.2"
    )
    assert 'id="seats" hidden' in board.parts["seats"]
    (contest,) = (html for name, html in board.parts.items() if name.startswith("c-"))
    assert "No wins Majority 2,591" in words(contest)
    (tile,) = (html for name, html in board.parts.items() if name.startswith("h-"))
    assert "No wins" in words(tile)
    assert "Seats" not in words(board.page())


def test_equal_votes_in_a_referendum_are_a_tie() -> None:
    """Promise: where answers have equal votes the pages say so, and that none has won."""
    night = nights.tied_referendum()
    assert "The referendum in Testshire is tied, with 300 votes each" in said(night, TESTSHIRE, "what")
    assert "No answer has won." in said(night, TESTSHIRE, "history")
    board = shown(view(night))
    (contest,) = (html for name, html in board.parts.items() if name.startswith("c-"))
    assert "Testshire Tied" in words(contest)
    (tile,) = (html for name, html in board.parts.items() if name.startswith("h-"))
    assert "tied" in words(tile)
    assert words(board.parts["readout"]).startswith("Testshire tied")
    assert "Equal votes, turnout 60.0 %" in words(embed_contest(view(night), {"ballot_id": TESTSHIRE}).parts["contest"])


def test_constituencies_and_regions_are_counted_apart() -> None:
    """Promise: a night of two kinds of contests says how many of each are in, and how many seats these fill."""
    night = view(nights.parliament_night())
    far = "5 of 6 constituencies and 2 of 2 regions, 13 of 14 seats"
    board, body = shown(night), shown(night, "/bodies/{slug}", slug="parliament")
    assert words(board.parts["count"]) == far
    assert words(body.parts["count"]) == far
    assert words(shown(night, wall="").parts["count"]) == far
    # Declared, and no headline yet.
    assert words(shown(night, wall="").parts["lower"]) == "No news yet"
    assert "1 of 6 constituencies has not declared" in words(board.parts["lead"])
    assert "1 constituency still to declare Constituencies S-3" in words(board.parts["next"])
    picture = tally_still(night, NATIONAL)
    assert "5 of 6 constituencies and 2 of 2 regions" in picture
    assert "13 of 14 seats" in picture
    before = shown(view(nights.parliament_night(), 1))
    assert words(before.parts["lead"]) == "None of 6 constituencies and 2 regions has declared yet."
    assert "Regions: list seats North Example" in words(before.parts["next"])


def test_wards_beside_a_parliament_are_no_constituencies() -> None:
    """Promise: where other contests are declared on the same day, headings, columns and counts do not take them in."""
    night = nights.parliament(ward=True)
    night.declare("sp.c.n-1.2030-05-02", votes={"ada": 9_001, "cat": 8_000, "dot": 3_000})
    night.declare(nights.WARD_BESIDE, votes={"ada": 900, "cat": 800, "dot": 300})
    board = shown(view(night.history))
    assert words(board.parts["count"]).startswith("0 of 2 regions and 2 of 7 other contests")
    head = words(board.parts["parties-head"])
    assert "Other" in head
    assert "Constit." not in head
    contests = words(board.page()[board.page().index('id="h-contests"') :])
    places = [contests.index(each) for each in ("Constituencies", "S-3", "Regions: list seats", "Other contests")]
    assert places == sorted(places)
    assert contests.index("Harbour") > places[-1]
    assert "Other contests" not in words(board.parts["next"]), "the ward is declared"


def test_a_correction_of_list_seats_is_told_as_one() -> None:
    """Promise: the same lists with other numbers of seats are no same winner."""
    night = nights.senedd()
    votes = {"lab": 60_000, "snp": 41_000, "con": 18_000, "ind": 17_000}
    night.declare(nights.GLYN, votes=votes, elected=["lab", "snp", "lab", "snp", "con", "ind"])
    night.declare(nights.GLYN, votes=votes, elected=["lab", "snp", "snp", "con", "ind", "snp"])
    history = said(night.history, nights.GLYN, "history")
    assert "Corrected: other list seats" in history
    assert "winner" not in history


def test_who_is_certain_to_be_the_largest_party_is_said_while_no_majority_is() -> None:
    """Promise: with one constituency to come, who leads by more has most seats, whoever wins it."""
    night = nights.parliament()
    for ballot in ("n-1", "n-2", "n-3", "s-1", "s-2"):
        night.declare(f"sp.c.{ballot}.2030-05-02", votes={"ada": 9_000, "cat": 8_000, "dot": 3_000})
    for region in (nights.NORTH, nights.SOUTH):
        night.declare(region, votes=nights.REGIONAL, elected=["con", "green", "lab", "snp"])
    body = shown(view(night.history), "/bodies/{slug}", slug="parliament")
    assert "1 more would make it for SNP; SNP certain to be the largest party" in words(body.parts["control"])


def test_seats_and_votes_of_both_papers_stand_side_by_side() -> None:
    """Promise: a party's seats are those of constituencies and lists; each share is of its own paper's votes."""
    night = view(nights.parliament_night())
    board = shown(night)
    labour = rows(board.parts["parties"])["p-pp53"]
    # Seats with their change, which stands below them on a phone; 2 of constituencies, where 3 are lost; 3 list seats.
    assert labour[1:5] == ["5−3", "2+0 −3", "3", "−3"]
    assert labour[5].startswith("41.7")
    assert labour[6].startswith("24.1")
    assert "40,003" in labour[5]
    assert "42,800" in labour[6]
    assert "Gained" not in words(board.parts["parties-head"])
    body = shown(night, "/bodies/{slug}", slug="parliament")
    assert rows(body.parts["parties"])["p-pp53"][1:] == ["8", "5", "2", "3", "−3"]
    assert rows(shown(night, wall="").parts["parties"])["p-pp53"][1] == "5(2 + 3)"


def test_regions_stand_apart_from_their_constituencies() -> None:
    """Promise: tiles are grouped by region, the region's own apart; rows of contests have a heading for each kind."""
    page = shown(view(nights.parliament_night())).page()
    group = page[page.index("<h3><bdi>North Example") : page.index("<h3><bdi>South Example")]
    lists, others = group.split("</div>", 2)[:2]
    assert "North Example, list seats" in words(lists)
    assert [name in words(lists) for name in ("N-1", "S-1")] == [False, False]
    assert all(name in words(others) for name in ("N-1", "N-2", "N-3"))
    contests = words(page[page.index('id="h-contests"') :])
    assert contests.index("Constituencies") < contests.index("S-3") < contests.index("Regions: list seats")
    assert "Labour 2, Conservatives 1, SNP 1" in contests


def test_seats_of_lists_alone_are_not_gained() -> None:
    """Promise: where all seats are by list there is a change, and no gain; nothing is told where nothing is known."""
    senedd = shown(view(nights.senedd_night()))
    head = words(senedd.parts["parties-head"])
    assert "Change" in head
    assert "Gained" not in head
    assert rows(senedd.parts["parties"])["p-pp53"][1:3] == ["2", "−2"]
    assert "nobody’s to gain or hold" in words(senedd.page())


def test_a_count_in_stages_says_how_many_seats_are_filled() -> None:
    """Promise: with no contest declared, the seats that are filled are told; a body likewise."""
    night = view(nights.assembly_night())
    assert words(shown(night).parts["count"]) == "0 of 2 declared, 1 of 8 seats filled"
    assert words(shown(night, "/bodies/{slug}", slug="assembly").parts["count"]) == (
        "0 of 2 declared, 1 of 8 seats filled"
    )
    assert words(shown(night).parts["lead"]).startswith("SNP 1. 2 of 2 contests are not complete")
