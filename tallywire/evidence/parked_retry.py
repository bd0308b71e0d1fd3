"""The commands that look after parked entries."""

import json
from dataclasses import asdict
from typing import Final

from rich.console import Console

from tallywire.cli.findings import chosen, say_lines
from tallywire.cli.screen import write_lines
from tallywire.client.connection import open_desk
from tallywire.evidence.parked_entries import STAGES, Parked, parked, put_back

NOTHING: Final = "Nothing is parked."


def list_parked(url: str, election: str | None, stage: str | None, console: Console, *, as_json: bool) -> None:
    """List parked entries of one election or of all, of one service or of all.

    Raises:
        Trouble: there is no such election or no server.
    """
    none = True
    with open_desk(url) as desk:
        for entry in parked(desk, chosen(desk, election), (stage,) if stage else STAGES):
            none = False
            if as_json:
                write_lines([json.dumps(asdict(entry), ensure_ascii=False).encode()])
            else:
                where = f"{entry.election}: {entry.stage} could not fold entry {entry.entry_id} of {entry.stream}"
                say_lines(console, [where if entry.stream else _unreadable(entry), f"  {entry.reason}"])
    if none and not as_json:
        say_lines(console, [NOTHING])


def retry_parked(url: str, election: str | None, console: Console) -> bool:
    """Put back what ingest had parked; true when nothing is left parked.

    Raises:
        Trouble: there is no such election or no server.
    """
    left = False
    with open_desk(url) as desk:
        entries = list(parked(desk, chosen(desk, election)))
        if not entries:
            say_lines(console, [NOTHING])
        for entry in entries:
            where = f"{entry.election}: {entry.stream} {entry.entry_id}"
            if not entry.stream:
                left = True
                hint = "retry with the release that wrote it, or have what was sent then sent again"
                say_lines(console, [f"{_unreadable(entry)} cannot be read; {hint}"])
            elif entry.stage != "ingest":
                left = True
                hint = f"is read again by {entry.stage} after `tallywire rebuild --election {entry.election}`"
                say_lines(console, [f"{where} {hint}"])
            elif (copy_id := put_back(desk, entry)) is None:
                left = True
                say_lines(console, [f"{where} is gone from the stream; have it sent again"])
            else:
                say_lines(console, [f"{where} put back as {copy_id}"])
    return not left


def _unreadable(entry: Parked) -> str:
    return f"{entry.election}: note {entry.list_id} of {entry.stage}"
