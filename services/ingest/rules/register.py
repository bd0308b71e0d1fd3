"""A register: how it is examined, and what accepting it does."""

from collections.abc import Iterator

from schemas.events import RegisterEvent
from schemas.register import Register
from services.ingest.rules.checks.register_size import check_register_size
from services.ingest.rules.checks.rehearsal import check_rehearsal
from services.ingest.rules.event.readable import Readable
from services.ingest.rules.intake import CONTESTS, REGISTER, Intake, Remembered
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.wording import Shown


def check_register(sent: Readable, election: str, _loaded: Register | None) -> Iterator[Fault]:
    """The register is of the election that it was sent to, and describes no more than an election may have."""
    described = sent.text("data", "election")
    if described is not None and described != election:
        yield fault("register.other_election", "data", "election", value=Shown(described), election=election)
    subject = sent.text("subject")
    if subject is not None and subject != election:
        yield fault("subject.not_the_election", "subject", subject=Shown(subject), election=election)
    yield from check_register_size(sent)
    yield from check_rehearsal(sent, election, rehearsed=sent.truth("data", "test"))


def accept_register(intake: Intake, event: RegisterEvent, _sequence: int) -> tuple[Remembered, ...] | Fault:
    """Remember the register and its contests; a second one is refused."""
    if intake.register is not None:
        return fault("register.already_loaded", "data")
    contests = (Remembered(CONTESTS, *listed) for listed in event.data.contests.items())
    return (Remembered(REGISTER, "election", event.data.head()), *contests)
