"""What a person or a program is told about a pack: its faults, and what its tables leave open."""

from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from tallywire.cli.screen import fault_table, plain, write_values
from tallywire.cli.table import Column, FittedTable
from tallywire.packs.building.build import Built
from tallywire.packs.pack_fault import PackFault

FAULTS_SHOWN_MAX: Final = 200
"""A table with more faults has one that is repeated in every row; ``--json`` names them all."""

_EXAMPLES: Final = 2


def print_faults(console: Console, faults: Sequence[PackFault]) -> None:
    """Print faults as a table for people."""
    if not faults:
        console.print("No faults.")
        return
    console.print(fault_table((fault.file, fault.path, fault.reason) for fault in faults[:FAULTS_SHOWN_MAX]))
    if (more := len(faults) - FAULTS_SHOWN_MAX) > 0:
        console.print(f"{more:,} more: --json names them all.")


def write_faults(faults: Sequence[PackFault]) -> None:
    """Write faults as JSON, one a line."""
    write_values({"file": fault.file, "path": fault.path, "reason": fault.reason} for fault in faults)


def print_built(console: Console, built: Built, folder: str) -> None:
    """Print what a pack holds, and what it leaves open, as a table for people."""
    counts = f"contests {built.contests:,}, candidates {built.candidates:,}, lines declared {built.lines:,}"
    console.print(f"{plain(folder)}: {counts}")
    if built.gaps:
        columns = (Column("not known"), Column("of", figures=True), Column("for example"))
        rows = []
        for gap in built.gaps:
            some = ", ".join(gap.where[:_EXAMPLES])
            more = ", …" if len(gap.where) > _EXAMPLES else ""
            texts = (gap.what, f"{len(gap.where):,} of {gap.of:,}", some + more)
            rows.append(tuple(Text(plain(text)) for text in texts))
        console.print(FittedTable(columns, rows))
    for file, unread in built.passed_over.items():
        console.print(f"Columns of {plain(file)} that were not read: {plain(', '.join(unread))}")
    for file, lines in built.notes.items():
        console.print(f"Rows of {plain(file)} that were not read: {plain(', '.join(lines))}")


def write_built(built: Built, election: str) -> None:
    """Write the same as one JSON object; ids are all there."""
    report = {
        "election": election,
        "contests": built.contests,
        "candidates": built.candidates,
        "lines": built.lines,
        "missing": [{"what": gap.what, "of": gap.of, "where": gap.where} for gap in built.gaps],
        "columns_not_read": built.passed_over,
        "rows_not_read": built.notes,
    }
    write_values([report])
