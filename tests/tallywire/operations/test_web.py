"""What a service serves over HTTP, asked as a probe or Prometheus would ask."""

import json
import socket
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from typer.testing import CliRunner

from streams.keys import Partition, alive_key
from tallywire.cli import app
from tallywire.cli.exit_codes import Exit
from tallywire.operations.health import check_health
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.served import serve
from tests.pipeline.services import ROOT
from tests.waiting import wait_until

NIGHT: Final = night(6, contests=30, declarations=30)
ELECTION: Final = NIGHT.election
KEYS: Final = Partition(ELECTION)


def test_a_service_at_work_is_live_and_ready(pipeline: Pipeline) -> None:
    """Promise: both probes answer 200, and the second says what the service does with each election."""
    ingest = serve(pipeline, "ingest")
    ingest.await_ready()
    assert ingest.get("/health/ready").json == {"ready": True, "reasons": [], "elections": {}}
    pipeline.open(NIGHT)
    wait_until(lambda: ingest.get("/health/ready").json["elections"] == {ELECTION: "leading"}, what="ingest to lead")
    assert ingest.get("/health/live") == (200, b'{"live": true, "reasons": []}')


def test_the_contract_is_served_as_it_is_committed(pipeline: Pipeline) -> None:
    """Promise: there is one AsyncAPI document, and this is it."""
    ingest = serve(pipeline, "ingest")
    assert ingest.get("/asyncapi.json") == (200, (ROOT / "schemas" / "asyncapi.json").read_bytes())


def test_what_is_not_served_is_said_to_be(pipeline: Pipeline) -> None:
    """Promise: a page that is not there is 404 with those that are, and no page takes anything but a question: 405."""
    ingest = serve(pipeline, "ingest")
    there = b"There is no such page. There are: /health/live, /health/ready, /metrics, /asyncapi.json\n"
    for path in ("/", "/health", "/health/live/", "/metrics/x", "/favicon.ico", "/%2e%2e/etc/passwd"):
        assert ingest.get(path) == (404, there)
    assert ingest.get("/nowhere", "POST") == (404, there)
    for page in ("/health/live", "/health/ready", "/metrics", "/asyncapi.json"):
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            assert ingest.get(page, method) == (405, b"Pages are read with GET or HEAD.\n")
    assert [ingest.get(page, "HEAD") for page in ("/health/live", "/metrics")] == [(200, b"")] * 2
    assert ingest.get("/metrics?name[]=tallywire_leading").status == 200


def test_a_connection_that_says_nothing_ends(pipeline: Pipeline) -> None:
    """Promise: half-open connections are closed after a while, the oldest at once where there are too many."""
    ingest = serve(
        pipeline,
        "ingest",
        {"tallywire.operations.web:CONNECTION_S": 1, "tallywire.operations.web:CONNECTIONS_MAX": 3},
    )
    where = urlsplit(ingest.url)
    silent = [socket.create_connection((where.hostname, where.port), 20) for _ in range(8)]
    silent[-1].sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    assert ingest.get("/health/live").status == 200
    for connection in silent:
        with connection, suppress(ConnectionResetError):
            assert connection.recv(1) == b""
    assert ingest.get("/health/live").status == 200


def test_a_burst_of_silent_connections_is_bounded(pipeline: Pipeline) -> None:
    """Promise: connections that come at once are closed but for so many: each costs the process an open file."""
    ingest = serve(pipeline, "ingest", {"tallywire.operations.web:CONNECTIONS_MAX": 3})
    where = urlsplit(ingest.url)
    ingest.service.freeze()
    silent = [socket.create_connection((where.hostname, where.port), 20) for _ in range(40)]
    ingest.service.thaw()
    assert ingest.get("/health/live").status == 200
    ended = silent[:-3]
    for connection in ended:
        with suppress(ConnectionResetError):
            assert connection.recv(1) == b""
    for connection in silent:
        connection.close()


def test_without_its_server_a_service_is_live_and_not_ready(pipeline: Pipeline) -> None:
    """Promise: a probe that restarts is not alarmed by a server that is away; one that asks for readiness is told."""
    ingest = serve(pipeline, "ingest")
    pipeline.open(NIGHT)
    ingest.await_ready()
    pipeline.server.kill()
    try:
        found = ingest.get("/health/ready")
        assert found.status == 503
        assert found.json["ready"] is False
        assert found.json["reasons"][0].startswith("The server cannot be reached: ")
        assert [ingest.get(page).status for page in ("/health/live", "/metrics", "/asyncapi.json")] == [200] * 3
    finally:
        pipeline.server.start()
    ingest.await_ready()


def test_a_service_that_cannot_commit_is_not_ready_whoever_is_asked(pipeline: Pipeline) -> None:
    """Promise: the endpoint and `tallywire health` say the same of a service, election and error included."""
    ingest = serve(pipeline, "ingest")
    centre = pipeline.open(NIGHT)
    wait_until(lambda: centre.length("receipts") == 1, what="the register to be taken")
    pipeline.client.rename(KEYS.key("ledger"), KEYS.key("elsewhere"))
    pipeline.client.set(KEYS.key("ledger"), "in the way")
    centre.send(NIGHT.declarations[:1])
    wait_until(lambda: ingest.get("/health/ready").json["reasons"], what="the first attempt to fail")
    found = ingest.get("/health/ready")
    (reason,) = found.json["reasons"]
    assert found.status == 503
    assert reason.startswith(f"{ELECTION}: the last attempt failed: ")
    assert "is a string, not a stream" in reason
    expected = f"ingest is live and not ready. {reason}"
    wait_until(lambda: check_health(pipeline.server.url, "ingest").message == expected, what="the heartbeat to say so")
    told = CliRunner().invoke(app, ["health", "ingest", "--redis", pipeline.server.url])
    assert (told.exit_code, reason in " ".join(told.stdout.split())) == (Exit.REFUSED, True)
    pipeline.client.rename(KEYS.key("elsewhere"), KEYS.key("ledger"))
    ingest.await_ready()
    wait_until(lambda: check_health(pipeline.server.url, "ingest").ok, what="the heartbeat to say so")


def test_everything_is_answered_while_a_rule_holds_the_event_loop(pipeline: Pipeline, tmp_path: Path) -> None:
    """Promise: a service that works through a large register answers, is live and ready, and has a heartbeat."""
    go_on = tmp_path / "go-on"
    ingest = serve(pipeline, "ingest", held_until=str(go_on))
    centre = pipeline.open(NIGHT)
    read = f'tallywire_entries_read_total{{election="{ELECTION}",stage="ingest"}} 1.0'.encode()
    wait_until(lambda: read in ingest.get("/metrics").body, what="the rule to have the register in hand")
    ready = ingest.get("/health/ready")
    assert ready == (200, json.dumps({"ready": True, "reasons": [], "elections": {ELECTION: "leading"}}).encode())
    assert [ingest.get(page).status for page in ("/health/live", "/metrics", "/asyncapi.json")] == [200] * 3
    alive = pipeline.client.keys(alive_key("ingest"))
    assert len(alive) == 1
    pipeline.client.delete(*alive)
    wait_until(lambda: pipeline.client.keys(alive_key("ingest")) == alive, what="the next heartbeat")
    waiting = f'tallywire_lag_entries{{election="{ELECTION}",stage="ingest"}} 1.0'.encode()
    wait_until(lambda: waiting in ingest.get("/metrics").body, what="the lag to be measured")
    # All of that happened with one entry in hand, which has not come to anything yet.
    assert not pipeline.client.exists(KEYS.key("receipts"))
    go_on.touch()
    centre.send(NIGHT.declarations[:1])
    wait_until(lambda: centre.length("receipts") == 2, what="the rule to go on")
