"""A night on real services, published over HTTP, with its signed head."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tallywire.embedded.server import EmbeddedServer
from tests.pipeline.pipeline import Pipeline, pipeline_on
from tests.pipeline.services import Nursery
from tests.pipeline.subscriber import Publisher
from tests.tallywire.evidence.nights import ELECTION, declarations, settle, tallywire
from tests.waiting import wait_until


@dataclass(frozen=True)
class Shown:
    """A night that is published."""

    pipeline: Pipeline
    publisher: Publisher
    key: Path
    """The private key of whoever signs heads; the public one is beside it."""
    early: str
    """A head that was deposited early in the night."""
    head: str
    """The head that was deposited last."""

    def sign(self, *arguments: str) -> str:
        """Sign the head of the ledger as it is now."""
        command = ("checkpoint", "--key", str(self.key), "--election", ELECTION, *arguments)
        done = tallywire(self.pipeline.server.url, *command)
        assert done.exit_code == 0, done.output
        return done.stdout


@pytest.fixture(scope="module")
def shown(server: EmbeddedServer, nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """Play a night, publish it, and deposit its signed head."""
    folder = tmp_path_factory.mktemp("night")
    key = folder / "night.key"
    assert tallywire("", "keys", "note", str(key), "--name", "results.example.org").exit_code == 0
    first, *others = declarations()
    with pipeline_on(server, nursery, folder) as pipeline:
        pipeline.start_all()
        publisher = Publisher(pipeline)
        shown = Shown(pipeline, publisher, key, "", "")
        assert tallywire(server.url, "election", "load", ELECTION).exit_code == 0
        send(pipeline, folder, [first])
        early = shown.sign("--deposit")
        send(pipeline, folder, others)
        head = shown.sign("--deposit")
        await_head(publisher, head)
        yield Shown(pipeline, publisher, key, early, head)


def send(pipeline: Pipeline, folder: Path, messages: list[bytes]) -> None:
    """Declare, and wait until everything has followed."""
    sent = folder / "declarations.jsonl"
    sent.write_bytes(b"\n".join(messages))
    assert tallywire(pipeline.server.url, "declare", str(sent)).exit_code == 0
    settle(pipeline.server.url)


def await_head(publisher: Publisher, head: str) -> None:
    """Wait until a signed head is shown."""
    page = f"/v1/elections/{ELECTION}/checkpoint"
    wait_until(lambda: publisher.get(page).body == head.encode(), what="the signed head to be shown")


def verify(url: str, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Verify over HTTP; return the exit code, and what is found or, as ``said``, what is told."""
    done = tallywire("", "verify", url, "--json", *arguments)
    return done.exit_code, json.loads(done.stdout) if done.stdout else {"said": f"{done.stderr}{done.exception or ''}"}
