"""What waits for a second person, woven into a ledger: holds, what becomes of them, and who signed.

Ingest decides what is held. What a ledger with holds means is for everybody who reads it, so here they are drawn: some
before a declaration that is confirmed later, others for revisions that never come, that are rejected, or overtaken.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.oracle.elections import below, rarely
from tests.oracle.recount import Json

HOLDS_MAX: Final = 3
"""Holds that are drawn besides those of declarations that are on the ledger."""


@dataclass(slots=True)
class Hold:
    """A hold to be written, and what is decided of it."""

    event: Json
    before: int
    """The place of the entry that it comes before."""
    decision: str | None = None
    decided_before: int = 0


@st.composite
def with_holds(draw: DrawFn, ledger: Sequence[bytes]) -> list[bytes]:
    """Draw what waits meanwhile, and return the ledger with all of it, numbered anew."""
    entries = [json.loads(entry) for entry in ledger]
    holds: list[Hold] = []
    for place, entry in enumerate(entries):
        if place and entry["type"] == "tallywire.declaration.v1":
            if rarely(draw, 3):
                entry["signature"] = "synthetic..signature"
            if rarely(draw, 6):
                hold = held_event(entry, entry["data"]["revision"], under_review=not rarely(draw, 4))
                holds.append(Hold(hold, 1 + draw(below(place)), "confirm", place))
                entry["confirmedby"] = "second"
    subjects = [entry for entry in entries if entry["type"] == "tallywire.declaration.v1"]
    for _ in range(draw(below(HOLDS_MAX + 1)) if subjects else 0):
        about = subjects[draw(below(len(subjects)))]
        before = 1 + draw(below(len(entries)))
        hold = held_event(about, about["data"]["revision"] + draw(below(3)), under_review=not rarely(draw, 4))
        decision = (None, "reject", "return")[draw(below(3))]
        holds.append(Hold(hold, before, decision, before + draw(below(len(entries) + 1 - before))))
    return written(entries, holds, lambda: draw(below(2)) == 1)


def held_event(declared: Json, revision: int, *, under_review: bool) -> Json:
    """Return the hold of a declaration."""
    ballot = declared["data"]["ballot_id"]
    data = {"ballot_id": ballot, "revision": revision, "digest": "0" * 64, "event": "0" * 32}
    return _like(declared, "hold", data | ({"under_review": True} if under_review else {}))


def _like(entry: Json, sort: str, data: Json) -> Json:
    kept = {key: entry[key] for key in ("specversion", "test", "acceptedtime")}
    event_id = f"{sort}-{data['ballot_id']}"
    return kept | {
        "id": event_id,
        "source": "/synthetic/oracle",
        "type": f"tallywire.{sort}.v1",
        "subject": data["ballot_id"],
        "data": data,
    }


def written(entries: Sequence[Json], holds: Sequence[Hold], ends_a_group: Callable[[], bool]) -> list[bytes]:
    """Return everything in order; a confirmation comes right before what it lets through, in the same group.

    Args:
        entries: the ledger without holds.
        holds: what waits meanwhile.
        ends_a_group: draws whether a hold ends a group of entries.
    """
    found: list[Json] = []
    for place in range(len(entries) + 1):
        for hold in holds:
            if hold.before == place:
                hold.event["sequence"] = len(found) + 1
                found.append(hold.event | ({"groupend": True} if ends_a_group() else {}))
        for hold in sorted(holds, key=lambda one: one.decision == "confirm"):
            if hold.decision is not None and hold.decided_before == place:
                data = {
                    "ballot_id": hold.event["subject"],
                    "hold": hold.event["sequence"],
                    "decision": hold.decision,
                    "reason": "Synthetic",
                }
                found.append(_like(hold.event, "confirmation", data) | {"sequence": len(found) + 1})
        if place < len(entries):
            found.append(entries[place] | {"sequence": len(found) + 1})
    found[-1]["groupend"] = True
    return [json.dumps({key: value for key, value in entry.items() if key != "chain"}).encode() for entry in found]
