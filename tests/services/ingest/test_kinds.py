"""Every kind of message that is said rightly is taken, in whatever order."""

from pathlib import Path
from typing import Any, Final, get_args

import pytest

from schemas.declaration import DeclarationKind
from schemas.events import DeclarationEvent
from schemas.register import Amendment, CandidateAmendment, Register
from services.ingest.rules.answers import receipt_of
from services.ingest.rules.event.kind_fields import KINDS, NOT_FOR
from services.ingest.rules.intake import Intake
from services.ingest.rules.judgement import Accepted
from services.ingest.rules.judging import judge
from services.rules.amending import amended
from tests.services.declarations import entry, synthetic_declaration
from tests.services.events import ACCEPTED
from tests.services.ingest.examined import event_of, reasons_of
from tests.services.ingest.lives import FIGURES, TWO_SEATS, TWO_STAND, message, people, register_of
from tests.services.ingest.refusals import REGISTER
from tests.services.registers import ELECTION, TESTSHIRE, synthetic_contest, synthetic_register

DOCUMENT: Final = Path(__file__).parents[3] / "docs" / "life.md"
VOTES: Final = {"ann-example": 20_000, "bob-sample": 30_000, "cay-specimen": 5_000}


def test_the_table_has_every_kind() -> None:
    """Promise: no kind of the contract is forgotten."""
    assert set(KINDS) == set(get_args(DeclarationKind))


def test_the_document_says_what_the_table_says() -> None:
    """Promise: whoever sends by docs/life.md is not refused for a field that it says is needed or possible."""
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in DOCUMENT.read_text().splitlines() if "|" in line
    ]
    (head,) = (row for row in rows if row[0] == "message")
    documented = {
        (kind, name.strip("`")): said
        for row in rows[rows.index(head) + 2 :]
        for kind in row[0].split(", ")
        for name, said in zip(head[1:], row[1:], strict=True)
    }
    assert documented == {
        (kind, name): "required" if name in KINDS[kind].needs else "no" if name in NOT_FOR[kind] else "may"
        for kind in KINDS
        for name in ("votes", "elected", "areas", "reason")
    }


@pytest.mark.parametrize(
    ("fields", "register"),
    [
        pytest.param(message("flash", elected=["bob-sample"]), REGISTER, id="flash"),
        pytest.param(message("flash", elected=["bob-sample", "ann-example"]), TWO_SEATS, id="flash of two"),
        pytest.param(message("flash", elected=["bob-sample", "ann-example"]), TWO_STAND, id="flash of all who stand"),
        pytest.param(message("uncontested", elected=["bob-sample", "ann-example"]), TWO_STAND, id="uncontested"),
        pytest.param(message("recount"), REGISTER, id="recount"),
        pytest.param(message("recount", reason="Two votes between them"), REGISTER, id="recount, and why"),
        *(
            pytest.param(message(kind, reason="Synthetic"), REGISTER, id=kind)
            for kind in ("withdrawn", "postponed", "countermanded", "annulled")
        ),
        pytest.param(
            message("withdrawn", reason="Synthetic", **dict.fromkeys(FIGURES)), REGISTER, id="nulls for what is not"
        ),
        pytest.param(message("declared", votes=VOTES, reason="Bundle found"), REGISTER, id="a correction, and why"),
        pytest.param(
            message("declared", votes=VOTES, rejected=17, rejected_by_head={"unmarked": 9, "identifiable": 8}),
            REGISTER,
            id="rejected papers by head",
        ),
        pytest.param(
            message("declared", votes=VOTES, rejected_by_head={"unmarked": 17}, papers=55_017),
            REGISTER,
            id="rejected papers by head only",
        ),
        pytest.param(
            message("declared", votes=VOTES, rejected=17, rejected_by_head={"unmarked": 12, "in_part": 5}),
            REGISTER,
            id="papers rejected in part, counted among those rejected",
        ),
        pytest.param(
            message("declared", votes=VOTES, rejected=12, rejected_by_head={"unmarked": 12, "in_part": 5}),
            REGISTER,
            id="papers rejected in part, and not counted among those rejected",
        ),
        pytest.param(
            message("declared", votes=VOTES, rejected=17, rejected_by_head={"in_part": 5}),
            REGISTER,
            id="papers rejected in part, and no other head",
        ),
        pytest.param(
            message("declared", votes=VOTES, rejected=17, rejected_by_head={}),
            REGISTER,
            id="rejected papers by no head",
        ),
    ],
)
def test_a_message_that_says_what_its_kind_needs_is_taken(fields: dict[bytes, bytes], register: Register) -> None:
    """Promise: a flash, a recount or a withdrawal needs no figures, and no reason is asked of a recount."""
    assert reasons_of(fields, register) == ()


def test_what_has_no_kind_is_declared() -> None:
    """Promise: whoever sends nothing but results need not know of the other kinds."""
    event = event_of(entry(synthetic_declaration()), REGISTER)
    assert isinstance(event, DeclarationEvent)
    assert event.data.kind == "declared"


def _answers(*told: tuple[int, str, dict[str, Any]]) -> list[str]:
    """Return what becomes of messages of these revisions and kinds, sent one after another."""
    intake = Intake(ELECTION)
    intake.register = REGISTER
    intake.contests[TESTSHIRE] = {}
    answers = []
    for place, (revision, kind, fields) in enumerate(told):
        event = synthetic_declaration()
        event |= {"id": f"synthetic-{place}", "data": {"ballot_id": TESTSHIRE, "revision": revision, "kind": kind}}
        event["data"] |= fields
        judgement = judge(intake, f"{place}-1", entry(event), ACCEPTED)
        if isinstance(judgement, Accepted):
            for remembered in judgement.remembered:
                intake.keep(remembered)
        receipt = receipt_of(judgement).data
        answers.append(" ".join([receipt.status, *(reason.code for reason in receipt.reasons)]))
    return answers


def test_order_does_not_matter() -> None:
    """Promise: a withdrawal comes before what it withdraws, a flash after the figures; all are kept."""
    assert _answers(
        (3, "withdrawn", {"reason": "Synthetic"}),
        (2, "declared", {"votes": VOTES}),
        (1, "flash", {"elected": ["bob-sample"]}),
    ) == ["accepted", "accepted", "accepted"]


def test_one_revision_says_one_thing() -> None:
    """Promise: a revision that was taken as one kind is refused as another, and repeated as itself."""
    assert _answers(
        (1, "flash", {"elected": ["bob-sample"]}),
        (1, "declared", {"votes": VOTES}),
        (1, "flash", {"elected": ["bob-sample"]}),
        (2, "recount", {}),
        (2, "recount", {"reason": "Said once more"}),
        (2, "withdrawn", {"reason": "Synthetic"}),
    ) == ["accepted", "refused revision.conflict", "duplicate", "accepted", "duplicate", "refused revision.conflict"]


def test_a_candidate_who_died_or_was_renamed_is_still_counted() -> None:
    """Promise: papers are printed once: votes are asked for by the same ids whatever is amended in the night."""
    changes = {"cay-specimen": CandidateAmendment(name="Cay Specimen (deceased)", party="ynmp-party:2")}
    amendment = Amendment(ballot_id=TESTSHIRE, electorate=55_000, name="Test", candidates=changes)
    register = synthetic_register(contests={TESTSHIRE: amended(REGISTER.contests[TESTSHIRE], amendment)})
    assert reasons_of(message("declared", votes=VOTES), register) == ()
    (reason,) = reasons_of(message("declared", votes={**VOTES, "cay-specimen": 5_001}), register)
    assert "more than the 55,000 electors of Test." in reason.message


def test_as_many_stand_as_are_elected_after_an_amendment() -> None:
    """Promise: whether a contest is contested is asked of the register as it is, not of the message."""
    contest = synthetic_contest(candidates=people("ann-example"))
    assert reasons_of(message("uncontested", elected=["ann-example"]), register_of(contest)) == ()
