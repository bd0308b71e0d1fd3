"""Packs folded in memory: what ingest lets through and aggregate makes of it, with no server."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from services.aggregate.service import WIRING as AGGREGATE
from services.aggregate.service import aggregate_ledger
from services.ingest.service import WIRING as INGEST
from services.ingest.service import ingest_declarations
from streams.commit import Mark, number
from streams.fold import Entry, Rule, StateT, Wiring, fold
from tallywire.client.messages import register_event
from tallywire.packs.pack import Pack, bundled_packs, read_pack


@dataclass(frozen=True)
class Night:
    """What an election came to."""

    results: dict[str, Any]
    """The result that stands, by ballot id."""
    history: dict[str, list[Any]]
    """Every result of a contest, in their order, by ballot id."""
    tallies: dict[str, Any]
    """The tally that stands, by region."""
    control: dict[str, list[Any]]
    """Every state of control, in their order, by body."""
    refusals: list[Any]
    """What ingest did not take."""
    parked: list[Any]
    """What one of our own rules failed on."""

    def labels(self, baseline: str = "previous_election") -> dict[str, str | None]:
        """Return the labels under one baseline, by ballot id."""
        return {ballot_id: result["labels"][baseline] for ballot_id, result in self.results.items()}


@cache
def pack_of(election: str) -> Pack:
    """Return a bundled pack; read once for all tests."""
    return read_pack(bundled_packs()[election])


@cache
def shipped(election: str) -> Night:
    """Return what a bundled pack comes to; folded once for all tests, which only read it."""
    return fold_pack(pack_of(election))


def fold_pack(pack: Pack) -> Night:
    """Return what a pack comes to when its lines are played in their order."""
    election = pack.register.election
    sent = [register_event(pack.register, pack.register_bytes), *pack.declarations]
    taken = run(INGEST, ingest_declarations, election, sent)
    made = run(AGGREGATE, aggregate_ledger, election, taken.get("ledger", []))
    streams = {
        name: [json.loads(event) for event in events]
        for stage in (taken, made)
        for name, events in stage.items()
        if name != "ledger"
    }
    history = by_subject(streams.get("results", []))
    return Night(
        results={
            ballot_id: results[-1] for ballot_id, events in history.items() if (results := without_control(events))
        },
        history={ballot_id: without_control(events) for ballot_id, events in history.items()},
        tallies={region: events[-1]["data"] for region, events in by_subject(streams.get("tallies", [])).items()},
        control={
            body: [event["data"] for event in events]
            for body, events in history.items()
            if events[0]["type"] == "tallywire.control.v1"
        },
        refusals=[event["data"] for event in streams.get("refusals", [])],
        parked=[event["data"] for name, events in streams.items() if name.startswith("parked") for event in events],
    )


def run(wiring: Wiring[StateT], rule: Rule[StateT], election: str, events: Sequence[bytes]) -> dict[str, list[bytes]]:
    """Return what a stage writes for the events of its input stream, by stream."""
    entries = [Entry(f"{place}-0", {b"data": event}) for place, event in enumerate(events, start=1)]
    batch = fold(wiring, rule, wiring.state(election), entries)
    written, _ = number(batch.emissions, election, wiring, Mark())
    streams: dict[str, list[bytes]] = {}
    for out, event in zip(batch.emissions, written, strict=True):
        streams.setdefault(out.stream, []).append(event)
    return streams


def by_subject(events: Sequence[Any]) -> dict[str, list[Any]]:
    """Return events by what they are about."""
    found: dict[str, list[Any]] = {}
    for event in events:
        found.setdefault(event["subject"], []).append(event)
    return found


def without_control(events: Sequence[Any]) -> list[Any]:
    """Return the data of those events that are results of contests."""
    return [event["data"] for event in events if event["type"] == "tallywire.result.v1"]
