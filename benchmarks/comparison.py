"""Ours beside the same pipeline as the tutorials of other tools have it: undisturbed, and with workers killed."""

import os
import random
import signal
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from benchmarks.line import Line, deadline_s, judged, line
from benchmarks.pipeline import preloaded
from benchmarks.rounds import Aim, Benchmark, Contender, Options, Round
from benchmarks.tools import measuring
from benchmarks.tools.work import WRITES
from benchmarks.workload import LOOK_S, USUAL, check, open_election
from tallywire.client.progress import behind

OURS: Final = "Tallywire"

OURS_TIMES: Final = 20
"""Ours gets so many times as many declarations: its round lasts as long as theirs. Speed is compared, not time."""


AIMS: Final[Mapping[str, float]] = {"FastStream": 15.0, "FastStream, silent": 15.0}
"""How many times as fast we should be, where it is not five times."""


class Calm:
    """Ours, undisturbed, before and after each tool: it is held against both.

    The machine of our figures changes from one quarter of a minute to the next.
    """

    def __init__(self, candidates: int) -> None:
        self._candidates = candidates
        self._last_s = 0.0
        """What the last round took."""

    def __call__(self, declarations: int) -> Round:
        """Work off the same election as the tools, larger.

        Raises:
            RuntimeError: something was lost or doubled.
        """
        size = OURS_TIMES * declarations
        found = preloaded(size, candidates=self._candidates)
        if not found.exact:
            raise RuntimeError(f"not exact: {found.missing} missing, {found.doubled} doubled")
        self._last_s = found.seconds
        return found

    def around(self, tool: Contender) -> Contender:
        """Return a tool whose round is followed by one of ours, and says how many times as fast we were."""

        def between(declarations: int) -> Round:
            before_s, found = self._last_s, tool(declarations)
            after_s = self(declarations).seconds
            told = {
                "ours_before_s": before_s,
                "ours_after_s": after_s,
                "times_slower": found.seconds * 2 * OURS_TIMES / (before_s + after_s),
            }
            return replace(found, details={**found.details, **told})

        return between


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
    while behind(line.desk, USUAL.election) and time.monotonic() < deadline:
        for service, fate in fates.items():
            pid = line.teams[0].pids.get(service)
            if fate and pid and line.client.xlen(USUAL.keys.key(WRITES[service])) >= fate[0]:
                fate.pop(0)
                os.kill(pid, signal.SIGKILL)
        time.sleep(LOOK_S)


def undisturbed(options: Options) -> Mapping[str, Contender]:
    """Return ours and every tool that is installed."""
    ours = Calm(options.candidates)
    return {OURS: ours, **{name: ours.around(tool) for name, tool in measuring.contenders().items()}}


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
    # A thousand last some seconds, and the machine changes from one to the next: a ratio moves by a fifth.
    rounds=5,
    columns=("times_slower", "version", "missing", "doubled", "out_of_order", "tally_right"),
    aims=tuple(Aim(tool.name, "times_slower", least=AIMS.get(tool.name, 5.0)) for tool in measuring.TOOLS),
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
