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
from services.shell import known, parking
from streams.faststream_adapter import Router
from streams.fold import Effects, Emission, Entry, Record, Table, Wiring

STAGE: Final = "aggregate"

router = Router()


def _restore_declaration(standing: Standing, ballot_id: str, stored: bytes) -> None:
    standing.keep_declaration(ballot_id, known(standing.election, Stands.decode, stored))


WIRING: Final = Wiring(
    stage=STAGE,
    reads=LEDGER.name,
    writes=(RESULTS.name, TALLIES.name, PARKED[STAGE].name),
    state=Standing,
    tables=(
        Table(tables.REGISTER, Register.model_validate_json, Standing.keep_register),
        Table(tables.DECLARATIONS, bytes, Standing.keep_declaration, restore=_restore_declaration),
        Table(tables.RESULTS, ResultEvent.model_validate_json, Standing.keep_result),
        Table(tables.TALLIES, TallyEvent.model_validate_json, Standing.keep_tally, restore=Standing.restore_tally),
        Table(tables.CONTROL, ControlEvent.model_validate_json, Standing.keep_control),
    ),
    park=parking(STAGE, LEDGER.name),
)
"""What aggregate reads, writes and keeps."""


@router.fold(WIRING)
def aggregate_ledger(standing: Standing, entry: Entry) -> Iterator[Effects]:
    """Keep results and tallies; stop at what only a later release knows, for everything follows from the ledger."""
    raw = entry.fields[b"data"]
    event = known(standing.election, read_ledger_event, raw)
    found = aggregate(standing, event)
    records: list[Record] = []
    emissions: list[Emission] = []
    if found.register is not None:
        records.append(Record(tables.REGISTER, "register", found.register))
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
