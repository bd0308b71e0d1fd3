"""How far ballot papers and what was counted on them are apart. Pure: the service that refuses and the one that notes.

Papers are counted when the boxes are opened, votes when they have been sorted. In 78 of 180 wards of one borough the
two differ by one to four papers. A large difference is a figure left out or mistyped.
"""

from collections.abc import Collection

from schemas.declaration import DeclaredFigures, RejectedByHead
from schemas.register import HoldLimits


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


def far_apart(difference: int, papers: int, limits: HoldLimits) -> bool:
    """Return whether a difference of so many papers is large: too large for two counts of the same papers."""
    apart = abs(difference)
    return apart >= limits.papers_apart_min and 100 * apart >= limits.papers_apart_per_cent * papers


def papers_left_out(papers: int, votes: int, rejected: int | None, seats: int, limits: HoldLimits) -> int:
    """Return how many papers were verified and are neither among the votes nor rejected, where that is many; else 0.

    With one vote a paper and the rejected papers stated, ``papers_apart`` says more.

    Args:
        papers: papers verified.
        votes: votes for all candidates; each paper that is not rejected has one at least.
        rejected: papers rejected; None where not stated. Then a part of the papers may have been.
        seats: as many votes has a paper at most.
        limits: what is many.
    """
    missing = papers - votes - (rejected or 0)
    if missing <= 0 or (seats == 1 and rejected is not None):
        return 0
    if rejected is None and 100 * missing <= limits.rejected_per_cent * papers:
        return 0
    return missing if far_apart(missing, papers, limits) else 0


def by_head(declared: DeclaredFigures) -> RejectedByHead | None:
    """Return the papers rejected by head; None where not stated, or where it is said alone how many were in part."""
    heads = declared.rejected_by_head
    return None if heads is None or heads.model_fields_set <= {"in_part"} else heads


def rejected_papers(declared: DeclaredFigures) -> int | None:
    """Return the papers rejected, stated as a whole or by head; None where not stated."""
    heads = by_head(declared)
    return heads.total() if declared.rejected is None and heads is not None else declared.rejected
