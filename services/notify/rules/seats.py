"""What a result says of its seats: one headline for each, whatever became of the contest."""

from collections import Counter
from collections.abc import Iterator
from typing import Final, get_args

from schemas.declaration import DeclarationKind
from schemas.result import CandidateResult, Outcome, Outcomes, Result
from services.notify.rules.wording import seats as wording
from services.notify.rules.wording.english import spoken
from services.notify.rules.wording.life import comes_after
from services.notify.rules.wording.seats import Flow, Person

KNOWN: Final = frozenset(get_args(DeclarationKind))
"""Kinds of declaration that this release has words for. Of another one, from a later release, it says nothing."""

FINAL_ROUND: Final = 2
"""The round of the supplementary vote in which second preferences are counted."""


class Won:
    """Who won a contest's seats: what a result says, or what the one before it said."""

    def __init__(self, kind: str, elected: tuple[str, ...], parties: tuple[str, ...], outcome: Outcome | None) -> None:
        self.kind: Final = kind
        self.elected: Final = elected
        self.parties: Final = parties
        self.outcome: Final = outcome


def won_now(result: Result) -> Won:
    """Return what a result says."""
    return Won(result.kind, result.elected, result.parties_elected, _outcome(result, result.outcomes))


def won_before(result: Result) -> Won | None:
    """Return what the result before it said; None when nobody was elected, or we have no words for it."""
    was = result.supersedes
    if was is None or not was.elected or was.kind not in KNOWN:
        return None
    return Won(was.kind, was.elected, was.parties_elected, _outcome(result, was.outcomes))


def _outcome(result: Result, outcomes: Outcomes) -> Outcome | None:
    return outcomes.sitting if result.headline_baseline == "sitting" else outcomes.previous_election


def seat_text(result: Result, won: Won) -> str:
    """Return the headline of a contest that somebody has won."""
    verb = "win" if won.outcome is None else won.outcome.change
    said = _one_seat(result, won, verb) if result.contest.seats == 1 else _several_seats(result, won, verb)
    return f"{said} {wording.UNOPPOSED}" if won.kind == "uncontested" else said


def _one_seat(result: Result, won: Won, verb: str) -> str:
    # A by-election stands alone: no table beside it says from whom the seat was taken.
    previous = won.outcome.previous_party if won.outcome and ".by." in result.ballot_id else None
    return wording.one_seat(
        spoken(result.parties[won.parties[0]]),
        verb,
        result.contest.name,
        None if previous is None or verb != "gain" else spoken(result.parties[previous]),
    )


def _several_seats(result: Result, won: Won, verb: str) -> str:
    found = won.outcome
    if found is None:
        flow = Flow(verb, Counter(won.parties), {})
    else:
        seats = {"gain": found.gained, "hold": found.held, "win": found.won}[found.change]
        flow = Flow(verb, seats, found.lost if found.change == "gain" and not found.ambiguous else {})
    return wording.several_seats(flow, result.contest.name, result.contest.seats, result.parties)


def person(result: Result, candidate: CandidateResult) -> Person:
    """Return a candidate as a sentence needs them."""
    return Person(candidate.name, result.parties[candidate.party])


def deciding_votes(result: Result, candidate: CandidateResult) -> int | None:
    """Return a candidate's votes in the round that decided, where they were in it and it is known."""
    if result.rounds == FINAL_ROUND:
        return candidate.final_votes
    return candidate.votes


def winners(result: Result) -> list[CandidateResult]:
    """Return the elected, most votes first."""
    by_id = {candidate.candidate: candidate for candidate in result.candidates}
    return [by_id[candidate] for candidate in result.elected]


def unseated(result: Result) -> list[CandidateResult]:
    """Return candidates who held a seat on the eve of poll and are not elected."""
    return [candidate for candidate in result.candidates if candidate.sitting and not candidate.elected]


def trailed(result: Result) -> bool:
    """Return whether the winner of a final round was behind somebody on first preferences."""
    (winner, *_), others = winners(result), [one.votes for one in result.candidates if one.votes is not None]
    return result.rounds == FINAL_ROUND and winner.votes is not None and max(others) > winner.votes


def seat_detail(result: Result, won: Won) -> str:
    """Return the sentence behind the headline: who, for whom, from whom, by how much, on what turnout."""
    several = result.contest.seats > 1
    said = _who_is_elected(result) if several else _who_wins(result, won)
    figures = filter(None, (_by_how_much(result, several=several), _turnout(result)))
    # Short figures run on: "with a majority of 12 on a turnout of 40.0%".
    apart = several or result.lot or result.rounds == FINAL_ROUND
    said = (", " if apart else " ").join((said, *figures))
    said = ", ".join((said, *_circumstances(result, said)))
    if several and won.outcome is not None and won.outcome.ambiguous:
        return f"{said}; {wording.not_certain(won.outcome.lost, result.parties)}"
    return said


def _who_wins(result: Result, won: Won) -> str:
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


def _by_how_much(result: Result, *, several: bool) -> str | None:
    if result.kind == "uncontested":
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
    """Return what else is worth a phrase, in the order in which it is said; ``said`` is the sentence so far."""
    if unsaid := [one.name for one in unseated(result) if one.name not in said]:
        yield wording.unseating(unsaid)
    if before := comes_after(result.supersedes.kind if result.supersedes else None):
        yield before
    if result.swing is not None and result.swing.points > 0:
        yield wording.swing(result.swing, result.parties)
