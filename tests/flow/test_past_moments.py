"""The general election of 4 July 2024 at two in the morning, against a count made from its recorded figures alone."""

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any, Final

from tallywire.client.messages import register_event
from tallywire.packs.pack import bundled_packs, read_pack
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.subscriber import Publisher

ELECTION: Final = "parl.2024-07-04"
TWO: Final = datetime.fromisoformat("2024-07-05T02:00:00+01:00")
PLAYED: Final = 16
"""Declarations that are played: some of them came after two."""


def test_two_in_the_morning_is_what_had_been_declared_by_then(pipeline: Pipeline) -> None:
    """Promise: in a night that is played again, `?at=TIME` is the election as it stood at that time of the night."""
    pack = read_pack(bundled_packs()[ELECTION])
    pipeline.start_all()
    centre = pipeline.centre(ELECTION)
    centre.send([register_event(pack.register, pack.register_bytes)])
    centre.announce()
    centre.settle()
    played = [json.loads(line) for line in pack.declarations[:PLAYED]]
    for line in pack.declarations[:PLAYED]:
        centre.send([line])
        centre.settle(upto="ingest")
    centre.settle()
    publisher = Publisher(pipeline)
    publisher.await_cursor(ELECTION, ledger=PLAYED + 1)
    base, zone = f"/v1/elections/{ELECTION}", timedelta(hours=1)
    moved = publisher.get(f"{base}/snapshot?at={TWO.isoformat().replace('+', '%2B')}")
    assert moved.status == 307
    snapshot = publisher.get(moved.headers["location"]).json
    by_then = [event for event in played if datetime.fromisoformat(event["data"]["declared_at"]) <= TWO]
    assert 0 < len(by_then) < PLAYED
    declared = {ballot_id for ballot_id, row in snapshot["contests"].items() if row["result"]}
    assert declared == {event["subject"] for event in by_then}
    tally = snapshot["regions"]["uk"]["tally"]["data"]
    assert tally["declared"] == len(by_then)
    assert votes_of(tally) == counted(json.loads(pack.register_bytes), by_then)
    said = datetime.fromisoformat(snapshot["time"])
    assert said == max(datetime.fromisoformat(event["data"]["declared_at"]) for event in by_then)
    assert said.utcoffset() != zone, "moments are in UTC"


def votes_of(tally: dict[str, Any]) -> Counter[str]:
    """Return a tally's votes by party."""
    return Counter({party: one["votes"] for party, one in tally["parties"].items() if "votes" in one})


def counted(register: dict[str, Any], declared: list[dict[str, Any]]) -> Counter[str]:
    """Return the votes of declarations by main party."""
    parties = register["parties"]
    votes: Counter[str] = Counter()
    for event in declared:
        candidates = register["contests"][event["subject"]]["candidates"]
        for candidate, number in event["data"]["votes"].items():
            party = candidates[candidate]["party"]
            votes[parties[party].get("counts_as") or party] += number
    return votes
