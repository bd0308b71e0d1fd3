"""What is so of a result besides who won: facts to filter by, the most telling of which the headline tells."""

from collections.abc import Iterable, Iterator
from typing import Final

from schemas.headline import Fact
from schemas.result import CandidateResult, Result
from services.notify.rules.seats_won import (
    FINAL_ROUND,
    SeatsWon,
    deciding_votes,
    person,
    trailed,
    unseated,
    vacant,
    winners,
)
from services.notify.rules.wording import seats as wording

NARROW_PER_CENT: Final = 1
"""A majority below this share of the valid votes is narrow. Desks print parliamentary majorities under 100 or under
1,000 as narrow, which for 45,000 valid votes is 0.2 or 2 per cent; a share fits a ward and a police area as well."""

OF_THE_MARGIN: Final[frozenset[Fact]] = frozenset(("lot", "narrow_majority"))
"""Facts that say by how much it was won: a correction of the majority says that in its own words."""


def facts_of(result: Result, won: SeatsWon) -> tuple[Fact, ...]:
    """Return what is so of a result that elects somebody, the most telling first."""
    return tuple(_facts(result, won)) if result.elected else ()


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
    if result.under_review:
        yield "under_review"


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
            return wording.told_lot(sum(one.elected for one in tied(result)), seats)
        case "first_time":
            return wording.told_first_time(person(result, winners(result)[0]))
        case "narrow_majority":
            return wording.told_narrow(result.majority or 0, several=seats > 1)
        case "from_behind":
            return wording.told_from_behind()
        case "incumbent_defeated":
            return _words_for_defeated(result, won)
        case _:
            # The others are said in the sentence behind the headline.
            return ()


def _words_for_defeated(result: Result, won: SeatsWon) -> tuple[str, ...]:
    if result.contest.seats == 1 and won.outcome is not None and won.outcome.change == "hold":
        # A party does not hold its seat by defeating a member: they had crossed the floor, or sat for another seat.
        return ()
    losers = unseated(result)
    return wording.told_defeated([one.name for one in losers], own=of_own_party(result, losers))


def of_own_party(result: Result, losers: list[CandidateResult]) -> bool:
    """Whether one of the losers is of a party that has won a seat here."""
    return any(result.parties[one.party].counts_as in result.parties_elected for one in losers)
