"""What the comparison with other tools stands on. FastStream is installed everywhere; `make bench` runs the others."""

import json
from typing import Final

import pytest
from redis import Redis

from benchmarks import comparison
from benchmarks.rounds import Round
from benchmarks.tools import measuring
from benchmarks.tools.said import said
from benchmarks.tools.work import REGISTER, Made, Step
from benchmarks.workload import KEYS, USUAL, declaration, register

DECLARATIONS: Final = USUAL.contests + 20
"""So many that some contests are corrected."""


def test_the_tutorial_way_is_exact_as_long_as_nothing_goes_wrong() -> None:
    """What is compared does the whole work: each declaration becomes one headline, in order; the tally is right."""
    found = measuring.contenders()["FastStream"](DECLARATIONS)
    assert found.exact, found
    assert found.details["kills"] == 0


def test_the_kills_of_the_comparison_happen_and_what_they_cost_is_seen() -> None:
    """A tool that loses what a killed worker had read is not called exact."""
    tool = next(tool for tool in measuring.TOOLS if tool.name == "FastStream")
    found = measuring.run(tool, DECLARATIONS, kills=1, patience_s=5)
    assert found.details["kills"] > 0
    assert found.missing > 0
    assert not found.exact


def test_a_tool_is_held_against_ours_before_and_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many times slower a tool is does not depend on whether the machine was slow before it or behind it."""
    seconds = iter((1.0, 4.0))
    monkeypatch.setattr(comparison, "preloaded", lambda size, **_: Round(next(seconds), exact=True, declarations=size))
    ours = comparison.Calm(candidates=3)
    assert ours(10).declarations == 200
    # 400 in 5 seconds, beside 10 in 2.
    assert ours.around(lambda _: Round(2.0, exact=True))(10).details == {
        "ours_before_s": 1.0,
        "ours_after_s": 4.0,
        "times_slower": 16.0,
    }


def test_ours_must_be_exact_beside_the_tools_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was lost is not fast: the comparison ends."""
    monkeypatch.setattr(
        comparison, "preloaded", lambda size, **_: Round(1.0, exact=False, missing=1, declarations=size)
    )
    with pytest.raises(RuntimeError, match="1 missing"):
        comparison.Calm(candidates=3)(10)


def test_what_is_missing_doubled_out_of_order_or_miscounted_is_seen(redis_client: Redis) -> None:
    """The comparison calls a tool exact only when every declaration had its effect once, in order."""
    headlines = _played(redis_client)

    def told(lines: list[bytes]) -> tuple[int, int, int, bool]:
        redis_client.delete(KEYS.key("headlines"))
        for line in lines:
            redis_client.xadd(KEYS.key("headlines"), {"data": line})
        found = said(redis_client, DECLARATIONS)
        return found.missing, found.doubled, found.out_of_order, found.exact

    corrected = headlines[-1]
    assert told(headlines) == (0, 0, 0, True)
    assert told(headlines[:-1]) == (1, 0, 0, False)
    assert told([*headlines, corrected]) == (0, 1, 0, False)
    assert told([corrected, *headlines[:-1]]) == (0, 0, 1, False)
    tally = json.loads(redis_client.hget(KEYS.key("standing:tallies"), "uk") or "{}")
    next(iter(tally["data"]["parties"].values()))["votes"] += 1
    redis_client.hset(KEYS.key("standing:tallies"), "uk", json.dumps(tally, separators=(",", ":")))
    assert told(headlines) == (0, 0, 0, False)


def test_a_worker_that_starts_again_knows_how_things_stand(redis_client: Redis) -> None:
    """A message that a tool delivers again after a kill does no harm: the others are not made to look worse."""
    _played(redis_client)
    ingest, aggregate, notify = _steps(redis_client)
    (again,) = ingest(declaration(DECLARATIONS - 1)).events
    assert aggregate(again) == Made("results", (), (), ())
    (entry,) = ingest(declaration(DECLARATIONS)).events
    assert json.loads(aggregate(entry).events[0])["data"]["supersedes"]["revision"] == 1
    assert len(notify(aggregate(ingest(declaration(DECLARATIONS + 1)).events[0]).events[0]).events) == 1


def _steps(client: Redis) -> tuple[Step, Step, Step]:
    return Step("ingest", client), Step("aggregate", client), Step("notify", client)


def _played(client: Redis) -> list[bytes]:
    """Do the work of all three steps, leave what stands on the server, and return the headlines."""
    client.set(REGISTER, register())
    ingest, aggregate, notify = _steps(client)
    headlines: list[bytes] = []
    for number in range(DECLARATIONS):
        (entry,) = ingest(declaration(number)).events
        client.xadd(KEYS.key("ledger"), {"data": entry})
        made = aggregate(entry)
        headlines += notify(made.events[0]).events
        for table, field, value in made.fields:
            client.hset(KEYS.key(table), field, value)
    return headlines
