"""What is so of a result besides who won: facts to filter by, the most telling of which the headline tells."""

from collections.abc import Iterable, Iterator
from typing import Final

from schemas.headline import Fact
from schemas.result import CandidateResult, Result
from services.notify.rules.seats_won import (
    FINAL_ROUND,
    SeatsWon,
    by_list,
    by_stages,
    deciding_votes,
    is_region,
    leader,
    person,
    trailed,
    unseated,
    vacant,
    winners,
)
from services.notify.rules.wording import counts, lists
from services.notify.rules.wording import seats as wording

NARROW_PER_CENT: Final = 1
"""A majority below this share of the valid votes is narrow. Desks print parliamentary majorities under 100 or under
1,000 as narrow, which for 45,000 valid votes is 0.2 or 2 per cent; a share fits a ward and a police area as well."""

OF_THE_MARGIN: Final[frozenset[Fact]] = frozenset(("lot", "narrow_majority"))
"""Facts that say by how much it was won: a correction of the majority says that in its own words."""


def facts_of(result: Result, won: SeatsWon) -> tuple[Fact, ...]:
    """Return what is so of a result that elects somebody, the most telling first."""
    if not result.elected:
        return ()
    # Who has lost, and by how much, is known when a count by stages is over.
    of_winners = () if result.kind == "stage" else _facts(result, won)
    return (*of_winners, *_of_the_declaration(result))


def _facts(result: Result, won: SeatsWon) -> Iterator[Fact]:
    found = won.outcome
    if result.lot:
        yield "lot"
    if is_first_time(result, won):
        yield "first_time"
    if valid_if_narrow(result) is not None:
        yield "narrow_majority"
    if trailed(result):
        yield "from_behind"
    if unseated(result):
        yield "incumbent_defeated"
    if found is not None and found.holder_changed:
        yield "holder_changed"
    if found is not None and found.notional:
        yield "notional"
    if vacant(result, won):
        yield "vacant_seats"


def _of_the_declaration(result: Result) -> Iterator[Fact]:
    if result.under_review:
        yield "under_review"
    if is_region(result) and result.allocation is not None and not result.allocation.checked:
        yield "not_checked"


def is_first_time(result: Result, won: SeatsWon) -> bool:
    """Whether a party won what it never won before; not in a new post, where everybody is the first."""
    change = None if won.outcome is None else won.outcome.change
    return bool(result.first_time) and change in ("gain", None) and len(set(won.parties)) == 1


def valid_if_narrow(result: Result) -> int | None:
    """Return the valid votes of the round that decided where the majority is narrow; else None."""
    majority, seats = result.majority, result.contest.seats
    if not majority:
        return None
    final = result.rounds == FINAL_ROUND
    valid = sum(one.final_votes or 0 for one in result.candidates) if final else result.valid_votes
    # With several seats a voter has as many votes, so a majority is held against the votes for one seat.
    return valid if valid and 100 * majority * seats < NARROW_PER_CENT * valid else None


def tied(result: Result) -> list[CandidateResult]:
    """Return who had as many votes as the last of the elected, the elected among them included."""
    votes = deciding_votes(result, winners(result)[-1])
    return [candidate for candidate in result.candidates if deciding_votes(result, candidate) == votes]


def told(result: Result, won: SeatsWon, facts: Iterable[Fact]) -> tuple[str, ...]:
    """Return the most telling fact in the words of a headline, shorter ones later; empty where none is told."""
    for fact in facts:
        words = _words(result, won, fact)
        if words:
            return words
    return ()


def _words(result: Result, won: SeatsWon, fact: Fact) -> tuple[str, ...]:
    seats = result.contest.seats
    match fact:
        case "lot":
            return _words_for_lot(result)
        case "first_time":
            return wording.told_first_time(person(result, winners(result)[0]))
        case "narrow_majority":
            return wording.told_narrow(result.majority or 0, several=seats > 1)
        case "from_behind":
            return _words_for_behind(result)
        case "incumbent_defeated":
            return _words_for_defeated(result, won)
        case _:
            # The others are said in the sentence behind the headline.
            return ()


def _words_for_lot(result: Result) -> tuple[str, ...]:
    if by_list(result):
        last = result.allocation.seats[-1:] if result.allocation else ()
        return lists.told_lot() if any(seat.by_lot for seat in last) else ()
    if by_stages(result):
        # A lot that decided at one of the stages need not have decided who is elected.
        return ()
    return wording.told_lot(sum(one.elected for one in tied(result)), result.contest.seats)


def _words_for_behind(result: Result) -> tuple[str, ...]:
    first = leader(result)
    if not by_stages(result) or first is None:
        return wording.told_from_behind()
    return counts.told_from_behind(person(result, first), several=result.contest.seats > 1)


def _words_for_defeated(result: Result, won: SeatsWon) -> tuple[str, ...]:
    if result.contest.seats == 1 and won.outcome is not None and won.outcome.change == "hold":
        # A party does not hold its seat by defeating a member: they had crossed the floor, or sat for another seat.
        return ()
    losers = unseated(result)
    return wording.told_defeated([one.name for one in losers], own=of_own_party(result, losers))


def of_own_party(result: Result, losers: list[CandidateResult]) -> bool:
    """Whether one of the losers is of a party that has won a seat here."""
    return any(result.parties[one.party].counts_as in result.parties_elected for one in losers)
