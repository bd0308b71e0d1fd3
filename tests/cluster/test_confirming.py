"""What a sender is told where there is to be a stand-by."""

import os
import signal
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tallywire.cli import app
from tallywire.cli.exit_codes import Exit
from tallywire.packs.pack import find_pack
from tests.cluster.pair import Pair
from tests.pipeline.services import Nursery, Services

PACK = "pcc.2024-05-02"
FIRST, SECOND = (find_pack(PACK) / "declarations.jsonl").read_bytes().splitlines()[:2]


def test_accepted_is_said_of_what_a_stand_by_has_too(pair: Pair, nursery: Nursery, tmp_path: Path) -> None:
    """Promise: what only one server has is not called accepted; sent again, once a stand-by is back, it is.

    Programs, which read ``--json``, get no receipt for it.
    """

    def run(*command: str, sent: bytes = b"") -> Result:
        return CliRunner().invoke(app, [*command, "--redis", pair.url], input=sent)

    with Services(nursery, tmp_path, pair.url) as services:
        services.start("ingest")
        loaded = run("election", "load", PACK)
        assert (loaded.exit_code, loaded.stdout.split()[0]) == (Exit.DONE, "accepted")
        os.kill(pair.second.pid, signal.SIGSTOP)
        taken = run("declare", "-", sent=FIRST)
        assert (taken.exit_code, taken.stdout.split()[0]) == (Exit.NO_RECEIPT, "taken")
        assert "accepted" not in taken.stdout
        assert "Taken, but not on a stand-by yet: 1 of 1" in taken.stderr
        silent = run("declare", "-", "--json", sent=SECOND)
        assert (silent.exit_code, silent.stdout) == (Exit.NO_RECEIPT, "")
        os.kill(pair.second.pid, signal.SIGCONT)
        again = run("declare", "-", sent=FIRST)
        assert (again.exit_code, again.stdout.split()[0]) == (Exit.DONE, "duplicate")


@pytest.mark.parametrize("command", ["tallies", "watch", "declare", "health"])
def test_servers_that_cannot_be_told_apart_are_reported_in_a_sentence(pair: Pair, command: str) -> None:
    """Promise: two primaries that know nothing of each other end a command with what to do, and without a traceback."""
    pair.promote(pair.second)
    pair.first.kill()
    pair.first.start()
    words = [command, *{"declare": ["-"], "health": ["ingest"]}.get(command, [])]
    told = CliRunner().invoke(app, [*words, "--redis", pair.url], input=FIRST)
    assert told.exit_code == (Exit.REFUSED if command == "health" else Exit.NO_SERVER)
    assert "2 servers say that they are the primary" in told.output
    assert "no server at" not in told.output
