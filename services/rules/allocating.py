"""From votes by list, and the constituencies that a region depends on, to the allocation of list seats. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from schemas.register import INDEPENDENT, Candidate, Contest, ListedPerson, RegisterHead
from services.rules.people import compare
from services.rules.systems.lists import Seats, Standing, allocate, votes_needed


@dataclass(frozen=True, slots=True)
class Winner:
    """Who has won a constituency."""

    candidate: str
    """Candidate id."""
    name: str
    party: str
    """Id of the main party."""


def is_individual(candidate: Candidate) -> bool:
    """Return whether a candidate of a contest by list is an individual: one who stands for no party."""
    return candidate.party == INDEPENDENT


Carried = Mapping[str, Sequence[Winner]]
"""The winners of the region's constituencies, by the list of their party."""


def carried_in(register: RegisterHead, contest: Contest, winners: Iterable[Winner]) -> Carried:
    """Return who carries a seat into each list of a region: the winners for its party. An individual has none."""
    by_party: defaultdict[str, list[Winner]] = defaultdict(list)
    for winner in winners:
        by_party[winner.party].append(winner)
    carried = {}
    for one, candidate in contest.candidates.items():
        found = None if is_individual(candidate) else by_party.pop(register.main_party(candidate.party), None)
        if found:
            carried[one] = tuple(found)
    return carried


def people_left(contest: Contest, carried: Carried) -> dict[str, tuple[str, ...] | None]:
    """Return the names on each list, in their order, of those who have no constituency; None where they are unknown.

    Somebody on a list who has won a constituency is the one with the same id or, where the list has no id, with the
    same name.
    """
    left: dict[str, tuple[str, ...] | None] = {}
    for one, candidate in contest.candidates.items():
        if is_individual(candidate):
            left[one] = (candidate.name,)
        elif candidate.people is None:
            left[one] = None
        else:
            winners = carried.get(one, ())
            left[one] = tuple(person.name for person in candidate.people if not has_won(person, winners))
    return left


def has_won(person: ListedPerson, winners: Sequence[Winner]) -> bool:
    """Return whether somebody on a list is one of the winners of constituencies for its party."""
    if person.id is not None:
        return any(person.id == winner.candidate for winner in winners)
    return any(compare(person.name, winner.name) == "same" for winner in winners)


def list_seats(contest: Contest, votes: Mapping[str, int], carried: Carried, lot: Collection[str] = ()) -> Seats:
    """Return the allocation of a contest by list.

    Args:
        contest: the contest.
        votes: votes by list, of all of them.
        carried: who carries constituency seats into it; nobody in a contest that has no constituencies.
        lot: whom the lot chose among equal figures.

    Raises:
        TieWithoutLot: equal figures at the last seat, and ``lot`` does not decide between them.
    """
    left = people_left(contest, carried)
    standing = {}
    for one in contest.candidates:
        people = left[one]
        places = None if people is None else len(people)
        standing[one] = Standing(votes.get(one, 0), len(carried.get(one, ())), places)
    threshold = votes_needed(sum(votes.values()), contest.threshold_per_cent)
    return allocate(standing, contest.seats, threshold=threshold, lot=lot)
