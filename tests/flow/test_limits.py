"""A limit that is reached is a clear error and a metric; nothing is lost, and everybody else goes on."""

import json
from typing import Final

import pytest
from redis.exceptions import RedisError

from streams.keys import CATALOGUE
from tallywire.embedded.program import VALUE_BYTES_MAX
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.served import serve

NIGHT: Final = night(6, contests=30, declarations=60)
ELECTION: Final = NIGHT.election
GOOD: Final = NIGHT.declarations
OTHER: Final = "pcc.2035-05-03"
LIMIT: Final = "tallywire_limit_reached_total"


def test_a_full_election_refuses_and_another_goes_on(pipeline: Pipeline) -> None:
    """Promise: what comes beyond the ledger's limit is refused by name and kept; other elections do not notice."""
    ingest = serve(pipeline, "ingest", {"services.ingest.rules.limits:LEDGER_ENTRIES_MAX": 6})
    centre = pipeline.open(NIGHT)
    centre.send([*GOOD[:8], GOOD[0]])
    other = night(7, contests=30, declarations=30, election=OTHER)
    pipeline.open(other).send(other.declarations[:3])
    ingest.await_value(3, LIMIT, limit="election.full", stage="ingest", election=ELECTION)
    ingest.await_value(4, "tallywire_events_written_total", stream="ledger", election=OTHER)
    assert centre.length("ledger") == 6
    found = centre.receipts()
    assert [receipt["status"] for receipt in found] == ["accepted"] * 6 + ["refused"] * 3 + ["duplicate"]
    assert {reason["code"] for receipt in found[6:9] for reason in receipt["reasons"]} == {"election.full"}
    assert ingest.value("tallywire_refusals_total", reason="election.full", election=ELECTION) == 3
    assert [letter["data"]["cut"] for letter in centre.found().events("refusals")] == [False] * 3
    assert ingest.value(LIMIT, election=OTHER) is None


def test_garbage_without_end_is_answered_and_not_kept_twice(pipeline: Pipeline) -> None:
    """Promise: beyond the limit a refusal keeps its reasons, and what was sent stays where it was sent."""
    ingest = serve(pipeline, "ingest", {"services.ingest.rules.limits:REFUSED_BYTES_MAX": 2_000})
    centre = pipeline.open(NIGHT)
    garbage = [b"x" * 900 for _ in range(5)]
    sent = centre.post(*((b"data", piece) for piece in garbage))
    ingest.await_value(3, LIMIT, limit="refusal.cut", stage="ingest", election=ELECTION)
    found = centre.found()
    letters = [event["data"] for event in found.events("refusals")]
    assert [letter["cut"] for letter in letters] == [False, False, True, True, True]
    assert letters[4]["fields"] == {}
    assert letters[4]["reasons"][0]["code"] == "json.invalid"
    assert [found.entries[entry_id][b"data"] for entry_id in sent] == garbage


def test_what_was_kept_of_garbage_counts_after_a_restart(pipeline: Pipeline) -> None:
    """Promise: whoever makes a service restart gets no second helping."""
    change = {"services.ingest.rules.limits:REFUSED_BYTES_MAX": 2_000}
    first = serve(pipeline, "ingest", change)
    centre = pipeline.open(NIGHT)
    centre.send([b"x" * 1990])
    first.await_value(1, "tallywire_events_written_total", stream="refusals")
    assert first.service.end() == 0
    second = serve(pipeline, "ingest", change)
    centre.send([b"x" * 900])
    second.await_value(1, LIMIT, limit="refusal.cut")


def test_an_entry_beyond_a_limit_is_refused_and_counted(pipeline: Pipeline) -> None:
    """Promise: the sender reads which limit it was, and so does who looks after the service."""
    sent = {
        "entry.too_large": b'{"note": "' + b"x" * 70_000 + b'"}',
        "json.too_deep": b"[" * 3_000,
        "id.too_long": json.dumps({**json.loads(GOOD[0]), "id": "x" * 201}).encode(),
    }
    ingest = serve(pipeline, "ingest")
    centre = pipeline.open(NIGHT)
    centre.send(sent.values())
    for code in sent:
        ingest.await_value(1, LIMIT, limit=code, stage="ingest", election=ELECTION)
    told = [[reason["code"] for reason in receipt["reasons"]] for receipt in centre.receipts()[1:]]
    assert told == [[code] for code in sent]


def test_a_catalogue_beyond_its_limit_is_said_and_the_first_elections_go_on(pipeline: Pipeline) -> None:
    """Promise: elections beyond the limit are named in the log and counted; those before it are served."""
    ingest = serve(pipeline, "ingest", {"streams.partitions:PARTITIONS_MAX": 1})
    centre = pipeline.open(NIGHT)
    pipeline.client.xadd(CATALOGUE, {"election": "no name for an election" * 100})
    pipeline.client.xadd(CATALOGUE, {"election": OTHER})
    centre.send(GOOD[:1])
    ingest.await_value(1, LIMIT, limit="catalogue.full")
    ingest.await_value(2, "tallywire_events_written_total", stream="ledger", election=ELECTION)
    said = {line["event"]: line for line in ingest.service.said()}
    assert said["catalogue.full"]["election"] == OTHER
    assert len(said["catalogue.entry_ignored"]["reason"]) < 400


def test_a_value_beyond_the_servers_limit_reaches_no_service(pipeline: Pipeline) -> None:
    """Promise: what no register could be is refused when it is sent, and the service has never seen it."""
    ingest = serve(pipeline, "ingest")
    centre = pipeline.open(NIGHT)
    with pytest.raises((RedisError, OSError)):
        centre.post((b"data", bytes(VALUE_BYTES_MAX + 1)))
    centre.send(GOOD[:1])
    ingest.await_value(2, "tallywire_events_written_total", stream="ledger", election=ELECTION)
    assert ingest.value("tallywire_entries_read_total", election=ELECTION) == 2
