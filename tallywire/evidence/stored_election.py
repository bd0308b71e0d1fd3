"""All that a server stores of an election, read at one moment, so that a running pipeline can be checked.

The ledger and what follows from it are long, and only grow: they are read afterwards, up to where they ended then.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from schemas.streams import LEDGER, STREAMS
from streams.chain import origin
from streams.fold import START, Entry, place
from streams.keys import Partition
from tallywire.client.connection import Connection
from tallywire.client.snapshot import STREAM_NAMES, StreamEnd, Table, read_at_once
from tallywire.evidence.difference import Difference
from tallywire.evidence.ledger_walk import stated
from tallywire.evidence.private_tables import PRIVATE_TABLES, waiting
from tallywire.evidence.replay import GROWING, STAGES, UNTOLD

_ENTRY_ID: Final = re.compile("[0-9]{1,20}-[0-9]{1,20}")

CHUNK: Final = 200
"""Entries read at once: 250 kB of declarations as they are, 50 MB were each as large as ingest lets through."""

_ALL_STREAMS: Final = frozenset(stream.name for stream in STREAMS)

TABLES: Final = tuple(
    (wiring.stage, table.name) for wiring in STAGES for table in wiring.tables if table.name not in (*GROWING, *UNTOLD)
)
"""Each table that follows from the ledger, with the stage that keeps it; but for those that grow with it."""


@dataclass(frozen=True, slots=True)
class StoredElection:
    """All that a server stored of an election at one moment; of the streams, where they ended."""

    election: str
    named: bool
    """Whether the catalogue names it."""
    ends: Mapping[str, StreamEnd]
    """Of each stream of record."""
    stages: Mapping[str, Table]
    """The hash of each stage: cursor, sequences, chain."""
    tables: Mapping[str, Table]
    sizes: Mapping[str, int]
    """How many fields the tables have that grow with the ledger."""
    private: Mapping[str, Table]
    """The tables of which the ledger has digests only."""
    operator: str | None
    """The thumbprint of the operator's key, as the catalogue has it; None where it has none."""

    def cursor(self, stage: str, remedy: str = "") -> str:
        """Return the id of the last entry that a stage has folded.

        Raises:
            Difference: what is stored there is no id.
        """
        stored = self.stages[stage].get("cursor", START.encode()).decode(errors="replace")
        if not _ENTRY_ID.fullmatch(stored):
            where, what = f"{stage}, field cursor", "It is no id of an entry."
            raise Difference(where, what, "an entry's id", stored, remedy=remedy)
        return stored


def read_election(connection: Connection, election: str) -> StoredElection:
    """Read an election.

    Raises:
        Difference: a key is of another kind than the services make it.
    """
    stages = [wiring.stage for wiring in STAGES]
    tables = [table for _, table in TABLES]
    check_kinds(connection, election, (*STREAM_NAMES, *stages, *tables, *GROWING, *PRIVATE_TABLES))
    named = (*stages, *tables, *PRIVATE_TABLES)
    reading = read_at_once(connection, election, streams=STREAM_NAMES, named=named, counted=GROWING)
    return StoredElection(
        election=election,
        named=election in connection.elections(),
        ends=reading.ends,
        stages={stage: reading.tables[stage] for stage in stages},
        tables={table: reading.tables[table] for table in tables},
        sizes=reading.sizes,
        private=waiting({table: reading.tables[table] for table in PRIVATE_TABLES}),
        operator=connection.operator(election),
    )


def check_kinds(connection: Connection, election: str, parts: Sequence[str]) -> None:
    """See that keys are of the kind that the services make them.

    Raises:
        Difference: one is not.
    """
    pipeline = connection.at(election).pipeline(transaction=False)
    for part in parts:
        pipeline.type(Partition(election).key(part))
    for part, found in zip(parts, pipeline.execute(), strict=True):
        kind = b"stream" if part in _ALL_STREAMS else b"hash"
        if found not in (kind, b"none"):
            key = Partition(election).key(part)
            remedy = f"Put it aside, so that nothing is lost: `RENAME {key} {key}-aside`. Then verify again."
            raise Difference(part, "The key is of another kind.", kind.decode(), found.decode(), remedy=remedy)


def read_chunks(client: Any, key: str, last: str, count: int = CHUNK) -> Iterator[list[Entry]]:  # noqa: ANN401  # as Connection
    """Yield a stream from its first entry up to and with the one of id ``last``, some entries at a time."""
    start = "-"
    while found := _range(client, key, start, last, count):
        yield found
        start = f"({found[-1].id}"


def _range(client: Any, key: str, first: str, last: str, count: int) -> list[Entry]:  # noqa: ANN401  # as Connection
    # The client's own reading of the answer keeps only the last value of a field that is given twice.
    client.set_response_callback("XRANGE", _with_all_fields)
    found = cast("list[tuple[bytes, dict[bytes, bytes]]]", client.xrange(key, min=first, max=last, count=count))
    return [Entry(entry_id.decode(), fields) for entry_id, fields in found]


def _with_all_fields(response: Any, **_options: Any) -> Any:  # noqa: ANN401  # redis-py's signature of a callback
    return [(entry_id, _fields(flat)) for entry_id, flat in response]


def _fields(flat: Sequence[bytes]) -> dict[bytes, bytes]:
    """Return fields by name, and one more where a name is given twice: nobody knows which value is meant."""
    names_and_values = iter(flat)
    fields = dict(zip(names_and_values, names_and_values, strict=True))
    return fields if 2 * len(fields) == len(flat) else fields | {b"given twice": b""}


def ledger_chunks(connection: Connection, stored: StoredElection) -> Iterator[list[Entry]]:
    """Yield the ledger up to where it ended, some entries at a time."""
    key = Partition(stored.election).key(LEDGER.name)
    return read_chunks(connection.at(stored.election), key, stored.ends[LEDGER.name].last_id)


def last_chain(connection: Connection, stored: StoredElection) -> str:
    """Return the chain that the ledger's last entry states; nobody has checked it.

    Raises:
        Difference: it states none.
    """
    end = stored.ends[LEDGER.name]
    if end.last_id == START:
        return origin(stored.election)
    key = Partition(stored.election).key(LEDGER.name)
    (entry,) = _range(connection.at(stored.election), key, end.last_id, end.last_id, 1)
    return stated(entry.fields.get(b"data", b""), f"ledger entry {end.length} (id {end.last_id})")[1]


def reached(entry_id: str, cursor: str) -> bool:
    """Whether a stage with that cursor has folded the entry."""
    return place(entry_id.encode()) <= place(cursor.encode())
