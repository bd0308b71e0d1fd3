"""Sends greetings through a copy of the sources to which ``docs/messages.md`` has been applied, and prints what came.

Started by ``test_messages.py``, in that copy; only there is a greeting known.
"""

import json
from typing import Any

from schemas.events import EVENTS, RegisterEvent, type_name
from schemas.streams import DECLARATIONS, LEDGER
from services.aggregate.service import WIRING as AGGREGATE
from services.aggregate.service import aggregate_ledger
from services.ingest.rules.intake import TAKEN
from services.ingest.service import WIRING as INGEST
from services.ingest.service import ingest_declarations
from streams.chain import follows, origin
from streams.commit import Mark, number
from streams.fold import Entry, fold
from streams.ledger_tail import split
from tallywire.evidence.replay import IngestReplay
from tallywire.packs.faults import check_declarations
from tests.services.declarations import synthetic_declaration
from tests.services.registers import ELECTION, TESTSHIRE, synthetic_register

TYPE = "tallywire.greeting.v1"
REGISTER = RegisterEvent(id="register", source="/synthetic", subject=ELECTION, data=synthetic_register()).encode()


def greeting(event_id: str, **data: object) -> bytes:
    """Return a greeting, with other data than a right one."""
    said = {"ballot_id": TESTSHIRE, "words": "Good evening from Testshire"} | data
    event = synthetic_declaration() | {"id": event_id, "type": TYPE, "subject": said["ballot_id"], "data": said}
    return json.dumps(event).encode()


def entries(events: list[bytes]) -> list[Entry]:
    """Return events as entries of a stream."""
    return [Entry(f"{1_900_000_000_000 + place}-0", {b"data": event}) for place, event in enumerate(events, start=1)]


def whole(ledger: list[bytes]) -> bool:
    """Whether each entry has its number and continues the one before."""
    chain: str | None = origin(ELECTION)
    for place, entry in enumerate(ledger, start=1):
        chain = follows(chain or "", entry)
        if chain is None or split(entry)[1]["sequence"] != place:
            return False
    return True


def main() -> dict[str, Any]:
    """Return what became of the greetings."""
    sent = [
        greeting("too early"),
        REGISTER,
        greeting("first"),
        greeting("first"),
        greeting("stranger", ballot_id="pcc.nowhere.2030-05-02"),
        greeting("silent", words=3),
        json.dumps(synthetic_declaration()).encode(),
    ]
    intake = INGEST.state(ELECTION)
    batch = fold(INGEST, ingest_declarations, intake, entries(sent))
    events, _ = number(batch.emissions, ELECTION, INGEST, Mark())
    written = list(zip((out.stream for out in batch.emissions), events, strict=True))
    receipts = [json.loads(event)["data"] for stream, event in written if stream == "receipts"]
    ledger = [event for stream, event in written if stream == "ledger"]

    replay = IngestReplay(ELECTION)

    def results(events: list[bytes]) -> list[bytes]:
        batch = fold(AGGREGATE, aggregate_ledger, AGGREGATE.state(ELECTION), entries(events))
        assert not any(batch.outcomes), batch.outcomes
        return [out.event.encode() for out in batch.emissions if out.stream == "results"]

    return {
        "answers": [
            " ".join([receipt["status"], *(reason["code"] for reason in receipt["reasons"])]) for receipt in receipts
        ],
        "ledger": [json.loads(entry)["type"] for entry in ledger],
        "whole": whole(ledger),
        "readmitted": replay.fold(entries(ledger))[TAKEN] == {key: one.encode() for key, one in intake.taken.items()},
        "results": len(results(ledger)),
        "changes_results": results(ledger) != results([ledger[0], ledger[2]]),
        "in_the_contract": all(
            TYPE in {type_name(event) for event in events} for events in (EVENTS, DECLARATIONS.events, LEDGER.events)
        ),
        "pack_faults": [str(fault) for fault in check_declarations([greeting("a")], ELECTION, synthetic_register())],
    }


if __name__ == "__main__":
    print(json.dumps(main()))  # noqa: T201  # what its test reads
