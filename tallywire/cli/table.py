"""A table that fits its terminal and loses no column."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table
from rich.text import Text

WORDS_WIDTH_MIN: Final = 12
"""Columns that a column of words needs to be readable; figures need as many as the longest has."""

ROOMY: Final = 3
"""Blanks between two columns where there is room."""

CLOSE: Final = 1
"""Blanks between two columns where there is not."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    name: str
    """What stands above it."""
    figures: bool = False
    """Numbers: set to the right, and never broken."""
    width_min: int = 0
    """Columns that it takes where there is room, so that tables below each other align."""


class Hanging:
    """Text that wraps under its own first letter, without the trailing blanks that rich's padding leaves."""

    def __init__(self, lead: str, text: Text, lead_style: str = "") -> None:
        self._lead = lead
        self._text = text
        self._lead_style = lead_style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        lead = self._lead
        for line in self._text.wrap(console, max(1, options.max_width - len(lead))):
            line.rstrip()
            yield Text.assemble((lead, self._lead_style), line)
            lead = " " * len(lead)


@dataclass(frozen=True, slots=True)
class FittedTable:
    """A table: wide where there is room, else close, else each row below the one before with its columns named.

    rich would leave out the columns that do not fit, and say nothing.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Text]]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        if self._width(ROOMY, aligned=True) <= options.max_width:
            yield self._table(ROOMY, aligned=True)
        elif self._width(CLOSE, aligned=False) <= options.max_width:
            yield self._table(CLOSE, aligned=False)
        else:
            for row in self.rows:
                yield from self._record(row)

    def _width(self, blanks: int, *, aligned: bool) -> int:
        """Return how many columns of the terminal it needs."""
        widths = (self._column_width(place, aligned=aligned) for place in range(len(self.columns)))
        return sum(widths) + blanks * (len(self.columns) - 1)

    def _column_width(self, place: int, *, aligned: bool) -> int:
        column = self.columns[place]
        longest = max(cell_len(text) for text in (column.name, *(row[place].plain for row in self.rows)))
        needed = longest if column.figures else min(longest, WORDS_WIDTH_MIN)
        return max(needed, column.width_min if aligned else 0)

    def _table(self, blanks: int, *, aligned: bool) -> Table:
        table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, (blanks - 1) // 2))
        for place, column in enumerate(self.columns):
            table.add_column(
                column.name,
                justify="right" if column.figures else "left",
                no_wrap=column.figures,
                min_width=self._column_width(place, aligned=aligned),
                overflow="fold",
            )
        for row in self.rows:
            table.add_row(*row)
        return table

    def _record(self, row: Sequence[Text]) -> Iterator[RenderableType]:
        yield row[0]
        rest = zip(self.columns[1:], row[1:], strict=True)
        named = [Text.assemble(f"{column.name} ", value) for column, value in rest if value.plain]
        yield Hanging("  ", Text(", ").join(named))
