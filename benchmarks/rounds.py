"""Contenders side by side: one round of each in turn, again and again, so that a noisy minute hits all of them.

Ratios are taken between contenders of one round, and only then is their median: they hold on a machine whose figures
do not.
"""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks.pace import PIECES, own_ns, share


@dataclass(frozen=True, slots=True)
class Round:
    """One round of one contender."""

    seconds: float
    """What the work took."""
    exact: bool
    """Whether every declaration had its effect once."""
    missing: int = 0
    """Declarations without effect."""
    doubled: int = 0
    """Effects beyond the first of each declaration."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """Whatever else was measured, the unit last in the name; values that JSON has."""
    declarations: int | None = None
    """How many it were, where that is the contender's own choice."""


TOUCHED: Final = 1024**3
"""Bytes of memory used before each round; a round of 20,000 declarations needs half of it, the log's cache included."""

Contender = Callable[[int], Round]
"""Does the work for so many declarations, on a server of its own, and checks it."""


@dataclass(frozen=True, slots=True)
class Options:
    """What whoever measures may choose."""

    declarations: int
    """Declarations of one round."""
    rounds: int
    seconds: float = 4.0
    """How long a steady feed lasts."""
    candidates: int = 3
    """Candidates of a contest: the size of a declaration."""
    stage: str = "aggregate"
    """The stage measured alone."""
    everything: bool = False
    """Whether to measure what takes half an hour."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """How much of one contender's speed another one reaches."""

    of: str
    to: str
    aim: float | None = None
    """The least it should be; None where none was set."""

    @property
    def name(self) -> str:
        """What is printed."""
        return f"{self.of} / {self.to}"


@dataclass(frozen=True, slots=True)
class Aim:
    """What a figure should be."""

    contender: str
    figure: str
    """The name of a detail; or ``per_second``."""
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A question, and who is measured to answer it."""

    name: str
    question: str
    contenders: Callable[[Options], Mapping[str, Contender]]
    declarations: int
    """Declarations of one round unless chosen otherwise."""
    rounds: int = 3
    """Rounds unless chosen otherwise."""
    columns: tuple[str, ...] = ()
    """Details worth a column of the printed table."""
    ratios: tuple[Ratio, ...] = ()
    aims: tuple[Aim, ...] = ()
    foreign: Callable[[str], bool] = lambda _: False
    """Whether a contender is not ours: that it is inexact is a finding, not a failure."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Every round of every contender of a benchmark."""

    benchmark: Benchmark
    options: Options
    rounds: Mapping[str, list[Round]]

    def rates(self, contender: str) -> list[float]:
        """Return the declarations a second of each round; 0 where nothing was done."""
        return [
            (self.options.declarations if one.declarations is None else one.declarations) / one.seconds
            if one.seconds
            else 0.0
            for one in self.rounds[contender]
        ]

    def details(self, contender: str) -> dict[str, Any]:
        """Return each detail: the median of numbers, whether it was true in all rounds, else what the last one says."""
        rounds = self.rounds[contender]
        return {name: _median([one.details[name] for one in rounds]) for name in rounds[-1].details}

    def ratios(self) -> dict[Ratio, list[float]]:
        """Return each ratio in each round; without those of contenders that were not there."""
        return {
            ratio: [of / to if to else 0.0 for of, to in zip(self.rates(ratio.of), self.rates(ratio.to), strict=True)]
            for ratio in self.benchmark.ratios
            if {ratio.of, ratio.to} <= self.rounds.keys()
        }

    def faults(self) -> list[str]:
        """Return what was not exact although it is ours."""
        return [
            f"not exact: {name}, round {number}: {one.missing} missing, {one.doubled} doubled"
            for name, rounds in self.rounds.items()
            if not self.benchmark.foreign(name)
            for number, one in enumerate(rounds, 1)
            if not one.exact
        ]


def _median(values: list[Any]) -> Any:  # noqa: ANN401  # a value that JSON has
    if all(isinstance(value, bool) for value in values):
        # What was wrong once is wrong.
        return all(values)
    if all(isinstance(value, float) for value in values):
        return statistics.median(values)
    # A number of things stays one; of words the last are as good as any.
    return statistics.median_high(values) if all(type(value) is int for value in values) else values[-1]


def measure(benchmark: Benchmark, options: Options) -> Measured:
    """Let every contender do its rounds, in turn."""
    contenders = benchmark.contenders(options)
    rounds: dict[str, list[Round]] = {name: [] for name in contenders}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(benchmark.name, total=options.rounds * len(contenders))
        for number in range(1, options.rounds + 1):
            for name, contender in contenders.items():
                progress.update(task, description=f"{benchmark.name}: {name}, round {number} of {options.rounds}")
                touch_memory()
                rounds[name].append(contender(options.declarations))
                progress.advance(task)
        progress.update(task, description=benchmark.name)
    return Measured(benchmark, options, paced(rounds))


def touch_memory() -> None:
    """Use some memory, and give it back to whoever needs it next.

    A virtual machine is given its memory when it first uses it, and may be deprived of it again. That takes longer than
    the kernel's own work, and would count against the contender that needs the most: 40 microseconds a declaration.
    """
    _ = b"\1" * TOUCHED


def paced(rounds: Mapping[str, list[Round]]) -> dict[str, list[Round]]:
    """Put the pace in the place of the pieces of work that it is told by: against those of all rounds, of everybody."""
    pieces_ns = [took for every in rounds.values() for one in every for took in one.details.get(PIECES, ())]
    own = own_ns(pieces_ns) if pieces_ns else 0

    def told(one: Round) -> Round:
        details = dict(one.details)
        took_ns = details.pop(PIECES, None)
        return one if took_ns is None else replace(one, details={**details, "pace": share(took_ns, own)})

    return {name: [told(one) for one in every] for name, every in rounds.items()}
