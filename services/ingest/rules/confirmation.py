"""A hold, and what a second person decides about it: how that is examined, and what accepting it does."""

from collections.abc import Iterator
from dataclasses import replace

from schemas.events import ConfirmationEvent, HoldEvent
from schemas.register import Register
from services.ingest.rules.checks.contest import check_contest
from services.ingest.rules.checks.signed_only import check_signed_only
from services.ingest.rules.event.readable import Readable
from services.ingest.rules.intake import Intake, Remembered
from services.ingest.rules.reasons.examples import like
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.signed_state import HELD, HOLDS, Ended, HoldState


def check_confirmation(sent: Readable, election: str, register: Register | None) -> Iterator[Fault]:
    """The confirmation is about a contest of this election, and says why unless it confirms."""
    if register is None or register.signatures == "none":
        yield from check_signed_only(sent, election, register)
        return
    yield from check_contest(sent, election, register)
    decision = sent.text("data", "decision")
    if decision in ("reject", "return") and sent.value("data", "reason") is None:
        yield fault("confirmation.no_reason", "data", "reason", decision=decision, like=like("reason"))


def accept_hold(_intake: Intake, event: HoldEvent, sequence: int) -> tuple[Remembered, ...]:
    """Remember the hold."""
    hold = event.data
    state = HoldState(
        hold.ballot_id,
        hold.revision,
        hold.digest,
        hold.event,
        event.acceptedtime or event.time or "",
        hold.under_review,
    )
    return (Remembered(HOLDS, str(sequence), state),)


def accept_confirmation(intake: Intake, event: ConfirmationEvent, sequence: int) -> tuple[Remembered, ...] | Fault:
    """Remember how the hold ended; one that has ended cannot be decided again."""
    decided = event.data
    hold = intake.holds.get(decided.hold)
    if hold is None or hold.ballot_id != decided.ballot_id:
        return fault("hold.unknown", "data", "hold", hold=decided.hold, ballot_id=decided.ballot_id)
    if hold.end is not None:
        return ended(hold, "data", "hold")
    end = replace(hold, end=decided.decision, decided_at=sequence, decided_by=event.person, reason=decided.reason)
    return Remembered(HOLDS, str(decided.hold), end), Remembered(HELD, str(decided.hold), Ended())


def ended(hold: HoldState, *loc: str) -> Fault:
    """Return the fault that a hold has ended, with how it did."""
    facts = {"person": hold.decided_by, "reason": hold.reason or "", "place": hold.decided_at}
    code = {
        "confirm": "hold.confirmed",
        "reject": "hold.rejected",
        "return": "hold.returned",
        "superseded": "hold.superseded",
    }[hold.end or "superseded"]
    return fault(code, *loc, **facts)
