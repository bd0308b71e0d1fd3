"""Which list seats are certain, and which possible, while votes are still to come. Pure.

Seats go to the highest figures. A party is certain of a seat when it gets none of the votes to come, and the others
cannot hold enough figures as high as the one by which it has the seat, however those votes are split; with equal
figures a lot could decide against it. A seat is possible when the party can hold enough figures as high as those of the
others, who get none; a lot could decide for it. What a figure costs is counted in whole votes, so that to take the
cheapest one each time can be wrong: of two that cost as much, one may make the next one cheaper. The least cost is
found with a table over all lists. docs/rules.md, "Council control".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

Figure = tuple[int, int]
"""A figure: votes, and what they are divided by."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A list, or an individual, with the votes it has so far."""

    votes: int
    first: int
    """What its votes are divided by for its first seat; one more for each seat after that."""
    places: int
    """Seats that it can fill."""

    def figures(self) -> list[Figure]:
        """Return its figures, highest first. Without a vote it has none."""
        return [(self.votes, divisor) for divisor in range(self.first, self.first + self.places) if self.votes]


def is_certain(own: Sequence[Holder], others: Sequence[Holder], seats: int, wanted: int, to_come: int) -> bool:
    """Return whether a party has so many seats however the votes to come are split.

    Args:
        own: its lists.
        others: all other lists.
        seats: seats to be filled.
        wanted: the seats asked about, at least one.
        to_come: votes that may still come, at most.
    """
    figure = _place(own, wanted)
    return figure is not None and not _can_hold(others, seats - wanted + 1, figure, to_come)


def is_possible(own: Sequence[Holder], others: Sequence[Holder], seats: int, wanted: int, to_come: int) -> bool:
    """Return whether a party can still have so many seats; arguments as of ``is_certain``."""
    if wanted > seats:
        return False
    # Where the others have not that many figures, a vote is enough for a seat.
    return _can_hold(own, wanted, _place(others, seats - wanted + 1) or (0, 1), to_come)


def _place(lists: Sequence[Holder], place: int) -> Figure | None:
    """Return the figure at a place, the highest being the first; None where there are fewer.

    Floats order them rightly: votes have fewer digits than a float by far.
    """
    figures = sorted((figure for one in lists for figure in one.figures()), key=_value, reverse=True)
    return next(islice(figures, place - 1, None), None)


def _value(figure: Figure) -> float:
    return figure[0] / figure[1]


def _can_hold(lists: Sequence[Holder], number: int, figure: Figure, to_come: int) -> bool:
    """Return whether some lists can hold so many figures as high as one, or higher, with the votes to come."""
    missing, offers = number, []
    for one in lists:
        costs = _costs(one, figure, to_come, number)
        held = costs.count(0)
        missing -= held
        if missing <= 0:
            return True
        if held < len(costs):
            offers.append(costs[held:])
    # The least cost of so many figures more, over the lists so far.
    least = [0, *[to_come + 1] * missing]
    for costs in offers:
        for more in range(missing, 0, -1):
            for place, cost in enumerate(costs[:more], start=1):
                least[more] = min(least[more], least[more - place] + cost)
    return least[missing] <= to_come


def _costs(one: Holder, figure: Figure, to_come: int, number: int) -> list[int]:
    """Return how many votes a list needs more for each of its figures to be as high, as far as there are so many."""
    votes, divisor = figure
    found = []
    for own in range(one.first, one.first + min(one.places, number)):
        # Rounded up: a part of a vote is a vote. And who has no vote has no figure.
        cost = max(1, -(-votes * own // divisor)) - one.votes
        if cost > to_come:
            break
        found.append(max(0, cost))
    return found
