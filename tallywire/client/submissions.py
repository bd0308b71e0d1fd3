"""What a person hands over, taken apart into stream entries, and the election each belongs to."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from tallywire.client.connection import Desk
from tallywire.trouble import Exit, Trouble


class Entry(NamedTuple):
    """One thing to post."""

    place: str
    """Where it stood in the file: ``line 3``; empty when it was all of it."""
    content: bytes
    """What to post, as it was."""


def split_entries(content: bytes) -> list[Entry]:
    """Take a file apart: one JSON value is one entry, else each line that is not blank is one.

    Nothing is judged here: what is not JSON is posted too, and ``ingest`` says what is wrong with it. What is not
    text has no lines, and a first line with nothing but an opening bracket begins one value, however badly it ends.
    """
    if not content.strip():
        return []
    lines = [Entry(f"line {number}", line) for number, line in enumerate(content.splitlines(), 1) if line.strip()]
    if lines[0].content.strip() in (b"{", b"[") or not _is_text(content) or _is_one_value(content):
        return [Entry("", content)]
    return lines


def _is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode()
    except UnicodeDecodeError:
        return False


def _is_one_value(content: bytes) -> bool:
    try:
        json.loads(content, parse_int=float)  # a number of any length is a value, too
    except (ValueError, RecursionError):
        return False
    return True


def read_ballot_id(content: bytes) -> str | None:
    """Return the contest that an entry says it is about; None where that cannot be read."""
    try:
        event = json.loads(content, parse_int=float)
    except (ValueError, RecursionError):
        return None
    data = event.get("data") if isinstance(event, dict) else None
    ballot_id = data.get("ballot_id") if isinstance(data, dict) else None
    return ballot_id if isinstance(ballot_id, str) else None


def choose_elections(desk: Desk, entries: Sequence[Entry], named: str | None) -> list[str]:
    """Return for each entry the election to post it to.

    It is the one ``named``, else the one whose register lists the entry's contest, else the only one there is.

    Raises:
        Trouble: an election cannot be told, or the one named is not loaded.
    """
    loaded = desk.elections()
    if not loaded:
        raise Trouble("No election is loaded. Load one first: tallywire election load DIR", Exit.USAGE)
    listing = ", ".join(loaded)
    if named is not None:
        if named not in loaded:
            raise Trouble(f"The election {named} is not loaded. Loaded: {listing}.", Exit.USAGE)
        return [named] * len(entries)
    if len(loaded) == 1:
        return loaded * len(entries)
    found = [_find_election(desk, loaded, entry.content) for entry in entries]
    in_file = {election for election in found if election is not None}
    for index, election in enumerate(found):
        if election is None and len(in_file) != 1:
            place = entries[index].place or "this"
            raise Trouble(
                f"No loaded election lists the contest of {place}, so it is unclear whose it is. "
                f"Say which with --election ID. Loaded: {listing}.",
                Exit.USAGE,
            )
    return [election or next(iter(in_file)) for election in found]


def _find_election(desk: Desk, loaded: Sequence[str], content: bytes) -> str | None:
    ballot_id = read_ballot_id(content)
    if ballot_id is None:
        return None
    return next((election for election in loaded if desk.lists(election, ballot_id)), None)
