"""Killing processes in mid-flow, at moments that a seed chooses."""

import random
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final, NamedTuple

from tests.flow import oracle
from tests.flow.contract import check_exact
from tests.flow.night import nearly_in_order, synthetic_declarations, synthetic_register
from tests.flow.pipeline import SETTLED_S, Event, Pipeline
from tests.waiting import wait_until

OUTPUT: Final = {"ingest": "ledger", "aggregate": "results", "notify": "headlines"}
"""Where the progress of each service shows."""


class Storm(NamedTuple):
    """An election night for a seed to break."""

    register: Event
    sent: list[bytes]
    """Some two thousand declarations: 61 revisions of thirty contests, many of them late, one in ten twice."""
    lengths: Mapping[str, int]
    """How many events each service will have written in the end, of headlines those about results."""

    @property
    def election(self) -> str:
        """The election's id."""
        return str(self.register["election"])


class Moment(NamedTuple):
    """When to strike: as soon as the stream has that many entries."""

    at: int
    stream: str
    victim: str


def storm(election: str, seed: int) -> Storm:
    """Return the night of a seed."""
    register = synthetic_register(election, seed)
    sent = nearly_in_order(synthetic_declarations(register, seed, revisions=61), seed)
    _, history = oracle.standing_declarations(sent)
    results = sum(map(len, history.values()))
    return Storm(register, sent, {"ledger": 1 + len(set(sent)), "results": results, "headlines": results})


def moments(night: Storm, seed: int, victims: Iterable[str], *, until: float = 0.9) -> list[Moment]:
    """Choose a moment for each victim: somewhere in the first part, ``until``, of what it will have written."""
    draw = random.Random(f"moments {seed}")
    chosen = [
        Moment(draw.randint(1, int(until * night.lengths[OUTPUT[victim]])), OUTPUT[victim], victim)
        for victim in victims
    ]
    print(f"seed {seed}: {sorted(chosen)}")  # noqa: T201  # pytest shows it when the test fails
    return sorted(chosen)


def strike(pipeline: Pipeline, night: Storm, chosen: Iterable[Moment], how: Callable[[str], None]) -> None:
    """Call ``how`` with each victim when its moment has come, whichever comes first."""
    left = list(chosen)
    while left:
        due = wait_until(
            partial(_due, pipeline, night, left), deadline_s=SETTLED_S, what=f"one of these moments: {left}"
        )
        left.remove(due[0])
        how(due[0].victim)


def _due(pipeline: Pipeline, night: Storm, left: list[Moment]) -> list[Moment]:
    return [moment for moment in left if pipeline.length(night.election, moment.stream) >= moment.at]


def check_storm(pipeline: Pipeline, night: Storm) -> None:
    """Check that the night came to what it must, with as many ledger entries and results as its declarations make."""
    streams = check_exact(pipeline, night.register)
    written = (len(streams["ledger"]), len(streams["results"]))
    assert written == (night.lengths["ledger"], night.lengths["results"])
