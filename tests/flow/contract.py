"""What must hold of every election, whatever happened to it: the one checker of all tests of the flow."""

import json
from collections import Counter
from functools import cache
from itertools import pairwise
from typing import Any, Final

from jsonschema import Draft202012Validator

from schemas.streams import STREAMS
from tests.flow import oracle
from tests.flow.pipeline import ROOT, Event, Pipeline

RESULT: Final = "tallywire.result.v1"

SEAT: Final = {"gain", "hold", "win", "elected"}
"""Kinds of headline that say who has a seat: one for each contest, and after it corrections only."""

PARKED: Final = tuple(stream.name for stream in STREAMS if stream.name.startswith("parked-"))


@cache
def validator(event_type: str) -> Any:  # noqa: ANN401  # jsonschema's validators have no public type
    """Return what checks events of a type against the committed JSON Schema."""
    name = event_type.removeprefix("tallywire.")
    schema = json.loads((ROOT / "schemas" / "json" / f"{name}.json").read_text("utf-8"))
    return Draft202012Validator(schema)


def check_streams(pipeline: Pipeline, election: str) -> dict[str, list[Event]]:
    """Check the streams of an election that has settled, and return what is on them.

    Every event is what its committed schema says and is of a type that its stream has; every stream is numbered from
    1 without gaps; no event id occurs twice on a stream; every entry that was posted has one receipt, in the order of
    posting; every accepted one is on the ledger, every refused one among the refusals; every result has one headline,
    and every contest one seat headline; nothing is parked.
    """
    streams = pipeline.streams(election)
    types = {stream.name: {event.model_fields["type"].default for event in stream.events} for stream in STREAMS}
    for name, found in streams.items():
        for event in found:
            assert event["type"] in types[name]
            validator(event["type"]).validate(event)
        assert [event["sequence"] for event in found] == list(range(1, len(found) + 1)), name
        assert _twice((event["source"], event["id"]) for event in found) == [], name
    assert {name: streams[name] for name in PARKED if streams[name]} == {}
    receipts = [event["data"] for event in streams["receipts"]]
    assert [receipt["entry_id"] for receipt in receipts] == list(pipeline.entries(election))
    counted = Counter(receipt["status"] for receipt in receipts)
    assert (counted["accepted"], counted["refused"]) == (len(streams["ledger"]), len(streams["refusals"]))
    results = [event for event in streams["results"] if event["type"] == RESULT]
    said = [event for event in streams["headlines"] if event["data"]["kind"] in {*SEAT, "correction"}]
    assert [event["data"]["result_id"] for event in said] == [event["id"] for event in results]
    seats = [event["subject"] for event in said if event["data"]["kind"] in SEAT]
    assert Counter(seats) == Counter({event["subject"] for event in results})
    return streams


def check_exact(pipeline: Pipeline, register: Event) -> dict[str, list[Event]]:
    """Check the streams, and results, tallies and history against the oracle, which is told what was accepted."""
    election = register["election"]
    pipeline.settle(election)
    streams = check_streams(pipeline, election)
    entries = pipeline.entries(election)
    taken = [event["data"]["entry_id"] for event in streams["receipts"] if event["data"]["status"] != "refused"]
    posted = [raw for raw in (entries[entry_id][b"data"] for entry_id in taken) if _declares(raw)]
    stands, history = oracle.standing_declarations(posted)
    results = oracle.expected_results(register, stands)
    published = {name: oracle.comparable_result(data) for name, data in pipeline.standing(election, "results").items()}
    assert published == results
    tallies = {name: oracle.comparable_tally(data) for name, data in pipeline.standing(election, "tallies").items()}
    assert tallies == oracle.expected_tallies(register, results)
    assert _revisions(streams["results"]) == history
    check_last_is_standing(pipeline, election, streams)
    return streams


def check_last_is_standing(pipeline: Pipeline, election: str, streams: dict[str, list[Event]]) -> None:
    """Check that the tables say the same as the streams, and that each change names the one before it."""
    for stream in ("results", "tallies"):
        last = {event["subject"]: event["data"] for event in streams[stream]}
        assert last == pipeline.standing(election, stream)
    by_contest: dict[str, list[Event]] = {}
    for event in streams["results"]:
        by_contest.setdefault(event["subject"], []).append(event)
    for changes in by_contest.values():
        assert changes[0]["data"]["supersedes"] is None
        for before, after in pairwise(changes):
            assert after["data"]["supersedes"]["event_id"] == before["id"]


def _declares(raw: bytes) -> bool:
    return bool(json.loads(raw)["type"] == "tallywire.declaration.v1")


def _revisions(results: list[Event]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for event in results:
        found.setdefault(event["subject"], []).append(event["data"]["revision"])
    return found


def _twice(names: Any) -> list[Any]:  # noqa: ANN401  # whatever identifies an event
    return [name for name, count in Counter(names).items() if count > 1]
