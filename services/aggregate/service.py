"""The shell of aggregate: reads the ledger, writes results, control and tallies."""

from collections.abc import Iterator
from typing import Final

from schemas.events import ControlEvent, ResultEvent, TallyEvent
from schemas.reading import read_ledger_event
from schemas.register import Register
from schemas.streams import LEDGER, PARKED, RESULTS, TALLIES
from services.aggregate.rules import standing as tables
from services.aggregate.rules.aggregate import aggregate, control, tallies
from services.aggregate.rules.standing import Standing, Stands
from services.shell import RegisterRecord, known, parking, serve
from streams.faststream_adapter import Broker
from streams.fold import Effects, Emission, Entry, Record, Wiring
from streams.observing import NOBODY, Watching

STAGE: Final = "aggregate"


class StoredStanding(Standing):
    """A standing whose records are kept in Redis."""

    def keep(self, record: Record) -> None:
        """Take one record into memory."""
        if isinstance(record.value, RegisterRecord):
            self.keep_register(record.value.register)
        elif isinstance(record.value, Stands):
            self.declarations[record.field] = record.value
        elif isinstance(record.value, ResultEvent):
            self.keep_result(record.value)
        elif isinstance(record.value, TallyEvent):
            self.keep_tally(record.value)
        elif isinstance(record.value, ControlEvent):
            self.keep_control(record.value)

    def restore(self, table: str, field: str, value: bytes) -> None:
        """Take one stored record into memory."""
        if table == tables.REGISTER:
            self.keep_register(Register.model_validate_json(value))
        elif table == tables.DECLARATIONS:
            self.declarations[field] = known(self.election, Stands.stored, value)
        elif table == tables.RESULTS:
            self.keep_result(ResultEvent.model_validate_json(value))
        elif table == tables.TALLIES:
            self.restore_tally(TallyEvent.model_validate_json(value))
        elif table == tables.CONTROL:
            self.keep_control(ControlEvent.model_validate_json(value))


WIRING: Final = Wiring(
    stage=STAGE,
    reads=LEDGER.name,
    writes=(RESULTS.name, TALLIES.name, PARKED[STAGE].name),
    state=StoredStanding,
    park=parking(STAGE, LEDGER.name),
)
"""What aggregate reads and writes."""


def aggregate_ledger(standing: StoredStanding, entry: Entry) -> Iterator[Effects]:
    """Keep results and tallies; stop at what only a later release knows, for everything follows from the ledger."""
    raw = entry.fields[b"data"]
    event = known(standing.election, read_ledger_event, raw)
    found = aggregate(standing, event)
    records: list[Record] = []
    emissions: list[Emission] = []
    if found.register is not None:
        records.append(Record(tables.REGISTER, "register", RegisterRecord(found.register)))
    if found.declaration is not None:
        stands = Stands(found.declaration.data.revision, raw)
        records.append(Record(tables.DECLARATIONS, event.subject, stands))
    if found.result is not None:
        records.append(Record(tables.RESULTS, event.subject, found.result))
        emissions.append(Emission(RESULTS.name, found.result))
    yield Effects(tuple(records), tuple(emissions))
    if found.result is not None or found.register is not None:
        yield from _published(tables.CONTROL, RESULTS.name, control(standing, event))
    if event.groupend:
        yield from _published(tables.TALLIES, TALLIES.name, tallies(standing, event))


def _published(table: str, stream: str, events: Iterator[ControlEvent | TallyEvent]) -> Iterator[Effects]:
    """Yield what publishing an event does, which is kept as what stands; nothing for most results."""
    # All of them are made before any is kept: where our own rule fails on one, none is published.
    for event in tuple(events):
        yield Effects((Record(table, event.subject, event),), (Emission(stream, event),))


def build(broker: Broker) -> Broker:
    """Wire the service to a broker, not yet started."""
    broker.fold(WIRING)(aggregate_ledger)
    return broker


def main(url: str, watching: Watching = NOBODY) -> None:
    """Run the service until it is told to stop, and tell ``watching`` what it does."""
    serve(build(Broker(url)), STAGE, watching)
