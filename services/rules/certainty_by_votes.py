"""What each party can still win in a contest by list whose votes are known, or known in part. Pure.

Who wins the constituencies of a region decides who has the list seats. So all ends of those that are open are tried;
those in which parties win as many constituencies, and as many people are struck from the lists, are one. Lists that
have a seat in none are left out. Of equal figures each may have the seat, for a lot decides. While votes are to come,
they may be anybody's in each of the ends (``votes_to_come.py``). docs/rules.md, "Council control".
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from operator import add
from typing import Final

from services.rules.certainty import Bounds, Hopeful, Person
from services.rules.votes_to_come import Coming, Holder, all_coming, is_certain, is_possible

FIGURES_MAX: Final = 200_000
"""Figures that are worked out at most, in a fifth of a second: enough for a region of Scotland, or for London, with all
constituencies open, and with half of them while votes are to come. Where there would be more, the votes are not used,
and certainty may come later."""


End = tuple[tuple[int, ...], frozenset[Person]]
"""Constituencies won by each party, and people struck from each list; and who of those in several constituencies is."""


@dataclass(frozen=True, slots=True)
class CountedList:
    """A list, or an individual, with the votes that are known."""

    party: str
    """Id of the main party."""
    votes: int
    people: int | None
    """How many of its people can be given a seat; None where the names are unknown. An individual is one."""
    carried_in: int = 0
    """Constituency seats of its party."""
    individual: bool = False
    """Whether it is an individual: nothing is carried in."""

    def holder(self, seats: int, won: int = 0, struck: int = 0) -> Holder:
        """Return what it has so far, and what it can fill: so many constituencies won, and people struck out."""
        first = 1 if self.individual else self.carried_in + won + 1
        return Holder(self.votes, first, seats if self.people is None else min(seats, max(0, self.people - struck)))

    def reach(self, last: float, coming: Coming, at_most: int) -> int:
        """Return how many of its figures may be as high as the last that has a seat, before any constituency is won."""
        now, votes = self.holder(1), self.votes + coming.votes
        if not now.places or votes < coming.needed:
            return 0
        divisors = range(now.first, now.first + (1 if self.individual else at_most))
        return sum(votes / divisor >= last for divisor in divisors)


def bounds_by_votes(
    seats: int,
    lists: Mapping[str, CountedList],
    constituencies: Collection[Sequence[Hopeful]] = (),
    to_come: int = 0,
    *,
    threshold_per_cent: int | None = None,
) -> dict[str, Bounds] | None:
    """Return what each party can win of the list seats and the open constituencies together.

    Args:
        seats: list seats of the contest.
        lists: the lists and individuals, by id. Those who have won a constituency are struck out already.
        constituencies: who stands in each open constituency.
        to_come: votes that may still come, at most: anybody's, and some of them may not be cast.
        threshold_per_cent: the share of all votes from which on a list may have a seat; None where any may.

    Returns:
        The bounds by main party; None where there are too many ends. They are exact, but where all of several lists are
        one party's: a threshold may make them wider then.
    """
    fought = [set(standing) for standing in constituencies if standing]
    papers = Counter(person for standing in fought for person in {who for one in standing for who in one.struck})
    struck = Counter(one for one, _ in papers)
    most_won = Counter(party for standing in fought for party in {one.party for one in standing})
    # A list that is alone has all votes.
    threshold = threshold_per_cent if len(lists) > 1 else None
    coming = all_coming(sum(known.votes for known in lists.values()), to_come, threshold)
    last = _last_in_any_case(seats, lists, most_won, struck, coming[0].needed)
    reach = {one: known.reach(last, coming[0], len(fought) + seats) for one, known in lists.items()}
    in_play = {one: known for one, known in lists.items() if reach[one]}
    parties = sorted({known.party for known in in_play.values()})
    # Where there are people enough whoever is struck, it is all one who is. So it is where there are as many as figures
    # that may have a seat, for whoever wins a constituency takes one of those away; from an individual nothing else is.
    one_each = all(len(one.struck) <= 1 for standing in fought for one in standing)
    scarce = [
        one
        for one, known in in_play.items()
        if struck[one] and known.holder(seats, 0, struck[one]).places < seats
        if known.individual or not one_each or known.holder(reach[one]).places < reach[one]
    ]
    # While votes are to come, an end is asked for its fewest seats and for its most, with each ``Coming``.
    asked = 2 * len(coming) if to_come else 1
    ends = _ends(fought, papers, parties, scarce, at_most=FIGURES_MAX // max(1, seats * len(in_play) * asked))
    if ends is None:
        return None
    found = {
        # Without a list that may have a seat: its constituencies alone.
        party: Bounds(sum({one.party for one in standing} == {party} for standing in fought), most_won[party])
        for party in {known.party for known in lists.values()} | most_won.keys()
    }
    # No end has been tried yet: each makes for fewer seats, or more.
    within = dict.fromkeys(parties, Bounds(len(fought) + seats, 0))
    for end, twice in ends:
        won = dict(zip(parties, end, strict=False))
        gone = Counter(dict(zip(scarce, end[len(parties) :], strict=True))) + Counter(one for one, _ in twice)
        holders = [(known.party, known.holder(seats, won[known.party], gone[one])) for one, known in in_play.items()]
        if to_come:
            within = {party: _with_votes_to_come(within[party], party, won, holders, seats, coming) for party in won}
        else:
            within = _with_all_votes(within, won, holders, seats)
    return found | within


def _with_all_votes(
    within: Mapping[str, Bounds], won: Mapping[str, int], holders: Collection[tuple[str, Holder]], seats: int
) -> dict[str, Bounds]:
    """Return bounds within which an end is, too, in which so many constituencies are won.

    Equal figures are equal here, and no others: votes have fewer digits than a float by far.
    """
    above, level, left = _highest(
        [(votes / divisor, party) for party, one in holders for votes, divisor in one.figures()], seats
    )
    found = {}
    for party, constituencies_won in won.items():
        surely, may = constituencies_won + above.count(party), level.count(party)
        least, most = surely + max(0, left - (len(level) - may)), surely + min(left, may)
        found[party] = Bounds(min(within[party].least, least), max(within[party].most, most))
    return found


def _with_votes_to_come(  # noqa: PLR0913, PLR0917  # an end, and what may come of it
    within: Bounds,
    party: str,
    won: Mapping[str, int],
    holders: Collection[tuple[str, Holder]],
    seats: int,
    coming: Sequence[Coming],
) -> Bounds:
    """Return the same of one party while votes are to come. What is within its bounds already is not worked out."""
    own = [one for of, one in holders if of == party]
    others = [one for of, one in holders if of != party]
    already = won[party]
    least, most = within.least, max(within.most, already)
    while least > already and not is_certain(own, others, seats, least - already, coming):
        least -= 1
    while is_possible(own, others, seats, most - already + 1, coming):
        most += 1
    return Bounds(least, most)


def _last_in_any_case(
    seats: int, lists: Mapping[str, CountedList], most_won: Mapping[str, int], struck: Mapping[str, int], needed: int
) -> float:
    """Return a figure that the last seat goes to at least, whatever comes; 0 where there may be too few figures."""
    lowest = (
        votes / divisor
        for one, known in lists.items()
        if known.votes >= needed
        for votes, divisor in known.holder(seats, most_won[known.party], struck[one]).figures()
    )
    surely = nlargest(seats, lowest)
    return surely[-1] if len(surely) == seats else 0


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
