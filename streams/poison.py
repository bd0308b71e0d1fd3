"""Counting the good entries that our own rule fails on: one bad entry is parked, a bad release stops the stage."""

from collections import deque
from dataclasses import dataclass
from typing import Final

from streams.errors import TooMuchPoison
from streams.fold import Batch

POISON_WINDOW: Final = 20
"""Good entries looked at: when more than half of them fail our own rule, the stage stops. One bad entry is parked; a
bad release stops."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Outcomes of the last good entries of a partition that were committed."""

    stage: str
    partition: str
    last: tuple[Exception | None, ...] = ()
    """At most ``POISON_WINDOW``: None where something came of the entry, else the error of the rule."""

    def after(self, batch: Batch) -> "Outcomes":
        """Return the last outcomes once the batch is committed; an entry that is folded again is not counted twice.

        Raises:
            TooMuchPoison: at some place in the batch more than half of the window are failures, whatever comes later.
        """
        last = deque(self.last, maxlen=POISON_WINDOW)
        for outcome in batch.outcomes:
            last.append(outcome)
            if outcome is None:
                continue
            failures = [error for error in last if error is not None]
            if len(failures) > POISON_WINDOW // 2:
                raise TooMuchPoison(self.stage, self.partition, len(failures), len(last), repr(failures[-1]))
        return Outcomes(self.stage, self.partition, tuple(last))
