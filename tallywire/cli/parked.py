"""What is printed of parked entries."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Final

from rich.console import Console

from tallywire.cli.screen import print_lines, write_values
from tallywire.evidence.parked_entries import ParkedEntry, Retried, RetryOutcome

NOTHING: Final = "Nothing is parked."

_WHAT_BECAME: Final[Mapping[RetryOutcome, str]] = {
    RetryOutcome.PUT_BACK: "{where} put back as {copy_id}",
    RetryOutcome.UNREADABLE: (
        "{note} cannot be read; retry with the release that wrote it, or have what was sent then sent again"
    ),
    RetryOutcome.ON_LEDGER: "{where} is read again by {stage} after `tallywire rebuild --election {election}`",
    RetryOutcome.GONE: "{where} is gone from the stream; have it sent again",
}


def print_parked(entries: Iterable[ParkedEntry], console: Console, *, as_json: bool) -> None:
    """Print parked entries: where each is, and why."""
    none = True
    for entry in entries:
        none = False
        if as_json:
            write_values([asdict(entry)])
        else:
            where = f"{entry.election}: {entry.stage} could not fold entry {entry.entry_id} of {entry.stream}"
            print_lines(console, [where if entry.stream else _note(entry), f"  {entry.reason}"])
    if none and not as_json:
        print_lines(console, [NOTHING])


def print_retried(retried: Iterable[Retried], console: Console, *, as_json: bool) -> bool:
    """Print what became of each parked entry; true when nothing is left parked."""
    none = done = True
    for each in retried:
        none = False
        done = done and each.outcome is RetryOutcome.PUT_BACK
        entry = each.entry
        if as_json:
            outcome = {"outcome": each.outcome.name.lower(), "copy_id": each.copy_id or None}
            write_values([asdict(entry) | outcome])
            continue
        line = _WHAT_BECAME[each.outcome].format(
            where=f"{entry.election}: {entry.stream} {entry.entry_id}",
            note=_note(entry),
            stage=entry.stage,
            election=entry.election,
            copy_id=each.copy_id,
        )
        print_lines(console, [line])
    if none and not as_json:
        print_lines(console, [NOTHING])
    return done


def _note(entry: ParkedEntry) -> str:
    return f"{entry.election}: note {entry.list_id} of {entry.stage}"
