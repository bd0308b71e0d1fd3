"""The single transferable vote by both sets of rules: counts from ballots, and declared stages held against them."""

from dataclasses import replace
from typing import Final

import pytest

from schemas.wire import in_parts
from services.rules.systems.ballots_count import Counted, count_ballots, differences
from services.rules.systems.count import TieWithoutLot
from services.rules.systems.declared_count import DeclaredCount, DeclaredStage
from services.rules.systems.declared_stages import follow
from services.rules.systems.northern_ireland import NORTHERN_IRELAND
from services.rules.systems.scotland import SCOTLAND
from services.rules.systems.transferable_vote import UNIT, Rules, as_decimal

BALLOTS = {
    ("ann", "bob"): 40,
    ("ann", "cay", "dan"): 21,
    ("bob", "cay"): 15,
    ("cay", "dan"): 11,
    ("dan", "bob"): 10,
    ("dan",): 3,
}
"""100 papers; for two seats, the quota is 34."""

FOUR = ("ann", "bob", "cay", "dan")


def counted(rules: Rules, **other: object) -> Counted:
    """Count the ballots."""
    return count_ballots(rules, FOUR, 2, BALLOTS, **other)  # type: ignore[arg-type]


def codes(rules: Rules, count: DeclaredCount) -> list[tuple[str, int, str | None]]:
    """Return what a declared count shows."""
    return [(found.code, found.stage, found.candidate) for found in follow(rules, count).findings]


def with_total(count: DeclaredCount, stage: int, candidate: str, votes: str, *, transfers: bool) -> DeclaredCount:
    """Return the count with another total at a stage, with its transfers or without."""
    stages = [one if transfers else replace(one, transfers=None, non_transferable=None) for one in count.stages or ()]
    at = stages[stage - 2]
    stages[stage - 2] = replace(at, totals={**at.totals, candidate: in_parts(votes)})
    return replace(count, stages=tuple(stages))


def test_scotland_transfers_all_papers_at_a_value_cut_after_five_decimals() -> None:
    """Promise: SSI 2007/42 rule 48: 27 votes too many of 61 are 0.44262 on each paper; what is cut is lost."""
    stage = (counted(SCOTLAND).count.stages or ())[0]
    assert (stage.action, stage.of) == ("surplus", ("ann",))
    assert {one: as_decimal(votes) for one, votes in stage.totals.items()} == {
        "ann": "34",
        "bob": as_decimal(15 * UNIT + 40 * 44262),
        "cay": as_decimal(11 * UNIT + 21 * 44262),
        "dan": "13",
    }
    assert stage.non_transferable == 27 * UNIT - 61 * 44262


def test_northern_ireland_transfers_at_two_decimals() -> None:
    """Promise: SI 1985/454 rule 49(4): the surplus divided by the transferable papers, two decimals, the rest lost."""
    stage = (counted(NORTHERN_IRELAND).count.stages or ())[0]
    assert stage.totals["bob"] == 15 * UNIT + 40 * 44_000
    assert stage.non_transferable == 27 * UNIT - 61 * 44_000


@pytest.mark.parametrize("rules", [SCOTLAND, NORTHERN_IRELAND])
def test_an_honest_count_shows_nothing(rules: Rules) -> None:
    """Promise: what the ballots give is taken as declared, with transfers or without, and does not differ from them."""
    count = counted(rules).count
    assert codes(rules, count) == []
    bare = replace(count, stages=tuple(DeclaredStage(one.action, one.of, one.totals) for one in count.stages or ()))
    assert codes(rules, bare) == []
    assert differences(bare, count) == []


@pytest.mark.parametrize("transfers", [True, False])
def test_a_slip_is_found_once_and_where_it_is(transfers: bool) -> None:  # a parameter of the test
    """Promise: a mistyped total is refused with its stage and its candidate, and nothing that follows from it is."""
    wrong = with_total(counted(SCOTLAND).count, 2, "cay", "26.29502", transfers=transfers)
    ((code, stage, candidate),) = codes(SCOTLAND, wrong)
    assert code == ("stages.total_not_the_sum" if transfers else "stages.falls_next")
    assert (stage, candidate) == (2, "cay")


def test_whoever_is_elected_or_excluded_keeps_what_they_have() -> None:
    """Promise: after their surplus, the elected receive nothing."""
    wrong = with_total(counted(SCOTLAND).count, 3, "ann", "43", transfers=False)
    assert codes(SCOTLAND, wrong) == [("stages.elected_not_as_before", 3, "ann")]


def test_the_quota_is_that_of_the_rule() -> None:
    """Promise: valid papers by seats and one, and one."""
    assert codes(SCOTLAND, replace(counted(SCOTLAND).count, quota=35)) == [("quota.not_by_rule", 1, None)]


def test_the_lowest_is_excluded() -> None:
    """Promise: SSI 2007/42 rule 50: another exclusion is refused at its stage, with who was excluded."""
    votes = {"ann": 30, "bob": 20, "cay": 15, "dan": 10}
    totals = {"ann": 45 * UNIT, "bob": 20 * UNIT, "cay": 0, "dan": 10 * UNIT}
    count = DeclaredCount(1, votes, (DeclaredStage("exclusion", ("cay",), totals),))
    assert codes(SCOTLAND, count) == [("stages.wrong_exclusion", 2, "cay")]
    assert codes(NORTHERN_IRELAND, count)[0] == ("stages.wrong_exclusion", 2, "cay")


def test_a_count_does_not_end_before_the_seats_are_filled() -> None:
    """Promise: stages that leave a seat open are no whole count; they may be a count so far."""
    votes = {"ann": 30, "bob": 20, "cay": 15, "dan": 14, "eve": 13}
    count = DeclaredCount(2, votes, ())
    assert codes(SCOTLAND, count) == [("stages.end_too_early", 1, None)]
    assert codes(NORTHERN_IRELAND, replace(count, whole=False)) == []


def test_a_count_does_not_go_on_when_it_is_over() -> None:
    """Promise: rule 52: when the seats are filled nothing more is transferred."""
    votes = {"ann": 60, "bob": 20, "cay": 10}
    totals = {"ann": 60 * UNIT, "bob": 30 * UNIT}
    count = DeclaredCount(1, votes, (DeclaredStage("exclusion", ("cay",), totals),))
    assert codes(SCOTLAND, count) == [("stages.after_the_end", 2, None)]


def test_of_equal_votes_scotland_asks_the_last_stage_and_northern_ireland_the_first() -> None:
    """Promise: rule 51(2) of SSI 2007/42 and rule 51(13) of SI 1985/454; without a difference, a lot."""
    position = counted(SCOTLAND).position
    position.history[:] = [
        {"ann": 9, "bob": 3, "cay": 5, "dan": 1},
        {"ann": 9, "bob": 6, "cay": 5, "dan": 1},
        {"ann": 9, "bob": 7, "cay": 7, "dan": 1},
    ]
    assert position.apart(["bob", "cay"], highest=False, earliest=False) == ("cay",)
    assert position.apart(["bob", "cay"], highest=False, earliest=True) == ("bob",)
    ballots: dict[tuple[str, ...], int] = {("ann",): 30, ("bob",): 10, ("cay",): 10}
    with pytest.raises(TieWithoutLot):
        count_ballots(SCOTLAND, ("ann", "bob", "cay"), 2, ballots)
    drawn = count_ballots(SCOTLAND, ("ann", "bob", "cay"), 2, ballots, lots=["bob"]).count
    assert drawn.elected == ("ann", "cay")
    assert codes(SCOTLAND, drawn) == []
    unsaid = replace(drawn, stages=tuple(replace(one, lot=()) for one in drawn.stages or ()))
    assert [found[0] for found in codes(SCOTLAND, unsaid)] == ["stages.lot_missing"]


def test_northern_ireland_leaves_a_small_surplus_and_excludes_several_at_once() -> None:
    """Promise: rules 49(10) and 51(12): what the officer may do in their place is noted, not refused."""
    ballots = {("ann", "bob"): 31, ("bob",): 24, ("cay", "bob"): 20, ("dan", "cay"): 4, ("eve", "cay"): 3}
    five = ("ann", "bob", "cay", "dan", "eve")
    count = count_ballots(NORTHERN_IRELAND, five, 2, ballots).count
    assert [(one.action, one.of) for one in count.stages or ()] == [("exclusion", ("dan", "eve"))]
    assert codes(NORTHERN_IRELAND, count) == [("stages.surplus_not_transferred", 2, "ann")]
    moved = DeclaredStage("surplus", ("ann",), {"ann": 28 * UNIT, "bob": in_parts("26.79"), "cay": 20 * UNIT})
    moved = replace(moved, totals={**moved.totals, "dan": 4 * UNIT, "eve": 3 * UNIT})
    followed = follow(NORTHERN_IRELAND, DeclaredCount(2, count.votes, (moved,), whole=False))
    assert [found.code for found in followed.findings] == ["stages.surplus_transferred"]


BEFORE_A_LARGER: Final = DeclaredStage(
    "surplus",
    ("bob",),
    {one: in_parts(votes) for one, votes in (("ann", "50"), ("bob", "25"), ("cay", "13"), ("dan", "9"))},
)
"""With three seats and a quota of 25, the surplus of 5 moves before that of 25: 4 papers to cay and 1 to dan."""


def test_a_smaller_surplus_before_a_larger_one_is_noted_in_northern_ireland_and_refused_in_scotland() -> None:
    """Promise: what the officer did out of the order of rule 50 stands; nobody's machine does it."""
    count = DeclaredCount(3, {"ann": 50, "bob": 30, "cay": 9, "dan": 8}, (BEFORE_A_LARGER,), whole=False)
    assert codes(NORTHERN_IRELAND, count) == [("stages.surplus_order", 2, "bob")]
    assert ("stages.wrong_surplus", 2, "bob") in codes(SCOTLAND, count)


def test_a_smaller_surplus_that_did_not_move_is_the_wrong_one() -> None:
    """Promise: where the figures are of the larger surplus, the stage names the wrong candidate, and is refused."""
    totals = {"ann": 25 * UNIT, "bob": 30 * UNIT, "cay": 22 * UNIT, "dan": 20 * UNIT}
    stage = replace(BEFORE_A_LARGER, totals=totals)
    count = DeclaredCount(3, {"ann": 50, "bob": 30, "cay": 9, "dan": 8}, (stage,), whole=False)
    assert codes(NORTHERN_IRELAND, count)[0] == ("stages.wrong_surplus", 2, "bob")


def test_the_lowest_excluded_before_a_surplus_is_noted_in_northern_ireland_and_refused_in_scotland() -> None:
    """Promise: rule 49(9) has the surplus first; officers excluded the lowest, and what they declared stands."""
    votes = {"ann": 40, "bob": 30, "cay": 16, "dan": 14}
    totals = {"ann": 40 * UNIT, "bob": 30 * UNIT, "cay": 26 * UNIT, "dan": 0}
    count = DeclaredCount(2, votes, (DeclaredStage("exclusion", ("dan",), totals),), whole=False)
    assert codes(NORTHERN_IRELAND, count) == [("stages.surplus_left", 2, "dan")]
    assert codes(SCOTLAND, count) == [("stages.surplus_first", 2, "dan")]
    other = DeclaredStage("exclusion", ("cay",), {**totals, "cay": 0, "dan": 26 * UNIT})
    assert codes(NORTHERN_IRELAND, replace(count, stages=(other,))) == [("stages.surplus_first", 2, "cay")]


def test_a_count_that_ends_with_a_surplus_is_noted_where_the_elected_lead() -> None:
    """Promise: the officer ended it, and all but the lowest were declared elected; anybody else is refused."""
    votes = {"ann": 48, "bob": 27, "cay": 25}
    count = DeclaredCount(2, votes, (), elected=("ann", "bob"))
    assert codes(NORTHERN_IRELAND, count) == [("stages.ended_early", 1, "ann")]
    assert follow(NORTHERN_IRELAND, count).elected == ("ann", "bob")
    assert codes(NORTHERN_IRELAND, replace(count, elected=("ann", "cay"))) == [("stages.end_too_early", 1, None)]
    assert codes(NORTHERN_IRELAND, replace(count, elected=None)) == [("stages.end_too_early", 1, None)]
    assert codes(SCOTLAND, count) == [("stages.end_too_early", 1, None)]


def test_part_of_a_vote_left_with_the_excluded_is_noted_in_northern_ireland() -> None:
    """Promise: as on the sheet of Belfast South, 2011; a whole vote left is refused."""
    votes = {"ann": 30, "bob": 23, "cay": 22, "dan": 20, "eve": 5}
    totals = {"ann": 33 * UNIT, "bob": 23 * UNIT, "cay": 23 * UNIT, "dan": 20 * UNIT, "eve": in_parts("0.7")}
    first = DeclaredStage("exclusion", ("eve",), totals)
    second = DeclaredStage("exclusion", ("dan",), {**totals, "cay": 30 * UNIT, "dan": 0})
    count = DeclaredCount(2, votes, (first, second), whole=False)
    assert codes(NORTHERN_IRELAND, count) == [("stages.part_left", 2, "eve")]
    left = replace(first, totals={**totals, "eve": UNIT})
    assert codes(NORTHERN_IRELAND, replace(count, stages=(left, second)))[0] == ("stages.left_over", 2, "eve")


def test_a_recount_from_ballots_moves_the_surplus_that_was_declared() -> None:
    """Promise: a sheet with a smaller surplus first is compared figure by figure in its own order."""
    ballots = {("ann", "cay"): 50, ("bob", "cay"): 24, ("bob", "dan"): 6, ("cay",): 9, ("dan",): 8}
    count = count_ballots(NORTHERN_IRELAND, ("ann", "bob", "cay", "dan"), 3, ballots, declared=(BEFORE_A_LARGER,)).count
    assert (count.stages or ())[0].of == ("bob",)


def test_a_total_with_two_of_five_decimals_is_noted() -> None:
    """Promise: a sheet that prints 32.7 where the count has 32.7048 is taken, and it is said where."""
    wrong = with_total(counted(SCOTLAND).count, 2, "bob", "32.70", transfers=False)
    assert codes(SCOTLAND, wrong)[0] == ("stages.rounded", 2, "bob")
    assert not list(follow(SCOTLAND, wrong).refused)


def test_ballots_tell_every_figure_that_was_declared_otherwise() -> None:
    """Promise: a recount names stage, candidate and both figures."""
    count = counted(SCOTLAND).count
    (found,) = differences(with_total(count, 2, "cay", "26.29502", transfers=True), count)
    assert (found.stage, found.what, found.candidate) == (2, "total", "cay")
    assert (found.declared, found.counted) == (2_629_502, 2_029_502)


def test_a_by_election_for_one_seat_goes_on_until_somebody_has_half() -> None:
    """Promise: one seat of a larger ward is filled by the same rules, which then are those of the alternative vote."""
    count = count_ballots(SCOTLAND, FOUR, 1, {**BALLOTS, ("ann", "bob"): 10, ("bob", "cay"): 30})
    assert count.count.quota == 43
    assert [one.of for one in count.count.stages or ()] == [("cay",), ("dan",), ("ann",)]
    assert count.count.elected == ("bob",)


def test_nobody_is_told_every_total_of_hundreds_that_is_missing() -> None:
    """Promise: of a list of stages made to hurt the first faults are told, and the rest costs nothing."""
    people = [f"candidate-{number}" for number in range(500)]
    stages = tuple(DeclaredStage(action="exclusion", of=(one,), totals={}) for one in people[:499])
    count = DeclaredCount(seats=3, votes={one: 100 + place for place, one in enumerate(people)}, stages=stages)
    found = codes(SCOTLAND, count)
    assert len(found) == 21
    assert {stage for _, stage, _ in found} == {2}


def test_for_one_seat_northern_ireland_transfers_the_first_excluded_whatever_follows() -> None:
    """Promise: SI 1985/454 rule 48(3): of two candidates for one seat, the lower one's votes are transferred first."""
    count = count_ballots(NORTHERN_IRELAND, ("ann", "bob"), 1, {("ann",): 20, ("bob", "ann"): 15}).count
    assert [(one.of, one.totals["ann"]) for one in count.stages or ()] == [(("bob",), 35 * UNIT)]
    assert count.elected == ("ann",)
    assert codes(NORTHERN_IRELAND, count) == []


def by_hand(totals: dict[str, str], non_transferable: str | None = None) -> DeclaredCount:
    """Return a count so far in Northern Ireland: a surplus of 43 divided by the 90 papers of 100 that go on is 0.47."""
    stage = DeclaredStage("surplus", ("ann",), {one: in_parts(votes) for one, votes in totals.items()})
    if non_transferable is not None:
        stage = replace(stage, non_transferable=in_parts(non_transferable))
    votes = {"ann": 100, "bob": 20, "cay": 18, "dan": 16, "eve": 14}
    return DeclaredCount(2, votes, (stage,), whole=False)


BY_HAND = {"ann": "57", "bob": "38.80", "cay": "32.10", "dan": "25.40", "eve": "14"}


@pytest.mark.parametrize(
    ("wrong", "candidate"),
    [
        ({"cay": "32.01"}, "cay"),
        ({"dan": "24.40"}, "dan"),
        ({"bob": "38.83", "cay": "32.13"}, None),
    ],
    ids=["decimals-transposed", "a-vote-too-few", "two-of-them"],
)
def test_votes_that_are_no_papers_at_the_value_of_a_surplus_are_noted(
    wrong: dict[str, str], candidate: str | None
) -> None:
    """Promise: SI 1985/454 rule 49(4): all papers have one value; the one candidate who is out of line is named."""
    assert codes(NORTHERN_IRELAND, by_hand(BY_HAND)) == []
    followed = follow(NORTHERN_IRELAND, by_hand(BY_HAND | wrong))
    assert [(found.code, found.stage, found.candidate) for found in followed.findings] == [
        ("stages.value_odd", 2, candidate)
    ]
    assert not list(followed.refused)


def test_more_than_the_surplus_names_who_is_out_of_line() -> None:
    """Promise: more votes received than there were are refused, naming whose are no papers at the others' value."""
    assert codes(NORTHERN_IRELAND, by_hand(BY_HAND | {"dan": "26.40"})) == [("stages.too_much_transferred", 2, "dan")]


def test_a_sum_that_only_one_total_can_make_wrong_names_it() -> None:
    """Promise: of those who received, only one can have received so many too many."""
    wrong = by_hand(BY_HAND | {"bob": "53.90"}, "0.70")
    assert codes(NORTHERN_IRELAND, wrong)[0] == ("stages.do_not_add_up", 2, "bob")


def test_a_stage_that_adds_up_is_not_the_one_that_is_wrong() -> None:
    """Promise: where the votes fall at the next stage, the sums say at which of the two the figure is wrong."""
    count = counted(SCOTLAND).count
    stages = [replace(one, transfers=None) for one in count.stages or ()]
    stages[1] = replace(stages[1], totals={**stages[1].totals, "bob": in_parts("31.7048")})
    assert codes(SCOTLAND, replace(count, stages=tuple(stages)))[0] == ("stages.fell", 3, "bob")
