"""The supplementary vote: a first and a second preference for one seat; the two who lead go on where nobody has half.

Source of the rules: docs/rules.md, "Who is elected".
"""

from collections.abc import Collection, Mapping

from services.rules.systems.count import Count, ranked
from services.rules.systems.first_past_the_post import first_past_the_post


def finalists(first_preferences: Mapping[str, int]) -> tuple[str, ...]:
    """Return who goes on to the final round of the supplementary vote; empty when somebody passed half in round one.

    The two with most first preferences go on, and everybody who ties for second place with them.
    """
    order = ranked(first_preferences)
    if len(order) < 2 or 2 * first_preferences[order[0]] > sum(first_preferences.values()):  # noqa: PLR2004  # half
        return ()
    second = first_preferences[order[1]]
    return tuple(candidate for candidate in order if first_preferences[candidate] >= second)


def supplementary_vote(
    first_preferences: Mapping[str, int], final_round: Mapping[str, int] | None, lot: Collection[str] = ()
) -> Count:
    """Elect one person under the supplementary vote.

    Args:
        first_preferences: votes by candidate id; those of the eliminated may be missing when there is a final round.
        final_round: first preferences and transferred votes of those who went on; None when somebody passed half.
        lot: who the lot chose among candidates with equal votes.

    Raises:
        TieWithoutLot: equal votes in the deciding round, and ``lot`` does not decide between them.
    """
    if final_round is None:
        return first_past_the_post(first_preferences, 1, lot)
    count = first_past_the_post(final_round, 1, lot)
    return Count(count.elected, count.majority, by_lot=count.by_lot, rounds=2)
