"""The shell of ingest: reads the declarations stream, writes ledger, receipts and refusals."""

from collections.abc import Iterator
from typing import Final, assert_never

import structlog

from schemas.streams import DECLARATIONS, LEDGER, PARKED, RECEIPTS, REFUSALS
from services.ingest.rules.answers import receipts_of, refusal_of
from services.ingest.rules.intake import TABLES, Intake, Remembered
from services.ingest.rules.judgement import Accepted, Duplicate, Held, Judged, Refused, Waiting
from services.ingest.rules.judging import instant, judge
from services.shell import ID_LENGTH_MAX, parking
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
    tables=tuple(Table(name, row.decode, row.keep) for name, row in TABLES.items()),
    park=parking(STAGE, DECLARATIONS.name),
    chained=LEDGER.name,
    timed=True,
    form=5,
)
"""What ingest reads, writes and keeps."""


@router.fold(WIRING)
def ingest_declarations(intake: Intake, entry: Entry) -> Iterator[Effects]:
    """Take declarations, or say why not."""
    judgement = judge(intake, entry.id, entry.fields, instant(entry.read_ms))
    receipts = tuple(Emission(RECEIPTS.name, receipt) for receipt in receipts_of(judgement))
    match judgement:
        case Accepted(written=written, remembered=remembered) | Held(written=written, remembered=remembered):
            if isinstance(judgement, Held):
                codes = [reason.code for reason in judgement.reasons]
                log.info("declaration.held", **_ids(judgement.entry), hold=judgement.hold, reasons=codes)
            ledger = tuple(Emission(LEDGER.name, one, one.attributes) for one in written)
            yield Effects(_records(remembered), (*ledger, *receipts))
        case Waiting(remembered=remembered):
            yield Effects(_records(remembered), receipts)
        case Duplicate():
            yield Effects((), receipts)
        case Refused(entry=judged, reasons=reasons, remembered=remembered):
            # What was accepted is on the ledger; here it would only drown what is news.
            # Each code once: who makes one mistake makes it everywhere.
            codes = list(dict.fromkeys(reason.code for reason in reasons))
            log.info("declaration.refused", **_ids(judged), reasons=codes)
            yield Effects(_records(remembered), (Emission(REFUSALS.name, refusal_of(judgement)), *receipts))
        case _:
            assert_never(judgement)


def _ids(judged: Judged) -> dict[str, str]:
    """Return the ids of an entry that was judged, for a log."""
    ids = {"event_id": judged.event_id, "ballot": judged.subject}
    said = {name: value[:ID_LENGTH_MAX] for name, value in ids.items() if value is not None}
    return {"election": judged.election, "entry": judged.id, **said}


def _records(remembered: tuple[Remembered, ...]) -> tuple[Record, ...]:
    return tuple(Record(each.table, each.field, each.value) for each in remembered)
