"""A signed night from the post to the headline: what is held, what is under review, and what is verified after it."""

import json
from typing import Final

import pytest
from typer.testing import CliRunner

from schemas.streams import HEADLINES
from streams.keys import Partition
from tallywire.cli import app
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.signed_sender import SignedSender, open_signed
from tests.services.ingest.signed_election import DESK, NOT_MOST_VOTES, OFFICER, SECOND, confirmation, declared
from tests.services.registers import ELECTION
from tests.waiting import wait_until

KEYS: Final = Partition(ELECTION)


@pytest.fixture
def night(pipeline: Pipeline) -> SignedSender:
    """Return a sender to a signed election with all services at work."""
    return open_signed(pipeline, "ingest", "aggregate", "notify")


def await_headline(night: SignedSender, text: str) -> None:
    """Wait until the last headline about the seats is this one."""

    def last() -> str:
        entries = night.pipeline.client.xrevrange(KEYS.key(HEADLINES.name), count=1)
        return json.loads(entries[0][1][b"data"])["data"]["text"] if entries else ""

    wait_until(lambda: last() == text, what=f"{text!r}, and not {last()!r}")


def test_a_correction_that_changes_the_winner_puts_the_contest_under_review(night: SignedSender) -> None:
    """Promise: the headline says so at once, and the second person's decision takes it back; all of it verifies."""
    assert night.post(OFFICER, declared()).status == 200
    await_headline(night, "Labour gains Testshire")
    held = night.post(OFFICER, declared("corrected-1", revision=2, **NOT_MOST_VOTES))
    assert held.status == 202
    await_headline(night, "UNDER REVIEW: Labour gains Testshire")
    place = held.json["data"]["hold"]
    assert night.post(SECOND, confirmation("no", place, "reject", "The paper says otherwise")).status == 200
    await_headline(night, 'REVIEW ENDED: "Labour gains Testshire" stands')
    again = night.post(OFFICER, declared("corrected-2", revision=2, **NOT_MOST_VOTES)).json["data"]["hold"]
    await_headline(night, "UNDER REVIEW: Labour gains Testshire")
    assert night.post(DESK, confirmation("yes", again)).status == 200
    await_headline(night, 'CORRECTION: Conservatives hold Testshire, not "Labour gains Testshire"')
    verified = CliRunner().invoke(app, ["verify", "--redis", night.pipeline.server.url])
    assert verified.exit_code == 0, verified.output
