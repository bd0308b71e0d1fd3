"""A server that is emptied under running services: they say so and end, and the export brings the election back."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis

from tallywire.embedded.child_processes import Family
from tallywire.embedded.server import EmbeddedServer
from tallywire.embedded.supervisor import SERVICES
from tests.pipeline.faults import FAILED
from tests.pipeline.services import Nursery, Services
from tests.tallywire.evidence.nights import (
    ELECTION,
    at_work,
    declarations,
    derived,
    entries,
    key,
    run_services,
    settle,
    tallywire,
)


@contextmanager
def started(url: str, folder: Path) -> Iterator[dict[str, "subprocess.Popen[bytes]"]]:
    """Run each service by itself, so that nobody starts it again."""
    family = Family()
    running = {}
    for service in SERVICES:
        with (folder / f"{service}.log").open("wb") as log:
            running[service] = family.start([sys.executable, "-m", "tallywire", service, "--redis", url], output=log)
    try:
        yield running
    finally:
        for process in running.values():
            process.kill()
            process.wait()
        family.end()


def said(folder: Path, service: str) -> str:
    """Return what a service has written."""
    return (folder / f"{service}.log").read_text("utf-8")


def test_an_emptied_server_stops_the_services_and_restore_brings_it_back(
    server: EmbeddedServer, redis_client: Redis, nursery: Nursery, tmp_path: Path
) -> None:
    """Each says that the server has lost the election and what to do, and exits with code 5; nothing is accepted."""
    sent, export = tmp_path / "declarations.jsonl", tmp_path / "night.ledger"
    sent.write_bytes(b"\n".join(declarations()))
    with started(server.url, tmp_path) as running:
        for command in (("election", "load", ELECTION), ("declare", str(sent))):
            done = tallywire(server.url, *command, "--timeout", "30")
            assert done.exit_code == 0, done.output
        settle(server.url)
        assert tallywire(server.url, "export", str(export)).exit_code == 0
        before, ledger = derived(redis_client), entries(redis_client, "ledger")
        redis_client.flushall()
        for service, process in running.items():
            assert process.wait(timeout=30) == 5
            assert f"The server has lost {ELECTION}: {service} had committed entries" in said(tmp_path, service)
            assert "tallywire restore" in said(tmp_path, service)
            assert "Traceback" not in said(tmp_path, service)
    assert redis_client.exists(key("receipts")) == 0

    with at_work(nursery, server.url, tmp_path):
        assert tallywire(server.url, "restore", str(export)).exit_code == 0
        settle(server.url)
        assert (derived(redis_client), entries(redis_client, "ledger")) == (before, ledger)
        again = tallywire(server.url, "declare", "--json", str(sent))
        assert {json.loads(line)["data"]["status"] for line in again.stdout.splitlines()} == {"duplicate"}
    assert tallywire(server.url, "verify").exit_code == 0


def test_a_service_that_had_nothing_to_do_notices_too(
    server: EmbeddedServer, redis_client: Redis, exported: Path, nursery: Nursery, tmp_path: Path
) -> None:
    """It was started on a finished night and has committed nothing itself: what is lost is lost all the same."""
    assert tallywire(server.url, "restore", str(exported)).exit_code == 0
    run_services(nursery, server.url, tmp_path)
    with Services(nursery, tmp_path, server.url) as services:
        running = services.start_all()
        for service in running:
            service.await_saying("stage.leading")
        redis_client.flushall()
        assert [service.await_end() for service in running] == [FAILED, FAILED, FAILED]
