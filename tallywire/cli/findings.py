"""What the commands about evidence tell a person, or a program."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from streams.fold import Entry
from tallywire.cli.screen import plain, write_lines
from tallywire.client.connection import Desk
from tallywire.evidence.advice import advice
from tallywire.evidence.difference import Difference
from tallywire.evidence.verification import Report
from tallywire.trouble import Exit, Trouble

LONG: Final = 5_000
"""Entries from which on the wait is worth a bar: a second."""


def chosen(desk: Desk, named: str | None) -> list[str]:
    """Return the election that was named, else all that are loaded.

    Raises:
        Trouble: none is loaded, or not that one.
    """
    loaded = desk.elections()
    if not loaded:
        raise Trouble("No election is loaded. Load one first: tallywire election load DIR", Exit.USAGE)
    if named is not None and named not in loaded:
        raise Trouble(f"The election {named} is not loaded. Loaded: {', '.join(loaded)}.", Exit.USAGE)
    return [named] if named else loaded


def chosen_one(desk: Desk, named: str | None) -> str:
    """Return the election that was named, else the only one there is.

    Raises:
        Trouble: it cannot be told, or is not loaded.
    """
    found = chosen(desk, named)
    if len(found) > 1:
        raise Trouble(f"Say which election with --election ID. Loaded: {', '.join(found)}.", Exit.USAGE)
    return found[0]


def with_bar(console: Console, what: str, total: int, chunks: Iterable[list[Entry]]) -> Iterator[list[Entry]]:
    """Hand on a ledger, and show how far it is when it is long and a person is looking."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=total < LONG or not console.is_terminal) as bar:
        task = bar.add_task(plain(what), total=total)
        for chunk in chunks:
            yield chunk
            bar.advance(task, len(chunk))


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of checking one election."""

    election: str
    report: Report | None
    """What is as it must be; None when something is not."""
    difference: Difference | None
    """The first thing that is not."""


def tell(finding: Finding, console: Console, *, as_json: bool) -> bool:
    """Tell what was found; true when everything is as it must be."""
    if as_json:
        write_lines([_as_json(finding)])
    elif finding.difference is not None:
        say_lines(console, _difference_lines(finding.election, finding.difference))
    elif finding.report is not None:
        say_lines(console, _verified_lines(finding.report))
    return finding.difference is None


def _verified_lines(report: Report) -> Iterator[str]:
    """Yield what is told about a ledger that is whole, and from which all follows that is there."""
    yield f"{report.election}: verified"
    yield f"  ledger     {report.size:,} entries, the chain is whole: {report.chain}"
    if report.checkpoint is not None:
        yield f"  checkpoint it continues the head that was signed at {report.checkpoint:,} entries"
    for stream, events in report.events.items():
        yield f"  {stream:<10} {events:,} events, sha256 {report.digests[stream]}"
    for service, entries in report.behind.items():
        yield f"  {service} is behind: it has {entries:,} entries still to read. What it has written is as it must be."
    for service, failed in report.failed.items():
        for entry_id, reason in failed:
            yield f"  {service}'s rule fails on entry {entry_id}: {reason}"


def _difference_lines(election: str, difference: Difference) -> Iterator[str]:
    """Yield what is told about the first difference."""
    yield f"{election}: NOT as it must be. The first difference:"
    yield from (f"  {line}" for line in str(difference).split("\n"))
    yield from (f"  {line}" for line in advice(difference))


def _as_json(finding: Finding) -> bytes:
    found: dict[str, object] = {"election": finding.election, "verified": finding.difference is None}
    if finding.report is not None:
        found |= asdict(finding.report)
    if finding.difference is not None:
        names = ("where", "what", "expected", "found")
        found["difference"] = {name: getattr(finding.difference, name) for name in names}
    return json.dumps(found, ensure_ascii=False).encode()


def say_lines(console: Console, lines: Iterable[str]) -> None:
    """Print lines, none of which can steer a terminal."""
    for line in lines:
        console.print(plain(line), soft_wrap=True)
