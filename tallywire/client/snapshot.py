"""An election as it stands at one moment: what its tables hold, and where its streams end just then.

All keys of an election lie on one server, so that one transaction reads them together, whatever the services write
meanwhile. To go on from a snapshot, follow each stream from ``Snapshot.ends``: nothing is missed, nothing comes twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from pydantic import ValidationError

from schemas.events import RegisterEvent
from schemas.register import Register
from schemas.streams import HEADLINES, LEDGER, RESULTS, TALLIES
from streams.fold import START
from streams.keys import Partition
from tallywire.client.connection import Connection
from tallywire.client.errors import UnreadableError
from tallywire.client.progress import PIPELINE

STANDING_RESULTS: Final = "standing:results"
STANDING_TALLIES: Final = "standing:tallies"
STANDING_CONTROL: Final = "standing:control"
"""The public tables: the latest result of each contest, the tally of each region, who runs each body."""

STREAM_NAMES: Final = (LEDGER.name, RESULTS.name, TALLIES.name, HEADLINES.name)
"""The streams of record, in the order of the flow."""

Table = dict[str, bytes]
"""A table: values by field."""

_SEQUENCE: Final = "sequence:"


@dataclass(frozen=True, slots=True)
class StreamEnd:
    """Where a stream ended at some moment. Streams only grow."""

    length: int
    """Entries on it."""
    last_id: str
    """Id of the last one; ``0-0`` when there is none."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What some keys of an election held at one moment."""

    ends: Mapping[str, StreamEnd]
    tables: Mapping[str, Table]
    sizes: Mapping[str, int]
    """How many fields the tables have that were only counted."""


def read_at_once(
    connection: Connection,
    election: str,
    *,
    streams: Sequence[str] = (),
    tables: Sequence[str] = (),
    counted: Sequence[str] = (),
) -> Reading:
    """Read keys of an election as they are at one moment.

    Args:
        connection: where the election is.
        election: its id.
        streams: names of streams whose ends are read.
        tables: names of tables that are read whole.
        counted: names of tables whose fields are only counted.
    """
    partition = Partition(election)
    pipeline = connection.at(election).pipeline(transaction=True)
    for stream in streams:
        pipeline.xlen(partition.key(stream))
        pipeline.xrevrange(partition.key(stream), count=1)
    for table in tables:
        pipeline.hgetall(partition.key(table))
    for table in counted:
        pipeline.hlen(partition.key(table))
    answers = iter(pipeline.execute())
    ends = {name: StreamEnd(next(answers), _last_id(next(answers))) for name in streams}
    return Reading(
        ends=ends,
        tables={name: _decoded(next(answers)) for name in tables},
        sizes=dict(zip(counted, answers, strict=True)),
    )


def _last_id(last: list[tuple[bytes, object]]) -> str:
    return last[0][0].decode() if last else START


def _decoded(stored: Mapping[bytes, bytes]) -> Table:
    return {name.decode(errors="backslashreplace"): value for name, value in stored.items()}


@dataclass(frozen=True, slots=True)
class StageMark:
    """How far a service had come."""

    cursor: str
    """Id of the last entry that it has folded in; ``0-0`` before the first."""
    folded: int
    """How many entries it has folded in. For aggregate that is the ledger's sequence at which the tables are true."""
    sequences: Mapping[str, int]
    """Last ``sequence`` that it has given on each stream it writes."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An election at one moment. Events are as published."""

    election: str
    register: bytes | None
    """The event that loaded the register, without what was amended since; None before it was accepted."""
    results: Table
    """The latest result of each contest that has one, by ballot id."""
    tallies: Table
    """The tally of each region, by region."""
    control: Table
    """Who runs each body, by body."""
    stages: Mapping[str, StageMark]
    """How far each service was: the tables are true at aggregate's."""
    ends: Mapping[str, str]
    """Id of the last entry on each stream of record: what comes after it is news."""


def take_snapshot(connection: Connection, election: str) -> Snapshot:
    """Return an election as it stands now.

    Raises:
        UnreadableError: what a service stored about itself cannot be read.
    """
    services = [service for service, _ in PIPELINE]
    standing = (STANDING_RESULTS, STANDING_TALLIES, STANDING_CONTROL)
    reading = read_at_once(connection, election, streams=STREAM_NAMES, tables=(*services, *standing))
    return Snapshot(
        election=election,
        # The first entry of a ledger never changes: it is the same at every moment after.
        register=_first_entry(connection, election) if reading.ends[LEDGER.name].length else None,
        results=reading.tables[STANDING_RESULTS],
        tallies=reading.tables[STANDING_TALLIES],
        control=reading.tables[STANDING_CONTROL],
        stages={service: _mark(election, service, reading.tables[service]) for service in services},
        ends={name: end.last_id for name, end in reading.ends.items()},
    )


def _mark(election: str, service: str, stored: Table) -> StageMark:
    try:
        return StageMark(
            cursor=stored.get("cursor", START.encode()).decode(),
            folded=int(stored.get("folded", 0)),
            sequences={
                name.removeprefix(_SEQUENCE): int(number)
                for name, number in stored.items()
                if name.startswith(_SEQUENCE)
            },
        )
    except ValueError as error:
        raise UnreadableError(f"What {Partition(election).key(service)} says cannot be read: {error}.") from error


def read_tallies(connection: Connection, election: str) -> Table:
    """Return the tally of each region, as published, by region."""
    return _decoded(connection.at(election).hgetall(Partition(election).key(STANDING_TALLIES)))


def read_result(connection: Connection, election: str, ballot_id: str) -> bytes | None:
    """Return the contest's latest result, as published; None while it has none."""
    return cast("bytes | None", connection.at(election).hget(Partition(election).key(STANDING_RESULTS), ballot_id))


def read_register(connection: Connection, election: str) -> Register | None:
    """Return the register as it was loaded; None while the ledger is empty.

    Raises:
        UnreadableError: the ledger does not begin with one.
    """
    event = _first_entry(connection, election)
    try:
        return RegisterEvent.model_validate_json(event, extra="ignore").data if event is not None else None
    except ValidationError as error:
        raise UnreadableError(f"The first entry on the ledger of {election} is no register.") from error


def _first_entry(connection: Connection, election: str) -> bytes | None:
    key = Partition(election).key(LEDGER.name)
    first = cast("list[tuple[bytes, dict[bytes, bytes]]]", connection.at(election).xrange(key, count=1))
    return first[0][1].get(b"data", b"") if first else None
