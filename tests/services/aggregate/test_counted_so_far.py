"""A contest of which some local areas are counted: what is said of it, and what is certain by it."""

from typing import Any

import pytest

from schemas.events import AmendmentEvent, LedgerEvent
from schemas.register import Amendment, Body, Candidate, CandidateAmendment, Contest
from services.aggregate.service import WIRING, aggregate_ledger
from tests.services.assembly import FIRST, NORTH, SECOND, SOUTH, THIRD, UNKNOWN, assembly, constituency, region, won_by
from tests.services.events import declaration_event, hold_event, register_event
from tests.services.folding import aggregate_and_notify, with_restarts, without_restarts
from tests.services.registers import TESTSHIRE, synthetic_contest, synthetic_register

CON, LAB, LD = "PP52", "PP53", "PP90"
AREAS = ("East", "West", "Isles")
LISTS = {
    "con-list": Candidate(name="Conservatives", party=CON),
    "lab-list": Candidate(name="Labour", party=LAB),
    "ld-list": Candidate(name="Liberal Democrats", party=LD),
}
EAST = {"con-list": 400, "lab-list": 100, "ld-list": 50}
WEST = {"con-list": 100, "lab-list": 400, "ld-list": 50}
WESTERN = {"con-list": 350, "lab-list": 30, "ld-list": 20}


def counted(*areas: tuple[str, dict[str, int]], ballot_id: str = SOUTH, **facts: Any) -> LedgerEvent:  # noqa: ANN401  # fields
    """Return the progress of a contest: areas with their votes, of which ten papers each were rejected."""
    local = [{"area": name, "votes": votes, "rejected": 10} for name, votes in areas]
    return declaration_event(ballot_id, None, kind="progress", areas=local, **facts)


def amended(**what: Any) -> AmendmentEvent:  # noqa: ANN401  # fields of an amendment
    """Return an amendment of the southern constituency, third on the ledger."""
    return AmendmentEvent(
        id="amendment",
        source="/synthetic",
        subject=SOUTH,
        acceptedtime="2030-05-03T00:00:00.000Z",
        sequence=3,
        groupend=True,
        data=Amendment(ballot_id=SOUTH, **what),
    )


def southern(**overrides: object) -> Contest:
    """Return the southern constituency: three lists, five seats, three areas and 1,020 electors."""
    fields: dict[str, object] = {
        "name": "South",
        "voting_system": "closed-list",
        "seats": 5,
        "candidates": LISTS,
        "constituencies": (),
        "areas": AREAS,
        "electorate": 1_020,
        "seats_before": None,
    }
    return region(**fields | overrides)


def states(contest: Contest, *events: LedgerEvent) -> list[tuple[str | None, bool]]:
    """Return who is certain to control a body of that contest's seats, and whether the Conservatives cannot, each time.

    The first is before anything is counted.
    """
    body = Body(name="Synthetic Assembly", kind="parliament", seats=contest.seats, control_before=CON)
    register = assembly(bodies={"assembly": body}, contests={SOUTH: contest})
    written = aggregate_and_notify([register_event(register), *events])
    found = [event["data"] for event in written.streams["results"] if event["type"] == "tallywire.control.v1"]
    return [(state["now"], state["holder_lost"]) for state in found]


def test_the_votes_so_far_are_said_and_are_nobodys_result() -> None:
    """Promise: sums over the areas counted; what one of them leaves out is left out. Nobody has votes or a share."""
    contest = synthetic_contest(areas=AREAS, baseline=UNKNOWN)
    east = {"area": "East", "votes": {"ann-example": 20, "bob-sample": 30, "cay-specimen": 0}, "rejected": 2}
    west = {"area": "West", "votes": {"ann-example": 25, "bob-sample": 10}, "rejected": 1}
    night = (
        declaration_event(TESTSHIRE, None, kind="progress", areas=[east], sequence=2),
        declaration_event(TESTSHIRE, None, kind="progress", areas=[east, west], revision=2, sequence=3),
        declaration_event(TESTSHIRE, None, kind="progress", areas=[east | {"rejected": None}], revision=3, sequence=4),
        declaration_event(TESTSHIRE, {"ann-example": 99, "bob-sample": 80, "cay-specimen": 1}, revision=4, sequence=5),
    )
    register = synthetic_register(contests={TESTSHIRE: contest})
    results = aggregate_and_notify([register_event(register), *night]).data("results")
    assert [result.get("counted_so_far") for result in results] == [
        {"votes": {"ann-example": 20, "bob-sample": 30, "cay-specimen": 0}, "rejected": 2},
        {"votes": {"ann-example": 45, "bob-sample": 40}, "rejected": 3},
        {"votes": {"ann-example": 20, "bob-sample": 30, "cay-specimen": 0}, "rejected": None},
        None,
    ]
    assert "counted_so_far" not in results[3]
    for result in results[:3]:
        assert (result["valid_votes"], result["counts"]) == (None, False)
        assert {(one["votes"], one["share"], one["elected"]) for one in result["candidates"]} == {(None, None, False)}


def test_a_majority_is_certain_before_the_last_area_is_counted() -> None:
    """Promise: it comes with the area that makes it certain, and goes when that is corrected, withdrawn or recounted.

    With both areas 950 votes and 20 rejected papers of 1,020 electors are counted: 50 votes may come. With 750, 375 and
    250 the Conservatives have three of five seats, whoever gets those; 500, 250 and 167 are not enough.
    """
    both = (("East", EAST), ("West", WESTERN))
    corrected = (("East", EAST), ("West", WEST))
    night = (
        counted(("East", EAST), sequence=2),
        counted(*both, revision=2, sequence=3),
        counted(*corrected, revision=3, sequence=4),
        counted(*both, revision=4, sequence=5),
        declaration_event(SOUTH, None, kind="withdrawn", revision=5, reason="Synthetic: in error", sequence=6),
        counted(*both, revision=6, sequence=7),
        declaration_event(SOUTH, {"con-list": 200, "lab-list": 700, "ld-list": 90}, revision=7, sequence=8),
    )
    assert states(southern(), *night) == [
        (None, False),
        (CON, False),
        (None, False),
        (CON, False),
        (None, False),
        (CON, False),
        (LAB, True),
    ]


@pytest.mark.parametrize(
    "facts",
    [{"electorate": None}, {"electorate": 900}],
    ids=["nobody knows the electorate", "fewer electors than papers"],
)
def test_votes_so_far_say_nothing_where_it_is_not_known_how_many_come(facts: dict[str, object]) -> None:
    """Promise: without an electorate, and with one that is wrong, any list may still win any seat."""
    both = (("East", EAST), ("West", WESTERN))
    assert states(southern(**facts), counted(*both, sequence=2)) == [(None, False)]


def test_a_threshold_can_make_a_majority_certain() -> None:
    """Promise: a seat costs the others more under a threshold, and that is reckoned with.

    The Conservatives have 750 votes of 950, a third figure of 250, and 560 may come. Labour, at 130, and the Liberal
    Democrats, at 70, need three such figures: 370 votes for two, and 180 for one. A fifth of 1,510 votes are 302: then
    that one costs 232.
    """
    both = counted(("East", EAST), ("West", WESTERN), sequence=2)
    assert states(southern(electorate=1_530), both) == [(None, False)]
    assert states(southern(electorate=1_530, threshold_per_cent=20), both) == [(None, False), (CON, False)]


def test_an_electorate_that_is_amended_is_used_from_then_on() -> None:
    """Promise: fewer electors, fewer votes to come."""
    both = counted(("East", EAST), ("West", WESTERN), sequence=2)
    assert states(southern(electorate=50_000), both, amended(electorate=1_020)) == [(None, False), (CON, False)]


def test_a_contest_that_is_declared_stays_so_when_its_lists_are_amended() -> None:
    """Promise: who could have won its seats by the register as amended decides nothing any more."""
    body = Body(name="Synthetic Assembly", kind="parliament", seats=8, control_before=LAB)
    contests = {SOUTH: southern(seats=3), NORTH: southern(name="North", seats=5)}
    night = (
        register_event(assembly(bodies={"assembly": body}, contests=contests)),
        declaration_event(SOUTH, {"con-list": 400, "lab-list": 10, "ld-list": 390}, sequence=2),
        amended(candidates={"lab-list": CandidateAmendment(party=LD)}),
    )
    found = aggregate_and_notify(night).streams["results"]
    lost = [event["data"]["holder_lost"] for event in found if event["type"] == "tallywire.control.v1"]
    # With all five seats of the north Labour could have the majority still.
    assert lost == [False] * len(lost)
    assert lost


def test_what_waits_for_a_second_person_changes_nothing_of_what_is_certain() -> None:
    """Promise: a count that goes on elects nobody, so no hold puts it under review; it stands until that is decided."""
    both = counted(("East", EAST), ("West", WESTERN), sequence=2)
    assert states(southern(), both, hold_event(SOUTH, revision=2, sequence=3)) == [(None, False), (CON, False)]


def region_night() -> tuple[LedgerEvent, ...]:
    """Return a night of the northern region: two of its three constituencies, and two of its three areas."""
    body = Body(name="Synthetic Assembly", kind="parliament", seats=7)
    north = region(candidates=LISTS, areas=AREAS, electorate=1_020)
    contests = {NORTH: north} | {one: constituency(one) for one in (FIRST, SECOND, THIRD)}
    return (
        register_event(assembly(bodies={"assembly": body}, contests=contests)),
        won_by(FIRST, "con-winner", sequence=2),
        counted(("East", EAST), ("West", WESTERN), ballot_id=NORTH, sequence=3),
        won_by(SECOND, "lab-winner", sequence=4),
        counted(("East", EAST), ballot_id=NORTH, revision=2, sequence=5),
        counted(("East", EAST), ("West", WESTERN), ballot_id=NORTH, revision=3, sequence=6),
        declaration_event(NORTH, None, kind="withdrawn", revision=4, reason="Synthetic: in error", sequence=7),
    )


def test_a_region_is_taken_together_with_its_open_constituencies() -> None:
    """Promise: list seats make up for constituencies, so that the majority is certain while one of those is open.

    With one constituency the Conservatives have figures of 375, 250 and 187.5 against 180 and 120 at most: four of
    seven seats, and as many if they win another constituency. With one area counted that is open, and withdrawn, too.
    """
    written = aggregate_and_notify(region_night())
    found = [event["data"] for event in written.streams["results"] if event["type"] == "tallywire.control.v1"]
    assert [(state["now"], state["undeclared"]) for state in found] == [
        (None, 7),
        (None, 6),
        (CON, 6),
        (CON, 5),
        (None, 5),
        (CON, 5),
        (None, 5),
    ]


def test_what_is_certain_by_votes_so_far_is_the_same_after_a_restart() -> None:
    """Promise: it follows from what stands, in whatever order that is read back."""
    raw = [event.encode() for event in region_night()]
    assert with_restarts(WIRING, aggregate_ledger, raw) == without_restarts(WIRING, aggregate_ledger, raw)
