"""An election is closed or opened again: how that is examined, and what accepting it does."""

from collections.abc import Iterator

from schemas.events import ClosingEvent
from schemas.register import Register
from services.ingest.rules.checks.rehearsal import check_rehearsal
from services.ingest.rules.checks.signed_only import check_signed_only
from services.ingest.rules.event.readable import Readable
from services.ingest.rules.intake import CLOSING, ClosingState, Intake, Remembered
from services.ingest.rules.reasons.examples import like
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.wording import Shown


def check_closing(sent: Readable, election: str, register: Register | None) -> Iterator[Fault]:
    """The message is about this election, which asks for signatures, and says why it is opened again.

    In an election without signatures anybody who may send could close it, so nobody can.
    """
    yield from check_signed_only(sent, election, register)
    if register is None:
        return
    yield from check_rehearsal(sent, election, rehearsed=register.test)
    subject = sent.text("subject")
    if subject is not None and subject != election:
        yield fault("subject.not_the_election", "subject", subject=Shown(subject), election=election)
    if sent.truth("data", "closed") is False and sent.value("data", "reason") is None:
        yield fault("election.reopened_without_reason", "data", "reason", like=like("reason"))


def accept_closing(intake: Intake, event: ClosingEvent, _sequence: int) -> tuple[Remembered, ...] | Fault:
    """Remember since when it is closed, or that it is open again."""
    if event.data.closed == (intake.closed_since is not None):
        state = "open" if intake.closed_since is None else f"closed since {intake.closed_since}"
        return fault("election.nothing_changed", "data", "closed", election=intake.election, state=state)
    return (Remembered(CLOSING, "election", ClosingState(event.acceptedtime if event.data.closed else None)),)


def check_open(intake: Intake) -> Fault | None:
    """Return the fault of everything that is sent while the election is closed; None while it is open."""
    if intake.closed_since is None:
        return None
    return fault("election.closed", election=intake.election, since=intake.closed_since)
