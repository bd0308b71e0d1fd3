"""The text and the detail of a result that elects somebody."""

from collections import Counter
from collections.abc import Iterator

from schemas.result import Result
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
from services.notify.rules.wording.english import spoken
from services.notify.rules.wording.life import comes_after
from services.notify.rules.wording.seats import Flow


def seat_text(result: Result, won: SeatsWon) -> str:
    """Return the headline of a contest that somebody has won."""
    verb = "win" if won.outcome is None else won.outcome.change
    text = _one_seat(result, won, verb) if result.contest.seats == 1 else _several_seats(result, won, verb)
    return f"{text} {wording.UNOPPOSED}" if won.kind == "uncontested" or vacant(result, won) else text


def _one_seat(result: Result, won: SeatsWon, verb: str) -> str:
    # A by-election stands alone: no table beside it says from whom the seat was taken.
    previous = won.outcome.previous_party if won.outcome and result.contest.by_election else None
    return wording.one_seat(
        spoken(result.parties[won.parties[0]]),
        verb,
        result.contest.name,
        None if previous is None or verb != "gain" else spoken(result.parties[previous]),
    )


def _several_seats(result: Result, won: SeatsWon, verb: str) -> str:
    found = won.outcome
    if found is None:
        flow = Flow(verb, Counter(won.parties), {})
    else:
        seats = {"gain": found.gained, "hold": found.held, "win": found.won}[found.change]
        flow = Flow(verb, seats, found.lost if found.change == "gain" and not found.ambiguous else {})
    return wording.several_seats(flow, result.contest.name, result.contest.seats, result.parties)


def seat_detail(result: Result, won: SeatsWon) -> str:
    """Return the sentence behind the headline: who, for whom, from whom, by how much, on what turnout."""
    several = result.contest.seats > 1
    said = _who_is_elected(result) if several else _who_wins(result, won)
    figures = filter(None, (_by_how_much(result, won, several=several), _turnout(result)))
    # Short figures run on: "with a majority of 12 on a turnout of 40.0%".
    apart = several or result.lot or result.rounds == FINAL_ROUND
    said = (", " if apart else " ").join((said, *figures))
    said = ", ".join((said, *_circumstances(result, said)))
    if several and won.outcome is not None and won.outcome.ambiguous:
        return f"{said}; {wording.not_certain(won.outcome.lost, result.parties)}"
    return said


def _who_wins(result: Result, won: SeatsWon) -> str:
    winner, found, contest = person(result, winners(result)[0]), won.outcome, result.contest.name
    if found is None:
        return wording.chosen(winner, contest)
    if found.change == "win":
        return wording.opens(winner, contest)
    if found.change == "gain" and found.previous_party is not None:
        holders = [
            person(result, one)
            for one in unseated(result)
            if result.parties[one.party].counts_as == found.previous_party
        ]
        previous = holders[0].of if len(holders) == 1 else spoken(result.parties[found.previous_party]).inside
        return wording.takes(winner, contest, previous, first_time=bool(result.first_time))
    return wording.succeeds(winner, contest) if found.holder_changed else wording.keeps(winner, contest)


def _who_is_elected(result: Result) -> str:
    return wording.elects([person(result, one) for one in winners(result)], result.contest.name)


def _by_how_much(result: Result, won: SeatsWon, *, several: bool) -> str | None:
    if empty := vacant(result, won):
        return wording.with_vacant(empty)
    if won.kind == "uncontested":
        return wording.UNOPPOSED
    if result.lot:
        return wording.by_lot(deciding_votes(result, winners(result)[-1]), several=several)
    if result.majority is None:
        return None
    if several:
        return wording.by_votes(result.majority)
    final = wording.second_preferences(trailing=trailed(result)) if result.rounds == FINAL_ROUND else ""
    return wording.by_majority(result.majority) + final


def _turnout(result: Result) -> str | None:
    percent = result.turnout.papers if result.turnout.papers is not None else result.turnout.valid_votes
    return None if percent is None else wording.turnout(percent)


def _circumstances(result: Result, said: str) -> Iterator[str]:
    """Yield a phrase for members unseated who are not in ``said`` yet, one for what came before, one for the swing."""
    if unnamed := [one.name for one in unseated(result) if one.name not in said]:
        yield wording.unseating(unnamed)
    if before := comes_after(result.supersedes.kind if result.supersedes else None):
        yield before
    if result.swing is not None and result.swing.points > 0:
        yield wording.swing(result.swing, result.parties)
