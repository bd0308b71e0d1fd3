"""A service that runs and gets nothing done is not healthy; one that works through the past is."""

import socket
from pathlib import Path
from typing import Final

import pytest
from redis import Redis
from typer.testing import CliRunner

from streams.keys import CATALOGUE, Partition, alive_key
from streams.lag import STUCK_AFTER_S
from tallywire.cli import app
from tallywire.cli.exit_codes import Exit
from tallywire.embedded.server import EmbeddedServer
from tallywire.operations.health import check_health
from tests.flow.night import synthetic_declarations, synthetic_register
from tests.flow.pipeline import Pipeline
from tests.waiting import wait_until

ELECTION: Final = "pcc.2036-05-01"
KEYS: Final = Partition(ELECTION)
REGISTER: Final = synthetic_register(ELECTION, seed=7)
OPERATING: Final = Path(__file__).parents[2] / "docs" / "operating.md"


def test_a_service_that_can_commit_nothing_is_not_healthy(pipeline: Pipeline) -> None:
    """Promise: a service that runs, while nothing takes effect any more, is found out, and says why.

    Somebody has put something else in the place of the ledger. Once it is back, the service recovers by itself.
    """
    url = pipeline.server.url
    ingest = pipeline.start("ingest")
    pipeline.open(REGISTER)
    wait_until(lambda: pipeline.length(ELECTION, "ledger"), what="the register to be taken")
    pipeline.client.rename(KEYS.key("ledger"), KEYS.key("elsewhere"))
    pipeline.client.set(KEYS.key("ledger"), "in the way")
    pipeline.post(ELECTION, synthetic_declarations(REGISTER, 7, revisions=1)[:3])
    wait_until(lambda: "attempt failed" in check_health(url, "ingest").message, what="ingest to have tried")
    told = CliRunner().invoke(app, ["health", "ingest", "--redis", url])
    assert told.exit_code == Exit.REFUSED
    assert f"{ELECTION}: the last attempt failed: " in told.stdout
    ingest.await_saying("stage.interrupted")
    pipeline.client.rename(KEYS.key("elsewhere"), KEYS.key("ledger"))
    wait_until(lambda: "has read everything" in check_health(url, "ingest").message, what="ingest to go on")


@pytest.fixture
def a_minute_waiting(redis_client: Redis) -> Redis:
    """Let aggregate have a heartbeat on this machine, and a ledger entry before it that is a minute old."""
    redis_client.set(alive_key("aggregate", socket.gethostname(), 4711), "[]", ex=15)
    redis_client.xadd(CATALOGUE, {"election": ELECTION})
    redis_client.xadd(KEYS.key("ledger"), {"data": "{}"}, id=f"{redis_client.time()[0] - 60}000-0")
    return redis_client


def test_half_a_minute_without_a_word_is_too_long(server: EmbeddedServer, a_minute_waiting: Redis) -> None:
    """Promise: the message says for how long nothing was written, how many entries wait, and where to look."""
    wrote_ago_s = STUCK_AFTER_S + 5
    wrote_id = f"{int(1e3 * (a_minute_waiting.time()[0] - wrote_ago_s))}-0"
    a_minute_waiting.xadd(KEYS.key("results"), {"data": "{}"}, id=wrote_id)
    health = check_health(server.url, "aggregate")
    assert not health.ok
    assert f"it has written nothing for {STUCK_AFTER_S:g} s" in health.message
    assert f"{ELECTION}: 1 waiting, the first for 6" in health.message
    assert "Its log says why." in health.message


def test_working_through_the_past_is_healthy(server: EmbeddedServer, a_minute_waiting: Redis) -> None:
    """Promise: after a restore the entries that wait are as old as their night; a service that writes is at work."""
    a_minute_waiting.xadd(KEYS.key("tallies"), {"data": "{}"})
    health = check_health(server.url, "aggregate")
    assert health.ok
    assert "aggregate is live and behind." in health.message


def test_who_is_woken_and_what_a_probe_finds_agree() -> None:
    """Promise: the document's alarm and the health check have one threshold."""
    assert f"`tallywire_lag_seconds > {STUCK_AFTER_S:g}`" in OPERATING.read_text("utf-8")
