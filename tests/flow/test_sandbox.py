"""A sandbox: a night played over and over, beside an election that is none of its business."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner

from tallywire.cli import app
from tallywire.client.connection import open_connection
from tallywire.client.errors import RefusedError
from tallywire.demo.sandbox import play_over_and_over, sandbox_events
from tallywire.evidence.anew import begin_anew
from tallywire.packs.pack import Pack, find_pack, read_pack
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.subscriber import Block, Copy, Feed, Publisher
from tests.waiting import wait_until

NIGHT: Final = night(36, contests=4, declarations=8)
PACK: Final = "pcc.2024-05-02"
SANDBOX: Final = f"sandbox.{PACK}"
EVENTS: Final = f"/v1/elections/{SANDBOX}/events"
ROUNDS: Final = 3


@contextmanager
def playing(pack: Pack, url: str, pause_s: float) -> Iterator[None]:
    """Play a sandbox as fast as it goes, for as long as the block lasts."""
    stopping = threading.Event()
    arguments = (pack, 1_000_000.0, url, pause_s, stopping)
    player = threading.Thread(target=play_over_and_over, args=arguments, daemon=True)
    player.start()
    try:
        yield
    finally:
        stopping.set()
        player.join(60)
        assert not player.is_alive()


def rounds(publisher: Publisher) -> Iterator[list[Block]]:
    """Yield what a reader is told in each round, who takes a new snapshot as often as it is told to."""
    cursor, told = "0", list[Block]()
    while True:
        with Feed(publisher, EVENTS, cursor) as feed:
            if feed.answer.status != 200:
                continue
            for block in feed.blocks():
                cursor = block.id or cursor
                if block.name == "resnapshot":
                    yield told
                    cursor, told = "0", []
                elif block.data:
                    told.append(block)


def listed(publisher: Publisher) -> dict[str, tuple[str | None, bool]]:
    """Return name of each election, and whether it is a test."""
    elections = publisher.get("/v1/elections").json["elections"]
    return {each["election"]: (each["name"], each["test"]) for each in elections}


def test_each_round_is_a_new_history_and_nobody_else_is_disturbed(pipeline: Pipeline) -> None:
    """Promise: readers are told of each new round, everything in it is marked, and other elections just go on."""
    services = pipeline.start_all()
    centre = pipeline.open(NIGHT)
    centre.send(NIGHT.declarations[:-1])
    centre.settle()
    publisher = Publisher(pipeline)
    end = publisher.await_cursor(NIGHT.election)
    pack = read_pack(find_pack(PACK))
    events_of_the_other = f"/v1/elections/{NIGHT.election}/events"
    with Feed(publisher, events_of_the_other, end) as other, playing(pack, pipeline.server.url, 4.0):
        told = list(islice(filter(None, rounds(publisher)), ROUNDS))
        name = f"Sandbox: {pack.register.name}"
        wait_until(lambda: listed(publisher)[SANDBOX] == (name, True), what="the sandbox to be listed")
        centre.send(NIGHT.declarations[-1:])
        assert next(block.name for block in other.blocks() if block.data) == "result"
    for blocks in told:
        events = [block.json for block in blocks if block.name in ("result", "tally", "headline")]
        assert events
        assert all(event["test"] is True for event in events)
        numbers = [block.json["sequence"] for block in blocks if block.name == "result"]
        assert numbers == list(range(1, len(numbers) + 1))
    assert any(block.name == "headline" for blocks in told for block in blocks)
    for service in services:
        assert service.alive()
        assert "stage.failed" not in service.log()
        assert "Traceback" not in service.log()
    pipeline.services.end()


def test_a_test_is_deleted_and_nothing_else_is(pipeline: Pipeline, tmp_path: Path) -> None:
    """Promise: one command deletes rehearsals and sandboxes; services go on, readers are told, the name is free again.

    A real election is refused. What was exported before can be restored while the services run on; what is played then
    under the name tells the night as it was: a reader's copy equals the pages.
    """
    services = pipeline.start_all()
    pipeline.open(NIGHT)
    pack = read_pack(find_pack(PACK))
    publisher = Publisher(pipeline)
    runner = CliRunner(env={"TALLYWIRE_REDIS_URL": pipeline.server.url})
    with playing(pack, pipeline.server.url, 600.0):
        end = publisher.await_cursor(SANDBOX, ledger=1 + len(pack.declarations))
    ledger = str(tmp_path / "night.ledger")
    assert runner.invoke(app, ["export", ledger, "--election", SANDBOX]).exit_code == 0
    refused = runner.invoke(app, ["election", "delete", NIGHT.election])
    assert (refused.exit_code, "is a real election" in refused.output) == (1, True)
    with Feed(publisher, EVENTS, end) as feed:
        done = runner.invoke(app, ["election", "delete", "--all-tests"])
        assert f"{SANDBOX}: deleted, {1 + len(pack.declarations)} entries" in done.output
        assert "resnapshot" in [block.name for block in feed.blocks()]
    wait_until(lambda: list(listed(publisher)) == [NIGHT.election], what="the sandbox to be gone")
    assert publisher.get(f"/v1/elections/{SANDBOX}/snapshot").status == 404
    left = {key.decode() for key in pipeline.client.keys(f"{{{SANDBOX}}}:*")}
    assert left == {f"{{{SANDBOX}}}:{stage}" for stage in ("ingest", "aggregate", "notify")}
    restored = runner.invoke(app, ["restore", ledger])
    assert restored.exit_code == 0, restored.output
    assert publisher.await_cursor(SANDBOX, ledger=1 + len(pack.declarations)) == end
    again = runner.invoke(app, ["declare", "-", "--election", SANDBOX], input=sandbox_events(pack)[0])
    assert "duplicate" in again.stdout, again.output
    verified = runner.invoke(app, ["verify", "--election", SANDBOX])
    assert verified.exit_code == 0, verified.output
    restored_end = end
    with playing(pack, pipeline.server.url, 600.0):
        # Until the new round has begun, the restored night is shown.
        wait_until(lambda: publisher.await_cursor(SANDBOX) != restored_end, what="a new round")
        end = publisher.await_cursor(SANDBOX, ledger=1 + len(pack.declarations))
    copy = Copy()
    with Feed(publisher, f"{EVENTS}?after=0") as feed:
        copy.follow(feed, end)
    copy.require_equal(publisher, SANDBOX)
    assert len(copy.standing["result"]) == len({json.loads(line)["subject"] for line in pack.declarations})
    for service in services:
        assert service.alive()
        assert "stage.failed" not in service.log()
    pipeline.services.end()


def test_nothing_but_a_sandbox_is_emptied(pipeline: Pipeline) -> None:
    """Promise: an election that is no sandbox cannot be begun anew."""
    pipeline.open(NIGHT)
    with open_connection(pipeline.server.url) as connection, pytest.raises(RefusedError, match="is no sandbox"):
        begin_anew(connection, NIGHT.election)
