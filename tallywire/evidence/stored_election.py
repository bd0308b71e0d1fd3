"""What is on a server, seen at one moment, so that a running pipeline can be checked without stopping it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, cast

from schemas.streams import HEADLINES, LEDGER, RESULTS, STREAMS, TALLIES
from services.ingest.rules.intake import REFUSED
from streams.chain import origin
from streams.fold import START, Entry, place
from streams.keys import Partition
from tallywire.client.connection import Desk
from tallywire.evidence.difference import Difference
from tallywire.evidence.ledger_walk import stated
from tallywire.evidence.replay import GROWING, STAGES, Table

_ENTRY_ID: Final = re.compile("[0-9]{1,20}-[0-9]{1,20}")

CHUNK: Final = 200
"""Entries read at once: 250 kB of declarations as they are, 50 MB were each as large as ingest lets through."""

STREAM_NAMES: Final = (LEDGER.name, RESULTS.name, TALLIES.name, HEADLINES.name)
"""The streams of record, in the order of the flow."""

_ALL_STREAMS: Final = frozenset(stream.name for stream in STREAMS)

TABLES: Final = tuple(
    (wiring.stage, table) for wiring in STAGES for table in wiring.state.tables if table not in (*GROWING, REFUSED)
)
"""Each table that follows from the ledger, with the stage that keeps it; but for those that grow with it."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything about an election, as of one moment; of the streams, where they end. They only grow."""

    election: str
    named: bool
    """Whether the catalogue names it."""
    lengths: dict[str, int]
    last: dict[str, str]
    """Id of the last entry of each stream; ``0-0`` when it is empty."""
    stages: dict[str, Table]
    """The hash of each stage: cursor, sequences, chain."""
    tables: dict[str, Table]
    sizes: dict[str, int]
    """How many fields the tables have that grow with the ledger."""

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


def take_snapshot(desk: Desk, election: str) -> Snapshot:
    """Look at an election.

    Raises:
        Difference: a key is of another kind than the services make it.
    """
    partition = Partition(election)
    stages = [wiring.stage for wiring in STAGES]
    tables = (*(table for _, table in TABLES), *GROWING)
    check_kinds(desk, election, (*STREAM_NAMES, *stages, *tables))
    # One transaction: cursors, tables and the ends of the streams belong together.
    pipeline = desk.at(election).pipeline(transaction=True)
    for stream in STREAM_NAMES:
        pipeline.xlen(partition.key(stream))
        pipeline.xrevrange(partition.key(stream), count=1)
    for part in (*stages, *(table for _, table in TABLES)):
        pipeline.hgetall(partition.key(part))
    for table in GROWING:
        pipeline.hlen(partition.key(table))
    answers = iter(pipeline.execute())
    ends = list(islice(answers, 2 * len(STREAM_NAMES)))
    hashes = [_decoded(found) for found in islice(answers, len(stages) + len(TABLES))]
    return Snapshot(
        election=election,
        named=election in desk.elections(),
        lengths=dict(zip(STREAM_NAMES, ends[0::2], strict=True)),
        last={
            stream: last[0][0].decode() if last else START
            for stream, last in zip(STREAM_NAMES, ends[1::2], strict=True)
        },
        stages=dict(zip(stages, hashes[: len(stages)], strict=True)),
        tables=dict(zip((table for _, table in TABLES), hashes[len(stages) :], strict=True)),
        sizes=dict(zip(GROWING, answers, strict=True)),
    )


def check_kinds(desk: Desk, election: str, parts: Sequence[str]) -> None:
    """See that keys are of the kind that the services make them.

    Raises:
        Difference: one is not.
    """
    pipeline = desk.at(election).pipeline(transaction=False)
    for part in parts:
        pipeline.type(Partition(election).key(part))
    for part, found in zip(parts, pipeline.execute(), strict=True):
        kind = b"stream" if part in _ALL_STREAMS else b"hash"
        if found not in (kind, b"none"):
            key = Partition(election).key(part)
            remedy = f"Put it aside, so that nothing is lost: `RENAME {key} {key}-aside`. Then verify again."
            raise Difference(part, "The key is of another kind.", kind.decode(), found.decode(), remedy=remedy)


def _decoded(found: dict[bytes, bytes]) -> Table:
    return {name.decode(errors="backslashreplace"): value for name, value in found.items()}


def read_chunks(client: Any, key: str, last: str, count: int = CHUNK) -> Iterator[list[Entry]]:  # noqa: ANN401  # as Desk
    """Yield a stream from its first entry up to and with the one of id ``last``, some entries at a time."""
    start = "-"
    while found := _range(client, key, start, last, count):
        yield found
        start = f"({found[-1].id}"


def _range(client: Any, key: str, first: str, last: str, count: int) -> list[Entry]:  # noqa: ANN401  # as Desk
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


def ledger_chunks(desk: Desk, snapshot: Snapshot) -> Iterator[list[Entry]]:
    """Yield the ledger as of the snapshot."""
    return read_chunks(
        desk.at(snapshot.election), Partition(snapshot.election).key(LEDGER.name), snapshot.last[LEDGER.name]
    )


def last_chain(desk: Desk, snapshot: Snapshot) -> str:
    """Return the chain that the ledger's last entry states; nobody has checked it.

    Raises:
        Difference: it states none.
    """
    last = snapshot.last[LEDGER.name]
    if last == START:
        return origin(snapshot.election)
    (entry,) = _range(desk.at(snapshot.election), Partition(snapshot.election).key(LEDGER.name), last, last, 1)
    return stated(entry.fields.get(b"data", b""), f"ledger entry {snapshot.lengths[LEDGER.name]} (id {last})")[1]


def reached(entry_id: str, cursor: str) -> bool:
    """Whether a stage with that cursor has folded the entry."""
    return place(entry_id.encode()) <= place(cursor.encode())
