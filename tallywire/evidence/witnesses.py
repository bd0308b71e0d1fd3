"""What a ledger is compared with: a server, or, for a file, nothing."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, cast

from schemas.streams import HEADLINES, LEDGER, RESULTS, TALLIES
from streams.contexts import without_context
from streams.fold import START, Entry
from streams.keys import Partition
from tallywire.client.connection import Connection
from tallywire.client.snapshot import Table
from tallywire.evidence.difference import Difference, excerpt, unequal
from tallywire.evidence.ledger_walk import Walk
from tallywire.evidence.operational_state import can_go_on
from tallywire.evidence.replay import DERIVED, IngestReplay, Replay
from tallywire.evidence.stored_election import TABLES, StoredElection, reached, read_chunks


class Nobody:
    """Nothing to compare with, for a file: whatever follows from the ledger is accepted."""

    def __init__(self, private: Mapping[str, Table]) -> None:
        """Begin with no event seen, and with what is private of the election."""
        self._events: Counter[str] = Counter()
        self._private = private

    def has_folded(self, stage: str, entry_id: str) -> bool:  # noqa: ARG002  # whatever it is
        """Accept: nothing to compare with."""
        return True

    def has_kept(self, kept: dict[str, Table]) -> None:
        """Accept: nothing to compare with."""

    def has_published(self, stream: str, event: bytes) -> str:  # noqa: ARG002  # whatever it is
        """Return an id as a server might have given it."""
        self._events[stream] += 1
        return f"{self._events[stream]}-0"

    def operator(self) -> None:
        """Know no catalogue."""

    def private(self) -> Mapping[str, Table]:
        """Return what is beside the file."""
        return self._private

    def ends(self, walk: Walk, ingest: IngestReplay, derived: Sequence[Replay[Any]]) -> None:
        """Accept: nothing to compare with."""


class Server:
    """What is on a server."""

    def __init__(self, connection: Connection, stored: StoredElection) -> None:
        """Compare with the server behind ``connection``, as it was when ``stored`` was read."""
        self._client = connection.at(stored.election)
        self._stored = stored
        self._partition = Partition(stored.election)
        self._cursors = {wiring.stage: stored.cursor(wiring.stage) for wiring in DERIVED}
        # A cursor at the start stands on no entry.
        self._met = {stage for stage, cursor in self._cursors.items() if cursor == START}
        self._streams = {
            stream: _Stream(connection, stored, stream) for stream in (RESULTS.name, TALLIES.name, HEADLINES.name)
        }

    def has_folded(self, stage: str, entry_id: str) -> bool:
        """Whether the stage's cursor is at the entry or beyond."""
        if entry_id == self._cursors[stage]:
            self._met.add(stage)
        return reached(entry_id, self._cursors[stage])

    def has_kept(self, kept: dict[str, Table]) -> None:
        """Compare what ingest keeps of some entries."""
        for table, fields in kept.items():
            if fields:
                found = cast("list[bytes | None]", self._client.hmget(self._partition.key(table), list(fields)))
                for (key, expected), value in zip(fields.items(), found, strict=True):
                    _compare_field(table, key, expected, value)

    def has_published(self, stream: str, event: bytes) -> str:
        """Compare the next event of a stream."""
        return self._streams[stream].take(event)

    def operator(self) -> str | None:
        """Return the id of the operator's key, as the catalogue has it."""
        return self._stored.operator

    def private(self) -> Mapping[str, Table]:
        """Return what is there."""
        return self._stored.private

    def ends(self, walk: Walk, ingest: IngestReplay, derived: Sequence[Replay[Any]]) -> None:
        """Compare ends, tables and numbers."""
        compare_head(self._stored, walk)
        for replay in derived:
            stage, reads = replay.wiring.stage, replay.wiring.reads
            if stage not in self._met:
                where = f"{stage}, field cursor"
                raise Difference(where, f"No such entry is on {reads}.", "an entry's id", self._cursors[stage])
        for stream in self._streams.values():
            stream.end()
        for replay in derived:
            stage = replay.wiring.stage
            for written in self._streams.keys() & set(replay.wiring.writes):
                _compare_number(self._stored, stage, written, replay.mark.sequences.get(written, 0))
        expected = ingest.tables | {table: kept for replay in derived for table, kept in replay.tables.items()}
        for _, table in TABLES:
            _compare_table(table, expected[table], self._stored.tables[table])
        for table, size in ingest.sizes.items():
            if (found := self._stored.sizes[table]) != size:
                what = "It holds fields about entries that are not on the ledger."
                raise Difference(table, what, f"{size} fields", f"{found} fields")
        can_go_on(self._client, self._stored)


def compare_head(stored: StoredElection, walk: Walk) -> None:
    """Compare a ledger's end with what ingest says it wrote last.

    Raises:
        Difference: it ends elsewhere.
    """
    _compare_number(stored, "ingest", LEDGER.name, walk.size)
    chained = stored.stages["ingest"].get("chain", walk.chain.encode() if walk.size == 0 else b"")
    if chained != walk.chain.encode():
        what = "It is not that of the ledger's last entry."
        raise Difference("ingest, field chain", what, walk.chain, excerpt(chained))


def _compare_number(stored: StoredElection, stage: str, stream: str, expected: int) -> None:
    found = stored.stages[stage].get(f"sequence:{stream}", b"0")
    if found != b"%d" % expected:
        what = f"{stage} says that it wrote another number of entries than there must be."
        raise Difference(f"{stage}, field sequence:{stream}", what, str(expected), excerpt(found))


class _Stream:
    """A stream on the server, read beside the replay."""

    def __init__(self, connection: Connection, stored: StoredElection, name: str) -> None:
        self._name = name
        self._taken = 0
        key, client = Partition(stored.election).key(name), connection.at(stored.election)
        self._entries: Iterator[Entry] = chain.from_iterable(read_chunks(client, key, stored.ends[name].last_id))

    def take(self, event: bytes) -> str:
        self._taken += 1
        entry = next(self._entries, None)
        if entry is None:
            what = "The stream ends before it: an entry is missing."
            raise Difference(f"{self._name}, entry {self._taken}", what, named(event))
        where = f"{self._name}, entry {self._taken} (id {entry.id})"
        if without_context(entry.fields).keys() != {b"data"}:
            names = ", ".join(name.decode(errors="replace") for name in entry.fields)
            raise Difference(where, "An entry has one field, data.", "data", names)
        found = entry.fields[b"data"]
        if found == event:
            return entry.id
        if named(found) != named(event):
            what = "Another event belongs here: one is missing, was put in, or has moved."
            raise Difference(where, what, named(event), named(found))
        raise unequal(where, event, found)

    def end(self) -> None:
        entry = next(self._entries, None)
        if entry is not None:
            where = f"{self._name}, entry {self._taken + 1} (id {entry.id})"
            found = named(entry.fields.get(b"data", b""))
            raise Difference(where, "It does not follow from the ledger: the stream has one too many.", "", found)


def named(event: bytes) -> str:
    """Return what identifies an event, for a sentence."""
    try:
        return f"{json.loads(event)['id']}, sequence {json.loads(event)['sequence']}"
    except (ValueError, KeyError, TypeError, RecursionError):
        return "no event"


def _compare_table(table: str, expected: Table, found: Table) -> None:
    for name in dict.fromkeys((*expected, *found)):
        _compare_field(table, name, expected.get(name), found.get(name))


def _compare_field(table: str, name: str, expected: bytes | None, found: bytes | None) -> None:
    where = f"{table}, field {name}"
    if found == expected:
        return
    if found is None:
        raise Difference(where, "It is missing.", "a value that follows from the ledger")
    if expected is None:
        raise Difference(where, "It does not follow from the ledger: the table has one too many.", "", excerpt(found))
    raise unequal(where, expected, found)
