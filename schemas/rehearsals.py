"""Rehearsals: an election that is rehearsed has a second one beside it, with the same contests and another name."""

from typing import Final

PREFIX: Final = "rehearsal."
"""What the id of a rehearsal begins with; behind it stands the id of the election that is rehearsed."""


def rehearsal_of(election: str) -> str:
    """Return the id of an election's rehearsal; that of a rehearsal as it is."""
    return f"{PREFIX}{rehearsed(election)}"


def rehearsed(election: str) -> str:
    """Return the id of the election that a rehearsal is of; any other id as it is."""
    return election.removeprefix(PREFIX)


def is_rehearsal(election: str) -> bool:
    """Whether an election is named as a rehearsal. Another one may be one, too: its register says so."""
    return election.startswith(PREFIX)
