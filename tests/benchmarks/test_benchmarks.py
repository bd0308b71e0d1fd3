"""What is measured must be right before it is fast. Nothing here looks at how long anything took."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from redis import Redis

from benchmarks.pipeline import services_of
from benchmarks.report import Ratio, report
from benchmarks.rounds import Contender, Round, inexact, measure
from benchmarks.stage import written
from benchmarks.workload import CONTESTS, KEYS, declaration, judged, subject, votes

ROOT: Final = Path(__file__).parents[2]
DECLARATIONS: Final = 1_200
"""Each contest is corrected several times."""


def headlined(client: Redis, *numbers: int) -> None:
    """Publish a headline about each of these declarations."""
    for ballot, revision in map(subject, numbers):
        event = {"specversion": "1.0", "data": {"ballot_id": ballot, "revision": revision}}
        client.xadd(KEYS.key("headlines"), {"data": json.dumps(event, separators=(",", ":"))})


def tallied(client: Redis, declarations: int, *, too_many: int = 0) -> None:
    """Publish the tally of so many declarations, of which no two are of one contest."""
    parties = {f"party-{name}": {"votes": too_many} for name in votes(0)}
    for number in range(declarations):
        for name, count in votes(number).items():
            parties[f"party-{name}"]["votes"] += count
    event = {"specversion": "1.0", "data": {"declared": declarations, "parties": parties}}
    client.hset(KEYS.key("standing:tallies"), "uk", json.dumps(event, separators=(",", ":")))


def lost(found: Round) -> tuple[int, int, bool]:
    """Return what is missing and doubled, and whether all of it is exact."""
    return found.missing, found.doubled, found.exact


def test_a_comparison_is_exact_and_says_on_what_it_was_measured() -> None:
    """Promise: `make bench` holds every round's outcome against what was declared, and prints ratios and machine.

    It ends with 1 where a round is not exact, so the other comparisons are left to it.
    """
    sizes = ("stage", "--declarations", str(DECLARATIONS), "--rounds", "1")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *sizes], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    ratios = re.findall(r"^- (.*): ([\d.]+)", done.stdout, re.MULTILINE)
    assert [name for name, value in ratios if float(value) > 0] == [
        "one stage, our service / one stage, hand-written loop",
    ]
    for condition in ("cores", "load before", "a flushed write", "appendfsync always", "FastStream 0."):
        assert condition in done.stdout


def test_what_is_no_checkout_is_not_measured(tmp_path: Path) -> None:
    """Promise: what is said to be another checkout's speed is not our own."""
    assert services_of(ROOT, "redis://one")("ingest")[-4:] == ["tallywire", "ingest", "--redis", "redis://one"]
    with pytest.raises(RuntimeError, match="there are no services"):
        services_of(tmp_path, "redis://one")


def test_a_missing_and_a_doubled_headline_are_counted(redis_client: Redis) -> None:
    """Promise: a benchmark cannot call exact what is not; also a headline about what was never declared."""
    tallied(redis_client, 3)
    headlined(redis_client, 0, 2, 2, 2)
    assert lost(judged(redis_client, 3, seconds=1)) == (1, 2, False)
    headlined(redis_client, 1)
    assert lost(judged(redis_client, 3, seconds=1)) == (0, 2, False)
    redis_client.delete(KEYS.key("headlines"))
    headlined(redis_client, 0, 1, 2)
    assert lost(judged(redis_client, 3, seconds=1)) == (0, 0, True)
    headlined(redis_client, CONTESTS)
    assert lost(judged(redis_client, 3, seconds=1)) == (0, 1, False)


def test_a_wrong_tally_is_seen(redis_client: Redis) -> None:
    """Promise: headlines alone do not make a round exact: what was counted must be right as well."""
    headlined(redis_client, 0, 1)
    assert lost(judged(redis_client, 2, seconds=1)) == (0, 0, False)
    tallied(redis_client, 2, too_many=1)
    assert lost(judged(redis_client, 2, seconds=1)) == (0, 0, False)
    tallied(redis_client, 2)
    assert lost(judged(redis_client, 2, seconds=1)) == (0, 0, True)


@pytest.mark.parametrize(
    ("stage", "stream", "same"), [("ingest", "ledger", True), ("aggregate", "results", False)], ids=str
)
def test_only_of_a_stage_that_looks_at_the_clock_times_may_differ(
    redis_client: Redis, stage: str, stream: str, *, same: bool
) -> None:
    """Promise: two runs of a stage are held against each other by the bytes, but for what the moment has put in."""

    def digest(event: bytes) -> str:
        redis_client.delete(KEYS.key(stream))
        redis_client.xadd(KEYS.key(stream), {"data": event})
        return written(redis_client, stage).digest

    sent = b'{"id":"1","time":"%b","votes":20,"acceptedtime":"%b","sequence":1,%b"chain":"%b"}'
    first = sent % (b"2030-05-02T22:00:00Z", b"2030-05-02T22:00:01Z", b'"groupend":true,', b"a" * 64)
    later = sent % (b"2030-05-02T23:00:00Z", b"2030-05-02T23:00:01Z", b"", b"b" * 64)
    assert (digest(first) == digest(later)) is same
    assert digest(first) != digest(later.replace(b"20,", b"21,"))


def test_what_is_measured_is_written_as_senders_write_it() -> None:
    """Promise: a declaration states what it says and nothing besides, so that an older release does not refuse it."""
    assert json.loads(declaration(7)) == {
        "specversion": "1.0",
        "type": "tallywire.declaration.v1",
        "id": "7",
        "source": "/synthetic",
        "subject": subject(7)[0],
        "data": {"ballot_id": subject(7)[0], "revision": 1, "votes": votes(7)},
    }


def test_contenders_take_turns_and_ratios_are_taken_within_a_round() -> None:
    """Promise: a minute in which the machine is slow moves the figures and not the ratio."""
    order: list[str] = []
    slow_minute = [1.0, 10.0, 1.0]

    def contender(name: str, speed: float) -> Contender:
        def work(declarations: int) -> Round:
            order.append(name)
            return Round(declarations, slow_minute[order.count(name) - 1] / speed, allowed=1_000)

        return work

    done = measure({"a": contender("a", 1.0), "b": contender("b", 2.0)}, 100, rounds=3)
    assert order == ["a", "b"] * 3
    lines = report(done, [Ratio("a", "b", aim=0.9), Ratio("b"), Ratio("a", "absent")], "one core").splitlines()
    assert lines[0] == "- a / b: 0.50; at least 0.9 is aimed at"
    assert lines[1] == "- b / what its processor time allows: 0.20 (0.02 to 0.20)"
    assert "| a | 100 (10.0 to 100) |  |" in lines
    assert lines[-1] == "*Median, lowest and highest of 3 rounds; one core.*"


def test_a_round_that_is_not_exact_is_a_fault() -> None:
    """Promise: the run fails and says which round it was."""
    rounds = [Round(100, 1.0), Round(100, 1.0, missing=3, right=False)]
    assert inexact({"a": rounds}) == ["not exact: a, round 2: 3 missing, 0 doubled, what was written is wrong"]
