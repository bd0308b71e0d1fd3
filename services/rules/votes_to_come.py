"""Which list seats are certain, and which possible, while votes are still to come. Pure.

Seats go to the highest figures. A party is certain of a seat when it gets none of the votes to come, and the others
cannot hold enough figures as high as the one by which it has the seat, however those votes are split; with equal
figures a lot could decide against it. A seat is possible when the party can hold enough figures as high as those of the
others, who get none; a lot could decide for it. What a figure costs is counted in whole votes, so that to take the
cheapest one each time can be wrong: of two that cost as much, one may make the next one cheaper. The least cost is
found with a table over all lists.

Under a threshold a list needs the more votes the more are cast, whoever gets them. More votes are never to the
disadvantage of those who get them all: what a list needs rises by one vote where at least as many more may come as
lists can be above it, and whoever gets none may fall below it. So all votes come; or, for the last of them may be too
few for that, all but those by which a list needs one vote more. docs/rules.md, "Council control".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from services.rules.systems.lists import votes_needed

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


@dataclass(frozen=True, slots=True)
class Coming:
    """Votes that may still come, and what a list needs then."""

    votes: int
    needed: int
    """Votes from which on a list may have a seat."""


def all_coming(so_far: int, to_come: int, threshold_per_cent: int | None) -> tuple[Coming, ...]:
    """Return how many votes may come, as far as one has to ask: all of them; and under a threshold all but the last.

    Args:
        so_far: valid votes counted.
        to_come: votes that may still come, at most.
        threshold_per_cent: the share of all votes from which on a list may have a seat; None where any may.
    """
    needed = votes_needed(so_far + to_come, threshold_per_cent)
    if not threshold_per_cent or not needed:
        return (Coming(to_come, 1),)
    fewer = 100 * (needed - 1) // threshold_per_cent - so_far
    return (Coming(to_come, needed), *([Coming(fewer, needed - 1)] if fewer >= 0 else []))


def is_certain(
    own: Sequence[Holder], others: Sequence[Holder], seats: int, wanted: int, coming: Sequence[Coming]
) -> bool:
    """Return whether a party has so many seats however the votes to come are split.

    Args:
        own: its lists.
        others: all other lists.
        seats: seats to be filled.
        wanted: the seats asked about, at least one.
        coming: how many votes may come: ``all_coming``.
    """
    if wanted > seats:
        return False
    for one in coming:
        figure = _place(own, wanted, one.needed)
        if figure is None or _can_hold(others, seats - wanted + 1, figure, one):
            return False
    return True


def is_possible(
    own: Sequence[Holder], others: Sequence[Holder], seats: int, wanted: int, coming: Sequence[Coming]
) -> bool:
    """Return whether a party can still have so many seats; arguments as of ``is_certain``."""
    # Where the others have not that many figures, votes enough for a seat are enough.
    return wanted <= seats and any(
        _can_hold(own, wanted, _place(others, seats - wanted + 1, one.needed) or (0, 1), one) for one in coming
    )


def _place(lists: Sequence[Holder], place: int, needed: int) -> Figure | None:
    """Return the figure at a place among lists with votes enough, the highest being the first; None where it has none.

    Floats order them rightly: votes have fewer digits than a float by far.
    """
    figures = sorted(
        (figure for one in lists if one.votes >= needed for figure in one.figures()), key=_value, reverse=True
    )
    return next(islice(figures, place - 1, None), None)


def _value(figure: Figure) -> float:
    return figure[0] / figure[1]


def _can_hold(lists: Sequence[Holder], number: int, figure: Figure, coming: Coming) -> bool:
    """Return whether some lists can hold so many figures as high as one, or higher, with the votes to come."""
    missing, offers = number, []
    for one in lists:
        costs = _costs(one, figure, coming, number)
        held = costs.count(0)
        missing -= held
        if missing <= 0:
            return True
        if held < len(costs):
            offers.append(costs[held:])
    # The least cost of so many figures more, over the lists so far.
    least = [0, *[coming.votes + 1] * missing]
    for costs in offers:
        for more in range(missing, 0, -1):
            for place, cost in enumerate(costs[:more], start=1):
                least[more] = min(least[more], least[more - place] + cost)
    return least[missing] <= coming.votes


def _costs(one: Holder, figure: Figure, coming: Coming, number: int) -> list[int]:
    """Return how many votes a list needs more for each of its figures to be as high, as far as there are so many."""
    votes, divisor = figure
    found = []
    for own in range(one.first, one.first + min(one.places, number)):
        # Rounded up: a part of a vote is a vote.
        cost = max(coming.needed, -(-votes * own // divisor)) - one.votes
        if cost > coming.votes:
            break
        found.append(max(0, cost))
    return found
