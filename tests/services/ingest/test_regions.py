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
from tests.services.ingest.signed_election import (
    OFFICER,
    OPERATOR,
    SECOND,
    SignedElection,
    enrolment,
    message,
    register_message,
)

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
    for place, each in enumerate(sent, start=1):
        judgement = judge(intake, f"{place}-0", {b"data": json.dumps(each).encode()}, "2030-05-03T00:00:00.000Z")
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


def confirmed_after(first: Mapping[str, int] | None, then: Mapping[str, int], **region_says: object) -> Receipt:
    """Return what a second person is told who confirms a region's seat after its constituency was declared anew."""
    night, register = SignedElection(loaded=False), assembly()
    lists = {one: who.model_copy(update={"people": None}) for one, who in ONE_EACH.items()}
    contests = {
        FIRST: register.contests[FIRST].model_copy(update={"electorate": None}),
        NORTH: region(candidates=lists, constituencies=(FIRST,), seats=1, electorate=None),
    }
    with_them = register.model_copy(update={"contests": register.contests | contests})
    night.post(
        OPERATOR, register_message(**json.loads(with_them.model_dump_json(exclude={"signatures", "operator_key"})))
    )
    for person, role in ((OFFICER, "returning-officer"), (SECOND, "second-person")):
        night.post(OPERATOR, enrolment(person, role, (FIRST, NORTH)))

    def declare(ballot: str, revision: int, **data: object) -> Receipt:
        said = {"ballot_id": ballot, "revision": revision, **data}
        return night.post(OFFICER, message("declaration", ballot, said, f"{ballot}-{revision}"))

    def confirm(ballot: str, held: Receipt, code: str) -> Receipt:
        assert [reason.code for reason in held.reasons] == [code]
        decision = {"ballot_id": ballot, "hold": held.hold, "decision": "confirm"}
        return night.post(SECOND, message("confirmation", ballot, decision, f"{ballot}-confirmed"))

    if first is not None:
        declare(FIRST, 1, votes=first)
    held = declare(NORTH, 1, votes=VOTES, elected=["lab-list"], **region_says)
    again = declare(FIRST, 2, votes=then)
    if again.status == "held":
        assert confirm(FIRST, again, "winner.changed").status == "accepted"
    return confirm(NORTH, held, "papers.do_not_reconcile" if region_says else "allocation.differs")


def test_seats_that_a_second_person_confirms_are_judged_by_the_constituencies_as_they_are_then() -> None:
    """Promise: what would be refused by now is not confirmed: here figures that are equal by now, and no lot."""
    assert confirmed_after(LAB_WINS, LAB_WINS | {"lab-winner": 8}).status == "accepted"
    refused = confirmed_after(LAB_WINS, CON_WINS).reasons
    assert [(reason.code, "lot" in reason.message) for reason in refused] == [("hold.impossible_now", True)]


def test_seats_that_differ_from_the_rule_only_by_now_are_confirmed_by_nobody_who_was_shown_something_else() -> None:
    """Promise: held for its papers before its constituency was known, a region is not confirmed against the rule."""
    papers = {"rejected": 0, "papers": 200}
    refused = confirmed_after(None, LAB_WINS, **papers).reasons
    assert [reason.code for reason in refused] == ["hold.changes_winner_now"]
    assert "goes to Conservatives" in refused[0].message
