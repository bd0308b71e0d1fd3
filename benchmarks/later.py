"""Whether declarations cost the same, however many there were before them.

Elections that have come far and one that has only begun get as many more declarations each, in turns. A run of a
million takes minutes, in which the machine changes; here all are measured within the same half minute.
"""

import signal
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from typing import Final

from benchmarks.line import Line, line, work_off
from benchmarks.rounds import Benchmark, Contender, Options, Ratio, Round
from benchmarks.workload import Workload, contests_for, post

FURTHER: Final = 10
"""How many times as many declarations the other election has had as the first."""

FURTHEST: Final = 100
"""The same of a third one, with ``--all``."""

DECLARATIONS: Final = 10_000


class Later:
    """An election with so many declarations behind it; its server and services go on from round to round."""

    def __init__(self, before: int, rounds: int, workload: Workload) -> None:
        """Begin with nothing started: the first round does that."""
        self._posted = before
        self._rounds_left = rounds
        self._workload = workload
        self._held = ExitStack()
        self._line: Line | None = None

    def __call__(self, declarations: int) -> Round:
        """Work off so many more declarations, which lie ready, and check all there ever were."""
        running = self._line or self._begin()
        before, self._posted = self._posted, self._posted + declarations
        # They must find the declarations lying ready.
        running.signal(signal.SIGSTOP)
        post(running.client, before, self._posted, self._workload)
        go_on = partial(running.signal, signal.SIGCONT)
        found = work_off(running, self._posted, self._workload, begin=go_on, before=before)
        self._rounds_left -= 1
        if not self._rounds_left:
            self._held.close()
        return found

    def _begin(self) -> Line:
        running = self._line = self._held.enter_context(line())
        running.preload(self._posted, self._workload)
        running.start()
        work_off(running, self._posted, self._workload)
        return running


def contenders(options: Options) -> Mapping[str, Contender]:
    """Return an election that has had as many declarations as come in a round, and others that have had many more."""
    further = (1, FURTHER, FURTHEST) if options.everything else (1, FURTHER)
    most = (further[-1] + options.rounds) * options.declarations
    workload = Workload(contests=contests_for(most), candidates=options.candidates)
    befores = [times * options.declarations for times in further]
    return {f"after {before:,}": Later(before, options.rounds, workload) for before in befores}


BENCHMARK: Final = Benchmark(
    name="later",
    question="What do as many more declarations take, after few and after many?",
    contenders=contenders,
    declarations=DECLARATIONS,
    rounds=5,
    columns=("cpu_us_ingest", "cpu_us_aggregate", "cpu_us_notify", "cpu_us_server", "share_of_allowed", "pace"),
    ratios=tuple(
        Ratio(f"after {further * DECLARATIONS:,}", f"after {DECLARATIONS:,}") for further in (FURTHER, FURTHEST)
    ),
)
