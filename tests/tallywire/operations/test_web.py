"""What a service serves over HTTP, asked as a probe or Prometheus would ask."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from streams.keys import Partition, alive_key
from tallywire.embedded.server import EmbeddedServer
from tallywire.operations.health import check_health
from tests.flow.night import synthetic_declarations, synthetic_register
from tests.flow.pipeline import ROOT, Pipeline, Service, pipeline_on
from tests.waiting import wait_until

ODD: Final = ROOT / "tests" / "services" / "odd_service.py"
ELECTION: Final = "pcc.2034-05-02"
KEYS: Final = Partition(ELECTION)
REGISTER: Final = synthetic_register(ELECTION, seed=6)


class Answer(NamedTuple):
    """What was answered to a request."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401  # any JSON
        """The body as JSON."""
        return json.loads(self.body)


class Served:
    """A service, and where it answers."""

    def __init__(self, service: Service) -> None:
        self.service = service
        service.await_saying("operations.served")
        self.url: str = next(line["url"] for line in service.said() if line["event"] == "operations.served")

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        try:
            with urlopen(self.url + path, timeout=30) as answer:  # noqa: S310  # it is http, from our own log
                return Answer(answer.status, answer.read())
        except HTTPError as answer:
            with answer:
                return Answer(answer.code, answer.read())

    def await_ready(self) -> None:
        """Wait until the service says that it is ready."""
        wait_until(lambda: self.get("/health/ready").status == 200, deadline_s=20, what="the service to be ready")


@pytest.fixture
def pipeline(server: EmbeddedServer, tmp_path: Path) -> Iterator[Pipeline]:
    """Prepare a pipeline for one test, on a server that was emptied, without a service yet."""
    with pipeline_on(server, tmp_path) as prepared:
        prepared.client.flushall()
        yield prepared


def test_a_service_at_work_is_live_and_ready(pipeline: Pipeline) -> None:
    """Promise: both probes answer 200, and the second says what the service does with each election."""
    ingest = Served(pipeline.start("ingest"))
    ingest.await_ready()
    assert ingest.get("/health/ready").json == {"ready": True, "reasons": [], "elections": {}}
    pipeline.open(REGISTER)
    wait_until(lambda: ingest.get("/health/ready").json["elections"] == {ELECTION: "leading"}, what="ingest to lead")
    assert ingest.get("/health/live") == (200, b'{"live": true, "reasons": []}')


def test_the_contract_is_served_as_it_is_committed(pipeline: Pipeline) -> None:
    """Promise: there is one AsyncAPI document, and this is it; what is not served is not found."""
    ingest = Served(pipeline.start("ingest"))
    assert ingest.get("/asyncapi.json") == (200, (ROOT / "schemas" / "asyncapi.json").read_bytes())
    assert ingest.get("/").status == 404


def test_without_its_server_a_service_is_live_and_not_ready(pipeline: Pipeline) -> None:
    """Promise: a probe that restarts is not alarmed by a server that is away; one that asks for readiness is told."""
    ingest = Served(pipeline.start("ingest"))
    pipeline.open(REGISTER)
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
    ingest = Served(pipeline.start("ingest"))
    pipeline.open(REGISTER)
    wait_until(lambda: pipeline.length(ELECTION, "receipts") == 1, what="the register to be taken")
    pipeline.client.rename(KEYS.key("ledger"), KEYS.key("elsewhere"))
    pipeline.client.set(KEYS.key("ledger"), "in the way")
    pipeline.post(ELECTION, synthetic_declarations(REGISTER, 6, revisions=1)[:1])
    wait_until(lambda: ingest.get("/health/ready").json["reasons"], what="the first attempt to fail")
    found = ingest.get("/health/ready")
    (reason,) = found.json["reasons"]
    assert found.status == 503
    assert reason.startswith(f"{ELECTION}: the last attempt failed: ")
    assert "is a string, not a stream" in reason
    expected = f"ingest is live and not ready. {reason}"
    wait_until(lambda: check_health(pipeline.server.url, "ingest").message == expected, what="the heartbeat to say so")
    pipeline.client.rename(KEYS.key("elsewhere"), KEYS.key("ledger"))
    ingest.await_ready()
    wait_until(lambda: check_health(pipeline.server.url, "ingest").ok, what="the heartbeat to say so")


def test_everything_is_answered_while_a_rule_holds_the_event_loop(pipeline: Pipeline, tmp_path: Path) -> None:
    """Promise: a service that works through a large register answers, is live and ready, and has a heartbeat."""
    go_on = tmp_path / "go-on"
    words = ["ingest", "--redis", pipeline.server.url, "--metrics", "0"]
    pipeline.commands["held"] = [sys.executable, str(ODD), "held", str(go_on), *words]
    ingest = Served(pipeline.start("held"))
    pipeline.open(REGISTER)
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
    pipeline.post(ELECTION, synthetic_declarations(REGISTER, 6, revisions=1)[:1])
    wait_until(lambda: pipeline.length(ELECTION, "receipts") == 2, what="the rule to go on")
