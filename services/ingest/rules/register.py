"""A register: how it is examined, and what accepting it does."""

from collections.abc import Iterator

from schemas.events import RegisterEvent
from schemas.register import Register
from schemas.rehearsals import is_rehearsal
from schemas.signatures import read_public_key
from services.ingest.rules.checks.register_size import check_register_size
from services.ingest.rules.checks.rehearsal import check_rehearsal
from services.ingest.rules.event.readable import Readable
from services.ingest.rules.intake import CONTESTS, REGISTER, Intake, Remembered
from services.ingest.rules.keyring import operator_keys
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.wording import Shown
from services.ingest.rules.signed_state import KEYS


def check_register(sent: Readable, election: str, _loaded: Register | None) -> Iterator[Fault]:
    """The register is of the election that it was sent to, and describes no more than an election may have."""
    described = sent.text("data", "election")
    if described is not None and described != election:
        yield fault("register.other_election", "data", "election", value=Shown(described), election=election)
    subject = sent.text("subject")
    if subject is not None and subject != election:
        yield fault("subject.not_the_election", "subject", subject=Shown(subject), election=election)
    if is_rehearsal(election) and sent.truth("data", "test") is False:
        yield fault("register.not_a_rehearsal", "data", "test", election=election)
    operator = sent.text("data", "operator_key")
    if sent.text("data", "signatures") == "required" and operator is None:
        yield fault("register.no_operator_key", "data", "operator_key")
    if operator is not None and read_public_key(operator) is None:
        yield fault("register.no_key", "data", "operator_key")
    yield from check_register_size(sent)
    yield from check_rehearsal(sent, election, rehearsed=sent.truth("data", "test"))


def accept_register(intake: Intake, event: RegisterEvent, _sequence: int) -> tuple[Remembered, ...] | Fault:
    """Remember the register and its contests; a second one is refused."""
    if intake.register is not None:
        return fault("register.already_loaded", "data")
    contests = (Remembered(CONTESTS, *listed) for listed in event.data.contests.items())
    operator = event.data.operator_key if event.data.signatures == "required" else None
    keys = () if operator is None else (Remembered(KEYS, *key) for key in operator_keys(operator).items())
    return (Remembered(REGISTER, "election", event.data.head()), *contests, *keys)
