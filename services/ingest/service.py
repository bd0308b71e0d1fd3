"""The shell of ingest: reads the declarations stream, writes ledger, receipts and refusals."""

from collections.abc import Iterator
from typing import Final

import structlog

from schemas.register import Contest, RegisterHead
from schemas.streams import DECLARATIONS, LEDGER, PARKED, RECEIPTS, REFUSALS
from services.ingest.rules import intake as tables
from services.ingest.rules.intake import Intake, Kept, Taken
from services.ingest.rules.judging import Judgement, judge
from services.rules.register_parts import head_of
from services.shell import parking, serve
from streams.faststream_adapter import Broker, Router
from streams.fold import Effects, Emission, Entry, Record, Table, Wiring
from streams.observing import NOBODY, Watching

STAGE: Final = "ingest"

log = structlog.get_logger()

router = Router()

WIRING: Final = Wiring(
    stage=STAGE,
    reads=DECLARATIONS.name,
    writes=(LEDGER.name, RECEIPTS.name, REFUSALS.name, PARKED[STAGE].name),
    state=Intake,
    tables=(
        Table(tables.REGISTER, RegisterHead.model_validate_json, Intake.keep_register),
        Table(tables.CONTESTS, Contest.model_validate_json, Intake.keep_contest),
        Table(tables.REVISIONS, Taken.decode, Intake.keep_revision),
        Table(tables.TAKEN, Taken.decode, Intake.keep_taken),
        Table(tables.REFUSED, Kept.decode, Intake.keep_refused),
    ),
    park=parking(STAGE, DECLARATIONS.name),
    chained=LEDGER.name,
    form=2,
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
    yield Effects(tuple(_records(found)), tuple(_emissions(found)))


def _records(found: Judgement) -> Iterator[Record]:
    if found.register is not None:
        yield Record(tables.REGISTER, "election", head_of(found.register))
        for listed in found.register.contests.items():
            yield Record(tables.CONTESTS, *listed)
    if found.contest is not None:
        yield Record(tables.CONTESTS, *found.contest)
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


def main(url: str, watching: Watching = NOBODY) -> None:
    """Run the service until it is told to stop, and tell ``watching`` what it does."""
    serve(Broker(url, router), STAGE, watching)
