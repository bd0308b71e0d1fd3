"""What was accepted before and stands: how far ahead a revision may be, and what an amendment may not contradict."""

import json
from collections.abc import Mapping
from typing import Any, Final

import pytest

from schemas.receipt import Receipt
from schemas.wire import REVISION_MAX
from services.ingest.rules.answers import receipt_of
from services.ingest.rules.intake import Intake
from services.ingest.rules.judgement import Accepted
from services.ingest.rules.judging import judge
from services.ingest.rules.readmission import readmit
from tests.services.declarations import synthetic_declaration
from tests.services.ingest.refusals import DESCRIBED
from tests.services.registers import TESTSHIRE

UNKNOWN: Final = {"previous_election": None, "sitting": None}
VOTES = {"ann-example": 20_000, "bob-sample": 30_000, "cay-specimen": 5_000}
OTHER = {"ann-example": 20_001, "bob-sample": 30_000, "cay-specimen": 5_000}


def said(event_id: str, revision: int, **fields: object) -> bytes:
    """Return a declaration of Testshire."""
    data = {"ballot_id": TESTSHIRE, "revision": revision, **fields}
    return json.dumps({**synthetic_declaration(), "id": event_id, "data": data}).encode()


def declared(event_id: str, revision: int, votes: dict[str, int] = VOTES, **fields: object) -> bytes:
    """Return a declaration of Testshire with votes."""
    return said(event_id, revision, votes=votes, **fields)


def amendment(event_id: str, **changes: object) -> bytes:
    """Return an amendment of Testshire."""
    event = {**synthetic_declaration(), "id": event_id, "type": "tallywire.amendment.v1"}
    return json.dumps({**event, "data": {"ballot_id": TESTSHIRE, **changes}}).encode()


def receipts(*messages: bytes, register: Mapping[str, Any] = DESCRIBED) -> list[Receipt]:
    """Return what the sender of each message is told, once the register is loaded."""
    intake, told = Intake("pcc.2030-05-02"), []
    for place, message in enumerate((json.dumps({**register, "id": "register"}).encode(), *messages), start=1):
        judgement = judge(intake, f"{place}-0", {b"data": message}, "2030-05-03T00:00:00.000Z")
        for remembered in judgement.remembered if isinstance(judgement, Accepted) else ():
            intake.keep(remembered)
        told.append(receipt_of(judgement).data)
    return told[1:]


def answers(*messages: bytes, register: Mapping[str, Any] = DESCRIBED) -> list[str]:
    """Return the same in short: status, codes, what stands instead."""
    return [
        " ".join(
            (
                receipt.status,
                *(reason.code for reason in receipt.reasons),
                *(
                    [f"revision {receipt.stands.revision} at {receipt.stands.ledger_sequence}"]
                    if receipt.stands
                    else []
                ),
            )
        )
        for receipt in receipts(*messages, register=register)
    ]


def last_reasons(*messages: bytes) -> list[tuple[str, str]]:
    """Return path and sentence of each reason for the last message."""
    return [(reason.path, reason.message) for reason in receipts(*messages)[-1].reasons]


def test_a_revision_far_ahead_closes_nothing() -> None:
    """Promise: whoever posts revision 999 is refused, so that the next honest revision still stands."""
    assert answers(declared("first", 1), declared("outsider", REVISION_MAX), declared("mended", 2, OTHER)) == [
        "accepted",
        "refused revision.too_far_ahead",
        "accepted",
    ]


def test_ten_beyond_the_highest_taken_is_as_far_as_it_goes() -> None:
    """Promise: a few messages may be lost or late, the first of a contest, too."""
    sent = (declared("11", 11), declared("10", 10), declared("21", 21), declared("20", 20))
    assert answers(*sent) == [
        "refused revision.too_far_ahead",
        "accepted",
        "refused revision.too_far_ahead",
        "accepted",
    ]
    assert last_reasons(declared("11", 11)) == [
        (
            "data.revision",
            "Revision 11 is more than 10 beyond the highest taken of this contest: none. Send revision 1.",
        )
    ]


def test_who_declares_what_does_not_stand_is_told_what_does() -> None:
    """Promise: "accepted" alone would be taken for "published"; so would "duplicate"."""
    sent = (declared("second", 2), declared("first", 1, OTHER), declared("first", 1, OTHER), declared("1", 1, OTHER))
    assert answers(*sent) == [
        "accepted",
        "accepted revision 2 at 2",
        "duplicate revision 2 at 2",
        "duplicate revision 2 at 2",
    ]


def test_a_conflict_says_what_stands_and_how_to_correct_it() -> None:
    """Promise: the advice can be followed: the next revision is taken; of the last one, nobody is told to go beyond."""
    sent = (declared("1", 1), declared("2", 2), declared("3", 1, OTHER))
    ((path, sentence),) = last_reasons(*sent)
    assert path == "data.revision"
    assert sentence.endswith("taken with other figures, and revision 2 stands. To correct it, send revision 3.")
    up_to_the_last = [declared(str(number), number) for number in range(9, REVISION_MAX + 1, 10)]
    ((_, sentence),) = last_reasons(*up_to_the_last, declared("other", REVISION_MAX, OTHER))
    assert sentence.endswith("and stands. There is no higher one: tell the results desk.")


@pytest.mark.parametrize(
    ("stands", "told"),
    [
        pytest.param(declared("1", 1), "votes.total_above_electorate", id="votes"),
        pytest.param(
            declared("1", 1, papers=55_000), "votes.total_above_electorate papers.above_electorate", id="papers"
        ),
        pytest.param(
            declared("1", 1, {"ann-example": 1, "bob-sample": 2, "cay-specimen": 0}, rejected=30_000),
            "rejected.above_electorate",
            id="rejected papers",
        ),
    ],
)
def test_an_electorate_below_what_was_declared_is_refused(stands: bytes, told: str) -> None:
    """Promise: an amendment is judged against what stands, as a declaration is against the register."""
    sentences = [sentence for _, sentence in last_reasons(stands, amendment("less", electorate=20_000))]
    assert len(sentences) == len(told.split())
    assert all("more than the 20,000 electors of Testshire" in sentence for sentence in sentences)
    assert answers(stands, amendment("less", electorate=20_000))[1].split() == [
        "refused",
        *["amendment.contradicts"] * len(sentences),
    ]


def test_the_amendment_says_which_declaration_it_contradicts() -> None:
    """Promise: the sender reads which revision stands, why both cannot be, and what to do."""
    ((path, sentence),) = last_reasons(declared("1", 1, rejected=1_234), amendment("less", electorate=50_000))
    assert path == "data.electorate"
    assert sentence == (
        "Revision 1 of this contest stands, and could not be true any more: 55,000 votes and 1,234 rejected papers "
        "need 56,234 voters, more than the 50,000 electors of Testshire. Check the figures. If the amendment is "
        "right, correct or withdraw that declaration first."
    )


def test_only_what_stands_is_contradicted() -> None:
    """Promise: a declaration that was corrected or withdrawn, or that came too late to stand, holds up no amendment."""
    less = amendment("less", electorate=20_000)
    small = {"ann-example": 1, "bob-sample": 2, "cay-specimen": 3}
    assert answers(declared("1", 1), said("2", 2, kind="withdrawn", reason="Synthetic"), less)[-1] == "accepted"
    assert answers(declared("1", 1), declared("2", 2, small), less)[-1] == "accepted"
    assert answers(declared("2", 2, small), declared("1", 1), less)[-1] == "accepted"
    assert answers(declared("2", 2), declared("1", 1, small), less)[-1] == "refused amendment.contradicts"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"electorate": 100_000}, id="the electorate"),
        pytest.param({"name": "Testshire", "returning_officer": "Rita Synthetic"}, id="names"),
        pytest.param({"candidates": {"ann-example": {"name": "Ann Example", "party": "PP52"}}}, id="a candidate"),
        pytest.param({"electorate": 100_000, "reason": "A reason changes nothing"}, id="with a reason"),
        pytest.param({"electorate": None, "candidates": {}}, id="nulls"),
    ],
)
def test_an_amendment_that_changes_nothing_is_refused(changes: dict[str, object]) -> None:
    """Promise: however it says so."""
    assert answers(amendment("same", **changes)) == ["refused amendment.no_change"]


def test_the_order_of_holders_and_how_accents_are_composed_change_nothing() -> None:
    """Promise: an amendment that says what stands in other letters, or in another order, is refused, too."""
    seats = [{"party": "PP53", "name": "\u00c9va Synthetic"}, {"party": "PP52", "name": None}]
    ward = json.loads(json.dumps(DESCRIBED))
    ward["data"]["contests"][TESTSHIRE] |= {
        "seats": 2,
        "name": "M\u00f4n",
        "baseline": UNKNOWN | {"sitting": {"seats": seats}},
    }
    other = [{"party": "PP52"}, {"party": "PP53", "name": "E\u0301va Synthetic"}]
    sent = (
        amendment("order", sitting={"seats": other}),
        amendment("name", name="Mo\u0302n"),
        amendment("both PP53", sitting={"seats": [seats[0], seats[0]]}),
    )
    assert answers(*sent, register=ward) == ["refused amendment.no_change", "refused amendment.no_change", "accepted"]


def test_an_amendment_sent_again_changes_nothing() -> None:
    """Promise: under its own id it is a duplicate, under another's it is refused; and a change back is a change."""
    first, again = amendment("desk", electorate=90_000), amendment("outsider", electorate=90_000)
    back, half = amendment("back", electorate=100_000), amendment("half", electorate=100_000, name="Test")
    assert answers(first, first, again, back, half) == [
        "accepted",
        "duplicate",
        "refused amendment.no_change",
        "accepted",
        "accepted",
    ]


def test_a_ledger_of_older_rules_is_still_read() -> None:
    """Promise: what is on a ledger was accepted by the rules of its time, and is read again without asking these."""
    intake = Intake("pcc.2030-05-02")
    ledger = (
        json.dumps({**DESCRIBED, "id": "register"}).encode(),
        amendment("same", electorate=100_000),
        declared("far", REVISION_MAX),
        amendment("less", electorate=20_000),
    )
    for sequence, entry in enumerate(ledger, start=1):
        for remembered in readmit(intake, sequence, entry, entry):
            intake.keep(remembered)
    assert intake.ledger_length == len(ledger)
    assert intake.stated[TESTSHIRE].revision == REVISION_MAX
