"""What is measured must be right before it is fast. Nothing here looks at how long anything took."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from benchmarks.document import KEPT, PAGE, written
from benchmarks.feed import try_rate
from benchmarks.pace import CORES, PIECES, pieces, probe
from benchmarks.processes import run
from benchmarks.report import LABELS, as_json
from benchmarks.rounds import Aim, Benchmark, Contender, Measured, Options, Ratio, Round, measure, paced
from benchmarks.suite import BENCHMARKS
from benchmarks.workload import USUAL, Outcome, check, so_far

ROOT = Path(__file__).parents[2]
DECLARATIONS = 200


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Measure two benchmarks at a tiny size, as `make bench` does, and return what was kept."""
    folder = tmp_path_factory.mktemp("measured")
    names = ("pipeline", "stage")
    sizes = ("--declarations", str(DECLARATIONS), "--rounds", "1", "--out", str(folder))
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *names, *sizes], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return {name: json.loads((folder / f"{name}.json").read_text("utf-8")) for name in names}


def headlined(client: Redis, *subjects: tuple[str, int]) -> None:
    """Publish headlines about declarations."""
    for ballot, revision in subjects:
        data = {"data": {"ballot_id": ballot, "revision": revision}}
        client.xadd(USUAL.keys.key("headlines"), {"data": json.dumps(data)})


def benchmark(contenders: dict[str, Contender], *ratios: Ratio) -> Benchmark:
    """Return a benchmark of contenders that need no server."""
    return Benchmark("synthetic", "How?", lambda _: contenders, 100, ratios=ratios)


def test_the_pipeline_and_one_stage_are_exact(measured: dict[str, dict[str, Any]]) -> None:
    """Promise: every round is checked, and at a tiny size too each declaration has its effect once."""
    for document in measured.values():
        for contender in document["contenders"].values():
            assert contender["exact"]
            assert [(one["missing"], one["doubled"]) for one in contender["rounds"]] == [(0, 0)]


def test_what_comes_later_is_counted_alone_and_checked_with_all_before_it() -> None:
    """Promise: each round of an election that goes on is so many declarations more, and all of them are looked for."""
    found = measure(BENCHMARKS["later"], Options(declarations=20, rounds=2))
    assert {name: [one.declarations for one in rounds] for name, rounds in found.rounds.items()} == {
        "after as many": [20, 20],
        "after 10 times as many": [20, 20],
    }
    assert [(ratio.name, len(values)) for ratio, values in found.ratios().items()] == [
        ("after 10 times as many / after as many", 2)
    ]
    assert found.faults() == []


def test_what_is_kept_says_on_what_it_was_measured(measured: dict[str, dict[str, Any]]) -> None:
    """Promise: the JSON has machine, server with its settings, libraries, and each round's figures."""
    for document in measured.values():
        assert document["options"]["declarations"] == DECLARATIONS
        assert document["machine"].keys() >= {"cores", "processor", "python", "load_before", "flush_us"}
        server = document["server"]
        assert (server["appendonly"], server["appendfsync"], server["maxmemory-policy"]) == (
            "yes",
            "always",
            "noeviction",
        )
        assert document["libraries"].keys() >= {"faststream", "redis", "hiredis", "pydantic"}
        for contender in document["contenders"].values():
            assert contender["per_second"].keys() == {"median", "low", "high"}
            assert len(contender["rounds"]) == 1


def test_the_pipeline_tells_what_the_processor_allows(measured: dict[str, dict[str, Any]]) -> None:
    """Promise: processor time of each process, what it allows, and the share reached are in every round."""
    for contender in measured["pipeline"]["contenders"].values():
        parts = {f"cpu_us_{part}" for part in ("ingest", "aggregate", "notify", "server")}
        assert contender["details"].keys() >= {*parts, "cpu_us", "allowed_per_second", "share_of_allowed"}
        assert 0 < contender["details"]["pace"] <= 1
    assert "two of each service / one of each service" in measured["pipeline"]["ratios"]


def test_the_pace_is_the_share_of_what_the_cores_do_by_themselves() -> None:
    """Promise: a piece of work that takes twice as long as the fastest ones of the run was done at half the pace."""
    quiet = Round(1, exact=True, details={PIECES: [50, *[100] * 9]})
    disturbed = Round(2, exact=True, details={PIECES: [200] * 10})
    half = Round(1, exact=True, details={PIECES: [*[100] * 5, *[200] * 5]})
    seen = paced({"ours": [quiet, disturbed, half], "other": [Round(1, exact=True)]})
    assert [one.details["pace"] for one in seen["ours"]] == [1, 0.5, 0.75]
    assert [one.details for one in seen["other"]] == [{}]


def test_a_core_is_watched_as_long_as_somebody_listens() -> None:
    """Promise: piece after piece is told on every core, and none is begun when nobody is there any more."""
    took_ns = []
    for core in CORES:
        with probe(core) as watching:
            assert watching.stdout is not None
            took_ns += [int(watching.stdout.readline()) for _ in range(3)]
            watching.communicate()
        assert watching.returncode == 0
    assert len(took_ns) >= 3 * len(CORES)
    assert min(took_ns) > 0


def test_the_pace_is_known_when_the_work_is_done() -> None:
    """Promise: every core has been looked at, however short the work was."""
    with pieces() as took_ns:
        assert took_ns == []
    assert len(took_ns) >= len(CORES)
    assert min(took_ns) > 0


def test_what_was_wrong_in_one_round_is_wrong() -> None:
    """Promise: a last tally that is right only in the last round is not said to be right."""
    rounds = [Round(1, exact=right, details={"tally_right": right}) for right in (True, False, True)]
    measured = Measured(benchmark({}), Options(100, 3), {"other": rounds})
    assert measured.details("other") == {"tally_right": False}


def test_one_stage_is_held_against_a_loop_and_the_server_alone(measured: dict[str, dict[str, Any]]) -> None:
    """Promise: the ratios that the frame is judged by are printed and kept."""
    assert measured["stage"]["ratios"].keys() == {
        "our service / hand-written loop",
        "our service / recorded commits, no Python",
    }


def test_a_feed_is_read_to_its_end() -> None:
    """Promise: every declaration of a steady feed is matched with its own headline."""
    fed, outcome = try_rate(rate=100, seconds=0.5)
    assert outcome == Outcome(missing=0, doubled=0)
    assert len(fed.posted_s) == len(fed.waits_s) == 50
    assert min(fed.waits_s) > 0


def test_a_missing_and_a_doubled_headline_are_counted(redis_client: Redis) -> None:
    """Promise: a benchmark cannot call exact what is not."""
    headlined(redis_client, USUAL.subject(0), USUAL.subject(2), USUAL.subject(2), USUAL.subject(2))
    assert check(redis_client, 3) == Outcome(missing=1, doubled=2)
    headlined(redis_client, USUAL.subject(1))
    assert check(redis_client, 3) == Outcome(missing=0, doubled=2)


def test_what_has_come_since_the_last_check_is_checked_alone(redis_client: Redis) -> None:
    """Promise: an election that goes on is not read anew each time, and what comes again later is not missed."""
    headlined(redis_client, USUAL.subject(0), USUAL.subject(0), USUAL.subject(1))
    checked = so_far(redis_client, 2)
    headlined(redis_client, USUAL.subject(1), USUAL.subject(2))
    assert check(redis_client, 4, checked=checked) == Outcome(missing=1, doubled=1)
    assert check(redis_client, 4) == Outcome(missing=1, doubled=2)


def test_a_headline_for_what_was_never_declared_is_counted(redis_client: Redis) -> None:
    """Promise: a headline too many is one too many, whatever it is about."""
    headlined(redis_client, USUAL.subject(0), USUAL.subject(7))
    assert check(redis_client, 1) == Outcome(missing=0, doubled=1)


def test_a_command_is_weighed_alone_whatever_the_benchmark_holds() -> None:
    """Promise: the memory that a table gives for a command is the command's."""
    held = bytearray(b"\1" * 300_000_000)
    # Long enough to be looked at more than once.
    took = run([sys.executable, "-c", "held = b'1' * 60_000_000; [held.count(b'2') for _ in range(10)]"])
    assert 60 < took.rss_mb_max < 200 < len(held) / 1e6


def test_contenders_take_turns_and_ratios_are_taken_within_a_round() -> None:
    """Promise: a minute in which the machine is slow moves the figures and not the ratio."""
    order: list[str] = []
    slow_minute = [1.0, 10.0, 1.0]

    def contender(name: str, speed: float) -> Contender:
        def work(_: int) -> Round:
            order.append(name)
            return Round(slow_minute[order.count(name) - 1] / speed, exact=True)

        return work

    ratio = Ratio("a", "b")
    found = measure(
        benchmark({"a": contender("a", 1.0), "b": contender("b", 2.0)}, ratio), Options(declarations=100, rounds=3)
    )
    assert order == ["a", "b"] * 3
    assert found.ratios() == {ratio: [0.5, 0.5, 0.5]}
    assert as_json(found, {})["contenders"]["a"]["per_second"] == {"median": 100.0, "low": 10.0, "high": 100.0}


def test_a_round_of_ours_that_is_not_exact_is_a_fault() -> None:
    """Promise: the run fails and says which round it was."""
    contenders: dict[str, Contender] = {"a": lambda _: Round(1.0, exact=False, missing=3)}
    found = measure(benchmark(contenders), Options(declarations=100, rounds=1))
    assert found.faults() == ["not exact: a, round 1: 3 missing, 0 doubled"]


def test_an_inexact_round_of_another_tool_is_a_finding() -> None:
    """Promise: what a tool loses is reported, and does not end the comparison."""
    tools = BENCHMARKS["tools"]
    assert [tools.foreign(name) for name in ("Tallywire", "Celery")] == [False, True]


def test_an_aim_of_ours_that_was_not_measured_is_a_mistake() -> None:
    """Promise: an aim is left out only where a tool is not installed, not where its name is misspelt."""
    tools = BENCHMARKS["tools"]
    assert as_json(Measured(tools, Options(100, 1), {}), {})["aims"] == []
    with pytest.raises(KeyError, match="Tallywire"):
        as_json(Measured(replace(tools, aims=(Aim("Tallywire", "per_second"),)), Options(100, 1), {}), {})


def test_every_column_has_a_heading() -> None:
    """Promise: nothing is shown under the name it has in the code."""
    assert {column for one in BENCHMARKS.values() for column in one.columns} - LABELS.keys() == set()


def test_the_page_says_what_is_kept() -> None:
    """Promise: the figures in docs/speed.md are those of docs/benchmarks, and every benchmark is on the page."""
    page = PAGE.read_text("utf-8")
    assert written(page) == page, "write it anew: python -m benchmarks document"
    assert {path.stem for path in KEPT.glob("*.json")} == BENCHMARKS.keys()
    assert [name for name in BENCHMARKS if f"<!-- generated: {name} -->" not in page] == []
