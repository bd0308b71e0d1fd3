"""Results, tallies and control of counts by single transferable vote."""

from collections.abc import Mapping
from typing import Any

import pytest

from schemas.register import Body
from tests.services.events import declaration_event, register_event
from tests.services.folding import Written, aggregate_and_notify
from tests.services.ingest.lives import UNKNOWN, people
from tests.services.ingest.stages import ANN, BOB, CAY, DAN, IRISH, NAMES, WHOLE
from tests.services.registers import TESTSHIRE, synthetic_contest, synthetic_register

PARTIES = {ANN: "PP52", BOB: "PP53", CAY: "PP90", DAN: "PP52"}


def counted(
    *messages: dict[str, Any], rules: str = "northern-ireland", parties: Mapping[str, str] = PARTIES
) -> Written:
    """Return what is derived from declarations of a council of one ward with two seats, one revision each."""
    standing = {one: person.model_copy(update={"party": parties[one]}) for one, person in people(*NAMES).items()}
    contest = synthetic_contest(
        voting_system="single-transferable-vote",
        counting_rules=rules,
        candidates=standing,
        seats=2,
        baseline=UNKNOWN,
        body="testshire-council",
    )
    register = synthetic_register(
        contests={TESTSHIRE: contest}, bodies={"testshire-council": Body(name="Testshire", seats=2)}
    )
    events = [
        declaration_event(TESTSHIRE, revision=place, sequence=place + 1, **message)
        for place, message in enumerate(messages, start=1)
    ]
    return aggregate_and_notify([register_event(register), *events])


def results(*messages: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the results of declarations, in order."""
    return [one for one in counted(*messages).data("results") if "ballot_id" in one]


def so_far(stages: int) -> dict[str, Any]:
    """Return the count so far, with so many stages after the first."""
    return {"votes": IRISH["votes"], "stages": IRISH["stages"][:stages], "kind": "stage"}


def test_a_result_has_the_stages_and_who_was_elected_when() -> None:
    """Promise: quota, every stage with transfers and what is lost, and each candidate's end, in order of election."""
    result = counted(WHOLE, rules="scotland").last("results", TESTSHIRE)
    assert (result["quota"], result["elected"], result["majority"], result["rounds"]) == (34, [ANN, BOB], None, 1)
    first, second = result["stages"]
    assert first["transfers"] == WHOLE["stages"][0]["transfers"]
    assert (first["stage"], first["non_transferable"], first["elected"], first["excluded"]) == (2, "0.00018", [], [])
    assert (second["of"], second["elected"], second["excluded"]) == ([DAN], [BOB], [DAN])
    assert DAN not in second["totals"]
    ends = {
        one["candidate"]: (one["elected_at"], one["excluded_at"], one["last_votes"]) for one in result["candidates"]
    }
    assert ends == {
        ANN: (1, None, "34"),
        BOB: (3, None, "42.7048"),
        CAY: (None, None, "20.29502"),
        DAN: (None, 3, "13"),
    }
    assert result["swing"] is None


def test_seats_filled_count_while_the_count_goes_on() -> None:
    """Promise: in Northern Ireland the elected count at once; the contest is among those declared when it is over."""
    written = counted(so_far(0), so_far(1), {**IRISH, "kind": "declared"})
    tallies = [one for one in written.data("tallies") if one["region"] == "uk"]
    filled = [(one["declared"], one["seats_declared"], one["seats_expected"]) for one in tallies]
    assert filled[-1] == (1, 2, 2)
    assert (0, 1, 2) in filled
    assert tallies[-1]["parties"]["PP52"]["won"] == 1
    given = [one for one in written.data("results") if "ballot_id" in one]
    assert [len(one["stages"]) for one in given] == [0, 1, 2]
    assert [(one["supersedes"] or {}).get("stages", 0) for one in given] == [0, 0, 1]


def test_open_seats_are_open_to_those_who_continue() -> None:
    """Promise: control counts who is elected, and nobody who is excluded can still win a seat."""
    written = counted(so_far(0))
    state = written.last("results", "testshire-council")
    assert (state["composition"], state["undeclared"], state["now"]) == ({"PP52": 1}, 1, None)
    last = counted(so_far(0), {**IRISH, "kind": "declared"}).last("results", "testshire-council")
    assert (last["composition"], last["undeclared"], last["now"]) == ({"PP52": 1, "PP53": 1}, 0, "NOC")


def test_control_counts_who_cannot_lose_a_seat_before_it_is_announced() -> None:
    """Promise: two of three will have the seats; where no votes can move, whoever has fewest is not one of them."""
    parties = {ANN: "PP52", BOB: "PP52", CAY: "PP90", DAN: "PP90"}
    first = {"votes": {ANN: 33, BOB: 30, CAY: 28, DAN: 9}, "stages": [], "kind": "stage"}
    lost = {"action": "exclusion", "of": [DAN], "totals": {ANN: "33", BOB: "30", CAY: "28"}}
    written = counted(first, {**first, "stages": [lost]}, parties=parties)
    states = [one for one in written.data("results") if "composition" in one]
    assert [(one["now"], one["undeclared"]) for one in states[-2:]] == [(None, 2), ("PP52", 2)]
    level = {**lost, "totals": {ANN: "33", BOB: "30", CAY: "30"}, "non_transferable": "7"}
    drawn = counted(first, {**first, "stages": [level]}, parties=parties).last("results", "testshire-council")
    assert drawn["now"] is None


@pytest.mark.parametrize("stages", [None, IRISH["stages"]])
def test_a_count_without_stages_says_so(stages: list[dict[str, Any]] | None) -> None:
    """Promise: first preferences and who is elected are taken; the result says that the stages are not known."""
    result = counted({**IRISH, "stages": stages}).last("results", TESTSHIRE)
    assert result["elected"] == [ANN, BOB]
    assert ("stages.not_declared" in {note["code"] for note in result["notes"]}) == (stages is None)
    assert (result["stages"] is None) == (stages is None)


def test_stages_that_are_added_change_no_winner() -> None:
    """Promise: who is elected at a later stage is news, not a correction; who no longer is, is one."""
    noted = {note["code"] for one in results(so_far(0), so_far(2)) for note in one["notes"]}
    assert "winner.changed" not in noted
    other = {**so_far(0), "votes": {ANN: 15, BOB: 61, CAY: 11, DAN: 13}}
    assert "winner.changed" in {note["code"] for note in results(so_far(0), other)[-1]["notes"]}
