"""The shell of ingest: reads the declarations stream, writes ledger, receipts and refusals."""

from collections.abc import Iterator
from typing import Final

import structlog

from schemas.register import Register
from schemas.streams import DECLARATIONS, LEDGER, PARKED, RECEIPTS, REFUSALS
from services.ingest.rules import intake as tables
from services.ingest.rules.intake import Intake, Kept, Listed, Taken
from services.ingest.rules.judging import Judgement, judge
from services.shell import parking
from streams.faststream_adapter import Router
from streams.fold import Effects, Emission, Entry, Record, Table, Wiring

STAGE: Final = "ingest"

log = structlog.get_logger()

router = Router()

WIRING: Final = Wiring(
    stage=STAGE,
    reads=DECLARATIONS.name,
    writes=(LEDGER.name, RECEIPTS.name, REFUSALS.name, PARKED[STAGE].name),
    state=Intake,
    tables=(
        Table(tables.REGISTER, Register.model_validate_json, Intake.keep_register),
        Table(tables.CONTESTS, Listed.decode, Intake.keep_contest),
        Table(tables.REVISIONS, Taken.decode, Intake.keep_revision),
        Table(tables.TAKEN, Taken.decode, Intake.keep_taken),
        Table(tables.REFUSED, Kept.decode, Intake.keep_refused),
    ),
    park=parking(STAGE, DECLARATIONS.name),
    chained=LEDGER.name,
)
"""What ingest reads, writes and keeps."""


@router.fold(WIRING)
def ingest_declarations(intake: Intake, entry: Entry) -> Iterator[Effects]:
    """Take declarations, or say why not."""
    found = judge(intake, entry.id, entry.fields)
    receipt = found.receipt.data
    if receipt.status == "refused":
        # What was accepted is on the ledger; here it would only drown what is news.
        log.info(
            "declaration.refused",
            election=intake.election,
            entry=entry.id,
            subject=found.receipt.subject,
            reasons=[reason.code for reason in receipt.reasons],
        )
    yield Effects(tuple(_records(intake, found)), tuple(_emissions(found)))


def _records(intake: Intake, found: Judgement) -> Iterator[Record]:
    if found.register is not None:
        yield Record(tables.REGISTER, "register", found.register)
        for ballot_id in found.register.contests:
            if ballot_id not in intake.contests:
                yield Record(tables.CONTESTS, ballot_id, Listed())
    if found.revision is not None:
        yield Record(tables.REVISIONS, found.revision.field, found.revision.taken)
    if found.taken is not None:
        yield Record(tables.TAKEN, *found.taken)
    if found.refused is not None:
        yield Record(tables.REFUSED, "bytes", found.refused)


def _emissions(found: Judgement) -> Iterator[Emission]:
    if found.ledger is not None:
        yield Emission(LEDGER.name, found.ledger)
    if found.refusal is not None:
        yield Emission(REFUSALS.name, found.refusal)
    yield Emission(RECEIPTS.name, found.receipt)
