"""The shell of aggregate: reads the ledger, writes results, control and tallies."""

from collections.abc import Iterator
from typing import Final

from schemas import tables as public
from schemas.events import ControlEvent, LedgerEvent, ResultEvent, TallyEvent
from schemas.reading import read_ledger_event
from schemas.streams import LEDGER, PARKED, RESULTS, TALLIES
from services.aggregate.rules import standing as tables
from services.aggregate.rules.derived_events import (
    Amended,
    Change,
    Declared,
    Loaded,
    Reviewed,
    change_of,
    control_events,
    region_events,
    tally_events,
)
from services.aggregate.rules.review import Review
from services.aggregate.rules.standing import Changed, Standing, StandingDeclaration
from services.rules.winners import Winners
from services.shell import known, parking
from streams.faststream_adapter import Router
from streams.fold import Effects, Emission, Entry, Record, Table, Wiring

STAGE: Final = "aggregate"

router = Router()


def _restore_declaration(standing: Standing, ballot_id: str, stored: bytes) -> None:
    standing.keep_declaration(ballot_id, known(standing.election, StandingDeclaration.decode, stored))


WIRING: Final = Wiring(
    stage=STAGE,
    reads=LEDGER.name,
    writes=(RESULTS.name, TALLIES.name, PARKED[STAGE].name),
    state=Standing,
    tables=(
        Table(tables.REGISTER, public.REGISTER.restore, Standing.keep_register),
        Table(tables.CONTESTS, public.CONTESTS.restore, Standing.keep_contest),
        Table(tables.DECLARATIONS, bytes, Standing.keep_declaration, restore=_restore_declaration),
        Table(tables.RESULTS, ResultEvent.model_validate_json, Standing.keep_result),
        Table(tables.WINNERS, Winners.decode, Standing.keep_winners),
        Table(tables.TALLIES, TallyEvent.model_validate_json, Standing.keep_tally),
        Table(tables.CHANGED, Changed.decode, Standing.keep_changed),
        Table(tables.HOLDS, Review.decode, Standing.keep_review),
        Table(tables.CONTROL, ControlEvent.model_validate_json, Standing.keep_control),
    ),
    park=parking(STAGE, LEDGER.name),
    numbered_by="ingest",
    form=3,
)
"""What aggregate reads, writes and keeps."""


@router.fold(WIRING)
def aggregate_ledger(standing: Standing, entry: Entry) -> Iterator[Effects]:
    """Publish what follows from a ledger entry: a result, control, and at the end of a group tallies.

    What only a later release knows stops the stage, for everything follows from the ledger.
    """
    raw = entry.fields[b"data"]
    event = known(standing.election, read_ledger_event, raw)
    change = change_of(standing, event)
    if change is not None:
        yield Effects(tuple(_records(standing, event, raw, change)), tuple(_emissions(change)))
        for result in region_events(standing, event):
            yield Effects(tuple(_result_records(standing, result)), (Emission(RESULTS.name, result),))
        yield from _published(tables.CONTROL, RESULTS.name, control_events(standing, event))
    if event.groupend:
        yield from _published(tables.TALLIES, TALLIES.name, tally_events(standing, event))


def _records(standing: Standing, event: LedgerEvent, raw: bytes, change: Change) -> Iterator[Record]:
    match change:
        case Loaded(register):
            yield Record(tables.REGISTER, "election", register.head())
            for listed in register.contests.items():
                yield Record(tables.CONTESTS, *listed)
            return
        case Amended(contest, _, head):
            if head is not None:
                yield Record(tables.REGISTER, "election", head)
            yield Record(tables.CONTESTS, event.subject, contest)
        case Declared():
            yield from _declared(event.subject, raw, change)
        case Reviewed(review, _):
            yield Record(tables.HOLDS, event.subject, review)
    if change.result is not None:
        yield from _result_records(standing, change.result)


def _result_records(standing: Standing, result: ResultEvent) -> Iterator[Record]:
    for region, changed in standing.changed_by(result.data):
        yield Record(tables.CHANGED, region, changed)
    yield Record(tables.RESULTS, result.data.ballot_id, result)


def _declared(ballot_id: str, raw: bytes, declared: Declared) -> Iterator[Record]:
    yield Record(tables.DECLARATIONS, ballot_id, StandingDeclaration(declared.revision, raw))
    if declared.result.data.elected:
        yield Record(tables.WINNERS, ballot_id, Winners(declared.result.data.elected))
    if declared.review is not None:
        yield Record(tables.HOLDS, ballot_id, declared.review)


def _emissions(change: Change) -> Iterator[Emission]:
    if not isinstance(change, Loaded) and change.result is not None:
        yield Emission(RESULTS.name, change.result)


def _published(table: str, stream: str, events: Iterator[ControlEvent | TallyEvent]) -> Iterator[Effects]:
    """Publish events, and keep each as the last one of its subject."""
    # All of them are made before any is kept: where our own rule fails on one, none is published.
    for event in tuple(events):
        records = [Record(table, event.subject, event)]
        if isinstance(event, TallyEvent) and event.data.changed:
            records.append(Record(tables.CHANGED, event.subject, Changed()))
        yield Effects(tuple(records), (Emission(stream, event),))
