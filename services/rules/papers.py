"""How far ballot papers and what was counted on them are apart. Pure: the service that refuses and the one that notes.

Papers are counted when the boxes are opened, votes when they have been sorted. In 78 of 180 wards of one borough the
two differ by one to four papers. A large difference is a figure left out or mistyped.
"""

from collections.abc import Collection
from typing import Final

APART_MIN: Final = 15
"""Papers by which the two must differ at least for the difference to be large."""

APART_PER_CENT_MIN: Final = 2
"""Per cent of the papers by which they must differ, too. Both numbers are those of Abacus, the Dutch count software
(kiesraad/abacus, warning W.203)."""


def papers_apart(papers: int, votes: Collection[int], rejected: int | None, seats: int, *, whole: bool) -> int:
    """Return the papers verified less the papers that the count needs: above 0 some are missing from the count.

    With several seats nobody knows how many votes are on a paper. Then, and where the count is not known in full, only
    papers too few can be told.

    Args:
        papers: papers verified.
        votes: votes by candidate.
        rejected: papers rejected; None where not stated.
        seats: as many votes has a paper at most, one for each candidate.
        whole: whether these are the votes of every candidate.
    """
    needed = max(-(-sum(votes) // seats), *votes, 0) + (rejected or 0)
    told = seats == 1 and whole and rejected is not None
    return papers - needed if told else min(papers - needed, 0)


def far_apart(difference: int, papers: int) -> bool:
    """Return whether a difference of so many papers is large: too large for two counts of the same papers."""
    return abs(difference) >= APART_MIN and 100 * abs(difference) >= APART_PER_CENT_MIN * papers
