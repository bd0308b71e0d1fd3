"""The whole pipeline, durable: three services as three processes work off what lies on the stream."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from benchmarks.line import COMPILED, line, work_off
from benchmarks.rounds import Aim, Benchmark, Contender, Options, Ratio, Round
from benchmarks.workload import Workload, contests_for, declaration

ONE: Final = "one of each service"
TWO: Final = "two of each service"
INTERPRETED: Final = "one of each, not compiled"
LONG: Final = "one of each, 12 candidates"
LONG_CANDIDATES: Final = 12
"""A long ballot paper: most contests have three to six candidates."""


def preloaded(declarations: int, *, candidates: int, teams: int = 1, interpreted: bool = False) -> Round:
    """Work off one election with so many processes of each service."""
    workload = Workload(contests=contests_for(declarations), candidates=candidates)
    with line() as running:
        running.preload(declarations, workload)
        running.start(teams, interpreted=interpreted)
        found = work_off(running, declarations, workload)
    details = {"bytes_per_declaration": len(declaration(0, workload)), **found.details}
    return replace(found, details=details)


def contenders(options: Options) -> Mapping[str, Contender]:
    """Return one writer, two of them on the same election, plain Python, and one with a longer ballot paper."""
    usual = partial(preloaded, candidates=options.candidates)
    return {
        ONE: usual,
        TWO: partial(usual, teams=2),
        **({INTERPRETED: partial(usual, interpreted=True)} if COMPILED else {}),
        LONG: partial(preloaded, candidates=LONG_CANDIDATES),
    }


BENCHMARK: Final = Benchmark(
    name="pipeline",
    question="How many declarations a second become headlines when they lie ready, and what bounds it?",
    contenders=contenders,
    declarations=20_000,
    rounds=5,
    columns=(
        *("bytes_per_declaration", "cpu_us_ingest", "cpu_us_aggregate", "cpu_us_notify", "cpu_us_server"),
        *("allowed_per_second", "share_of_allowed", "pace"),
    ),
    ratios=(Ratio(TWO, ONE, 0.6), Ratio(ONE, INTERPRETED)),
    aims=(Aim(ONE, "per_second", least=5_000), Aim(ONE, "share_of_allowed", least=0.85)),
)
