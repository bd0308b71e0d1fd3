"""From votes to who is elected. Pure: the same for the service that checks and the one that publishes.

Source of the rules: docs/rules.md, "Who is elected".
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


class TieWithoutLot(ValueError):  # noqa: N818  # the field's word for it, not an error of the program
    """Equal votes at the last seat, and nobody says who the lot chose."""

    def __init__(self, tied: tuple[str, ...], places: int) -> None:
        """Name the candidates with equal votes and how many of them are elected."""
        super().__init__(f"{len(tied)} candidates have equal votes for {places} seats, and no lot is recorded")
        self.tied = tied
        self.places = places


@dataclass(frozen=True, slots=True)
class Count:
    """Who is elected."""

    elected: tuple[str, ...]
    """Candidate ids, most votes first."""
    majority: int | None
    """Votes of the last elected less votes of the first not elected; None when everybody was elected."""
    by_lot: bool = field(kw_only=True)
    """True when equal votes at the last seat were decided by lot."""
    rounds: int = field(default=1, kw_only=True)
    """2 when the supplementary vote went to its final round."""


def ranked(votes: Mapping[str, int]) -> list[str]:
    """Return candidate ids, most votes first; equal votes in the order of the ids."""
    return sorted(sorted(votes), key=votes.__getitem__, reverse=True)


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
