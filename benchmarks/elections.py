"""Several elections at once: what more worker processes are worth when there is more than one election."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from benchmarks.line import line, work_off
from benchmarks.rounds import Benchmark, Contender, Options, Ratio, Round
from benchmarks.workload import Workload, contests_for

ELECTIONS: Final = 4


def _name(elections: int, teams: int) -> str:
    words = "1 election" if elections == 1 else f"{elections} elections"
    return f"{words}, {teams} of each service"


def together(declarations: int, *, elections: int, teams: int, candidates: int) -> Round:
    """Work off several elections at once; the declarations are shared out among them."""
    each = declarations // elections
    workloads = [Workload(f"synthetic-{number}", contests_for(each), candidates) for number in range(1, elections + 1)]
    with line() as running:
        for workload in workloads:
            running.preload(each, workload)
        running.start(teams)
        return work_off(running, each, *workloads)


def contenders(options: Options) -> Mapping[str, Contender]:
    """Return one election and several, with one process of each service and with two."""
    return {
        _name(elections, teams): partial(together, elections=elections, teams=teams, candidates=options.candidates)
        for elections, teams in ((1, 1), (ELECTIONS, 1), (ELECTIONS, 2))
    }


BENCHMARK: Final = Benchmark(
    name="elections",
    question="What are several elections together worth, and a second process of each service?",
    contenders=contenders,
    declarations=20_000,
    rounds=3,
    columns=("cpu_us", "allowed_per_second", "share_of_allowed"),
    ratios=(
        Ratio(_name(ELECTIONS, 1), _name(1, 1)),
        Ratio(_name(ELECTIONS, 2), _name(1, 1)),
    ),
)
