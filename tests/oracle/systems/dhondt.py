"""D'Hondt's rule, one seat after the other, with seats carried in from constituencies.

The next seat goes to the highest figure: votes divided by the seats that a list has and one. An individual has at most
one seat, and votes that are never divided; a list whose people are all elected drops out; so does, where there is a
threshold, a list with too few of all votes. Between equal figures a lot decides.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Lists:
    """Who stands in a contest by list, and with how many votes."""

    votes: Mapping[str, int]
    seats: int
    carried_in: Mapping[str, int] = field(default_factory=dict)
    """Seats that a list has in the constituencies."""
    names: Mapping[str, int | None] = field(default_factory=dict)
    """People whom a list has left to elect; None where nobody knows. Of an individual one, or none."""
    individuals: frozenset[str] = frozenset()
    threshold_per_cent: int | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat given."""

    to: str
    divisor: int
    figure: Fraction
    by_lot: bool


class NoLotError(Exception):
    """Equal figures, and nobody drew."""


Draw = Callable[[Sequence[str]], str]
"""Return whom the lot chooses of some with equal figures.

Raises:
    NoLotError: nobody is drawn.
"""


def nobody(_tied: Sequence[str]) -> str:
    """Draw nobody."""
    raise NoLotError


def drawn(lot: Sequence[str]) -> Draw:
    """Return who draws the lists that a lot chose, in their order."""
    left = list(lot)

    def draw(tied: Sequence[str]) -> str:
        if not left or left[0] not in tied:
            raise NoLotError
        return left.pop(0)

    return draw


def allocation(lists: Lists, draw: Draw = nobody) -> list[Seat]:
    """Return who has each seat, in their order; fewer where nobody is left to have one.

    Raises:
        NoLotError: equal figures at the last seats, and no lot.
    """
    given: list[Seat] = []
    while len(given) < lists.seats:
        figures = _figures(lists, given)
        if not figures:
            break
        highest = max(figures.values())
        tied = sorted(one for one in figures if figures[one] == highest)
        by_lot = len(tied) > lists.seats - len(given)
        to = draw(tied) if by_lot else tied[0]
        given.append(Seat(to, _divisor(lists, given, to), highest, by_lot))
    return given


def next_seat(lists: Lists, given: Sequence[Seat]) -> tuple[set[str], Fraction] | None:
    """Return the highest figure that got no seat, and who has it; None where nobody has one."""
    figures = _figures(lists, given)
    if not figures:
        return None
    highest = max(figures.values())
    return {one for one in figures if figures[one] == highest}, highest


def may_have(lists: Lists, one: str, seats: int) -> bool:
    """Whether somebody may have one seat more than some: as long as anybody is left, and anybody voted for them."""
    names = lists.names.get(one, 1 if one in lists.individuals else None)
    return lists.votes[one] > 0 and passes(lists, one) and (names is None or seats < names)


def passes(lists: Lists, one: str) -> bool:
    """Whether somebody has votes enough to get a seat at all."""
    if lists.threshold_per_cent is None:
        return True
    return 100 * lists.votes[one] >= lists.threshold_per_cent * sum(lists.votes.values())


def _figures(lists: Lists, given: Sequence[Seat]) -> dict[str, Fraction]:
    """Return the figure of everybody who may have the next seat."""
    has = Counter(seat.to for seat in given)
    found = {}
    for one, votes in lists.votes.items():
        if may_have(lists, one, has[one]):
            found[one] = Fraction(votes, _divisor(lists, given, one))
    return found


def _divisor(lists: Lists, given: Sequence[Seat], one: str) -> int:
    if one in lists.individuals:
        return 1
    return lists.carried_in.get(one, 0) + sum(seat.to == one for seat in given) + 1
