"""A limit that is reached is a clear error and a metric; nothing is lost, and everybody else goes on."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from redis.exceptions import RedisError

from streams.keys import CATALOGUE
from tallywire.cli.exit_codes import Exit
from tallywire.client import connection as connection_module
from tallywire.client.connection import open_connection
from tallywire.client.errors import RefusedError
from tallywire.embedded.program import VALUE_BYTES_MAX
from tests.flow.night import synthetic_declarations, synthetic_register
from tests.flow.pipeline import Event, Pipeline
from tests.limits.measured import Measured, lowered

ELECTION: Final = "pcc.2034-05-02"
OTHER: Final = "pcc.2035-05-03"
REGISTER: Final = synthetic_register(ELECTION, seed=6)
GOOD: Final = synthetic_declarations(REGISTER, 6, revisions=2)
LIMIT: Final = "tallywire_limit_reached_total"


def receipts(pipeline: Pipeline, election: str) -> list[Event]:
    """Return the data of every receipt, in order."""
    return [event["data"] for event in pipeline.streams(election)["receipts"]]


def test_a_full_election_refuses_and_another_goes_on(pipeline: Pipeline) -> None:
    """Promise: what comes beyond the ledger's limit is refused by name and kept; other elections do not notice."""
    ingest = lowered(pipeline, "ingest", "services.ingest.rules.limits:LEDGER_ENTRIES_MAX=6")
    pipeline.open(REGISTER)
    pipeline.post(ELECTION, [*GOOD[:8], GOOD[0]])
    other = synthetic_register(OTHER, seed=7)
    pipeline.open(other)
    pipeline.post(OTHER, synthetic_declarations(other, 7, revisions=1)[:3])
    ingest.await_value(3, LIMIT, limit="election.full", stage="ingest", election=ELECTION)
    ingest.await_value(4, "tallywire_events_written_total", stream="ledger", election=OTHER)
    assert pipeline.length(ELECTION, "ledger") == 6
    found = receipts(pipeline, ELECTION)
    assert [receipt["status"] for receipt in found] == ["accepted"] * 6 + ["refused"] * 3 + ["duplicate"]
    assert {reason["code"] for receipt in found[6:9] for reason in receipt["reasons"]} == {"election.full"}
    assert ingest.value("tallywire_refusals_total", part="election", election=ELECTION) == 3
    assert [letter["data"]["cut"] for letter in pipeline.streams(ELECTION)["refusals"]] == [False] * 3
    assert ingest.value(LIMIT, election=OTHER) is None


def test_garbage_without_end_is_answered_and_not_kept_twice(pipeline: Pipeline) -> None:
    """Promise: beyond the limit a refusal keeps its reasons, and what was sent stays where it was sent."""
    ingest = lowered(pipeline, "ingest", "services.ingest.rules.limits:REFUSED_BYTES_MAX=2000")
    pipeline.open(REGISTER)
    garbage = [b"x" * 900 for _ in range(5)]
    sent = pipeline.post(ELECTION, garbage)
    ingest.await_value(3, LIMIT, limit="refusal.cut", stage="ingest", election=ELECTION)
    letters = [event["data"] for event in pipeline.streams(ELECTION)["refusals"]]
    assert [letter["cut"] for letter in letters] == [False, False, True, True, True]
    assert letters[4]["fields"] == {}
    assert letters[4]["reasons"][0]["code"] == "json.invalid"
    entries = pipeline.entries(ELECTION)
    assert [entries[entry_id][b"data"] for entry_id in sent] == garbage


def test_what_was_kept_of_garbage_counts_after_a_restart(pipeline: Pipeline) -> None:
    """Promise: whoever makes a service restart gets no second helping."""
    change = "services.ingest.rules.limits:REFUSED_BYTES_MAX=2000"
    first = lowered(pipeline, "ingest", change)
    pipeline.open(REGISTER)
    pipeline.post(ELECTION, [b"x" * 1990])
    first.await_value(1, "tallywire_events_written_total", stream="refusals")
    assert first.service.end() == 0
    second = lowered(pipeline, "ingest", change)
    pipeline.post(ELECTION, [b"x" * 900])
    second.await_value(1, LIMIT, limit="refusal.cut")


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (b'{"note": "' + b"x" * 300_000 + b'"}', "entry.too_large"),
        (b"[" * 10_000, "json.too_deep"),
        (json.dumps({**json.loads(GOOD[0]), "id": "x" * 201}).encode(), "id.too_long"),
    ],
    ids=["bytes", "depth", "characters"],
)
def test_an_entry_beyond_a_limit_is_refused_and_counted(pipeline: Pipeline, entry: bytes, code: str) -> None:
    """Promise: the sender reads which limit it was, and so does who looks after the service."""
    ingest = Measured(pipeline.start("ingest"))
    pipeline.open(REGISTER)
    pipeline.post(ELECTION, [entry])
    ingest.await_value(1, LIMIT, limit=code, stage="ingest", election=ELECTION)
    assert [reason["code"] for reason in receipts(pipeline, ELECTION)[1]["reasons"]] == [code]


def test_a_catalogue_beyond_its_limit_is_said_and_the_first_elections_go_on(pipeline: Pipeline) -> None:
    """Promise: elections beyond the limit are named in the log and counted; those before it are served."""
    ingest = lowered(pipeline, "ingest", "streams.partitions:PARTITIONS_MAX=1")
    pipeline.open(REGISTER)
    pipeline.client.xadd(CATALOGUE, {"election": "no name for an election" * 100})
    pipeline.client.xadd(CATALOGUE, {"election": OTHER})
    pipeline.post(ELECTION, GOOD[:1])
    ingest.await_value(1, LIMIT, limit="catalogue.full")
    ingest.await_value(2, "tallywire_events_written_total", stream="ledger", election=ELECTION)
    said = {line["event"]: line for line in ingest.service.said()}
    assert said["catalogue.full"]["partition"] == OTHER
    assert len(said["catalogue.entry_ignored"]["reason"]) < 400


def test_a_value_beyond_the_servers_limit_reaches_no_service(pipeline: Pipeline) -> None:
    """Promise: what no register could be is refused when it is sent, and the service has never seen it."""
    ingest = Measured(pipeline.start("ingest"))
    pipeline.open(REGISTER)
    with pytest.raises((RedisError, OSError)):
        pipeline.post(ELECTION, [bytes(VALUE_BYTES_MAX + 1)])
    pipeline.post(ELECTION, GOOD[:1])
    ingest.await_value(2, "tallywire_events_written_total", stream="ledger", election=ELECTION)
    assert ingest.value("tallywire_entries_read_total", election=ELECTION) == 2


def test_no_election_is_loaded_beyond_the_limit(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: whoever loads an election that no service would work on is told, and the catalogue stays as it is."""
    monkeypatch.setattr(connection_module, "PARTITIONS_MAX", 1)
    with open_connection(pipeline.server.url) as connection:
        connection.announce(ELECTION)
        connection.announce(ELECTION)
        with pytest.raises(RefusedError, match="names 1 elections, as many as services work on"):
            connection.announce(OTHER)
        assert connection.elections() == [ELECTION]


def test_a_sender_without_a_receipt_is_told_how_many_wait(pipeline: Pipeline, tmp_path: Path) -> None:
    """Promise: who waits in vain learns whether nobody reads, or whether many were first."""
    pipeline.open(REGISTER)
    pipeline.post(ELECTION, GOOD[:4])
    file = tmp_path / "one.json"
    file.write_bytes(GOOD[4])
    options = ["--election", ELECTION, "--timeout", "0.2", "--redis", pipeline.server.url]
    command = [sys.executable, "-m", "tallywire", "declare", str(file), *options]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == Exit.NO_RECEIPT
    assert "Waiting for ingest: 6, those of others included." in " ".join(ended.stderr.split())
