"""Council control: certain when it is, not earlier, and not said twice."""

from typing import Any

import pytest

from schemas.events import AmendmentEvent, DeclarationEvent, LedgerEvent, RegisterEvent
from schemas.register import (
    Amendment,
    Baseline,
    Baselines,
    Body,
    Candidate,
    CandidateAmendment,
    Contest,
    Holder,
)
from tests.services.events import ACCEPTED, declaration_event, register_event
from tests.services.folding import Written, aggregate_and_notify
from tests.services.registers import synthetic_contest, synthetic_register

PARTY = {"Con": "PP52", "Lab": "PP53", "LD": "PP90"}
VOTES = {"Con": "con", "Lab": "lab", "LD": "ld"}


def ballot(number: int) -> str:
    """Return the id of a synthetic division."""
    return f"pcc.division-{number}.2030-05-02"


def division(standing: tuple[str, ...]) -> Contest:
    """Return a synthetic division of one seat that was Conservative."""
    return synthetic_contest(
        name="Synthetic division",
        body="testshire-council",
        electorate=None,
        candidates={VOTES[short]: Candidate(name=f"{short} Candidate", party=PARTY[short]) for short in standing},
        baseline=Baselines(previous_election=Baseline(seats=(Holder(party=PARTY["Con"]),)), sitting=None),
    )


def council(
    divisions: int,
    before: str | None,
    not_up: dict[str, int] | None = None,
    standing: tuple[str, ...] = ("Con", "Lab", "LD"),
) -> RegisterEvent:
    """Return the register of a council of synthetic divisions, as the ledger's first entry."""
    seats_not_up = {PARTY[short]: seats for short, seats in (not_up or {}).items()}
    body = Body(
        name="Testshire",
        seats=divisions + sum(seats_not_up.values()),
        not_up=seats_not_up,
        control_before=before if before in (None, "NOC") else PARTY[before],
    )
    return register_event(
        synthetic_register(
            bodies={"testshire-council": body},
            contests={ballot(number): division(standing) for number in range(divisions)},
        )
    )


def won(number: int, party: str, standing: tuple[str, ...] = ("Con", "Lab", "LD")) -> DeclarationEvent:
    """Return a declaration that the party won the division."""
    votes = {VOTES[short]: 100 + (short == party) for short in standing}
    return declaration_event(ballot(number), votes, sequence=number + 2)


def states(written: Written) -> list[dict[str, Any]]:
    """Return every published state of control."""
    return [event["data"] for event in written.streams["results"] if event["type"] == "tallywire.control.v1"]


def played(loaded: RegisterEvent, winners: str) -> list[dict[str, Any]]:
    """Return the states after divisions were won by the parties with these initials, in order."""
    names = {"C": "Con", "L": "Lab", "D": "LD"}
    return states(aggregate_and_notify([loaded, *(won(n, names[one]) for n, one in enumerate(winners))]))


@pytest.mark.parametrize(
    ("before", "winners", "label"),
    [
        ("Con", "CCC", "Con hold"),
        ("NOC", "CCC", "Con gain from NOC"),
        ("Lab", "CCC", "Con gain from Lab"),
        ("Con", "CCLLD", "Con lose to NOC"),
        ("NOC", "CCLLD", "NOC no change"),
        (None, "CCC", None),
    ],
)
def test_control_is_labelled_against_the_eve_of_poll(before: str | None, winners: str, label: str | None) -> None:
    """Promise: hold, gain, lose to NOC and no change, by more than half of all seats."""
    assert played(council(5, before), winners)[-1]["label"] == label


def test_control_is_clinched_at_the_first_declaration_that_makes_it_certain() -> None:
    """Promise: three of five settle it; before the third it is open, after it nothing changes."""
    assert [state["now"] for state in played(council(5, "NOC"), "CCCLL")] == [None, None, None, "PP52", "PP52", "PP52"]


def test_half_is_not_a_majority() -> None:
    """Promise: 2 of 4 is no overall control."""
    last = played(council(4, "Con"), "CCLL")[-1]
    assert (last["majority"], last["now"], last["label"]) == (3, "NOC", "Con lose to NOC")


def test_seats_that_are_not_up_count() -> None:
    """Promise: a majority is of all seats, and those not up keep their holders."""
    found = played(council(3, "Con", {"Con": 5, "Lab": 2}), "LC")
    assert [state["now"] for state in found] == [None, None, "PP52"]
    assert found[-1]["composition"] == {"PP52": 6, "PP53": 3}
    assert found[-1]["undeclared"] == 1


def test_the_holder_is_lost_when_a_majority_is_out_of_reach() -> None:
    """Promise: said at the first declaration that makes it certain, though nobody else has won yet."""
    found = played(council(5, "Con"), "LLD")
    assert [state["holder_lost"] for state in found] == [False, False, False, True]
    assert [state["now"] for state in found] == [None, None, None, None]


def test_a_party_without_candidates_cannot_win() -> None:
    """Promise: certainty counts who stands, not who might have."""
    loaded = council(3, "NOC", standing=("Con", "Lab"))
    written = aggregate_and_notify([loaded, won(0, "Con", ("Con", "Lab"))])
    assert states(written)[-1]["now"] is None
    alone = council(3, "NOC", standing=("Con",))
    assert states(aggregate_and_notify([alone]))[-1]["now"] == "PP52"


def test_a_postponed_division_leaves_the_majority_figure_and_a_vacant_seat() -> None:
    """Promise: domain rule: a vacancy or a postponed ward leaves the majority figure unchanged."""
    loaded = council(3, "Con")
    postponed = declaration_event(ballot(2), None, kind="postponed", reason="Synthetic: a candidate has died")
    last = states(aggregate_and_notify([loaded, won(0, "Con"), won(1, "Lab"), postponed]))[-1]
    assert (last["majority"], last["vacant"], last["undeclared"], last["final"]) == (2, 1, 0, True)
    assert last["label"] == "Con lose to NOC"


def ten_seats(up: int, **described: Any) -> RegisterEvent:  # noqa: ANN401  # fields of a body
    """Return the register of a Labour council of ten seats, of which so many are up."""
    body = Body(name="Testshire", seats=10, control_before=PARTY["Lab"], **described)
    contests = {ballot(number): division(("Con", "Lab", "LD")) for number in range(up)}
    return register_event(synthetic_register(bodies={"testshire-council": body}, contests=contests))


def test_seats_that_nobody_described_leave_control_open() -> None:
    """Promise: seats that are neither up, not up nor vacant may be anybody's: nothing is certain that they can decide.

    How many they are is said; they are not called vacant, and changes of seats stay those of the seats declared.
    """
    last = played(ten_seats(2, before={PARTY["Lab"]: 10}), "CL")[-1]
    assert (last["now"], last["label"], last["holder_lost"], last["largest"]) == (None, None, False, None)
    assert (last["undescribed"], last["vacant"], last["final"]) == (8, 0, True)
    assert last["changes"] == {"PP52": -1, "PP53": 1}


def test_seats_that_nobody_described_decide_nothing_that_is_certain_without_them() -> None:
    """Promise: a majority of all seats is one whoever has the others, and out of reach is out of reach."""
    certain = played(ten_seats(3, not_up={PARTY["Con"]: 4}), "CCC")[-1]
    assert (certain["undescribed"], certain["now"], certain["holder_lost"]) == (3, PARTY["Con"], True)
    hung = played(ten_seats(3, not_up={PARTY["Con"]: 3, PARTY["LD"]: 3}), "CLD")[-1]
    assert (hung["undescribed"], hung["now"], hung["largest"]) == (1, "NOC", None)


def test_a_vacant_seat_is_nobodys() -> None:
    """Promise: stated vacancies are vacant, and control is decided without them."""
    last = played(ten_seats(2, not_up={PARTY["Lab"]: 5}, vacant=3), "CC")[-1]
    assert (last["vacant"], last["undescribed"], last["label"]) == (3, 0, "Lab lose to NOC")


def test_a_withdrawal_opens_what_was_certain() -> None:
    """Promise: control follows what stands; the state names what it takes the place of."""
    loaded = council(3, "NOC")
    withdrawn = declaration_event(ballot(1), None, kind="withdrawn", revision=2, reason="Synthetic: published in error")
    found = states(aggregate_and_notify([loaded, won(0, "Con"), won(1, "Con"), withdrawn]))
    assert [state["now"] for state in found] == [None, None, "PP52", None]
    assert found[-1]["previous"]["now"] == "PP52"
    assert found[-1]["cause"] == ballot(1)


def test_seat_changes_are_counted_over_what_is_declared() -> None:
    """Promise: partial is not shown as whole: changes are over the divisions declared."""
    assert [state["changes"] for state in played(council(3, "Con"), "LC")] == [
        {},
        {"PP52": -1, "PP53": 1},
        {"PP52": -1, "PP53": 1},
    ]


def test_a_party_wins_no_more_seats_than_it_has_candidates() -> None:
    """Promise: with one candidate for three seats the holder has lost before a vote is counted."""
    people = {"con": "Con", "lab-1": "Lab", "lab-2": "Lab", "ld": "LD"}
    ward = synthetic_contest(
        seats=3,
        body="testshire-council",
        candidates={one: Candidate(name=f"{short} Candidate", party=PARTY[short]) for one, short in people.items()},
        baseline=Baselines(previous_election=None, sitting=None),
    )
    body = Body(name="Testshire", seats=3, control_before=PARTY["Con"])
    loaded = register_event(synthetic_register(bodies={"testshire-council": body}, contests={ballot(0): ward}))
    assert [(state["holder_lost"], state["now"]) for state in states(aggregate_and_notify([loaded]))] == [(True, None)]


def test_an_amended_candidate_may_win_for_another_party() -> None:
    """Promise: what is certain follows from the register as amended, for the contests that are still open."""

    def renamed(number: int, sequence: int) -> AmendmentEvent:
        to_labour = {"ld": CandidateAmendment(party=PARTY["Lab"])}
        return AmendmentEvent(
            id=f"amendment-{sequence}",
            source="/synthetic",
            subject=ballot(number),
            acceptedtime=ACCEPTED,
            sequence=sequence,
            groupend=True,
            data=Amendment(ballot_id=ballot(number), candidates=to_labour),
        )

    loaded = council(3, "NOC", standing=("Lab", "LD"))
    declared = won(0, "Lab", ("Lab", "LD"))
    ledger: list[LedgerEvent] = [loaded, declared, renamed(0, 3), renamed(1, 4), renamed(2, 5)]
    assert [(state["cause"], state["now"]) for state in states(aggregate_and_notify(ledger))] == [
        (None, None),
        (ballot(0), None),
        (ballot(1), "PP53"),
    ]
