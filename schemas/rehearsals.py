"""Rehearsals and sandboxes: an election may have others beside it, with the same contests and another name.

A rehearsal is for those who declare, a sandbox for those who read: developers who try what follows the feed.
"""

from typing import Final

PREFIX: Final = "rehearsal."
"""What the id of a rehearsal begins with; behind it stands the id of the election that is rehearsed."""

SANDBOX: Final = "sandbox."
"""What the id of a sandbox begins with; behind it stands the id of the election that is played there."""


def rehearsal_of(election: str) -> str:
    """Return the id of an election's rehearsal; that of a rehearsal as it is."""
    return f"{PREFIX}{rehearsed(election)}"


def sandbox_of(election: str) -> str:
    """Return the id of an election's sandbox; that of a sandbox as it is."""
    return f"{SANDBOX}{rehearsed(election)}"


def rehearsed(election: str) -> str:
    """Return the id of the election that a rehearsal or sandbox is of; any other id as it is."""
    return election.removeprefix(SANDBOX if is_sandbox(election) else PREFIX)


def is_rehearsal(election: str) -> bool:
    """Whether an election is named as a rehearsal or a sandbox. Another one may be one, too: its register says so."""
    return election.startswith((PREFIX, SANDBOX))


def is_sandbox(election: str) -> bool:
    """Whether an election is named as a sandbox."""
    return election.startswith(SANDBOX)


def mark(election: str, *, test: bool) -> str | None:
    """Return the word that an event is to be shown with, so that nobody takes it for real; None for a real one."""
    if not test:
        return None
    return "SANDBOX" if is_sandbox(election) else "REHEARSAL"
