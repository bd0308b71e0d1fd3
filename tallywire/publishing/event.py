"""An event as subscribers get it: the bytes as published, and what it can be filtered by."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from sys import intern
from typing import Any, Final, Literal

from jiter import from_json

from schemas.streams import HEADLINES, RESULTS, TALLIES

Type = Literal["result", "control", "tally", "headline"]
"""What an event is, in the word that subscribers filter by."""

TYPES: Final[Mapping[str, Type]] = {
    "tallywire.result.v1": "result",
    "tallywire.control.v1": "control",
    "tallywire.tally.v1": "tally",
    "tallywire.headline.v1": "headline",
}
"""The word for each type of event."""


STREAM_OF: Final[Mapping[str, str]] = {
    "result": RESULTS.name,
    "control": RESULTS.name,
    "tally": TALLIES.name,
    "headline": HEADLINES.name,
}
"""The stream that events of each type are on."""

SUMMARY: Final = ("revision", "kind", "counts", "parties_elected", "majority", "valid_votes", "declared_at")
"""What a snapshot says of a result as the result itself does; and besides who is elected, the label under the baseline
of the election's headlines, the turnout, whether it is under review, how many stages were counted, and whether list
seats were checked."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event of results, tallies or headlines."""

    content: bytes
    """As published."""
    type: Type | str
    """A word of ``TYPES``; of a type that only a later release knows, its full name."""
    id: str
    """Its id."""
    sequence: int
    """Its place on its stream."""
    cause: int
    """The ledger entry that it follows from; of a headline 0, for its id does not say."""
    subject: str
    """What it is about: ballot id, region or body."""
    result_id: str = ""
    """Of a headline: the event behind it."""
    kind: str = ""
    """Of a headline or a result its kind."""
    priority: int = 0
    """Of a headline its priority; else 0."""
    parties: frozenset[str] = frozenset()
    """Main parties that it is about: those with seats won or lost; of a tally all that it counts."""
    regions: tuple[str, ...] = ()
    """Regions that it is about; of control, those of the contest that brought it about are added by the history."""
    body: str = ""
    """The council or parliament that it is about."""
    ballot_id: str = ""
    """The contest that it is about; of control, the one that brought it about."""
    declared_at: str | None = None
    """Of a result: when it was read out at the count."""
    summary: bytes = b""
    """Of a result: what a snapshot says of it, as JSON."""


def read_event(content: bytes) -> Event:
    """Return an event as it was published.

    Raises:
        ValueError: it is none.
    """
    event: dict[str, Any] = from_json(content)
    try:
        data, event_id, event_type = event["data"], event["id"], event["type"]
        kind = TYPES.get(event_type, event_type)
        more = _READERS[kind](data) if kind in _READERS else {}
        if kind == "result":
            more["summary"] = _summary(event)
        return Event(
            content=content,
            type=kind,
            id=event_id,
            sequence=event["sequence"],
            cause=_cause(event_id) if kind != "headline" else 0,
            subject=intern(event["subject"]),
            **more,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"is no event: {error}") from error


def _cause(event_id: str) -> int:
    """Return the ledger entry that an event follows from: its number ends the id."""
    return int(event_id.rpartition(":")[2])


def _result(data: Mapping[str, Any]) -> dict[str, Any]:
    outcome = (data["outcomes"] or {}).get(data["headline_baseline"]) or {}
    moved = (party for part in ("held", "gained", "lost", "won") for party in outcome.get(part) or ())
    return {
        "kind": intern(data["kind"]),
        "parties": frozenset(map(intern, {*data["parties_elected"], *moved, *(data.get("seat_changes") or ())})),
        "regions": tuple(map(intern, data["regions"])),
        "body": intern(data["body"] or ""),
        "ballot_id": intern(data["ballot_id"]),
        "declared_at": data["declared_at"],
    }


def _summary(event: Mapping[str, Any]) -> bytes:
    data = event["data"]
    names = {one["candidate"]: one["name"] for one in data["candidates"]}
    said = {
        "event": event["id"],
        "sequence": event["sequence"],
        **{name: data[name] for name in SUMMARY},
        "elected": [
            {"candidate": each, "name": names.get(each), **({} if person is None else {"person": person})}
            for each, person in zip(data["elected"], persons_elected(data), strict=True)
        ],
        "label": data["labels"][data["headline_baseline"]],
        "turnout": data["turnout"],
        "under_review": data.get("under_review", False),
        "stages": None if data.get("stages") is None else len(data["stages"]) + 1,
        "allocation_checked": (data.get("allocation") or {}).get("checked"),
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def persons_elected(result: Mapping[str, Any]) -> tuple[str | None, ...]:
    """Return whose each seat of a result by list is; None where that is unknown, and where persons are elected."""
    seats = (result.get("allocation") or {}).get("seats") or ()
    if len(seats) != len(result["elected"]):
        return (None,) * len(result["elected"])
    return tuple(seat["person"] for seat in seats)


def _control(data: Mapping[str, Any]) -> dict[str, Any]:
    named = {data["now"], data["before"], data["largest"], *data["changes"]} - {None, "NOC"}
    return {
        "parties": frozenset(map(intern, named)),
        "body": intern(data["body"]),
        "ballot_id": intern(data["cause"] or ""),
    }


def _tally(data: Mapping[str, Any]) -> dict[str, Any]:
    return {"parties": frozenset(map(intern, data["parties"])), "regions": (intern(data["region"]),)}


def _headline(data: Mapping[str, Any]) -> dict[str, Any]:
    named = (one["party"] for part in ("winners", "losers") for one in data.get(part) or ())
    return {
        "result_id": data["result_id"],
        "kind": intern(data["kind"]),
        "priority": data["priority"],
        "parties": frozenset(map(intern, named)),
        "regions": tuple(map(intern, data["regions"])),
        "body": intern(data["body"] or ""),
        "ballot_id": intern(data["ballot_id"] or ""),
    }


_READERS: Final = {"result": _result, "control": _control, "tally": _tally, "headline": _headline}
"""What is read of the data of each type."""
