"""A region of the additional member system at the door: its seats are held against the rule and its constituencies."""

import json
from collections.abc import Mapping

import pytest

from schemas.receipt import Receipt
from schemas.register import Candidate, ListedPerson
from services.ingest.rules.answers import receipt_of
from services.ingest.rules.intake import Intake
from services.ingest.rules.judgement import Accepted
from services.ingest.rules.judging import judge
from tests.services.assembly import FIRST, NORTH, assembly, region
from tests.services.declarations import synthetic_declaration
from tests.services.events import register_event

ONE_EACH = {
    "con-list": Candidate(name="Conservatives", party="PP52", people=(ListedPerson(name="Con Winner"),)),
    "lab-list": Candidate(name="Labour", party="PP53", people=(ListedPerson(name="Ann Example"),)),
}
"""Two people for three seats; one of them stands in the constituency, too."""
CON_WINS, LAB_WINS = (
    {"con-winner": 1, "lab-winner": 1, "ld-winner": 1} | {one: 9} for one in ("con-winner", "lab-winner")
)
VOTES = {"con-list": 60, "lab-list": 30}


def receipts(*messages: tuple[str, Mapping[str, object]], **of_region: object) -> list[Receipt]:
    """Return what the sender of each declaration is told: a ballot id, and what is said."""
    register = assembly()
    north = region(**{"candidates": ONE_EACH, "constituencies": (FIRST,), "seats": 3} | of_region)
    register = register.model_copy(update={"contests": register.contests | {NORTH: north}})
    loaded = register_event(register).model_dump(mode="json", exclude={"sequence", "chain", "acceptedtime"})
    intake, told = Intake("pcc.2030-05-02"), []
    sent = [{key: value for key, value in loaded.items() if value is not None}]
    for place, (ballot, data) in enumerate(messages):
        declared = {"ballot_id": ballot, "revision": 1, **data}
        sent.append(synthetic_declaration() | {"id": f"{place}", "subject": ballot, "data": declared})
    for place, message in enumerate(sent, start=1):
        judgement = judge(intake, f"{place}-0", {b"data": json.dumps(message).encode()}, "2030-05-03T00:00:00.000Z")
        for remembered in judgement.remembered if isinstance(judgement, Accepted) else ():
            intake.keep(remembered)
        told.append(receipt_of(judgement).data)
    return told[1:]


def answers(*messages: tuple[str, Mapping[str, object]], **of_region: object) -> list[str]:
    """Return the same in short: status and codes."""
    told = receipts(*messages, **of_region)
    return [" ".join((one.status, *(reason.code for reason in one.reasons))) for one in told]


def sentences(*messages: tuple[str, Mapping[str, object]], **of_region: object) -> list[str]:
    """Return the reasons against the last one."""
    return [reason.message for reason in receipts(*messages, **of_region)[-1].reasons]


def test_a_region_has_as_many_seats_as_people_are_left() -> None:
    """Promise: whoever won the constituency is struck, and their seat is nobody's; a seat more, or less, is refused."""
    first = (FIRST, {"votes": CON_WINS})
    assert answers(first, (NORTH, {"votes": VOTES, "elected": ["lab-list"]})) == ["accepted", "accepted"]
    two = (NORTH, {"votes": VOTES, "elected": ["con-list", "lab-list"]})
    assert answers(first, two) == ["accepted", "refused elected.wrong_number"]
    assert answers((FIRST, {"votes": LAB_WINS}), two) == ["accepted", "accepted"]
    assert answers(two, first) == ["accepted", "accepted"]


@pytest.mark.parametrize(("elected", "status"), [(1, "accepted"), (2, "accepted"), (3, "refused"), (0, "refused")])
def test_a_region_that_waits_has_as_many_seats_as_can_be_filled(elected: int, status: str) -> None:
    """Promise: each constituency may strike one person; below a threshold, or without a vote, a list fills none."""
    none = {"ld-list": Candidate(name="Liberal Democrats", party="PP90")}
    seats = ["con-list", "lab-list", "ld-list"][:elected]
    message = NORTH, {"votes": VOTES | {"ld-list": 4}, "elected": seats}
    (told,) = answers(message, candidates=ONE_EACH | none, threshold_per_cent=5)
    assert told.split()[0] == status


def test_a_list_without_people_is_refused_with_the_reason() -> None:
    """Promise: where its figure is higher than the one that has the seat, the reason says that nobody is left on it."""
    others = {"ld-list": Candidate(name="Liberal Democrats", party="PP90")}
    wrong = (NORTH, {"votes": VOTES | {"ld-list": 6}, "elected": ["con-list", "lab-list", "ld-list"]})
    told = sentences((FIRST, {"votes": CON_WINS}), wrong, candidates=ONE_EACH | others)
    (sentence,) = told
    assert (
        "goes to Liberal Democrats with 3.00, not to Conservatives with 30.00: nobody is left on that list" in sentence
    )
