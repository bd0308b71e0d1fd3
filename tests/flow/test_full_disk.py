"""The server's disk is full, for real: a write to its log finds no room."""

import resource
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner

import tallywire.embedded.server
from streams.keys import Partition
from tallywire.cli import app
from tallywire.embedded.program import find_server_binary
from tallywire.embedded.server import EmbeddedServer, start_server
from tests.pipeline.faults import Fault
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline, pipeline_on
from tests.pipeline.sender import Sender
from tests.pipeline.served import Served
from tests.pipeline.services import Nursery
from tests.waiting import wait_until

NIGHT: Final = night(12, contests=4, declarations=8)
ELECTION: Final = NIGHT.election
SOON: Final = Fault(constants=(("services.heartbeat:LAG_EVERY_S", 0.1), ("services.heartbeat:BEAT_EVERY_S", 0.1)))

ROOM_BYTES: Final = 60_000
"""What there is room for before the disk is full: some declarations of the night, not all."""


@pytest.fixture
def pipeline(nursery: Nursery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipeline]:
    """Run a pipeline on a server that is told by a failed write, and not by a signal, that a file may not grow."""
    program = tmp_path / "server"
    program.write_text(f"#!/bin/sh\ntrap '' XFSZ\nexec {shlex.quote(str(find_server_binary()))} \"$@\"\n", "utf-8")
    program.chmod(0o700)
    monkeypatch.setattr(tallywire.embedded.server, "find_server_binary", lambda: program)
    data = tmp_path / "data"
    with start_server(data, ephemeral=True) as started, pipeline_on(started, nursery, tmp_path) as prepared:
        yield prepared


def limit(server: EmbeddedServer, more: int) -> None:
    """Let the log of a server grow by so many bytes until the server ends."""
    (log,) = (server.data_dir / "appendonlydir").glob("*.incr.aof")
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (log.stat().st_size + more, resource.RLIM_INFINITY))


def test_a_full_disk_delays_and_loses_nothing(pipeline: Pipeline) -> None:
    """Promise: what was accepted is on disk. A server without room ends at the write, everybody waits, and goes on."""
    server = pipeline.server
    centre = pipeline.open(NIGHT)
    pipeline.start_all()
    sender = Sender(pipeline, SOON, metrics=True)
    posting = Served(sender.service)
    centre.settle()
    posting.await_value(1, "tallywire_server_reachable")

    limit(server, ROOM_BYTES)
    answers = []
    for message in NIGHT.declarations:
        answers.append(sender.post(ELECTION, message))
        if answers[-1].status != 200:
            break
    *accepted, refused = answers
    assert refused.status == 503, refused
    assert "retry-after" in refused.headers
    wait_until(lambda: not server.alive(), what="the server to end")
    assert "Can't recover from AOF write error" in server.log_path.read_text("utf-8")
    wait_until(lambda: posting.get("/health/ready").status == 503, what="posting to say that it is not ready")
    wait_until(lambda: posting.value("tallywire_server_reachable") == 0, what="posting to say that it is away")
    away = CliRunner().invoke(app, ["doctor", "--redis", server.url, "--data", str(server.data_dir)])
    assert "There is no server at" in away.stdout

    # Started again without room it ends again, at whatever is written next.
    server.start()
    limit(server, 0)
    wait_until(lambda: not server.alive(), what="the server to end again")
    server.start()
    posting.await_value(1, "tallywire_server_restarts_total")
    ledger = [fields[b"data"] for _, fields in pipeline.client.xrange(Partition(ELECTION).key("ledger"))]
    for message in NIGHT.declarations[: len(accepted)]:
        assert any(entry.startswith(message[:-1]) for entry in ledger), "what was accepted is not on disk"

    posting.await_ready()
    for message in NIGHT.declarations[len(accepted) :]:
        assert sender.post(ELECTION, message).status == 200
    centre.settle()
    assert centre.length("ledger") == len(NIGHT.declarations) + 1
    verified = CliRunner().invoke(app, ["verify", "--election", ELECTION, "--redis", server.url])
    assert verified.exit_code == 0, verified.output
