"""What each kind of message does to a contest: the table of docs/life.md, which a test holds to it.

Source of the rules: docs/rules.md, "The life of a declaration".
"""

from dataclasses import dataclass
from typing import Final

from schemas.result import Result


@dataclass(frozen=True, slots=True)
class Life:
    """What a message does while it is the contest's highest revision."""

    elects: bool
    """Whether somebody is elected by it."""
    counts: bool
    """Whether tallies and control count it."""
    expected: bool
    """Whether the contest counts among those that are to have a result: false when there will be none now."""

    complete: bool = True
    """Whether it is all there will be, where it counts: false while a count by stages goes on."""

    @property
    def declared(self) -> bool:
        """Whether the contest is among those declared."""
        return self.counts and self.complete

    @property
    def awaited(self) -> bool:
        """Whether a result that counts in full is still to come."""
        return self.expected and not self.declared


LIFE: Final[dict[str, Life]] = {
    "flash": Life(elects=True, counts=False, expected=True),
    "declared": Life(elects=True, counts=True, expected=True),
    "uncontested": Life(elects=True, counts=True, expected=True),
    "progress": Life(elects=False, counts=False, expected=True),
    "stage": Life(elects=True, counts=True, expected=True, complete=False),
    "recount": Life(elects=False, counts=False, expected=True),
    "withdrawn": Life(elects=False, counts=False, expected=True),
    "postponed": Life(elects=False, counts=False, expected=False),
    "countermanded": Life(elects=False, counts=False, expected=False),
    "annulled": Life(elects=False, counts=False, expected=False),
}

BEFORE: Final = Life(elects=False, counts=False, expected=True)
"""A contest about which nothing was declared yet."""


def life_of(result: Result) -> Life:
    """Return what a result does; of a kind that only a later release knows, as far as the result itself says it."""
    return LIFE.get(result.kind) or Life(elects=bool(result.elected), counts=result.counts, expected=True)
