"""What each party can still win in a region whose list votes are known, and not all its constituencies. Pure.

Who wins the constituencies decides who has the list seats. So all ends are tried; those in which parties win as many
constituencies, and as many people are struck from the lists, are one. Lists that have a seat in none are left out. Of
equal figures each may have the seat, for a lot decides. docs/rules.md, "Council control".
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from operator import add
from typing import Final

from services.rules.certainty import Bounds, Hopeful, Person

FIGURES_MAX: Final = 200_000
"""Figures that are worked out at most, in a fifth of a second: enough for a region of Scotland with eight open
constituencies. Where there would be more, the votes are not used, and certainty may come later."""


End = tuple[tuple[int, ...], frozenset[Person]]
"""Constituencies won by each party, and people struck from each list; and who of those in several constituencies is."""


@dataclass(frozen=True, slots=True)
class CountedList:
    """A list, or an individual, that has votes enough for a seat."""

    party: str
    """Id of the main party."""
    votes: int
    people: int | None
    """How many of its people can be given a seat; None where the names are unknown. An individual is one."""
    carried_in: int = 0
    """Constituency seats of its party."""
    individual: bool = False
    """Whether it is an individual: nothing is carried in."""

    def figures(self, seats: int, won: int = 0, struck: int = 0) -> list[float]:
        """Return its figures, highest first: so many more constituencies won, and so many people struck out.

        Equal figures are equal here, and no others: votes have fewer digits than a float by far.
        """
        first = 1 if self.individual else self.carried_in + won + 1
        places = seats if self.people is None else min(seats, max(0, self.people - struck))
        return [self.votes / divisor for divisor in range(first, first + places)]


def bounds_by_votes(
    seats: int, lists: Mapping[str, CountedList], constituencies: Collection[Sequence[Hopeful]]
) -> dict[str, Bounds] | None:
    """Return what each party can win of the list seats and the open constituencies together.

    Args:
        seats: list seats of the region.
        lists: the lists and individuals that have votes enough, by id. Those who have won a constituency are struck out
            already.
        constituencies: who stands in each open constituency.

    Returns:
        The bounds by main party; None where there are too many ends.
    """
    fought = [set(standing) for standing in constituencies if standing]
    papers = Counter(person for standing in fought for person in {who for one in standing for who in one.struck})
    struck = Counter(one for one, _ in papers)
    most_won = Counter(party for standing in fought for party in {one.party for one in standing})
    in_play = _in_play(seats, lists, most_won, struck)
    parties = sorted({known.party for known in in_play.values()})
    # Where there are people enough whoever is struck, it is all one who is.
    scarce = [
        one for one, known in in_play.items() if struck[one] and len(known.figures(seats, 0, struck[one])) < seats
    ]
    ends = _ends(fought, papers, parties, scarce, at_most=FIGURES_MAX // max(1, seats * len(in_play)))
    if ends is None:
        return None
    found = {
        # Without a list that may have a seat: its constituencies alone.
        party: Bounds(sum({one.party for one in standing} == {party} for standing in fought), most_won[party])
        for party in {known.party for known in lists.values()} | most_won.keys()
    }
    least, most = dict.fromkeys(parties, len(fought) + seats), dict.fromkeys(parties, 0)
    for end, twice in ends:
        won = dict(zip(parties, end, strict=False))
        gone = Counter(dict(zip(scarce, end[len(parties) :], strict=True))) + Counter(one for one, _ in twice)
        figures = [
            (figure, known.party)
            for one, known in in_play.items()
            for figure in known.figures(seats, won[known.party], gone[one])
        ]
        above, level, left = _highest(figures, seats)
        for party, constituencies_won in won.items():
            surely, may = constituencies_won + above.count(party), level.count(party)
            least[party] = min(least[party], surely + max(0, left - (len(level) - may)))
            most[party] = max(most[party], surely + min(left, may))
    return found | {party: Bounds(least[party], most[party]) for party in parties}


def _in_play(
    seats: int, lists: Mapping[str, CountedList], most_won: Mapping[str, int], struck: Mapping[str, int]
) -> dict[str, CountedList]:
    """Return the lists that may have a seat: their first figure is as high as the last that has one in any case."""
    lowest = (
        figure for one, known in lists.items() for figure in known.figures(seats, most_won[known.party], struck[one])
    )
    surely = nlargest(seats, lowest)
    last = surely[-1] if len(surely) == seats else 0
    return {one: known for one, known in lists.items() if max(known.figures(1), default=-1) >= last}


def _ends(
    fought: Iterable[Collection[Hopeful]],
    papers: Mapping[Person, int],
    parties: Sequence[str],
    scarce: Sequence[str],
    *,
    at_most: int,
) -> set[End] | None:
    """Return what may come of the constituencies: how many parties win, and how many people are struck from lists.

    None where these are more than ``at_most``.
    """
    ends: set[End] = {((0,) * (len(parties) + len(scarce)), frozenset())}
    for standing in fought:
        steps = set[End]()
        for one in standing:
            once = Counter(listed for listed, place in one.struck if papers[listed, place] == 1)
            again = frozenset(person for person in one.struck if papers[person] > 1 and person[0] in scarce)
            counts = (*(int(one.party == party) for party in parties), *(once[listed] for listed in scarce))
            steps.add((counts, again))
        ends = {(tuple(map(add, end, step)), gone | again) for end, gone in ends for step, again in steps}
        if len(ends) > at_most:
            return None
    return ends


def _highest(figures: list[tuple[float, str]], seats: int) -> tuple[list[str], list[str], int]:
    """Return the parties of the figures that surely have a seat, of equal ones that may, and how many of these do."""
    figures.sort(reverse=True)
    last = figures[min(seats, len(figures)) - 1][0] if figures else 0
    above = [party for figure, party in figures[:seats] if figure > last]
    level = [party for figure, party in figures if figure == last]
    return above, level, min(seats - len(above), len(level))
