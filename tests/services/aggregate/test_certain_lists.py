"""Control of a body elected by list: what is certain while regions and constituencies are open."""

from typing import Any

import pytest

from schemas.events import LedgerEvent
from schemas.register import Body, Candidate, ListedPerson, Register
from services.aggregate.service import WIRING, aggregate_ledger
from tests.services.assembly import (
    FIRST,
    LISTS,
    NORTH,
    SECOND,
    SOUTH,
    THIRD,
    assembly,
    constituency,
    declared,
    region,
    won_by,
)
from tests.services.events import register_event
from tests.services.folding import aggregate_and_notify, with_restarts, without_restarts

CON, LAB, LD, IND = "PP52", "PP53", "PP90", "ynmp-party:2"
LIB_LISTED = ListedPerson(name="Lib Winner", id="ld-winner")


def northern(before: str | None = None, **lists: Candidate) -> Register:
    """Return an assembly of the northern region alone, of 7 seats: its 4 list seats and 3 constituencies."""
    named = {one.replace("_", "-"): candidate for one, candidate in lists.items()}
    body = Body(name="Synthetic Assembly", kind="parliament", seats=7, control_before=before)
    contests = {one: constituency(one) for one in (FIRST, SECOND, THIRD)}
    return assembly(bodies={"assembly": body}, contests={NORTH: region(candidates=LISTS | named)} | contests)


def states(register: Register, *events: LedgerEvent) -> list[dict[str, Any]]:
    """Return every published state of control."""
    written = aggregate_and_notify([register_event(register), *events])
    return [event["data"] for event in written.streams["results"] if event["type"] == "tallywire.control.v1"]


def test_a_majority_is_certain_before_the_region_is_declared() -> None:
    """Promise: at the declaration that makes it certain, with the winners of constituencies struck from the lists.

    Four list seats: Labour's one person has won a constituency, the Liberal Democrats have one person and Flo Mock is
    one, so that the Conservatives are left with two; with two constituencies that is four of seven. Before the third
    constituency it is not certain: they might have three.
    """
    one_name = Candidate(name="Liberal Democrats", party=LD, people=(LIB_LISTED,))
    night = (
        won_by(FIRST, "lab-winner", sequence=2),
        won_by(SECOND, "con-winner", sequence=3),
        won_by(THIRD, "con-winner", sequence=4),
    )
    found = states(northern(ld_list=one_name), *night)
    assert [(state["now"], state["undeclared"]) for state in found] == [(None, 7), (None, 6), (None, 5), (CON, 4)]


def test_a_list_whose_names_are_unknown_may_win_every_seat() -> None:
    """Promise: nobody has lost, and nothing is certain, while a list can still make up for the constituencies."""
    night = [won_by(one, "con-winner", sequence=place) for place, one in enumerate((FIRST, SECOND, THIRD), start=2)]
    found = states(northern(before=LD), *night)
    assert [(state["now"], state["holder_lost"]) for state in found] == [(None, False)] * 4


def test_a_person_on_both_papers_is_one_seat() -> None:
    """Promise: three constituencies and a list of one are four of seven, but not if one person is on both papers."""
    listed = Candidate(name="Labour", party=LAB, people=(ListedPerson(name="Lab Listed", id="lab-winner"),))
    other = Candidate(name="Labour", party=LAB, people=(ListedPerson(name="Lab Other"),))
    for on_list, lost in ((listed, True), (other, False)):
        register = northern(before=LAB, lab_list=on_list)
        for number, ballot_id in enumerate((SECOND, THIRD)):
            contest = register.contests[ballot_id]
            people = {f"{one}-{number}": candidate for one, candidate in contest.candidates.items()}
            renamed = {
                one: candidate.model_copy(update={"name": f"{candidate.name} {number}"})
                for one, candidate in people.items()
            }
            register.contests[ballot_id] = contest.model_copy(update={"candidates": renamed})
        assert [state["holder_lost"] for state in states(register)] == [lost]


@pytest.mark.parametrize(("holder", "lost"), [(CON, False), (LAB, True), (LD, False), (IND, True)])
def test_a_closed_list_wins_as_many_seats_as_it_has_names(holder: str, lost: bool) -> None:
    """Promise: of four seats, five names or unknown ones may win all, one name and an individual one."""
    south = assembly().contests[SOUTH]
    body = Body(name="Synthetic Assembly", kind="parliament", seats=4, control_before=holder)
    (state,) = states(assembly(bodies={"assembly": body}, contests={SOUTH: south}))
    assert (state["holder_lost"], state["now"]) == (lost, None)


def test_list_seats_are_said_among_those_held() -> None:
    """Promise: a state of control says how many of the seats are list seats, while they count."""
    night = (
        won_by(FIRST, "lab-winner", sequence=2),
        won_by(SECOND, "con-winner", sequence=3),
        won_by(THIRD, "con-winner", sequence=4),
        declared(sequence=5),
        declared(kind="withdrawn", revision=2, reason="Synthetic: published in error", sequence=6),
    )
    *_, before, after, withdrawn = states(assembly(), *night)
    assert "from_lists" not in before
    assert after["from_lists"] == {CON: 2, LD: 1, IND: 1}
    assert after["composition"] == {CON: 4, LAB: 1, LD: 1, IND: 1}
    assert "from_lists" not in withdrawn


def test_what_is_certain_is_the_same_after_a_restart() -> None:
    """Promise: a region's bounds follow from what stands, in whatever order it is read back."""
    night = (
        register_event(northern(before=CON)),
        won_by(FIRST, "lab-winner", sequence=2),
        declared(sequence=3, elected=("con-list", "con-list", "ld-list", "flo-mock")),
        won_by(SECOND, "con-winner", sequence=4),
        won_by(FIRST, "con-winner", revision=2, sequence=5),
    )
    raw = [event.encode() for event in night]
    assert with_restarts(WIRING, aggregate_ledger, raw) == without_restarts(WIRING, aggregate_ledger, raw)
