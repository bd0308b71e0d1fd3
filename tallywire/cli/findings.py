"""What is printed of the work on a ledger: how far it is, and what was found."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Final, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tallywire.cli.screen import plain, print_lines, write_values
from tallywire.evidence.advice import advice
from tallywire.evidence.difference import Difference
from tallywire.evidence.verification import Finding, Report
from tallywire.evidence.whole_ledger import LedgerProgress

LONG: Final = 5_000
"""Entries from which on the wait is worth a bar: a second."""


LONG_OVER_HTTP: Final = 100
"""The same, where each takes a request."""

LONG_PAGES: Final = 100
"""The same, where each is a page that is drawn."""

Item = TypeVar("Item")


def bar(console: Console, long: int = LONG) -> LedgerProgress:
    """Return what shows how far the reading of a ledger is, when it is long and a person is looking."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())

    def shown(what: str, total: int, chunks: Iterable[list[Item]], /) -> Iterator[list[Item]]:
        hidden = total < long or not console.is_terminal
        with Progress(*columns, console=console, transient=True, disable=hidden) as progress:
            task = progress.add_task(plain(what), total=total)
            for chunk in chunks:
                yield chunk
                progress.advance(task, len(chunk))

    return shown


def print_finding(finding: Finding, console: Console, *, as_json: bool) -> bool:
    """Print what was found in one election; true when nothing is wrong."""
    if as_json:
        write_values([_as_json(finding)])
    elif finding.difference is not None:
        print_lines(console, _difference_lines(finding.election, finding.difference))
    elif finding.report is not None:
        print_lines(console, _verified_lines(finding.report))
    return finding.difference is None


def _verified_lines(report: Report) -> Iterator[str]:
    """Yield what is told about a ledger that is whole, and from which all follows that is there."""
    yield f"{report.election}: verified"
    yield f"  ledger     {report.size:,} entries, the chain is whole: {report.chain}"
    if report.checkpoint is not None:
        yield f"  checkpoint it continues the head that was signed at {report.checkpoint:,} entries"
    if (shown := report.shown) is not None:
        if shown.head_size is not None:
            when = "" if shown.head_signed is None else f", signed {shown.head_signed}"
            yield f"  shown head {shown.head_size:,} entries{when}"
        yield f"  shown      at {shown.cursor} the feed and {shown.pages:,} pages say what follows from the ledger"
    if report.operator is not None:
        known = "as expected" if report.operator_known else "compare its id with the operator's: --operator-key"
        yield f"  signed     {report.signed:,} entries, by {report.keys} key{'s' * (report.keys != 1)}"
        yield f"  operator   {report.operator}, {known}"
    for missing in report.not_checked:
        yield f"  unchecked  {missing}"
    for stream, events in report.events.items():
        yield f"  {stream:<10} {events:,} events, sha256 {report.digests[stream]}"
    for service, entries in report.behind.items():
        yield f"  {service} is behind: it has {entries:,} entries still to read. What it has written is right."
    for service, failed in report.failed.items():
        for entry_id, reason in failed:
            yield f"  {service}'s rule fails on entry {entry_id}: {reason}"


def _difference_lines(election: str, difference: Difference) -> Iterator[str]:
    """Yield what is told about the first difference."""
    yield f"{election}: verification FAILED. The first difference:"
    yield from (f"  {line}" for line in str(difference).split("\n"))
    yield from (f"  {line}" for line in advice(difference))


def _as_json(finding: Finding) -> dict[str, object]:
    found: dict[str, object] = {"election": finding.election, "verified": finding.difference is None}
    if finding.report is not None:
        found |= asdict(finding.report)
    if finding.difference is not None:
        names = ("where", "what", "expected", "found")
        found["difference"] = {name: getattr(finding.difference, name) for name in names}
    return found
