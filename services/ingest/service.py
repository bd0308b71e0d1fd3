"""The shell of ingest: reads the declarations stream, writes ledger, receipts and refusals."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final, assert_never

import structlog

from schemas.streams import DECLARATIONS, LEDGER, PARKED, RECEIPTS, REFUSALS
from services.ingest.rules.answers import receipt_of, refusal_of
from services.ingest.rules.intake import TABLES, Intake, Remembered
from services.ingest.rules.judging import Accepted, Duplicate, Refused, judge
from services.shell import parking, serve
from streams.faststream_adapter import Broker
from streams.fold import Effects, Emission, Entry, Record, Wiring
from streams.observing import NOBODY, Watching

STAGE: Final = "ingest"

log = structlog.get_logger()


class StoredIntake(Intake):
    """An intake whose records are kept in Redis."""

    tables: ClassVar[tuple[str, ...]] = tuple(TABLES)

    def keep(self, record: Record | Remembered) -> None:
        """Take one record into memory."""
        TABLES[record.table].keep(self, record.field, record.value)

    def restore(self, table: str, field: str, value: bytes) -> None:
        """Take one stored record into memory."""
        TABLES[table].keep(self, field, TABLES[table].decode(value))


@dataclass(frozen=True, slots=True)
class Sent:
    """An event as it was sent."""

    data: bytes

    def encode(self) -> bytes:
        """Return its bytes."""
        return self.data


WIRING: Final = Wiring(
    stage=STAGE,
    reads=DECLARATIONS.name,
    writes=(LEDGER.name, RECEIPTS.name, REFUSALS.name, PARKED[STAGE].name),
    state=StoredIntake,
    park=parking(STAGE, DECLARATIONS.name),
    chained=LEDGER.name,
)
"""What ingest reads and writes."""


def ingest_declarations(intake: StoredIntake, entry: Entry) -> Iterator[Effects]:
    """Take declarations, or say why not."""
    judgement = judge(intake, entry.id, entry.fields)
    receipt = Emission(RECEIPTS.name, receipt_of(judgement))
    match judgement:
        case Accepted(entry=judged, sent=sent, remembered=remembered):
            ledger = Emission(LEDGER.name, Sent(sent), {"acceptedtime": judged.time})
            yield Effects(_records(remembered), (ledger, receipt))
        case Duplicate():
            yield Effects((), (receipt,))
        case Refused(entry=judged, reasons=reasons, remembered=remembered):
            # What was accepted is on the ledger; here it would only drown what is news.
            log.info(
                "declaration.refused",
                election=judged.election,
                entry=judged.id,
                subject=judged.subject or judged.id,
                reasons=[reason.code for reason in reasons],
            )
            yield Effects(_records(remembered), (Emission(REFUSALS.name, refusal_of(judgement)), receipt))
        case _:
            assert_never(judgement)


def _records(remembered: tuple[Remembered, ...]) -> tuple[Record, ...]:
    return tuple(Record(each.table, each.field, each.value) for each in remembered)


def build(broker: Broker) -> Broker:
    """Wire the service to a broker, not yet started."""
    broker.fold(WIRING)(ingest_declarations)
    return broker


def main(url: str, watching: Watching = NOBODY) -> None:
    """Run the service until it is told to stop, and tell ``watching`` what it does."""
    serve(build(Broker(url)), STAGE, watching)
