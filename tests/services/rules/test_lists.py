"""Seats by list, worked out by hand."""

import pytest

from schemas.register import Candidate, ListedPerson
from services.rules.allocating import Winner, carried_in, people_left
from services.rules.systems.count import TieWithoutLot
from services.rules.systems.lists import Standing, allocate, votes_needed
from tests.services.assembly import region
from tests.services.registers import synthetic_register


def test_each_seat_goes_to_the_highest_figure() -> None:
    """Promise: order, divisors and who would have been next are those of D'Hondt."""
    seats = allocate({"a": Standing(600), "b": Standing(310), "c": Standing(199)}, 4)
    assert [(seat.list, seat.divisor) for seat in seats.given] == [("a", 1), ("b", 1), ("a", 2), ("a", 3)]
    assert seats.next is not None
    assert (seats.next.list, seats.next.divisor) == ("c", 1)


def test_seats_carried_in_count_from_the_start() -> None:
    """Promise: a party with constituencies gets fewer list seats, and nobody loses a constituency for it."""
    assert allocate({"a": Standing(600, carried_in=5), "b": Standing(310)}, 2).elected == ("b", "b")


def test_figures_are_compared_exactly() -> None:
    """Promise: two figures that no floating-point number tells apart are told apart."""
    near = {"a": Standing(300_000_000_000_000_001, carried_in=2), "b": Standing(100_000_000_000_000_000)}
    assert allocate(near, 1).elected == ("a",)


def test_a_lot_decides_only_where_more_are_level_than_seats_are_left() -> None:
    """Promise: equal figures with room for both need no lot; the one recorded is kept for the last seat."""
    standing = {"a": Standing(60), "b": Standing(30)}
    with pytest.raises(TieWithoutLot) as tie:
        allocate(standing, 5)
    assert (tie.value.tied, tie.value.places) == (("a", "b"), 1)
    seats = allocate(standing, 5, lot=["b"])
    assert seats.elected == ("a", "a", "b", "a", "b")
    assert [seat.by_lot for seat in seats.given] == [False, False, False, False, True]


def test_who_is_used_up_drops_out() -> None:
    """Promise: a list without people, and an individual with a seat, leave the rest to the next figures."""
    standing = {"a": Standing(900, people=1), "alone": Standing(500, people=1), "b": Standing(10)}
    assert allocate(standing, 4).elected == ("a", "alone", "b", "b")
    assert allocate({"a": Standing(9, people=1)}, 3).elected == ("a",)


def test_the_threshold_is_reached_exactly() -> None:
    """Promise: five per cent of the valid votes are enough, a vote less is not."""
    assert votes_needed(1_001, 5) == 51
    assert allocate({"a": Standing(950), "b": Standing(50)}, 20, threshold=50).elected.count("b") == 1
    assert allocate({"a": Standing(950), "b": Standing(50)}, 20, threshold=51).elected.count("b") == 0


def test_a_lot_gives_the_seats_in_its_order() -> None:
    """Promise: of lists with equal figures, the one that was drawn first has the seat before the one drawn second."""
    standing = {one: Standing(60) for one in ("a", "b", "c")}
    assert allocate(standing, 2, lot=["c", "a"]).elected == ("c", "a")


def test_whoever_has_a_constituency_is_struck_from_the_list() -> None:
    """Promise: by id, whatever party they won for; where a list has no id, by name, and for its own party only.

    Somebody of that name who won for another party may be another person: nobody is struck for that.
    """
    people = (
        ListedPerson(name="Ann Example", id="ann"),
        ListedPerson(name="Bob Sample"),
        ListedPerson(name="Cay Trial"),
        ListedPerson(name="Dan Mock", id="dan"),
    )
    lists = {"lab": Candidate(name="Labour", party="PP53", people=people)}
    contest, register = region(candidates=lists), synthetic_register()
    won = [
        Winner("ann", "Ann Other", "PP53"),
        Winner("x", "Bob Sample", "PP53"),
        Winner("y", "Cay Trial", "PP52"),
        Winner("dan", "Dan Mock", "ynmp-party:2"),
    ]
    carried = carried_in(register, contest, won)
    assert carried.seats == {"lab": 2}
    assert people_left(contest, carried) == {"lab": ("Cay Trial",)}


@pytest.mark.parametrize("winner", [Winner("flo", "F Mock", "PP52"), Winner("x", "Flo Mock", "ynmp-party:2")])
def test_an_individual_who_has_a_constituency_gets_no_seat_beside_it(winner: Winner) -> None:
    """Promise: by the same id, or by name as an independent."""
    contest = region(candidates={"flo": Candidate(name="Flo Mock", party="ynmp-party:2")})
    assert people_left(contest, carried_in(synthetic_register(), contest, [winner])) == {"flo": ()}


def test_two_lists_of_one_party_each_carry_all_that_it_has_won() -> None:
    """Promise: a party gets no seat more for having its list twice, the second time under a joint description."""
    joint, labour = Candidate(name="Joint", party="joint-party:53-119"), Candidate(name="Labour", party="PP53")
    contest, won = region(candidates={"lab": labour, "joint": joint}), [Winner("ann", "Ann", "PP53")]
    assert carried_in(synthetic_register(), contest, won).seats == {"lab": 1, "joint": 1}
