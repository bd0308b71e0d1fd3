"""A contest by list: the seats declared are those that the rule gives (docs/rules.md, "Seats by list")."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from schemas.register import Contest
from services.ingest.rules.checks.candidates import name_of
from services.ingest.rules.event.figures import Figures
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.wording import listed
from services.rules.allocating import Carried, is_individual, list_seats, places_left
from services.rules.systems.count import TieWithoutLot
from services.rules.systems.lists import Seats, two_decimals, votes_needed
from services.rules.verdicts import ALLOCATION_DIFFERS

_ELECTED = ("data", "elected")


def check_lists(figures: Figures, contest: Contest) -> Iterator[Fault]:
    """One seat for each there is, as far as lists have people; of closed lists, those that the votes give.

    What a region's seats depend on besides, its constituencies, is known only to who knows what was declared.
    """
    yield from check_list_seats(figures, contest)
    if contest.voting_system == "additional-member":
        if figures.elected is None:
            yield fault("elected.needed", *_ELECTED, contest=contest.name, seats=f"{contest.seats}")
        return
    if figures.votes is not None and figures.complete(contest):
        yield from check_allocation(figures.votes.counts, figures.elected, figures.lot, contest, Carried())


def check_list_seats(figures: Figures, contest: Contest) -> Iterator[Fault]:
    """The seats named are as many as can be filled, and no list has more of them than people."""
    elected = figures.elected
    if elected is None or not contest.candidates.keys() >= set(elected):
        return
    places = places_left(contest, Carried())
    complete = figures.votes is not None and figures.complete(contest)
    fewest, most = _fewest_and_most(
        contest, places, figures.votes.counts if figures.votes is not None and complete else None
    )
    if not fewest <= len(elected) <= most:
        yield _wrong_number(elected, contest, f"{most}" if fewest == most else f"{fewest} to {most}")
    for one, seats in Counter(elected).items():
        people = places[one]
        if people is not None and seats > people:
            facts = {"name": name_of(one, contest), "seats": f"{seats}", "people": f"{people}"}
            code = "elected.individual" if is_individual(contest.candidates[one]) else "elected.list_used_up"
            yield fault(code, *_ELECTED, **facts)


def _fewest_and_most(
    contest: Contest, places: Mapping[str, int | None], votes: Mapping[str, int] | None
) -> tuple[int, int]:
    """Return the fewest and the most seats that can be filled: each constituency may strike somebody from a list.

    At least one: where nobody can be elected, there is no result to declare.

    Args:
        contest: the contest.
        places: how many people are on each list; None where nobody knows.
        votes: votes by list; None where they are not all known.
    """
    if votes is not None:
        needed = max(1, votes_needed(sum(votes.values()), contest.threshold_per_cent) or 0)
        places = {one: people for one, people in places.items() if votes[one] >= needed}
    known = [people for people in places.values() if people is not None]
    if len(known) < len(places):
        return contest.seats, contest.seats
    total = sum(known)
    return max(1, min(contest.seats, total - len(contest.constituencies))), max(1, min(contest.seats, total))


def _wrong_number(elected: Sequence[str], contest: Contest, places: str) -> Fault:
    elects = f"elects {places}. Name the list of each seat, and a list with several seats as often as it has them."
    return fault("elected.wrong_number", *_ELECTED, stated=f"{len(elected)}", contest=contest.name, elects=elects)


def check_allocation(
    votes: Mapping[str, int],
    elected: Sequence[str] | None,
    lot: Sequence[str] | None,
    contest: Contest,
    carried: Carried,
) -> Iterator[Fault]:
    """The seats declared, and the lot, are those that the rule gives."""
    if lot is None:
        return
    try:
        seats = list_seats(contest, votes, carried, lot)
    except TieWithoutLot as tie:
        tied = listed(name_of(name, contest) for name in tie.tied)
        code = "lot.not_of_equal_figures" if lot else "lot.missing_for_list"
        yield fault(code, "data", "lot", tied=tied, places=f"{tie.places}")
        return
    if lot and not seats.by_lot:
        yield fault("lot.no_tie", "data", "lot")
    if not seats.given:
        yield _wrong_number(elected or (), contest, "nobody by the rule")
    if elected is None or not contest.candidates.keys() >= set(elected):
        return
    if len(elected) == len(seats.given):
        yield from _compare(votes, Counter(elected), seats, contest, carried)
    elif seats.given and contest.constituencies:
        # How many of a region's people are struck from its lists is known only now.
        yield _wrong_number(elected, contest, f"{len(seats.given)}")


def _compare(
    votes: Mapping[str, int], stated: Counter[str], seats: Seats, contest: Contest, carried: Carried
) -> Iterator[Fault]:
    """Tell the last seat that is declared for another list than the rule gives it to."""
    given = Counter(seats.elected)
    if given == stated:
        return
    left_out, added = given - stated, stated - given
    place, seat = max((place, seat) for place, seat in enumerate(seats.given, start=1) if seat.list in left_out)
    instead = min(added, key=lambda one: (-votes.get(one, 0), one))
    divisor = carried.seats.get(instead, 0) + given[instead] + 1
    yield fault(
        ALLOCATION_DIFFERS,
        *_ELECTED,
        place=_ordinal(place),
        list=name_of(seat.list, contest),
        figure=f"{two_decimals(seat.figure):,.2f}",
        instead=name_of(instead, contest),
        other=f"{two_decimals(Fraction(votes.get(instead, 0), divisor)):,.2f}"
        + _why_not(instead, votes, given, contest, carried),
    )


def _why_not(one: str, votes: Mapping[str, int], given: Counter[str], contest: Contest, carried: Carried) -> str:
    """Return why a list has no seat more, however high its figure: nobody left, or too few votes."""
    places, needed = places_left(contest, carried)[one], votes_needed(sum(votes.values()), contest.threshold_per_cent)
    if needed is not None and votes.get(one, 0) < needed:
        return f": it takes {needed:,} votes to have a seat"
    return ": nobody is left on that list" if places is not None and given[one] >= places else ""


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
