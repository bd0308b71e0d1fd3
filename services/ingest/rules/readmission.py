"""From the ledger back to what ingest remembers: what it would know had it just accepted every entry.

The law: reading a ledger with ``readmit`` gives the register, the revisions and the ids that ``judge`` had kept when
it wrote that ledger, to the byte: both ask ``messages.accept``. So an election moves between servers with its ledger
alone.
"""

from pydantic import ValidationError

from schemas.events import LedgerEvent
from schemas.reading import read_ledger_event
from services.ingest.rules.intake import Intake, Remembered, Taken
from services.ingest.rules.messages import accept
from services.ingest.rules.reasons.faults import Fault, reasons_for


class NotFromIngest(ValueError):  # noqa: N818  # says what is wrong with the entry
    """A ledger entry that ingest cannot have written."""


def readmit(intake: Intake, sequence: int, entry: bytes) -> tuple[Remembered, ...]:
    """Return what ingest remembers of the next ledger entry.

    Args:
        intake: what was accepted before. What there is one of for each declaration (``TAKEN``, ``REVISIONS``) may be
            left out: then repeats are not found.
        sequence: the entry's place on the ledger, from 1.
        entry: its bytes.

    Raises:
        NotFromIngest: ingest cannot have written it after what came before.
        OfLaterRelease: only a later release can have written it.
    """
    event = _event(entry)
    try:
        outcome = accept(intake, event, sequence)
    except LookupError as error:
        before = "it comes before the register"
        unknown = f"it is about {error}, which the register does not list"
        raise NotFromIngest(before if intake.register is None else unknown) from error
    match outcome:
        case Fault() as conflict:
            raise NotFromIngest(f"it would have been refused: {reasons_for([conflict])[0].message}")
        case Taken(ledger_sequence=first):
            raise NotFromIngest(f"it says what ledger entry {first} says")
        case remembered:
            return remembered


def _event(entry: bytes) -> LedgerEvent:
    try:
        return read_ledger_event(entry)
    except ValidationError as error:
        raise NotFromIngest(f"it is no event as ingest accepts it ({error.errors()[0]['msg']})") from error
