"""``tallywire run --cluster``, as a person types it."""

import signal
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner, Result

from tallywire.cli import app
from tallywire.embedded.cluster import PORTS
from tallywire.embedded.program import LOOPBACK
from tallywire.packs.pack import find_pack
from tests.cluster.ports import free_ports
from tests.waiting import wait_until

PACK = "pcc.2024-05-02"
READY_S = 60.0


def test_a_cluster_is_one_option_and_keeps_what_it_accepted(tmp_path: Path) -> None:
    """Promise: a person who wants to see a cluster types one option more; any of its servers leads to all of it.

    It is kept between runs, like one server.
    """
    port = free_ports(PORTS)

    def run(*command: str, sent: bytes = b"") -> Result:
        url = f"redis://{LOOPBACK}:{port + 4}"
        return CliRunner().invoke(app, [*command, "--redis", url], input=sent)

    def start(output: Path) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "tallywire", "run", "--cluster", "--data", str(tmp_path), "--port", str(port)]
        with output.open("wb") as file:
            process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
        wait_until(
            lambda: b"is running" in output.read_bytes() or process.poll() is not None,
            deadline_s=READY_S,
            what="the run",
        )
        assert process.poll() is None, output.read_text("utf-8")
        return process

    def end(process: "subprocess.Popen[bytes]") -> int:
        process.send_signal(signal.SIGINT)
        return process.wait(READY_S)

    first = start(tmp_path / "first")
    assert run("election", "load", PACK).stdout.split()[0] == "accepted"
    declared = (find_pack(PACK) / "declarations.jsonl").read_bytes().splitlines()[0]
    assert run("declare", "-", sent=declared).stdout.split()[0] == "accepted"
    assert end(first) == 0
    assert run("tallies").exit_code == 3
    second = start(tmp_path / "second")
    again = run("declare", "-", sent=declared)
    assert (again.exit_code, again.stdout.split()[0]) == (0, "duplicate")
    assert run("verify").exit_code == 0
    assert end(second) == 0
