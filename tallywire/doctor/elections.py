"""The elections that are loaded: who may declare, and whether everybody who has to has a key."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from schemas import tables
from schemas.key import Role
from services.ingest.rules.signed_state import EnrolledKey
from tallywire.client.connection import Connection
from tallywire.client.errors import WHAT_IF_EMPTIED
from tallywire.client.snapshot import read_register_head, read_table
from tallywire.desk.stored import read_stored
from tallywire.doctor.finding import Finding, good, warning, wrong

SHOWN: Final = 3
"""Contests named; of more, the number."""


def elections(connection: Connection) -> Iterator[Finding]:
    """Yield how each election is that is loaded."""
    loaded = connection.elections()
    if not loaded:
        yield warning("election", "-", f"None is loaded. {WHAT_IF_EMPTIED}")
    for election in loaded:
        head = read_register_head(connection, election)
        if head is None:
            yield wrong("election", election, "The catalogue names it, and it has no register: load it again.")
        elif head.signatures != "required":
            yield warning("election", election, "Nobody signs: whoever reaches the posting service can declare.")
        else:
            yield from _signed(connection, election)


def _signed(connection: Connection, election: str) -> Iterator[Finding]:
    """Yield whose key is missing. Who may do what is the table of docs/signatures.md."""
    keys = [key for key in read_stored(connection, election).keys.values() if not key.retired]
    stored = read_table(connection, election, tables.CONTESTS)
    names = {ballot: tables.CONTESTS.read(contest).name for ballot, contest in stored.items()}
    without, alone = [], []
    for ballot, name in names.items():
        declare = _people(keys, ballot, "returning-officer", "service")
        # What two people have typed alike, the second of them declares.
        seconds, types = _people(keys, ballot, "second-person"), _people(keys, ballot, "clerk", "second-person")
        if seconds and len(types | declare) > 1:
            declare |= seconds
        if not declare:
            without.append(name)
        elif len(declare | _people(keys, ballot, "returning-officer", "second-person", "desk")) == 1:
            alone.append(name)
    if without:
        yield wrong("election", election, f"Nobody has a key to declare for {_listed(without)}: tallywire keys invite")
    if alone:
        yield wrong("election", election, f"Nobody else could confirm what is held for {_listed(alone)}.")
    if ended := sorted({key.person for key in keys if key.valid_until is not None and _past(key.valid_until)}):
        yield warning("election", election, f"Keys are no longer valid, of {_listed(ended)}.")
    if not (without or alone):
        yield good("election", election, f"{len(names)} contests: each has who may declare it, and another to confirm.")


def _people(keys: Sequence[EnrolledKey], ballot: str, *roles: Role) -> set[str]:
    return {key.person for key in keys if key.role in roles and (key.contests is None or ballot in key.contests)}


def _past(moment: str) -> bool:
    return datetime.fromisoformat(moment) < datetime.now(UTC)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
