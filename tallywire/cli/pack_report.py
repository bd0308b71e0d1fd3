"""What a person or a program is told about a pack: its faults, and what its tables leave open."""

import json
from collections.abc import Sequence
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tallywire.cli.screen import fault_table, plain, write_lines
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
    named = ({"file": fault.file, "path": fault.path, "reason": fault.reason} for fault in faults)
    write_lines(json.dumps(fault, ensure_ascii=False).encode() for fault in named)


def print_built(console: Console, built: Built, folder: str) -> None:
    """Print what a pack holds, and what it leaves open, as a table for people."""
    counts = f"contests {built.contests:,}, candidates {built.candidates:,}, lines declared {built.lines:,}"
    console.print(f"{plain(folder)}: {counts}")
    if built.gaps:
        table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
        table.add_column("not known")
        table.add_column("of", justify="right", no_wrap=True)
        table.add_column("for example", overflow="fold")
        for gap in built.gaps:
            some = ", ".join(gap.where[:_EXAMPLES])
            more = ", …" if len(gap.where) > _EXAMPLES else ""
            table.add_row(plain(gap.what), f"{len(gap.where):,} of {gap.of:,}", plain(some + more))
        console.print(table)
    for file, columns in built.passed_over.items():
        console.print(f"Columns of {plain(file)} that were not read: {plain(', '.join(columns))}")
    for file, rows in built.notes.items():
        console.print(f"Rows of {plain(file)} that were not read: {plain(', '.join(rows))}")


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
    write_lines([json.dumps(report, ensure_ascii=False).encode()])
