"""An election as it stands at one moment: what its tables hold, and where its streams end just then.

All keys of an election lie on one server, so that one transaction reads them together, whatever the services write
meanwhile. To go on from a snapshot, follow each stream from ``Snapshot.ends``: nothing is missed, nothing comes twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from pydantic import BaseModel, ValidationError

from schemas import tables
from schemas.register import Register, RegisterHead
from schemas.streams import HEADLINES, LEDGER, RESULTS, TALLIES
from streams.fold import START
from streams.keys import Partition
from tallywire.client.connection import Connection, ask_at_once
from tallywire.client.errors import UnreadableError
from tallywire.client.progress import PIPELINE

STREAM_NAMES: Final = (LEDGER.name, RESULTS.name, TALLIES.name, HEADLINES.name)
"""The streams of record, in the order of the flow."""

Table = dict[str, bytes]
"""A table: values by field."""

HEAD: Final = "election"
"""The only field of the table with the register's head."""

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
    named: Sequence[str] = (),
    counted: Sequence[str] = (),
) -> Reading:
    """Read keys of an election as they are at one moment.

    Args:
        connection: where the election is.
        election: its id.
        streams: names of streams whose ends are read.
        named: names of tables that are read whole.
        counted: names of tables whose fields are only counted.
    """
    partition = Partition(election)

    def ask(pipeline: Any) -> None:  # noqa: ANN401  # of redis-py
        for stream in streams:
            pipeline.xlen(partition.key(stream))
            pipeline.xrevrange(partition.key(stream), count=1)
        for table in named:
            pipeline.hgetall(partition.key(table))
        for table in counted:
            pipeline.hlen(partition.key(table))

    answers = iter(ask_at_once(connection.at(election), ask))
    ends = {name: StreamEnd(next(answers), _last_id(next(answers))) for name in streams}
    return Reading(
        ends=ends,
        tables={name: _decoded(next(answers)) for name in named},
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
    register: Register | None
    """The register as amended; None before aggregate has read it."""
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
        UnreadableError: the register, or what a service stored about itself, cannot be read.
    """
    services = [service for service, _ in PIPELINE]
    standing = [table.name for table in tables.TABLES]
    reading = read_at_once(connection, election, streams=STREAM_NAMES, named=(*services, *standing))
    return Snapshot(
        election=election,
        register=_register(election, reading),
        results=reading.tables[tables.RESULTS.name],
        tallies=reading.tables[tables.TALLIES.name],
        control=reading.tables[tables.CONTROL.name],
        stages={service: _mark(election, service, reading.tables[service]) for service in services},
        ends={name: end.last_id for name, end in reading.ends.items()},
    )


def _register(election: str, reading: Reading) -> Register | None:
    heads, contests = reading.tables[tables.REGISTER.name], reading.tables[tables.CONTESTS.name]
    if not heads:
        return None
    head = _head(election, heads.get(HEAD, b""))
    try:
        return head.with_contests({ballot_id: tables.CONTESTS.read(value) for ballot_id, value in contests.items()})
    except ValidationError as error:
        raise UnreadableError(f"What {Partition(election).key(tables.CONTESTS.name)} holds is no contest.") from error


def _head(election: str, value: bytes) -> RegisterHead:
    try:
        return tables.REGISTER.read(value)
    except ValidationError as error:
        raise UnreadableError(f"What {Partition(election).key(tables.REGISTER.name)} holds is no register.") from error


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


def read_table(connection: Connection, election: str, table: tables.Table[BaseModel]) -> Table:
    """Return what a public table holds, as published, by field."""
    return _decoded(connection.at(election).hgetall(Partition(election).key(table.name)))


def has_contest(connection: Connection, election: str, ballot_id: str) -> bool:
    """Whether the election's register lists the contest."""
    return connection.at(election).hget(Partition(election).key(tables.CONTESTS.name), ballot_id) is not None


def read_register_head(connection: Connection, election: str) -> RegisterHead | None:
    """Return the register without its contests; None before aggregate has read it.

    Raises:
        UnreadableError: what is stored there is none.
    """
    value = cast("bytes | None", connection.at(election).hget(Partition(election).key(tables.REGISTER.name), HEAD))
    return None if value is None else _head(election, value)
