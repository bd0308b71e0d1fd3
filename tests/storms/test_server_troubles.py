"""The server is away, full, or emptied: never is accepted what was not kept."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.oracle.elections import ELECTION
from tests.storms.exact import assert_exact
from tests.storms.line import Line
from tests.storms.mortal import SERVICES
from tests.storms.night import night
from tests.storms.scale import AWAY_S
from tests.storms.sending import KEYS, Sender
from tests.storms.workers import ROOT
from tests.waiting import wait_until

ROOM_BYTES = 300_000
"""What a full server had room for before it was full: some of the night, not all of it."""

STOP_S = 15.0
"""How long a service may take to see that the server has been emptied: it looks every other second."""


@pytest.mark.timeout(120 + 3 * AWAY_S)
def test_a_server_that_is_away_is_waited_for(line: Line) -> None:
    """Promise: a server that is away ends no service and costs no declaration.

    It is away when the services start, and again in the middle of the night, while senders keep on trying: the same
    processes go on as soon as it is back.
    """
    sent = night(9, contests=30, declarations=1_000)
    half = len(sent.sent) // 2
    line.open(sent)
    line.server.kill()
    services = line.start()
    _away(line, sent.sent[:half])
    line.sender.settle()
    line.server.kill()
    _away(line, sent.sent[half:])
    line.sender.settle()
    assert line.workers.alive() == services
    assert line.stop() == [0, 0, 0]
    assert line.sender.repeated > 0
    assert_exact(line.server.url, line.sender.acknowledged, [sent.register, *sent.declarations])


def _away(line: Line, messages: tuple[bytes, ...]) -> None:
    """Let some time pass before the server is started again; messages are sent all the while."""
    sending = threading.Thread(target=line.sender.send, args=[messages])
    sending.start()
    time.sleep(AWAY_S)
    line.server.start()
    sending.join()


def test_a_full_server_accepts_nothing_that_it_does_not_keep(line: Line) -> None:
    """Promise: a full server delays, it loses nothing.

    With no memory left (maxmemory, noeviction) senders are told so and services wait; every receipt that says accepted
    has its entry on the ledger. With more memory everybody goes on, and everything is exact.
    """
    # Far more than there is room for: the server gives back what answers in flight took, and has room anew.
    sent = night(10, contests=30, declarations=3_000)
    line.open(sent)
    line.start()
    line.sender.settle()
    client = line.sender.client
    client.config_set("maxmemory-policy", "noeviction")
    client.config_set("maxmemory", client.info("memory")["used_memory"] + ROOM_BYTES)
    unsent = list(sent.sent)
    while unsent and len(lost := line.sender.try_to_send(unsent[:100])) < 100:
        unsent = lost + unsent[100:]
    assert unsent, "the server was never full"
    wait_until(
        lambda: "used memory > 'maxmemory'" in line.workers.log(), what="a service to find that the server is full"
    )
    _assert_accepted_is_kept(line.sender)

    client.config_set("maxmemory", 0)
    line.sender.send(unsent)
    line.sender.settle()
    assert line.stop() == [0, 0, 0]
    assert_exact(line.server.url, line.sender.acknowledged, [sent.register, *sent.declarations])


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "under load"])
def test_a_service_whose_server_was_emptied_says_so_and_stops(line: Line, tmp_path: Path, busy: bool) -> None:
    """Promise: nobody goes on as if nothing had been there.

    After FLUSHALL each service, as a user starts it, ends with an exit code that is not 0 and a sentence that names
    what is lost and what to do; nothing is accepted any more.
    """
    sent = night(11, contests=30, declarations=1_000)
    line.open(sent)
    logs = {service: tmp_path / f"{service}.log" for service in SERVICES}
    running = {service: _start_as_a_user_does(service, line.server.url, log) for service, log in logs.items()}
    try:
        line.sender.send(sent.sent[:500])
        line.sender.settle()
        line.sender.client.flushall()
        if busy:
            line.sender.send(sent.sent[500:])
        for service, process in running.items():
            assert process.wait(STOP_S) not in (0, None)
            said = logs[service].read_text("utf-8")
            assert f"has lost {ELECTION}" in said
            assert "tallywire restore" in said
            assert "Traceback" not in said
        assert _accepted(line.sender) == []
    finally:
        for process in running.values():
            process.kill()
            process.wait()


def _start_as_a_user_does(service: str, url: str, log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as output:
        command = [sys.executable, "-m", "tallywire", service, "--redis", url]
        return subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)


def _accepted(sender: Sender) -> list[str]:
    """Return the ids of the entries that were accepted, by their receipts."""
    receipts = [json.loads(fields[b"data"])["data"] for _, fields in sender.client.xrange(KEYS.key("receipts"))]
    return [receipt["entry_id"] for receipt in receipts if receipt["status"] == "accepted"]


def _assert_accepted_is_kept(sender: Sender) -> None:
    """Check that each accepted entry is on the declarations stream and on the ledger, as it was sent."""
    declarations = dict(sender.client.xrange(KEYS.key("declarations")))
    ledger = [fields[b"data"] for _, fields in sender.client.xrange(KEYS.key("ledger"))]
    accepted = _accepted(sender)
    assert len(accepted) == len(ledger)
    for entry_id, entry in zip(accepted, ledger, strict=True):
        assert entry.startswith(declarations[entry_id.encode()][b"data"][:-1])
