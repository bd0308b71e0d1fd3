"""A steady feed: the highest rate that is held, and how long a declaration takes to its headline at lower ones."""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from benchmarks.feeding import WARM_UP, Fed, feed, warm_up
from benchmarks.line import judged, line
from benchmarks.rounds import Aim, Benchmark, Contender, Options, Round
from benchmarks.workload import Outcome, check

HELD_WAIT_S: Final = 0.2
"""A rate is held when, after seconds of it, the median declaration of the last second is through within this. A line
that is 5 % too slow is further behind by then."""

PACE_MIN: Final = 0.98
"""Least share of its rate that the feed itself must keep."""

FIRST_RATE: Final = 1_000.0
"""Where the search begins; it doubles until a rate is not held."""

HALVINGS: Final = 3
"""How often the gap between held and not held is then halved: to an eighth of the rate or less."""

HELD: Final = "highest rate held"
IDLE: Final = "idle"
LOW: Final = "50/s"
BUSY: Final = "500/s"
HALF: Final = "half of the highest"
IDLE_RATE: Final = 20.0
"""So few a second that each is through long before the next one comes."""


def try_rate(rate: float, seconds: float) -> tuple[Fed, Outcome]:
    """Feed a line of its own at a steady rate."""
    with line() as running:
        running.start()
        warm_up(running)
        fed = feed(running, rate, seconds)
        return fed, check(running.client, WARM_UP + len(fed.posted_s))


def held(fed: Fed, rate: float) -> bool:
    """Say whether the line kept up with the feed, and the feed with its rate."""
    last = fed.waits_s[-max(1, round(rate)) :]
    return fed.rate >= PACE_MIN * rate and statistics.median(last) <= HELD_WAIT_S


def latency(fed: Fed) -> dict[str, float]:
    """Return how long declarations waited for their headlines, in milliseconds."""
    waits_ms = sorted(1_000 * wait for wait in fed.waits_s)
    p99_ms = waits_ms[min(len(waits_ms) - 1, round(0.99 * len(waits_ms)))]
    return {"p50_ms": statistics.median(waits_ms), "p99_ms": p99_ms}


@dataclass(slots=True)
class Feed:
    """Contenders of one run: half of the highest rate is known when the highest one is."""

    seconds: float
    highest: float = 0.0
    """The highest rate held in this round, declarations a second."""

    def search(self, _declarations: int) -> Round:
        """Find the highest rate that is held."""
        tried: list[tuple[Fed, Outcome]] = []

        def is_held(rate: float) -> bool:
            tried.append(try_rate(rate, self.seconds))
            return held(tried[-1][0], rate)

        best, too_much = 0.0, FIRST_RATE
        while is_held(too_much):
            best, too_much = too_much, 2 * too_much
        for _ in range(HALVINGS):
            middle = (best + too_much) / 2
            best, too_much = (middle, too_much) if is_held(middle) else (best, middle)
        self.highest = best
        # The speed of this contender is the rate it found.
        count, details = round(best * self.seconds), {"rates_tried": len(tried)}
        return judged([outcome for _, outcome in tried], self.seconds, count, details)

    def at(self, rate: float) -> Round:
        """Measure what a reader waits at one rate."""
        fed, outcome = try_rate(rate, self.seconds)
        return judged([outcome], self.seconds, len(fed.posted_s), latency(fed))


def contenders(options: Options) -> Mapping[str, Contender]:
    """Return the search first: half of what it finds is another contender."""
    feeds = Feed(options.seconds)
    return {
        HELD: feeds.search,
        IDLE: lambda _: feeds.at(IDLE_RATE),
        LOW: lambda _: feeds.at(50),
        BUSY: lambda _: feeds.at(500),
        HALF: lambda _: feeds.at(max(1.0, feeds.highest / 2)),
    }


BENCHMARK: Final = Benchmark(
    name="feed",
    question="Which steady feed is held, its producer and reader on the same cores, and what does a reader wait?",
    contenders=contenders,
    declarations=0,
    rounds=2,
    columns=("p50_ms", "p99_ms"),
    aims=(
        Aim(HELD, "per_second", least=3_000),
        Aim(IDLE, "p50_ms", most=8),
        Aim(BUSY, "p99_ms", most=20),
    ),
)
