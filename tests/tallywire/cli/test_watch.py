"""``tallywire watch``: headlines from the server, or over HTTP, with the same filters."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest
from typer.testing import CliRunner

from tallywire.cli import app
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.subscriber import Publisher

NIGHT: Final = night(35, contests=6, declarations=12)
ELECTION: Final = NIGHT.election


@pytest.fixture
def played(pipeline: Pipeline) -> Publisher:
    """Return a publishing service that shows a night."""
    pipeline.start_all()
    centre = pipeline.open(NIGHT)
    centre.send(NIGHT.declarations)
    centre.settle()
    return Publisher.ready(pipeline)


@contextmanager
def watching(*arguments: str) -> Iterator[Iterator[str]]:
    """Run ``tallywire watch`` as a process, and yield the lines that it prints."""
    command = [sys.executable, "-m", "tallywire", "watch", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout
        finally:
            process.kill()


def test_both_ways_have_the_same_filters(played: Publisher, pipeline: Pipeline) -> None:
    """Promise: over HTTP as from the server a filter selects the same headlines, byte for byte."""
    every = played.page(ELECTION, "headlines")["headlines"]
    party = next(one["party"] for event in every for one in event["data"]["winners"])
    wanted = played.page(ELECTION, f"headlines?party={party}&priority=3")["headlines"]
    assert 0 < len(wanted) < len(every)
    options = ("--election", ELECTION, "--party", party, "--priority", "3", "--from-start", "--json")
    for place in (("--redis", pipeline.server.url), ("--url", played.url)):
        with watching(*place, *options) as lines:
            assert [json.loads(line) for _, line in zip(wanted, lines, strict=False)] == wanted


def test_other_events_are_a_line_each(played: Publisher) -> None:
    """Promise: over HTTP results, control and tallies can be watched, too, from any cursor."""
    results = [f"result {each}" for each in played.page(ELECTION, "contests")["contests"]]
    with watching("--url", played.url, "--election", ELECTION, "--type", "result", "--after", "0") as lines:
        first = next(iter(lines))
    assert first.partition(",")[0] in results
    assert "revision 1" in first


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--after", "0"), "need --url"),
        (("--type", "tally"), "need --url"),
        (("--type", "headlines"), "There is no type headlines."),
        (("--url", "http://here:8481", "--after", "0"), "--after CURSOR goes with --election ID"),
        (("--url", "here:8481"), "is not where a publishing service is"),
    ],
)
def test_what_cannot_be_watched_is_said(arguments: tuple[str, ...], said: str) -> None:
    """Promise: options that do not go together are a mistake, and say what would."""
    result = CliRunner().invoke(app, ["watch", *arguments])
    assert (result.exit_code, said in " ".join(result.stderr.split())) == (2, True), result.stderr
