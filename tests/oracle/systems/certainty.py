"""How many seats each party may end with in contests that are open: by trying every winner and every split of seats.

A region and its constituencies are tried together: list seats fall as constituencies rise, and who wins a constituency
is struck from the list.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import combinations, product
from math import ceil
from typing import TYPE_CHECKING, Any

from tests.oracle.recount import counted_so_far, kind_of
from tests.oracle.systems.dhondt import Lists, Seat, may_have
from tests.oracle.systems.regions import constituency_winners, individuals, struck
from tests.oracle.systems.winners import Followed, elected, followed

if TYPE_CHECKING:
    from tests.oracle.recount import Heard

Json = dict[str, Any]
Ways = frozenset[frozenset[tuple[str, int]]]
"""Every way in which contests may end, as seats by party beyond those that are filled."""

Standing = tuple[str, str, str]
"""Who stands in a constituency: id, name, main party."""
List = tuple[str, tuple[tuple[str | None, str], ...] | None, bool]
"""A list: main party, ids and names of its people, whether it is an individual."""


def ways_of(heard: "Heard", ballot: str) -> Ways:
    """Return every way in which a contest may fill the seats that it has not filled."""
    contest = heard.register["contests"][ballot]
    names = list(contest["candidates"])
    filled: list[str] = []
    sure: set[str] = set()
    said = heard.standing.get(ballot)
    if contest["voting_system"] == "closed-list":
        if votes_so_far(heard, ballot) is not None:
            return ways_by_votes_so_far(heard, ballot, ())
        return region_ways(contest["seats"], (), _lists(heard, contest), (), contest.get("threshold_per_cent"))
    if contest["voting_system"] == "single-transferable-vote" and said is not None and kind_of(said) == "stage":
        filled = elected(heard, ballot)
        names = followed(contest, said).continuing
        sure = _not_to_be_passed(contest["seats"] - len(filled), followed(contest, said))
    parties = {name: heard.main(contest["candidates"][name]["party"]) for name in names}
    places = min(contest["seats"] - len(filled), len(names))
    return frozenset(
        frozenset(Counter(parties[name] for name in chosen).items())
        for chosen in combinations(names, places)
        if sure.issubset(chosen)
    )


def _not_to_be_passed(vacancies: int, count: Followed) -> set[str]:
    """Return those of a count by stages whom no group of rivals can pass with all the votes that may still move.

    Every group is tried that could have the seats left. What somebody has above the quota may move, too.
    """
    votes, names = count.history[-1], count.continuing
    kept = {one: min(votes[one], Fraction(count.quota)) for one in votes}
    may_move = sum((votes[one] - kept[one] * (one not in count.excluded) for one in votes), Fraction(0))
    sure = set()
    for one in names:
        rivals = [other for other in names if other != one]
        groups = combinations(rivals, vacancies)
        # Nobody goes out before somebody with fewer votes: a group has all who are ahead.
        ahead = {other for other in rivals if kept[other] > kept[one]}
        needed = [
            sum(max(kept[one] - kept[other], Fraction(0)) for other in group)
            - sum(kept[other] for other in rivals if other not in group)
            for group in groups
            if ahead.issubset(group)
        ]
        if len(ahead) < vacancies and all(more > may_move for more in needed):
            sure.add(one)
    return sure


def ways_with_region(heard: "Heard", ballot: str, open_constituencies: Sequence[str]) -> Ways:
    """Return every way in which a region that is not declared may end, with its open constituencies."""
    if votes_so_far(heard, ballot) is not None:
        return ways_by_votes_so_far(heard, ballot, open_constituencies)
    contest, contests = heard.register["contests"][ballot], heard.register["contests"]

    def standing(constituency: str, one: str) -> Standing:
        who = contests[constituency]["candidates"][one]
        return one, who["name"], heard.main(who["party"])

    known = tuple(standing(place, winner) for place, winner in sorted(constituency_winners(heard, ballot).items()))
    options = tuple(
        tuple(standing(place, one) for one in contests[place]["candidates"]) for place in open_constituencies
    )
    return region_ways(contest["seats"], options, _lists(heard, contest), known, contest.get("threshold_per_cent"))


def ways_by_votes(heard: "Heard", ballot: str, open_constituencies: Sequence[str]) -> Ways:
    """Return every way in which a declared region may end with its open constituencies: what the rule gives then."""
    party_of = _party_of(heard, ballot)
    found = set()
    for newly, ended in _ended(heard, ballot, open_constituencies, heard.standing[ballot]["votes"]):
        for given in _by_any_lot(ended, []):
            found.add(frozenset((newly + Counter(party_of[seat.to] for seat in given)).items()))
    return frozenset(found)


def ways_by_votes_so_far(heard: "Heard", ballot: str, open_constituencies: Sequence[str]) -> Ways:
    """Return every way in which a contest of which some areas are counted may end, with its open constituencies."""
    votes, to_come = votes_so_far(heard, ballot) or ({}, 0)
    party_of = _party_of(heard, ballot)
    found = set()
    for newly, ended in _ended(heard, ballot, open_constituencies, votes):
        names = list(ended.votes)
        first = tuple(1 if one in ended.individuals else ended.carried_in[one] + 1 for one in names)
        places = tuple(min(ended.seats, ended.names[one] or 0) for one in names)
        threshold = ended.threshold_per_cent
        for split in splits_in_reach(ended.seats, tuple(ended.votes.values()), first, places, to_come, threshold):
            total = Counter(newly)
            for one, number in zip(names, split, strict=True):
                total[party_of[one]] += number
            found.add(frozenset((+total).items()))
    return frozenset(found)


def _party_of(heard: "Heard", ballot: str) -> dict[str, str]:
    who = heard.register["contests"][ballot]["candidates"]
    return {one: heard.main(who[one]["party"]) for one in who}


def _ended(
    heard: "Heard", ballot: str, open_constituencies: Sequence[str], votes: Mapping[str, int]
) -> Iterator[tuple[Counter[str], Lists]]:
    """Yield every way in which open constituencies may end: who won those, by party, and the lists with some votes."""
    contest, contests = heard.register["contests"][ballot], heard.register["contests"]
    won = sorted(constituency_winners(heard, ballot).items())
    options = [[(place, one)] for place, one in won]
    options += [[(place, one) for one in contests[place]["candidates"]] for place in open_constituencies]
    alone, lists = individuals(heard, contest), dict(zip(contest["candidates"], _lists(heard, contest), strict=True))
    for chosen in product(*options):
        people = [(one, contests[place]["candidates"][one]) for place, one in chosen]
        winners = [(one, who["name"], heard.main(who["party"])) for one, who in people]
        parties = [party for _, _, party in winners]
        yield (
            Counter(parties[len(won) :]),
            Lists(
                votes,
                contest["seats"],
                {one: parties.count(lists[one][0]) for one in lists if one not in alone},
                {one: _most(lists[one], winners, contest["seats"]) for one in lists},
                alone,
                contest.get("threshold_per_cent"),
            ),
        )


def _lists(heard: "Heard", contest: Json) -> tuple[List, ...]:
    alone = individuals(heard, contest)
    return tuple(
        (
            heard.main(who["party"]),
            ((key, who["name"]),) if key in alone else _people(who),
            key in alone,
        )
        for key, who in contest["candidates"].items()
    )


def _people(who: Json) -> tuple[tuple[str | None, str], ...] | None:
    return None if who.get("people") is None else tuple((one.get("id"), one["name"]) for one in who["people"])


@cache
def region_ways(
    seats: int,
    options: tuple[tuple[Standing, ...], ...],
    lists: tuple[List, ...],
    known: tuple[Standing, ...],
    threshold: int | None,
) -> Ways:
    """Return every way of some list seats, together with every winner of each open constituency.

    Under a threshold some lists may be below it, but not all, and no more above it than there are votes for.
    """
    enough = [len(lists)] if threshold is None else range(1, min(len(lists), 100 // threshold) + 1)
    above = [set(chosen) for number in enough for chosen in combinations(range(len(lists)), number)]
    found = set()
    for winners, passing in product(product(*options), above):
        most = [_most(one, (*known, *winners), seats) * (place in passing) for place, one in enumerate(lists)]
        for split in _splits(min(seats, sum(most)), most):
            total = Counter(party for _, _, party in winners)
            for (party, _, _), number in zip(lists, split, strict=True):
                total[party] += number
            found.add(frozenset((+total).items()))
    return frozenset(found)


def _most(one: List, winners: Sequence[Standing], seats: int) -> int:
    """Return how many list seats a list can fill: its people but for those who won a constituency."""
    party, people, alone = one
    if people is None:
        return seats
    if alone:
        # Who stands alone may have another id in a constituency.
        return sum(not any(struck((key, name), party, winners) for key in (key, None)) for key, name in people)
    return sum(not struck(person, party, winners) for person in people)


def _splits(seats: int, most: Sequence[int]) -> Iterator[tuple[int, ...]]:
    if not most:
        if not seats:
            yield ()
        return
    for first in range(min(seats, most[0]) + 1):
        for rest in _splits(seats - first, most[1:]):
            yield (first, *rest)


# --- votes partly in ------------------------------------------------------------------------------------------


def votes_so_far(heard: "Heard", ballot: str) -> tuple[dict[str, int], int] | None:
    """Return the votes counted in some areas, and how many more can come; None where nothing can be made of them.

    Whom an area leaves out has no votes that are known.
    """
    contest, said = heard.register["contests"][ballot], heard.standing.get(ballot)
    if said is None or kind_of(said) != "progress" or contest["electorate"] is None:
        return None
    so_far = counted_so_far(contest, said)
    votes = {one: so_far["votes"].get(one, 0) for one in contest["candidates"]}
    return votes, contest["electorate"] - sum(votes.values()) - (so_far["rejected"] or 0)


@cache
def splits_in_reach(  # noqa: PLR0917  # a contest
    seats: int,
    votes: tuple[int, ...],
    first: tuple[int, ...],
    places: tuple[int, ...],
    to_come: int,
    threshold: int | None,
) -> tuple[tuple[int, ...], ...]:
    """Return every split of the seats that the votes to come can bring about: each is asked what it takes.

    Under a threshold that depends on how many of them come, so each number is tried. Votes that a split does not take
    are somebody's, too: that may spoil it, but then there is one with more seats for whom they are given to.

    Args:
        seats: seats to be given.
        votes: votes of each list so far.
        first: what these are divided by for its first seat.
        places: seats that it can fill.
        to_come: votes that may still come.
        threshold: the share of all votes that a list needs for a seat.
    """
    coming = [(to_come, 1)]
    if threshold is not None:
        coming = [(come, max(1, ceil(Fraction(threshold * (sum(votes) + come), 100)))) for come in range(to_come + 1)]
    most = [number if has or to_come else 0 for number, has in zip(places, votes, strict=True)]
    splits = [split for filled in range(min(seats, sum(most)) + 1) for split in _splits(filled, most)]
    return tuple(
        split
        for split in splits
        if any(_in_reach(split, seats, votes, first, places, come, needed) for come, needed in coming)
    )


def _in_reach(  # noqa: PLR0917  # the same, for one split
    split: tuple[int, ...],
    seats: int,
    votes: tuple[int, ...],
    first: tuple[int, ...],
    places: tuple[int, ...],
    to_come: int,
    enough: int,
) -> bool:
    """Whether the votes to come are enough for a split: the last seat of each list is as high as the next of any.

    Votes are added where they lack, until they lack nowhere: no fewer would do. Seats are left over only where nobody
    is left who has votes enough.
    """
    now = [max(has, enough) if number else has for has, number in zip(votes, split, strict=True)]
    while sum(now) - sum(votes) <= to_come:
        left = [place for place, has in enumerate(now) if has >= enough and split[place] < places[place]]
        if sum(split) < seats:
            return not left
        highest = max((Fraction(now[place], first[place] + split[place]) for place in left), default=Fraction(0))
        lacking = {
            place: needed
            for place, number in enumerate(split)
            if number and now[place] < (needed := ceil(highest * (first[place] + number - 1)))
        }
        if not lacking:
            return True
        for place, needed in lacking.items():
            now[place] = needed
    return False


def every_end(lists: Lists, to_come: int) -> Iterator[Counter[str]]:
    """Yield the seats of each in every end there is when votes are still to come, however they fall.

    Every split of them in whole votes is tried, with everybody who stands and with some of them never cast; between
    equal figures any lot is.
    """
    names = list(lists.votes)
    for more in product(range(to_come + 1), repeat=len(names)):
        if sum(more) <= to_come:
            votes = {name: lists.votes[name] + extra for name, extra in zip(names, more, strict=True)}
            for given in _by_any_lot(replace(lists, votes=votes), []):
                yield Counter(seat.to for seat in given)


def _by_any_lot(lists: Lists, given: list[Seat]) -> Iterator[list[Seat]]:
    """Yield every allocation, whoever is drawn between equal figures."""
    if len(given) == lists.seats:
        yield given
        return
    has = Counter(seat.to for seat in given)
    figures = {}
    for one, votes in lists.votes.items():
        if may_have(lists, one, has[one]):
            divisor = 1 if one in lists.individuals else lists.carried_in.get(one, 0) + has[one] + 1
            figures[one] = Fraction(votes, divisor), divisor
    if not figures:
        yield given
        return
    highest = max(figure for figure, _ in figures.values())
    for one, (figure, divisor) in figures.items():
        if figure == highest:
            yield from _by_any_lot(lists, [*given, Seat(one, divisor, figure, by_lot=True)])
