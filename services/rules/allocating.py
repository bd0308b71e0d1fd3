"""From votes by list, and the constituencies that a region depends on, to the allocation of list seats. Pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from schemas.register import INDEPENDENT, Candidate, Contest, ListedPerson, Register, RegisterHead
from services.rules.certainty import Person
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


@dataclass(frozen=True, slots=True)
class Carried:
    """What the winners of a region's constituencies mean for its lists; without any, nothing."""

    seats: Mapping[str, int] = field(default_factory=dict)
    """Constituency seats of each list that has any."""
    struck: frozenset[Person] = frozenset()
    """Who on the lists has won a constituency. An individual is the first, and only, person of a list."""


@dataclass(frozen=True, slots=True)
class Constituencies:
    """What is known of the constituencies of a region."""

    carried: Carried
    waits_for: tuple[str, ...] = ()
    """Ballot ids of those whose result is not known."""


def is_individual(candidate: Candidate) -> bool:
    """Return whether a candidate of a contest by list is an individual: one who stands for no party."""
    return candidate.party == INDEPENDENT


def constituencies_of(
    register: Register, region: Contest, winners_of: Callable[[str], Sequence[Winner] | None]
) -> Constituencies:
    """Return what is known of a region's constituencies.

    Args:
        register: the register.
        region: the region.
        winners_of: returns who has won a constituency, by its ballot id: nobody where its poll is postponed or
            annulled, for the region does not wait for that; None where it is not known.
    """
    known = {ballot_id: winners_of(ballot_id) for ballot_id in region.constituencies}
    winners = [winner for found in known.values() for winner in found or ()]
    waits_for = tuple(ballot_id for ballot_id, found in known.items() if found is None)
    return Constituencies(carried_in(register, region, winners), waits_for)


def carried_in(register: RegisterHead, region: Contest, winners: Iterable[Winner]) -> Carried:
    """Return what the winners of constituencies mean for a region's lists.

    A list has all seats of its party. Of two lists of one party each has them all: what a party must carry in is not
    divided among lists. An individual has none.
    """
    winners = list(winners)
    if not winners:
        return Carried()
    won = Counter(winner.party for winner in winners)
    seats = {
        one: won[register.main_party(candidate.party)]
        for one, candidate in region.candidates.items()
        if not is_individual(candidate) and won[register.main_party(candidate.party)]
    }
    listed = OnLists.of(register, region)
    return Carried(seats, frozenset(person for winner in winners for person in listed.places(winner)))


@dataclass(frozen=True, slots=True)
class OnLists:
    """Who is on a region's lists."""

    by_id: Mapping[str, Sequence[Person]]
    """By person id; an individual by their id in the region."""
    by_party: Mapping[str, Sequence[tuple[Person, str]]]
    """Those who have no id, with their names, by the main party of their list."""

    @classmethod
    def of(cls, register: RegisterHead, region: Contest) -> "OnLists":
        """Return who is on the lists of a region."""
        by_id, by_party = defaultdict[str, list[Person]](list), defaultdict[str, list[tuple[Person, str]]](list)
        for one, candidate in region.candidates.items():
            party = register.main_party(candidate.party)
            for place, person in enumerate(_people(candidate) or ()):
                if person.id is None:
                    by_party[party].append(((one, place), person.name))
                else:
                    by_id[person.id].append((one, place))
            if is_individual(candidate):
                by_id[one].append((one, 0))
        return cls(by_id, by_party)

    def places(self, winner: Winner) -> frozenset[Person]:
        """Return where on the lists somebody is who stands in one of the region's constituencies.

        Whoever is returned for a constituency ceases to be on a list, for whatever party that was (Scotland Act 1998,
        section 8): it is the person with the same id. Where the list has no id, it is the one of the same name who
        stands for the list's party. Somebody of that name who stands for another party is another person, as far as
        anybody knows: the law lets nobody be on the list of one party and stand for another.
        """
        unnumbered = self.by_party.get(winner.party, ())
        same_name = (where for where, name in unnumbered if compare(name, winner.name) == "same")
        return frozenset((*self.by_id.get(winner.candidate, ()), *same_name))


def _people(candidate: Candidate) -> Sequence[ListedPerson] | None:
    """Return who can be given a seat of a list, in their order; None where that is not known.

    An individual may have another id in a constituency.
    """
    return (ListedPerson(name=candidate.name),) if is_individual(candidate) else candidate.people


def places_left(contest: Contest, carried: Carried) -> dict[str, int | None]:
    """Return how many on each list have no constituency; None where it is not known who is on it."""
    struck = Counter(one for one, _ in carried.struck)
    on_lists = {one: _people(candidate) for one, candidate in contest.candidates.items()}
    return {one: None if people is None else len(people) - struck[one] for one, people in on_lists.items()}


def people_left(contest: Contest, carried: Carried) -> dict[str, tuple[str, ...] | None]:
    """Return the names on each list, in their order, of those who have no constituency; None where they are unknown."""
    on_lists = {one: _people(candidate) for one, candidate in contest.candidates.items()}
    return {
        one: None
        if people is None
        else tuple(person.name for place, person in enumerate(people) if (one, place) not in carried.struck)
        for one, people in on_lists.items()
    }


def list_seats(contest: Contest, votes: Mapping[str, int], carried: Carried, lot: Collection[str] = ()) -> Seats:
    """Return the allocation of a contest by list.

    Args:
        contest: the contest.
        votes: votes by list, of all of them.
        carried: what its constituencies carry in; nothing in a contest that has none.
        lot: whom the lot chose among equal figures, in the order of the seats.

    Raises:
        TieWithoutLot: equal figures at the last seats, and ``lot`` does not decide between them.
    """
    standing = {
        one: Standing(votes.get(one, 0), carried.seats.get(one, 0), places)
        for one, places in places_left(contest, carried).items()
    }
    threshold = votes_needed(sum(votes.values()), contest.threshold_per_cent)
    return allocate(standing, contest.seats, threshold=threshold, lot=lot)
