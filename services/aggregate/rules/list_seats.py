"""What each party can still win in a contest by list that is open: without votes, or by those counted so far."""

from collections.abc import Iterable, Mapping, Sequence

from schemas.register import Contest, RegisterHead
from schemas.result import CountedSoFar
from services.rules.allocating import Carried, is_individual, places_left
from services.rules.certainty import Bounds, Hopeful, OpenList, Person, bounds
from services.rules.certainty_by_votes import CountedList, bounds_by_votes


def open_lists(register: RegisterHead, contest: Contest, struck: Iterable[Person] = ()) -> list[OpenList]:
    """Return who stands in a contest by list of which no votes are known, without those who are struck out."""
    places = places_left(contest, Carried(struck=frozenset(struck)))
    return [
        OpenList(register.main_party(candidate.party), places[one]) for one, candidate in contest.candidates.items()
    ]


def counted_lists(
    contest: Contest, lists: Sequence[OpenList], votes: Mapping[str, int], carried_in: Mapping[str, int]
) -> dict[str, CountedList]:
    """Return those who stand in a contest by list, with their votes, by id.

    Args:
        contest: the contest.
        lists: who stands in it, in the order of the contest.
        votes: votes by id.
        carried_in: constituency seats by main party.
    """
    return {
        one: CountedList(
            known.party, votes.get(one, 0), known.people, carried_in.get(known.party, 0), is_individual(candidate)
        )
        for (one, candidate), known in zip(contest.candidates.items(), lists, strict=True)
    }


def bounds_of_open_lists(
    contest: Contest,
    lists: Sequence[OpenList],
    so_far: CountedSoFar | None,
    carried_in: Mapping[str, int],
    fought: Sequence[Sequence[Hopeful]] = (),
) -> dict[str, Bounds]:
    """Return what each party can win of the seats of a contest by list, and of constituencies open with it.

    The votes so far are used where it is known how many may come. Otherwise the bounds are those without votes.

    Args:
        contest: the contest.
        lists: who stands in it, in its order.
        so_far: what is counted, where some of its areas are.
        carried_in: constituency seats by main party.
        fought: who stands in each open constituency.
    """
    threshold = contest.threshold_per_cent
    to_come = None if so_far is None else votes_to_come(contest, so_far)
    if so_far is not None and to_come is not None:
        counted = counted_lists(contest, lists, so_far.votes, carried_in)
        found = bounds_by_votes(contest.seats, counted, fought, to_come, threshold_per_cent=threshold)
        if found is not None:
            return found
    return bounds(contest.seats, lists, fought, threshold=threshold is not None)


def votes_to_come(contest: Contest, so_far: CountedSoFar) -> int | None:
    """Return the most valid votes that may still come: one of each elector whose paper is not counted yet.

    None where the electorate is not known. Nor is it where fewer electors are registered than papers were counted: such
    a figure is wrong, and no count says by how much. What an area does not state is taken to be still to come.
    """
    if contest.electorate is None:
        return None
    left = contest.electorate - sum(so_far.votes.values()) - (so_far.rejected or 0)
    return left if left >= 0 else None
