"""Contests by list: seats by party, their change and order, what is not checked yet, and what is in doubt."""

import pytest

from schemas.headline import Headline
from schemas.result import ListSeat, Progress
from tests.services.notify.headlines import headlines
from tests.services.notify.occasion_events import BEFORE, LISTED
from tests.services.notify.results import CON, GREEN, LAB, LD, SNP, Contest
from tests.services.notify.systems import CHANGES, OF_CONSTITUENCIES, VOTES, closed, lists, region

CHECKED = lists(region(), *LISTED, changes=CHANGES)
SEATS = "Testing list seats: Labour 4 (+1), Conservatives 2, Greens 1 (-1)"
DOUBTED = lists(CHECKED, *LISTED, changes=CHANGES, amended=True, under_review=True, notes=(OF_CONSTITUENCIES,))


def said(*contests: Contest) -> Headline:
    """Return the last headline of some results, one after the other."""
    return headlines([one.event for one in contests])[-1].data


def test_list_seats_have_no_gain_and_no_hold_but_a_change() -> None:
    """Promise: seats by party with the change since last time, where it is known; who has none any more is a loser."""
    data = said(lists(region(), *LISTED, changes=CHANGES | {LD: -1}))
    assert (data.kind, data.text, data.baseline) == ("list_seats", SEATS, None)
    assert data.detail.startswith("Labour 4 (+1), Conservatives 2, Greens 1 (-1), Liberal Democrats 0 (-1), compared")
    assert [(one.party, one.seats, one.change) for one in data.winners] == [(LAB, 4, 1), (CON, 2, 0), (GREEN, 1, -1)]
    assert [(one.party, one.seats, one.change) for one in data.losers] == [(GREEN, 1, -1), (LD, 0, -1)]
    unknown = said(lists(region(), *LISTED))
    assert unknown.text == "Testing list seats: Labour 4, Conservatives 2, Greens 1"
    assert "compared" not in unknown.detail
    assert [one.change for one in unknown.winners] == [None, None, None]


def test_the_order_of_election_names_people_and_says_who_was_next() -> None:
    """Promise: the seats in their order, the figure of the last one, and how close the next was."""
    data = said(CHECKED)
    assert [(one.candidate, one.name, one.party) for one in data.elected][:2] == [
        ("lab", "Labour Person 1", LAB),
        ("con", "Conservatives Person 1", CON),
    ]
    assert "Elected in this order: Labour Person 1 (Lab), Conservatives Person 1 (Con), Labour Person 2 (Lab)" in (
        data.detail
    )
    assert "The last seat goes to Labour on a figure of 14,000.50; the Conservatives are next on 9,500.25." in (
        data.detail
    )
    assert data.detail.endswith("Constituencies and list together: SNP 9, Labour 4, Conservatives 2, Greens 1.")
    unnamed = said(lists(region(), *LISTED, people=False))
    assert unnamed.elected[0].name == "Labour"
    assert "Elected in this order: Labour, the Conservatives, Labour" in unnamed.detail


@pytest.mark.parametrize(
    ("elected", "text"),
    [
        ("lab con lab snp lab green", "Labour takes three of six seats in Testfordshire; Con 1, SNP 1, Green 1"),
        ("lab con lab con lab con", "Labour and Conservatives take three of six seats each in Testfordshire"),
        ("lab lab lab lab lab lab", "Labour takes all six seats in Testfordshire"),
        ("lab con lab con lab", "Labour takes three of six seats in Testfordshire; Con 2, with one seat vacant"),
        ("lab con snp green ld margo", "Lab, Con, SNP, Green, LD and Ind take a seat each in Testfordshire"),
        ("ld lab ld con snp green", "LD take two of six seats in Testfordshire; Lab 1, Con 1, SNP 1, Green 1"),
        ("snp snp snp con con margo", "SNP takes three of six seats in Testfordshire; Con 2, Ind 1"),
    ],
)
def test_a_closed_list_leads_with_the_largest_party(elected: str, text: str) -> None:
    """Promise: who has most seats, of how many; the others after it as far as they fit."""
    assert said(lists(closed(), *elected.split())).text == text


def test_one_seat_by_list_has_no_order() -> None:
    """Promise: where a list has the only seat nothing is said of the last one."""
    only = ListSeat(list="lab", person="Ann Example", divisor=1, figure=9_500.25)
    known = lists(closed(seats=1), "lab").event.data.allocation
    assert known is not None
    alone = known.model_copy(update={"seats": (only,), "next": None})
    data = said(lists(closed(seats=1), "lab", allocation=alone))
    assert data.text == "Labour takes the seat in Testfordshire"
    assert "Elected: Ann Example (Lab). The seat goes to Labour on a figure of 9,500.25." in data.detail


def test_lists_without_room_for_their_names_are_counted() -> None:
    """Promise: who has one seat alone without a party is not called a party."""
    long = closed(name="Synthetic Eglwys, Ffynnon and Glan Afon")
    each = said(lists(long, "lab", "con", "snp", "green", "ld", "margo")).text
    assert each == "Five parties and an independent take a seat each in Synthetic Eglwys, Ffynnon and Glan Afon"
    first = said(lists(closed(name="Synthetic Eglwys and Glan"), "snp", "con", "lab", "green", "margo", "snp")).text
    assert first == "SNP takes two of six seats in Synthetic Eglwys and Glan; four others one each"


def test_a_lot_between_equal_figures_is_said() -> None:
    """Promise: the last seat by lot is in the text, and which it was in the sentences behind it."""
    last = ListSeat(list="lab", person="Ann Example", divisor=2, figure=9_500.25, by_lot=True)
    known = lists(closed(seats=2), "con", "lab").event.data.allocation
    assert known is not None
    drawn = known.model_copy(update={"seats": (known.seats[0], last)})
    data = said(lists(closed(seats=2), "con", "lab", lot=True, allocation=drawn))
    assert data.text == "Labour and Conservatives take a seat each in Testfordshire, the last by lot"
    assert data.facts == ("lot",)
    assert "The last seat goes to Labour on a figure of 9,500.25, by lot between equal figures" in data.detail


def test_a_region_before_its_constituencies_says_that_it_is_not_checked() -> None:
    """Promise: a fact and a sentence say so; when it is checked, and agrees, nothing is corrected."""
    first, checked = (
        headline.data
        for headline in headlines([BEFORE.event, lists(BEFORE, *LISTED, changes=CHANGES, amended=True).event])
    )
    assert (first.text, first.facts) == (SEATS, ("not_checked",))
    assert first.detail.endswith("The allocation is not checked yet: two constituencies are still to be declared.")
    assert (checked.kind, checked.priority, checked.text) == ("allocation_checked", 5, f"CHECKED: {SEATS}")
    assert (checked.facts, checked.elected[0].name) == ((), "Labour Person 1")


def test_a_corrected_constituency_puts_its_region_under_review_and_may_end_that() -> None:
    """Promise: it is said why; no correction is said to wait where none does, or not to be taken."""
    data = said(CHECKED, DOUBTED)
    assert (data.kind, data.text) == ("under_review", f"UNDER REVIEW: {SEATS}")
    assert data.detail == (
        "Its list seats do not follow from the seats won in its constituencies; until it is declared again, this "
        "result stands and counts."
    )
    ended = said(CHECKED, DOUBTED, lists(DOUBTED, *LISTED, changes=CHANGES, amended=True))
    assert (ended.kind, ended.text) == ("review_ended", f'REVIEW ENDED: "{SEATS}" stands')
    assert ended.detail == (
        "Its list seats follow from the seats won in its constituencies again; the result stands as it is."
    )


def test_a_correction_of_list_seats_says_whose_number_is_another_one() -> None:
    """Promise: one party has one more and another one fewer, though both had list seats before."""
    other = lists(DOUBTED, "lab", "con", "lab", "lab", "con", "green", "snp", changes=CHANGES | {LAB: 0, SNP: 1})
    data = said(CHECKED, DOUBTED, other)
    assert (data.kind, data.priority) == ("correction", 2)
    assert data.text == "CORRECTION: Labour has 3 list seats in Testing, not 4; SNP 1, not 0"
    assert data.detail.endswith(f'This replaces "{SEATS}".')


def test_the_same_seats_in_another_order_are_no_other_result() -> None:
    """Promise: it is a correction of little weight, and says what changed."""
    first = lists(closed(), "lab", "con", "lab", "con", "lab", "green")
    data = said(first, lists(first, "con", "lab", "lab", "con", "lab", "green"))
    assert (data.priority, data.text) == (
        5,
        "CORRECTION: seats in Testfordshire given in another order, result unchanged",
    )


def test_other_list_votes_for_the_same_seats_are_figures() -> None:
    """Promise: a correction of figures names the list and both numbers."""
    now = CHECKED.then(
        votes=VOTES | {"lab": 91_000}, elected=LISTED, majority=None, seat_changes=CHANGES,
        allocation=CHECKED.event.data.allocation,
    )  # fmt: skip
    data = said(CHECKED, now)
    assert data.text == "CORRECTION: figures of Testing corrected, result unchanged"
    assert data.detail.endswith("Labour 91,000 votes instead of 90,000.")


def test_a_withdrawn_region_is_quoted_and_declared_again() -> None:
    """Promise: the life of list seats is that of any others."""
    gone = CHECKED.then("withdrawn", reason="Read out for another region")
    assert said(CHECKED, gone).text == f'WITHDRAWN: "{SEATS}"'
    assert said(CHECKED, gone, lists(gone, *LISTED, changes=CHANGES)).text == f"{SEATS}, declared again"


def test_a_region_says_how_far_constituencies_and_regions_are() -> None:
    """Promise: they are told apart, and seats are counted together."""
    whole = Progress(
        region="uk",
        name="United Kingdom",
        declared=68,
        expected=81,
        lists_declared=3,
        lists_expected=8,
        seats_declared=86,
        seats_expected=129,
    )
    data = said(lists(region(progress=(whole,)), *LISTED))
    assert data.detail.endswith("Declared so far: 65 of 73 constituencies and 3 of 8 regions, 86 of 129 seats.")
    end = whole.model_copy(update={"declared": 81, "lists_declared": 8, "seats_declared": 129})
    done = lists(region(progress=(end,)), *LISTED)
    assert said(done).text == "All 73 constituencies and eight regions declared"
    open_again = done.then("withdrawn", reason="In error", progress=(whole,))
    assert said(done, open_again).text == "CORRECTION: 65 of 73 constituencies and 3 of 8 regions declared"


def test_one_region_is_its_list_seats() -> None:
    """Promise: within one region the one list contest is called its list seats."""
    whole = Progress(region="glasgow", name="Glasgow", declared=10, expected=10, lists_declared=1, lists_expected=1)
    done = lists(region(progress=(whole,)), *LISTED)
    assert said(done).text == "All nine constituencies and the list seats in Glasgow declared"
    less = whole.model_copy(update={"declared": 9, "lists_declared": 0})
    gone = done.then("withdrawn", reason="In error", progress=(less,))
    assert said(done, gone).text == ("CORRECTION: 9 of 9 constituencies, but not the list seats, in Glasgow declared")


def test_a_flash_of_list_seats_that_proves_right_is_confirmed_in_any_order() -> None:
    """Promise: which lists have how many seats is compared, not in which order they were named."""
    flash = lists(closed(), "lab", "lab", "lab", "con", "con", "green", kind="flash", checked=False)
    assert said(flash, lists(flash, "lab", "con", "lab", "con", "lab", "green")).kind == "list_seats"
    wrong = said(flash, lists(flash, "lab", "con", "lab", "con", "green", "green"))
    assert wrong.text == "CORRECTION: Labour has 2 seats in Testfordshire, not 3; Greens 2, not 1"
