"""The three services in memory: their own wiring and rules, folded in batches, killed and restored on demand.

What reaches a stream here is what the commit would have put there, byte for byte: numbered and chained by the same
function, and a record that was published kept as it was published.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from services.aggregate.service import WIRING as AGGREGATE
from services.aggregate.service import aggregate_ledger
from services.ingest.service import WIRING as INGEST
from services.ingest.service import ingest_declarations
from services.notify.service import WIRING as NOTIFY
from services.notify.service import notify_of_results
from streams.commit import Mark, number
from streams.fold import Entry, Rule, Wiring, fold
from tests.oracle.elections import ELECTION

MIDNIGHT_MS: Final = 1_904_000_000_000
"""When the first entry arrives, by the clock of a server that is not there."""


@dataclass
class Stage:
    """One service, its state and what it wrote so far."""

    wiring: Wiring[Any]
    rule: Rule[Any]
    election: str
    written: dict[str, list[bytes]] = field(default_factory=dict)
    records: dict[tuple[str, str], bytes] = field(default_factory=dict)
    read: int = 0
    mark: Mark = field(default_factory=Mark)
    state: Any = None

    def __post_init__(self) -> None:
        """Begin with nothing folded."""
        self.state = self.wiring.state(self.election)

    def take(self, events: Sequence[bytes]) -> list[tuple[str, bytes]]:
        """Fold a batch and commit it; return what it put on which stream."""
        entries = [
            Entry(f"{self.read + place}-1", {b"data": event}, MIDNIGHT_MS + self.read + place)
            for place, event in enumerate(events)
        ]
        self.read += len(entries)
        batch = fold(self.wiring, self.rule, self.state, entries)
        events, self.mark = number(batch.emissions, self.election, self.wiring, self.mark)
        said = [(out.stream, event) for out, event in zip(batch.emissions, events, strict=True)]
        for stream, event in said:
            self.written.setdefault(stream, []).append(event)
        published = {id(out.event): event for out, event in zip(batch.emissions, events, strict=True)}
        for key, value in batch.records.items():
            self.records[key] = published.get(id(value)) or value.encode()
        return said

    def restore(self) -> None:
        """Die and come back: all that is left is what was stored, and a hash gives its fields in no order."""
        self.state = self.wiring.state(self.election)
        for table in self.wiring.tables:
            for (of_table, name), value in sorted(self.records.items(), reverse=True):
                if of_table == table.name:
                    table.load(self.state, name, value)


def ingest(election: str = ELECTION) -> Stage:
    """Return ingest before the register."""
    return Stage(INGEST, ingest_declarations, election)


def aggregate(election: str = ELECTION) -> Stage:
    """Return aggregate before the register."""
    return Stage(AGGREGATE, aggregate_ledger, election)


def notify(election: str = ELECTION) -> Stage:
    """Return notify before the first result."""
    return Stage(NOTIFY, notify_of_results, election)


def batches(events: Sequence[bytes], sizes: Iterable[int]) -> Iterator[Sequence[bytes]]:
    """Cut events into batches of the given sizes, the rest in one."""
    place = 0
    for size in sizes:
        if place < len(events):
            yield events[place : place + size]
        place += size
    if place < len(events):
        yield events[place:]
