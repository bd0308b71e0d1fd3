"""Who took whose seat in a ward with several, by trying every assignment of the elected to the seats before.

Only assignments count that keep as many seats as possible with their party. What all of them have in common is
certain: docs/rules.md, "Gain and hold". Where fewer are elected than there were, nobody takes what is left over.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import permutations

Taking = tuple[str, str]
"""Who took a seat, and from whom."""

NOBODY = "nobody"


def assignments(before: Sequence[str], after: Sequence[str]) -> set[tuple[tuple[Taking, int], ...]]:
    """Return what changed hands in each assignment that keeps most seats with their party; equal ones are one."""
    seats = max(len(before), len(after))
    holders = [*before, *[NOBODY] * (seats - len(before))]
    takers = [*after, *[NOBODY] * (seats - len(after))]
    tried = [list(zip(order, holders, strict=True)) for order in set(permutations(takers))]
    most_kept = max(_kept(pairs) for pairs in tried)
    best = [pairs for pairs in tried if _kept(pairs) == most_kept]
    return {tuple(sorted(Counter(pair for pair in pairs if pair[0] != pair[1]).items())) for pairs in best}


def _kept(pairs: Sequence[Taking]) -> int:
    return sum(taker == holder != NOBODY for taker, holder in pairs)
