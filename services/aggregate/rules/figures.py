"""Shares and turnouts, computed; published percentages are never trusted."""

from schemas.declaration import Declaration
from schemas.result import Turnout


def percent(part: int, whole: int | None) -> float | None:
    """Return ``part`` of ``whole`` in per cent, two decimals, rounded half up; None where it cannot be known."""
    if not whole:
        return None
    return (20_000 * part + whole) // (2 * whole) / 100


def turnout(declared: Declaration, electorate: int | None) -> Turnout:
    """Return turnout by both definitions: valid votes (Library) and papers (returning officers) by electorate.

    One vote a paper is what makes valid votes countable as papers; papers stated by the returning officer go first.
    """
    valid = sum(declared.votes.values())
    papers = declared.papers
    if papers is None and declared.rejected is not None:
        papers = valid + declared.rejected
    return Turnout(
        valid_votes=percent(valid, electorate),
        papers=None if papers is None else percent(papers, electorate),
    )
