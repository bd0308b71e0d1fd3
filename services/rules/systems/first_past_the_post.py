"""First past the post: those with the most votes are elected, for one seat or for several.

Source of the rules: docs/rules.md, "Who is elected".
"""

from collections.abc import Collection, Mapping

from services.rules.systems.count import Count, TieWithoutLot, ranked


def first_past_the_post(votes: Mapping[str, int], seats: int, lot: Collection[str] = ()) -> Count:
    """Elect those with the most votes.

    Args:
        votes: votes by candidate id.
        seats: how many are elected.
        lot: who the lot chose among candidates with equal votes at the last seat.

    Raises:
        TieWithoutLot: equal votes at the last seat, and ``lot`` does not decide between them.
    """
    order = ranked(votes)
    if len(order) <= seats:
        return Count(tuple(order), None, by_lot=False)
    last_in, first_out = votes[order[seats - 1]], votes[order[seats]]
    if last_in > first_out:
        return Count(tuple(order[:seats]), last_in - first_out, by_lot=False)
    safe = [candidate for candidate in order if votes[candidate] > last_in]
    tied = tuple(candidate for candidate in order if votes[candidate] == last_in)
    places = seats - len(safe)
    if len(set(lot)) != places or not set(lot) <= set(tied):
        raise TieWithoutLot(tied, places)
    return Count((*safe, *sorted(lot)), 0, by_lot=True)
