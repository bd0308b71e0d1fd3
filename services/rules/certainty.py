"""How many seats each party can still win, at least and at most, in contests by list that are open. Pure.

A list of which no votes are known may get any number of seats up to its people; the seats go to somebody as long as
anybody is left to fill them: each list is taken to have a vote, but under a threshold any may be below it. A region of
the additional member system is taken together with its open constituencies: who wins one of them is struck from the
list, so that the bounds of the one and the other must not be added. The bounds are exact: each is reached by some
winners of the constituencies and some split of the list seats. Where somebody stands in several constituencies of a
region, which nobody may, they may be wider, and are never too narrow.
docs/rules.md, "Council control".
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

Person = tuple[str, int]
"""Somebody on a list: its id, and their place on it."""


@dataclass(frozen=True, slots=True)
class OpenList:
    """A list, or an individual, of which no votes are known."""

    party: str
    """Id of the main party."""
    people: int | None
    """How many of its people can be given a seat; None where the names are unknown. An individual is one."""


@dataclass(frozen=True, slots=True)
class Hopeful:
    """Somebody who may win an open constituency."""

    party: str
    """Id of the main party."""
    struck: frozenset[Person] = frozenset()
    """Who is struck from the party's list if they do: themselves, where they are on it."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The fewest and the most seats that a party can win."""

    least: int
    most: int


State = tuple[int, int, int]
"""Constituencies that a party wins; how many are struck from its own lists, and from those of the others."""


def bounds(
    seats: int,
    lists: Collection[OpenList],
    constituencies: Collection[Sequence[Hopeful]] = (),
    *,
    threshold: bool = False,
) -> dict[str, Bounds]:
    """Return what each party can win of some list seats and open constituencies together; seats filled are not in it.

    Args:
        seats: list seats to be filled; 0 where they are declared.
        lists: who stands for them. Those who have won a constituency are struck out already.
        constituencies: who stands in each open constituency.
        threshold: whether a list needs so many per cent of the votes to have a seat.
    """
    people = Counter[str]()
    for one in lists:
        people[one.party] += seats if one.people is None else one.people
    fought = [set(standing) for standing in constituencies if standing]
    papers = Counter(person for standing in fought for person in {who for one in standing for who in one.struck})
    parties = people.keys() | {one.party for standing in fought for one in standing}
    found = {party: _of_party(party, seats, people, fought, papers) for party in sorted(parties)}
    if threshold and len(people) > 1:
        # Any list may be below it: then its party has its constituencies alone.
        alone = {party: _of_party(party, 0, Counter(), fought, papers) for party in parties}
        found = {party: Bounds(alone[party].least, whole.most) for party, whole in found.items()}
    return found


def _of_party(
    party: str,
    seats: int,
    people: Counter[str],
    fought: Sequence[Collection[Hopeful]],
    papers: Mapping[Person, int],
) -> Bounds:
    own, others = people[party], people.total() - people[party]
    # Where there are people enough whoever is struck, it is all one who is.
    ours_matter, theirs_matter = own - len(papers) < seats, others - len(papers) < seats
    states: set[State] = {(0, 0, 0)}
    for standing in fought:
        steps = {
            (1, struck if ours_matter else 0, 0) if one.party == party else (0, 0, struck if theirs_matter else 0)
            for one in standing
            for struck in _numbers_struck(one, papers)
        }
        states = {
            (won + more, ours + from_ours, theirs + from_theirs)
            for won, ours, theirs in states
            for more, from_ours, from_theirs in steps
        }
    least, most = [], []
    for won, ours, theirs in states:
        left, rest = max(0, own - ours), max(0, others - theirs)
        least.append(won + max(0, min(seats, left + rest) - rest))
        most.append(won + min(seats, left))
    return Bounds(min(least), max(most))


def _numbers_struck(winner: Hopeful, papers: Mapping[Person, int]) -> Iterator[int]:
    """Yield how many people may be struck by a winner: one who stands elsewhere, too, may have been struck before."""
    surely = sum(papers[person] == 1 for person in winner.struck)
    yield from range(surely, len(winner.struck) + 1)
