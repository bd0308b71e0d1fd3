"""Ours beside the same pipeline as the tutorials of other tools have it: undisturbed, and with workers killed."""

import os
import random
import signal
import time
from collections.abc import Mapping
from functools import partial
from typing import Final

from benchmarks.line import Line, deadline_s, judged, line
from benchmarks.pipeline import preloaded
from benchmarks.rounds import Benchmark, Contender, Options, Ratio, Round
from benchmarks.tools import measuring
from benchmarks.tools.work import WRITES
from benchmarks.workload import LOOK_S, USUAL, check, open_election

OURS: Final = "Tallywire"

OURS_TIMES: Final = 20
"""Ours gets so many times as many declarations: its round lasts as long as theirs. Speed is compared, not time."""


def calm(declarations: int, *, candidates: int) -> Round:
    """Work off the same election, larger."""
    return preloaded(OURS_TIMES * declarations, candidates=candidates)


def killed(declarations: int, *, kills: int, seed: int = 1) -> Round:
    """Work off an election while each service is killed so many times; its supervisor starts it again.

    As with the other tools, a service is killed when it has written a certain number of events, drawn from ``seed``.
    """
    size, draw = OURS_TIMES * declarations, random.Random(seed)
    fates = {service: sorted(draw.randrange(1, size) for _ in range(kills)) for service in WRITES}
    with line() as running:
        running.preload(size, USUAL)
        running.start()
        started = time.perf_counter()
        open_election(running.client)
        _kill(running, fates, deadline_s(size))
        seconds = time.perf_counter() - started
        outcome = check(running.client, size)
    done = kills * len(fates) - sum(map(len, fates.values()))
    return judged([outcome], seconds, size, {"kills": done, "gives_back": "at once"})


def _kill(line: Line, fates: dict[str, list[int]], limit_s: float) -> None:
    """Kill whose time has come, until every service has read everything or the time is over."""
    deadline = time.monotonic() + limit_s
    while line.desk.behind(USUAL.election) and time.monotonic() < deadline:
        for service, fate in fates.items():
            pid = line.teams[0].pids.get(service)
            if fate and pid and line.client.xlen(USUAL.keys.key(WRITES[service])) >= fate[0]:
                fate.pop(0)
                os.kill(pid, signal.SIGKILL)
        time.sleep(LOOK_S)


def undisturbed(options: Options) -> Mapping[str, Contender]:
    """Return ours and every tool that is installed."""
    return {OURS: partial(calm, candidates=options.candidates), **measuring.contenders()}


def disturbed(_: Options) -> Mapping[str, Contender]:
    """Return the same, their workers killed."""
    return {OURS: partial(killed, kills=measuring.KILLS), **measuring.killed()}


def _foreign(name: str) -> bool:
    return name != OURS


TOOLS: Final = Benchmark(
    name="tools",
    question="How does it compare with the same pipeline as other tools' tutorials have it?",
    contenders=undisturbed,
    declarations=1_000,
    rounds=2,
    columns=("version", "missing", "doubled", "out_of_order", "tally_right"),
    ratios=tuple(Ratio(OURS, tool.name, 15.0 if tool.name == "FastStream" else 5.0) for tool in measuring.TOOLS),
    foreign=_foreign,
)

KILLS: Final = Benchmark(
    name="kills",
    question="What is left when the workers of each step are killed in the middle of it?",
    contenders=disturbed,
    declarations=1_000,
    rounds=1,
    columns=("kills", "missing", "doubled", "out_of_order", "tally_right", "gives_back"),
    foreign=_foreign,
)
