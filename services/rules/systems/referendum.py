"""A referendum: the answer with the most votes.

A question is carried by more votes for than against, a neighbourhood plan by "more than half of those voting" (Planning
and Compulsory Purchase Act 2004, section 38A). With equal votes nothing is carried, and no law has a lot decide: no
answer has won. Source of the rules: docs/rules.md, "Who is elected".
"""

from collections.abc import Mapping

from services.rules.systems.count import Count, ranked


def referendum(votes: Mapping[str, int]) -> Count:
    """Find the answer that has won: none where the most votes are those of several.

    Args:
        votes: votes by answer.
    """
    order = ranked(votes)
    if len(order) < 2:  # noqa: PLR2004  # some answer is not counted
        return Count((), None, by_lot=False)
    majority = votes[order[0]] - votes[order[1]]
    return Count(tuple(order[:1]) if majority else (), majority, by_lot=False)
