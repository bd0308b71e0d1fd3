"""A count that goes step by step, as pages show it: the stages of a transferable vote, the seats given to lists.

There are two views of it. Step after step, each is a table of its own with a bar for everybody on one scale; links lead
from one to the next. And all of them as one table, where there is room for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SCALE: Final = 1_000
"""Units of a bar: the largest figure of all steps fills nearly all of it."""

ROOM: Final = 1.05
"""What a bar's room is of the largest figure, so that a line at it can be seen."""


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody at a step, or a list."""

    id: str
    name: str
    party: str
    """Id of the main party."""
    label: str
    """Abbreviation of the party."""
    figure: str = ""
    """What they have when the step is over; empty for those who are out."""
    moved: str = ""
    """What the step brought or took; or how the figure was found."""
    mark: str = ""
    """What the step decided of them, in a word: ``elected``, ``excluded``, ``seat``."""
    state: str = ""
    """What was decided of them before."""
    bar: int = 0

    @property
    def out(self) -> bool:
        """Whether they have no figure any more."""
        return not self.figure


@dataclass(frozen=True, slots=True)
class Step:
    """A step: a stage, or a seat."""

    number: int
    name: str
    """``Stage 3``, ``Seat 2``."""
    title: str
    """What was done, in few words: ``Surplus of Ann Example``."""
    said: str
    """What came of it, in a sentence."""
    lines: Sequence[Line]
    """Most first."""
    rest: Sequence[tuple[str, str, str]] = ()
    """Lines below: name, figure and what moved."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the whole table."""

    name: str
    party: str
    label: str
    state: str
    """What came of them in the end."""
    kept: bool
    """Whether they are among the elected."""
    cells: Sequence[Line | None]
    """One a step; None where they are out."""


@dataclass(frozen=True, slots=True)
class Steps:
    """All of a count."""

    id: str
    """Begins the ids of the steps: ``stage``, ``seat``."""
    heading: str
    caption: str
    unit: str
    """What a step is called: ``stage``."""
    column: str
    """What the figures are."""
    moves: str
    """What the second figures are: ``Transfer``."""
    steps: Sequence[Step]
    table: Sequence[Row]
    foot: Sequence[tuple[str, Sequence[str]]]
    """Rows below the table: a name, and a figure for each step."""
    line: int | None = None
    """Where a line stands across the bars; None for none."""
    line_name: str = ""
    """What it is: ``quota 1,322``."""
    note: str = ""


def bar_of(figure: float, most: float) -> int:
    """Return the length of a bar.

    Args:
        figure: what it is of.
        most: the largest figure of all steps.
    """
    return round(SCALE * figure / (most * ROOM)) if most else 0
