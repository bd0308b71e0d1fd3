"""Contenders side by side: one round of each in turn, again and again, so that a slow minute slows all of them.

A ratio is taken between contenders of one round, and only then the median: it holds on a machine whose figures do not.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Round:
    """One round of one contender."""

    declarations: int
    seconds: float
    """What they took."""
    missing: int = 0
    """Declarations without effect."""
    doubled: int = 0
    """Effects beyond the first of each declaration."""
    right: bool = True
    """Whether what was written says what it should."""
    cpu_us: Mapping[str, float] | None = None
    """Processor time of each process, in microseconds of one core per declaration."""
    allowed: float | None = None
    """Declarations a second, were every core busy with nothing else."""

    @property
    def rate(self) -> float:
        """Declarations a second."""
        return self.declarations / self.seconds

    @property
    def exact(self) -> bool:
        """Whether every declaration had its effect once."""
        return self.right and self.missing == self.doubled == 0


Contender = Callable[[int], Round]
"""Works off so many declarations on a server of its own, and checks what has become of them."""

TOUCHED_EACH: Final = 50_000
"""Bytes of memory used before a round for each of its declarations: twice what it needs, the log's cache included."""


def measure(contenders: Mapping[str, Contender], declarations: int, rounds: int) -> dict[str, list[Round]]:
    """Let every contender do its rounds, in turn. Each is told on standard error as soon as it is done."""
    done: dict[str, list[Round]] = {name: [] for name in contenders}
    for number in range(1, rounds + 1):
        for name, contender in contenders.items():
            touch_memory(TOUCHED_EACH * declarations)
            done[name].append(contender(declarations))
            print(f"round {number} of {rounds}: {name}, {done[name][-1].rate:,.0f} a second", file=sys.stderr)
    return done


def touch_memory(size: int) -> None:
    """Use so many bytes of memory, and give it back to whoever needs it next.

    A virtual machine gets its memory when it first uses it. That takes longer than the kernel's own work, and would
    count against the contender that needs the most: 40 microseconds a declaration.
    """
    _ = b"\1" * size


def inexact(done: Mapping[str, Sequence[Round]]) -> list[str]:
    """Return a sentence for each round that was not exact."""
    return [
        f"not exact: {name}, round {number}: {one.missing} missing, {one.doubled} doubled"
        + ("" if one.right else ", what was written is wrong")
        for name, rounds in done.items()
        for number, one in enumerate(rounds, 1)
        if not one.exact
    ]
