"""Folding in memory: the rules of the three services one after another, with no server."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.aggregate.service import WIRING as AGGREGATE
from services.aggregate.service import aggregate_ledger
from services.notify.service import WIRING as NOTIFY
from services.notify.service import notify_of_results
from streams.commit import Mark, number
from streams.fold import Encodable, Entry, Rule, StateT, Wiring, fold


@dataclass
class Written:
    """What the stages wrote, by stream, as JSON."""

    streams: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    raw: dict[str, list[bytes]] = field(default_factory=dict)

    def add(self, stream: str, event: bytes) -> None:
        """Append an event."""
        self.raw.setdefault(stream, []).append(event)
        self.streams.setdefault(stream, []).append(json.loads(event))

    def data(self, stream: str) -> list[dict[str, Any]]:
        """Return the data of every event on the stream."""
        return [event["data"] for event in self.streams.get(stream, [])]

    def last(self, stream: str, subject: str) -> dict[str, Any]:
        """Return the data of the last event about ``subject``."""
        found: dict[str, Any] = [
            event["data"] for event in self.streams.get(stream, []) if event["subject"] == subject
        ][-1]
        return found

    def standing_of(self, region: str) -> dict[str, Any]:
        """Return a region's last tally but for ``changed``: how it stands, whatever came last."""
        return {name: value for name, value in self.last("tallies", region).items() if name != "changed"}


def run_stage(wiring: Wiring[StateT], rule: Rule[StateT], events: Iterable[bytes], written: Written) -> StateT:
    """Fold events through one stage and note what it writes; return its state."""
    state = wiring.state("synthetic")
    entries = [Entry(f"{place}-0", {b"data": event}) for place, event in enumerate(events, start=1)]
    batch = fold(wiring, rule, state, entries)
    numbered, _ = number(batch.emissions, "synthetic", wiring, Mark())
    for out, event in zip(batch.emissions, numbered, strict=True):
        written.add(out.stream, event)
    return state


def with_restarts(
    wiring: Wiring[StateT], rule: Rule[StateT], events: Sequence[bytes], partition: str = "synthetic"
) -> list[tuple[str, bytes]]:
    """Return what a stage writes, by stream, when it is started again, from its records alone, before every entry."""
    records: dict[tuple[str, str], Encodable] = {}
    written: list[tuple[str, bytes]] = []
    for place, event in enumerate(events, start=1):
        state = wiring.state(partition)
        for table in wiring.tables:
            for (kept_in, name), value in records.items():
                if kept_in == table.name:
                    table.load(state, name, value.encode())
        batch = fold(wiring, rule, state, [Entry(f"{place}-0", {b"data": event})])
        records |= batch.records
        written += [(out.stream, out.event.encode()) for out in batch.emissions]
    return written


def without_restarts(
    wiring: Wiring[StateT], rule: Rule[StateT], events: Sequence[bytes], partition: str = "synthetic"
) -> list[tuple[str, bytes]]:
    """Return what a stage writes, by stream, when it is never stopped."""
    entries = [Entry(f"{place}-0", {b"data": event}) for place, event in enumerate(events, start=1)]
    batch = fold(wiring, rule, wiring.state(partition), entries)
    return [(out.stream, out.event.encode()) for out in batch.emissions]


def aggregate_and_notify(ledger: Iterable[Encodable]) -> Written:
    """Return what aggregate and notify write for the ledger."""
    written = Written()
    run_stage(AGGREGATE, aggregate_ledger, [event.encode() for event in ledger], written)
    run_stage(NOTIFY, notify_of_results, written.raw.get("results", []), written)
    return written
