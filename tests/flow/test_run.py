"""``tallywire run`` keeps server and services running, and ends them in order."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.request import urlopen

import pytest
from redis import Redis

from tallywire.embedded.folder_lock import is_held
from tallywire.embedded.server import start_server
from tallywire.embedded.supervisor import ALL_SERVICES
from tests.cluster.ports import free_ports
from tests.waiting import wait_until

READY_S = 120.0
"""Starting three services takes two seconds; a busy machine gets more."""


class Runs:
    """Starts ``tallywire run`` on one folder; whatever it leaves behind is ended with the test."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self.data = folder / "data"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        stack.callback(self.end_server)

    def start(self, *options: str) -> "Run":
        """Start one."""
        output = self.folder / f"output-{len(list(self.folder.glob('output-*')))}"
        command = [sys.executable, "-m", "tallywire", "run", "--data", str(self.data), "--port", str(self.port)]
        command += ["--http", "0"]
        with output.open("wb") as file:
            process = subprocess.Popen([*command, *options], stdout=file, stderr=subprocess.STDOUT)
        self.stack.callback(process.wait)
        self.stack.callback(process.kill)
        return Run(process, output)

    def server_lives(self) -> bool:
        """Whether the folder has a server."""
        return is_held(self.data / "server.lock")

    def service_pids(self) -> set[int]:
        """Return the process ids under which services have said within 15 s that they live."""
        with closing(Redis.from_url(self.url)) as client:
            return {int(key.rpartition(b":")[2]) for key in client.scan_iter("tallywire:alive:*")}

    def connected(self) -> int:
        """Return how many connections the server has, this one not counted."""
        with closing(Redis.from_url(self.url)) as client:
            return int(client.info("clients")["connected_clients"]) - 1

    def end_server(self) -> None:
        """Kill the folder's server."""
        if self.server_lives():
            start_server(self.data).kill()


class Run:
    """One ``tallywire run``."""

    def __init__(self, process: "subprocess.Popen[bytes]", output: Path) -> None:
        self.process, self._output = process, output

    def said(self) -> str:
        """Return everything it has written."""
        return self._output.read_text()

    def await_saying(self, text: str) -> None:
        """Wait until it has written something."""
        wait_until(lambda: text in self.said(), deadline_s=READY_S, what=f"{text!r} from tallywire run")

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send it a signal and return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(READY_S)


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    """Where ``tallywire run`` is started."""
    with ExitStack() as stack:
        yield Runs(tmp_path, stack)


def exists(pid: int) -> bool:
    """Whether there is a process with this id."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_says_where_everything_is_and_ends_in_order(runs: Runs) -> None:
    """It names server, folder, metrics and what to do next; asked to end it leaves no process and exits 0.

    A second run on the folder would start every service twice: it says which process has the folder, and exits 1.
    Whoever runs the night sees that somebody sends to a misspelt day, that a service has left one election alone, and
    that it stopped for good: in the service's own sentence, once and not as JSON.
    """
    run = runs.start("--metrics", str(free_ports(len(ALL_SERVICES))))
    run.await_saying("Tallywire is running.")
    run.await_saying(f"tallywire watch --redis {runs.url}")
    metrics = next(line for line in run.said().splitlines() if "Metrics" in line).replace(",", "").split()[1:]
    assert len(metrics) == len(ALL_SERVICES)
    for url in metrics:
        with urlopen(url, timeout=60) as answer:  # noqa: S310  # it is http, from our own output
            assert b"tallywire_build_info" in answer.read()
    assert f"{runs.url} (process " in run.said()
    assert f"{runs.data}, kept between runs" in run.said()
    assert "256 KiB a message, 5,000,000 messages an election, 20,000 readers" in run.said()
    services = runs.service_pids()
    assert len(services) == 5
    second = runs.start()
    assert second.process.wait(READY_S) == 1
    assert f"tallywire run (process {run.process.pid}) is running on {runs.data}." in second.said()
    with closing(Redis.from_url(runs.url)) as client:
        client.xadd("{pcc.2024-05-03}:declarations", {"data": "{}"})
        run.await_saying(
            "Declarations arrive for 'pcc.2024-05-03', which is not loaded. Is the day misspelt, or the key?"
        )
        client.xadd("{synthetic.2031-05-01}:ledger", {"data": "nothing"})
        client.xadd("tallywire:elections", {"election": "synthetic.2031-05-01"})
        client.xadd("tallywire:elections", {"election": "synthetic.2030-05-02"})
        client.xadd("{synthetic.2030-05-02}:declarations", {"data": "nothing"})
        wait_until(lambda: client.exists("{synthetic.2030-05-02}:receipts"), deadline_s=READY_S, what="a receipt")
        run.await_saying("The stored state of ingest for synthetic.2031-05-01 is inconsistent")
        client.flushall()
    lost = "The server has lost synthetic.2030-05-02: ingest had committed entries"
    run.await_saying(lost)
    run.await_saying("service.restarted")
    assert run.end(signal.SIGINT) == 0
    (line,) = (line for line in run.said().splitlines() if lost in line)
    assert line.startswith(lost)
    assert "tallywire restore" in line
    assert not any(exists(pid) for pid in services)
    assert not runs.server_lives()
    assert "Traceback" not in run.said()


def test_what_is_killed_is_started_again_with_all_that_was_acknowledged(runs: Runs) -> None:
    """After kill -9 of a run its services are gone, and the next run uses the server that is left.

    After kill -9 of the server it is back at its address with all it acknowledged, and so are the services. When its
    log was cut short, the run says what to do: the server mentions it in its own log only, and nothing is whole again
    before the senders repeat. Asked to (--leave-server), a run ends its services only.
    """
    with start_server(runs.data, port=runs.port) as server, closing(Redis.from_url(server.url)) as client:
        client.set("written", "last")
    (log,) = runs.data.glob("appendonlydir/*.incr.aof")
    with log.open("r+b") as written:
        written.truncate(log.stat().st_size - 3)
    first = runs.start()
    first.await_saying("Have every sender send again what it has sent: what is known is a duplicate.")
    first.await_saying("tallywire verify --checkpoint")
    first.await_saying("Tallywire is running.")
    first.end(signal.SIGKILL)
    wait_until(lambda: runs.connected() == 0, what="the services to die with their run")
    assert runs.server_lives()
    second = runs.start("--leave-server")
    second.await_saying("which was running")
    second.await_saying("Tallywire is running.")
    with closing(Redis.from_url(runs.url)) as client:
        client.set("kept", "1")
        os.kill(client.info("server")["process_id"], signal.SIGKILL)
    second.await_saying("server.restarted")
    with closing(Redis.from_url(runs.url)) as client:
        assert client.get("kept") == b"1"
    wait_until(lambda: runs.connected() >= 3, deadline_s=READY_S, what="the services to be back")
    assert second.end(signal.SIGHUP) == 0
    assert runs.server_lives()


def test_for_programs_it_says_what_happens_as_json(runs: Runs) -> None:
    """Promise: whoever starts it learns when everything is at work, and where, and when it ends.

    ``--sandbox`` plays a night beside whatever is loaded, and the signal that ends it ends that, too.
    """
    run = runs.start("--json", "--sandbox", "pcc.2024-05-02", "--speed", "1000000")
    run.await_saying('"running"')
    with closing(Redis.from_url(runs.url)) as client:
        headlines = "{sandbox.pcc.2024-05-02}:headlines"
        wait_until(lambda: client.xlen(headlines), deadline_s=READY_S, what="the sandbox to be played")
    assert run.end(signal.SIGINT) == 0
    assert not runs.server_lives()
    said = [json.loads(line) for line in run.said().splitlines()]
    assert [each["happened"] for each in said] == ["starting", "running", "ending"]
    assert said[1]["server"] == runs.url
    assert Path(said[1]["services_log"]).exists()
    assert "Traceback" not in (runs.data / "sandbox.log").read_text()


def test_a_taken_port_ends_it_with_a_sentence(runs: Runs) -> None:
    """When another program has the port it says so, names the option, and starts nothing."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", runs.port))
        other.listen()
        run = runs.start()
        assert run.process.wait(READY_S) == 3
    assert (
        f"cannot listen on 127.0.0.1:{runs.port}: another program has it. Name another port with --port." in run.said()
    )
    assert not runs.server_lives()
