"""Whether declarations cost the same, however many there were before them.

Elections that have come far and one that has only begun get as many more declarations each, in turns. A run of a
million takes minutes, in which the machine changes; here all get them within the same half minute.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from itertools import islice
from typing import Final

from benchmarks.line import Line, deadline_s, line, work_off_further
from benchmarks.rounds import Benchmark, Contender, Options, Ratio, Round
from benchmarks.workload import Workload, contests_for, open_election, wait_for_seats

FIRST: Final = "after as many"
"""The election that has had no more than it gets."""

FURTHER: Final[Mapping[str, int]] = {"after 10 times as many": 10, "after 100 times as many": 100}
"""How many times as many declarations others have had; the last one with ``--all`` only."""


class Later:
    """An election with so many declarations behind it. Its server and services go on from round to round."""

    def __init__(self, before: int, rounds: int, workload: Workload) -> None:
        """Start nothing yet.

        Args:
            before: declarations behind it in the first round.
            rounds: how many come before it ends.
            workload: what is declared.
        """
        self._posted = before
        self._rounds_left = rounds
        self._workload = workload
        self._held = ExitStack()
        self._line: Line | None = None

    def begin(self) -> Line:
        """Come as far as it is before the first round, once."""
        if self._line is None:
            self._line = self._held.enter_context(line())
            self._line.preload(self._posted, self._workload)
            self._line.start()
            open_election(self._line.client, self._workload)
            wait_for_seats(self._line.client, self._posted, deadline_s(self._posted), self._workload)
        return self._line

    def __call__(self, declarations: int) -> Round:
        """Work off so many more declarations, which lie ready, and check them; at last all there ever were."""
        running = self.begin()
        before, self._posted = self._posted, self._posted + declarations
        self._rounds_left -= 1
        last = not self._rounds_left
        found = work_off_further(running, self._posted, self._workload, before=before, recheck=last)
        if last:
            self._held.close()
        return found


def contenders(options: Options) -> Mapping[str, Contender]:
    """Return an election that has had as many declarations as come in a round, and others that have had many more."""
    further = dict(islice(FURTHER.items(), None if options.everything else 1))
    most = (max(further.values()) + options.rounds) * options.declarations
    workload = Workload(contests=contests_for(most), candidates=options.candidates)
    elections = {name: Later(times * options.declarations, options.rounds, workload) for name, times in further.items()}

    def first(declarations: int) -> Round:
        # Those that have come far are there before anything is measured, or minutes would lie between the turns.
        for election in elections.values():
            election.begin()
        # Begun anew each time, or after a few rounds it would have had many times as many.
        return Later(declarations, 1, workload)(declarations)

    return {FIRST: first, **elections}


BENCHMARK: Final = Benchmark(
    name="later",
    question="What do as many more declarations take, after few and after many?",
    contenders=contenders,
    declarations=10_000,
    # Single rounds differ by a third, on a virtual machine.
    rounds=15,
    columns=("cpu_us_ingest", "cpu_us_aggregate", "cpu_us_notify", "cpu_us_server", "share_of_allowed", "pace"),
    ratios=tuple(Ratio(further, FIRST) for further in FURTHER),
)
