"""What was measured, in Markdown, as it stands in docs/speed.md."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.rounds import Round

Done = Mapping[str, Sequence[Round]]


@dataclass(frozen=True, slots=True)
class Ratio:
    """How a contender's speed is to another one's."""

    of: str
    to: str | None = None
    """None: of what its own processor time allows."""
    aim: float | None = None
    """The least that it should be."""


def report(done: Done, ratios: Sequence[Ratio], conditions: str) -> str:
    """Return ratios, a table of the contenders, and the conditions under which they were measured."""
    rounds = max(len(every) for every in done.values())
    return "\n".join(
        [
            *(f"- {line}" for line in _ratios(done, ratios)),
            "",
            *_table(done),
            "",
            f"*Median, lowest and highest of {rounds} {'rounds' if rounds > 1 else 'round'}; {conditions}.*",
        ]
    )


def _ratios(done: Done, ratios: Sequence[Ratio]) -> Iterator[str]:
    for ratio in ratios:
        if {ratio.of, ratio.to or ratio.of} <= done.keys():
            aim = "" if ratio.aim is None else f"; at least {ratio.aim:g} is aimed at"
            yield f"{ratio.of} / {ratio.to or 'what its processor time allows'}: {spread(_values(done, ratio))}{aim}"


def _values(done: Done, ratio: Ratio) -> list[float]:
    """Return the ratio in each round."""
    if ratio.to is None:
        return [one.rate / one.allowed for one in done[ratio.of] if one.allowed]
    return [of.rate / to.rate for of, to in zip(done[ratio.of], done[ratio.to], strict=True)]


def _table(done: Done) -> Iterator[str]:
    yield "| | declarations a second | µs of one core for each |"
    yield "| --- | ---: | --- |"
    for name, rounds in done.items():
        used = [one.cpu_us for one in rounds if one.cpu_us]
        parts = [
            f"{part} {figure(statistics.median(each[part] for each in used))}" for part in (used[0] if used else ())
        ]
        yield f"| {name} | {spread([one.rate for one in rounds])} | {', '.join(parts)} |"


def spread(values: Sequence[float]) -> str:
    """Return median, lowest and highest."""
    median, low, high = map(figure, (statistics.median(values), min(values), max(values)))
    return median if low == high else f"{median} ({low} to {high})"


def figure(value: float) -> str:
    """Return a number with no more digits than mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
