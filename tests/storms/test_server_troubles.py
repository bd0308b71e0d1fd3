"""The server is away, full, or emptied: never is accepted what was not kept."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.pipeline.count_centre import CountCentre
from tests.pipeline.faults import FAILED, SERVICES
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.services import ROOT
from tests.storms.scale import AWAY_S
from tests.waiting import wait_until

ROOM_BYTES = 150_000
"""What a full server had room for before it was full: some of the night, not all of it."""

STOP_S = 60.0
"""How long a service may take, on a busy machine, to see that the server has been emptied: it looks every other
second."""


@pytest.mark.timeout(120 + 3 * AWAY_S)
def test_a_server_that_is_away_is_waited_for(pipeline: Pipeline) -> None:
    """Promise: a server that is away ends no service and costs no declaration.

    It is away when the services start, and again in the middle of the night, while senders keep on trying: the same
    processes go on as soon as it is back. Asked to end while it is away, they end.
    """
    sent = night(9, contests=30, declarations=400)
    half = len(sent.sent) // 2
    centre = pipeline.open(sent)
    pipeline.server.kill()
    services = pipeline.start_all()
    _away(pipeline, centre, sent.sent[:half])
    centre.settle()
    pipeline.server.kill()
    _away(pipeline, centre, sent.sent[half:])
    centre.settle()
    assert pipeline.services.alive() == services
    assert centre.repeated > 0
    centre.check_exact(sent)
    pipeline.server.kill()
    assert pipeline.services.end() == [0, 0, 0]


def _away(pipeline: Pipeline, centre: CountCentre, messages: tuple[bytes, ...]) -> None:
    """Let some time pass before the server is started again; messages are sent all the while."""
    sending = threading.Thread(target=centre.send, args=[messages])
    sending.start()
    time.sleep(AWAY_S)
    pipeline.server.start()
    sending.join()


def test_a_full_server_accepts_nothing_that_it_does_not_keep(pipeline: Pipeline) -> None:
    """Promise: a full server delays, it loses nothing.

    With no memory left (maxmemory, noeviction) senders are told so and services wait; every receipt that says accepted
    has its entry on the ledger. With more memory everybody goes on, and everything is exact.
    """
    # Far more than there is room for: the server gives back what answers in flight took, and has room anew.
    sent = night(10, contests=30, declarations=1_500)
    centre = pipeline.open(sent)
    pipeline.start_all()
    centre.settle()
    client = pipeline.client
    client.config_set("maxmemory-policy", "noeviction")
    client.config_set("maxmemory", client.info("memory")["used_memory"] + ROOM_BYTES)
    unsent = list(sent.sent)
    while unsent and len(lost := centre.try_to_send(unsent[:100])) < 100:
        unsent = lost + unsent[100:]
    assert unsent, "the server was never full"
    wait_until(
        lambda: "used memory > 'maxmemory'" in pipeline.services.log(), what="a service to find that the server is full"
    )
    _assert_accepted_is_kept(centre)

    client.config_set("maxmemory", 0)
    centre.send(unsent)
    centre.settle()
    assert pipeline.services.end() == [0, 0, 0]
    centre.check_exact(sent)


def test_a_service_whose_server_was_emptied_says_so_and_stops(pipeline: Pipeline, tmp_path: Path) -> None:
    """Promise: nobody goes on as if nothing had been there.

    After FLUSHALL each service, as a user starts it, ends with an exit code that is not 0 and a sentence that names
    what is lost and what to do; nothing is accepted any more.
    """
    sent = night(11, contests=30, declarations=200)
    centre = pipeline.open(sent)
    logs = {name: tmp_path / f"{name}.log" for name in SERVICES}
    running = {name: _start_as_a_user_does(name, pipeline.server.url, log) for name, log in logs.items()}
    try:
        centre.send(sent.sent)
        centre.settle()
        pipeline.client.flushall()
        for name, process in running.items():
            assert process.wait(STOP_S) not in (0, None)
            said = logs[name].read_text("utf-8")
            assert f"has lost {sent.election}" in said
            assert "tallywire restore" in said
            assert "Traceback" not in said
        assert _accepted(centre) == []
    finally:
        for process in running.values():
            process.kill()
            process.wait()


def test_a_server_that_was_emptied_under_load_accepts_nothing_any_more(pipeline: Pipeline) -> None:
    """Promise: also when more is sent at once to the emptied server, every service stops, and nothing is accepted."""
    sent = night(13, contests=30, declarations=400)
    half = len(sent.sent) // 2
    centre = pipeline.open(sent)
    services = pipeline.start_all()
    centre.send(sent.sent[:half])
    centre.settle()
    pipeline.client.flushall()
    centre.send(sent.sent[half:])
    assert [service.await_end(STOP_S) for service in services] == [FAILED] * len(SERVICES)
    assert all(f"has lost {sent.election}" in service.log() for service in services)
    assert _accepted(centre) == []


def _start_as_a_user_does(service: str, url: str, log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as output:
        command = [sys.executable, "-m", "tallywire", service, "--redis", url]
        return subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)


def _accepted(centre: CountCentre) -> list[str]:
    """Return the ids of the entries that were accepted, by their receipts."""
    receipts = [json.loads(fields[b"data"])["data"] for _, fields in centre.client.xrange(centre.key("receipts"))]
    return [receipt["entry_id"] for receipt in receipts if receipt["status"] == "accepted"]


def _assert_accepted_is_kept(centre: CountCentre) -> None:
    """Check that each accepted entry is on the declarations stream and on the ledger, as it was sent."""
    declarations = dict(centre.client.xrange(centre.key("declarations")))
    ledger = [fields[b"data"] for _, fields in centre.client.xrange(centre.key("ledger"))]
    accepted = _accepted(centre)
    assert len(accepted) == len(ledger)
    for entry_id, entry in zip(accepted, ledger, strict=True):
        assert entry.startswith(declarations[entry_id.encode()][b"data"][:-1])
