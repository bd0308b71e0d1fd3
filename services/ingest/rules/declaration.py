"""A declaration: how it is examined, and what accepting it does."""

from collections.abc import Iterator

from schemas.events import DeclarationEvent
from schemas.register import Register
from services.ingest.rules.checks.contest import check_contest, contest_of
from services.ingest.rules.checks.figures import check_figures
from services.ingest.rules.checks.kind import check_kind
from services.ingest.rules.event.figures import figures_of, kind_of
from services.ingest.rules.event.readable import Readable
from services.ingest.rules.intake import REVISIONS, Intake, Remembered, Taken, figures_digest, revision_key
from services.ingest.rules.reasons.faults import Fault, fault


def check_declaration(sent: Readable, election: str, register: Register | None) -> Iterator[Fault]:
    """The declaration says what its kind needs, and it can be true of a contest of this election."""
    yield from check_contest(sent, election, register)
    kind, data = kind_of(sent), sent.value("data")
    if kind is not None and isinstance(data, dict):
        yield from check_kind(kind, data)
    yield from check_figures(figures_of(sent), contest_of(sent.event, register))


def accept_declaration(
    intake: Intake, event: DeclarationEvent, sequence: int
) -> tuple[Remembered, ...] | Taken | Fault:
    """Remember the revision; the same one again is a repeat when it says the same, and is refused when it does not.

    Raises:
        LookupError: the register does not list the contest.
    """
    declared = event.data
    revisions = intake.contests[declared.ballot_id]
    taken = Taken(figures_digest(declared), sequence)
    earlier = revisions.get(declared.revision)
    if earlier is None:
        return (Remembered(REVISIONS, revision_key(declared.ballot_id, declared.revision), taken),)
    if earlier.digest == taken.digest:
        return earlier
    return fault(
        "revision.conflict",
        *("data", "revision"),
        revision=declared.revision,
        next=max(revisions) + 1,
        first=earlier.ledger_sequence,
    )
