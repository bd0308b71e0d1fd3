"""Seats by list: each seat goes to the highest figure (D'Hondt).

A list's figure is its votes divided by the seats it has so far, and one. Under the additional member system the seats
that its party has won in the region's constituencies count among these from the start: there are no seats too many,
the others simply get fewer. An individual's votes are never divided, and fill one seat. A list with no more people
drops out, and the seat goes to the next figure. Where more figures are equal than there are seats left, a lot decides.

Sources: Scotland Act 1998, sections 6 to 8; Government of Wales Act 2006, sections 6 to 9, and for the closed lists of
2026 as the Senedd Cymru (Members and Elections) Act 2024 amends them; Greater London Authority Act 1999, schedule 2,
with its threshold of 5 per cent; European Parliamentary Elections Act 2002, section 2. docs/rules.md, "Seats by list".
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from heapq import heappop, heappush
from math import floor

from services.rules.systems.count import TieWithoutLot


@dataclass(frozen=True, slots=True)
class Standing:
    """What a list, or an individual, goes into the allocation with."""

    votes: int
    carried_in: int = 0
    """Seats of its party in the region's constituencies."""
    people: int | None = None
    """How many of its people can be given a seat; None where the names are unknown. An individual is one."""


@dataclass(frozen=True, slots=True)
class Given:
    """A seat, and the figure that it was given to."""

    list: str
    votes: int
    divisor: int
    by_lot: bool = False

    @property
    def figure(self) -> Fraction:
        """Votes by divisor."""
        return Fraction(self.votes, self.divisor)


@dataclass(frozen=True, slots=True)
class Seats:
    """All seats of an allocation."""

    given: tuple[Given, ...]
    """In the order in which they were given; fewer than there are seats where nobody is left."""
    next: Given | None
    """What one seat more would have been given to."""

    @property
    def elected(self) -> tuple[str, ...]:
        """The list of each seat, in their order."""
        return tuple(seat.list for seat in self.given)

    @property
    def by_lot(self) -> bool:
        """Whether a lot decided between equal figures."""
        return any(seat.by_lot for seat in self.given)


def two_decimals(figure: Fraction) -> float:
    """Return a figure as it is told: with two decimals, rounded half up."""
    return floor(figure * 100 + Fraction(1, 2)) / 100


def votes_needed(valid: int, threshold_per_cent: int | None) -> int | None:
    """Return the votes from which on a list may have a seat, of so many valid votes; None without a threshold."""
    return None if threshold_per_cent is None else -(-valid * threshold_per_cent // 100)


def allocate(
    standing: Mapping[str, Standing], seats: int, *, threshold: int | None = None, lot: Collection[str] = ()
) -> Seats:
    """Give each seat to the highest figure.

    Args:
        standing: lists and individuals, by id.
        seats: how many seats there are.
        threshold: votes from which on a list may have a seat; None for no threshold.
        lot: whom the lot chose among equal figures, of which there were more than seats left, in the order of the
            seats.

    Raises:
        TieWithoutLot: there were, and ``lot`` does not choose as many of them as there were seats left.
    """
    given: list[Given] = []
    won = dict.fromkeys(standing, 0)
    # The highest figure first; equal ones in the order of the ids.
    queue: list[tuple[Fraction, str]] = []

    def seat(one: str, *, by_lot: bool = False) -> Given:
        return Given(one, standing[one].votes, standing[one].carried_in + won[one] + 1, by_lot)

    def stand(lists: Iterable[str]) -> None:
        for one in lists:
            if _may_win(standing[one], won[one], threshold):
                heappush(queue, (-seat(one).figure, one))

    stand(standing)
    while queue and (left := seats - len(given)):
        highest, level = queue[0][0], list[str]()
        while queue and queue[0][0] == highest:
            level.append(heappop(queue)[1])
        by_lot = len(level) > left
        if by_lot and (len(lot) != left or len(set(lot)) != left or not set(lot) <= set(level)):
            raise TieWithoutLot(tuple(level), left)
        for one in lot if by_lot else level:
            given.append(seat(one, by_lot=by_lot))
            won[one] += 1
        stand(level)
    return Seats(tuple(given), seat(queue[0][1]) if queue else None)


def _may_win(standing: Standing, won: int, threshold: int | None) -> bool:
    within = threshold is None or standing.votes >= threshold
    return within and standing.votes > 0 and (standing.people is None or won < standing.people)
