"""The text and the detail of a result that elects somebody."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from schemas.headline import Fact
from schemas.result import Outcome, Result
from services.notify.rules import counts
from services.notify.rules.facts import is_first_time, of_own_party, tied, told, valid_if_narrow
from services.notify.rules.list_sentences import list_detail, list_ending, list_text
from services.notify.rules.referendums import referendum_detail, referendum_text, with_majority
from services.notify.rules.seats_won import (
    FINAL_ROUND,
    SeatsWon,
    by_list,
    by_stages,
    deciding_votes,
    is_referendum,
    leader,
    person,
    place_in_sentence,
    place_name,
    trailed,
    unseated,
    vacant,
    winners,
)
from services.notify.rules.wording import counts as count_wording
from services.notify.rules.wording import seats as wording
from services.notify.rules.wording.english import spoken
from services.notify.rules.wording.life import comes_after, join_sentences
from services.notify.rules.wording.seats import Ending, Flow, Person

INTERRUPTION: Final = ", a "
"""What a sentence has in it that cannot run on without a comma: ``a notional gain``, ``a sitting member``."""


def seat_text(result: Result, won: SeatsWon, facts: Sequence[Fact] = ()) -> str:
    """Return the headline of a contest that somebody has won, with the most telling of some facts."""
    if won.kind == "stage":
        elected = counts.elected_at_stages(result) if won.elected == result.elected else ()
        seats = result.contest.seats
        return count_wording.elected_so_far(elected, place_name(result), seats, number_elected=len(won.elected))
    if is_referendum(result):
        return referendum_text(result, won)
    if by_list(result):
        return list_text(result, won, list_ending(result, won, told(result, won, facts) if facts else ()))
    if empty := vacant(result, won):
        must = f" {wording.with_vacant(empty)}"
    else:
        must = f" {wording.UNOPPOSED}" if won.kind == "uncontested" else ""
    ending = Ending(must, told(result, won, facts) if facts else ())
    return (_one_seat if result.contest.seats == 1 else _several_seats)(result, won, ending)


def seat_words(result: Result, won: SeatsWon, facts: Sequence[Fact]) -> str:
    """Return the headline as it is said first: with the most telling fact, of a referendum with the majority."""
    said = seat_text(result, won, facts)
    return with_majority(result, said) if is_referendum(result) else said


def _one_seat(result: Result, won: SeatsWon, ending: Ending) -> str:
    found, winner = won.outcome, spoken(result.parties[won.parties[0]])
    verb = "win" if found is None else found.change
    # A by-election stands alone: no table beside it says from whom the seat was taken.
    previous = found.previous_party if found and found.change == "gain" and result.contest.by_election else None
    origin = None if previous is None else spoken(result.parties[previous])
    if origin is not None and origin.name == winner.name:
        # Two parties that are called the same.
        origin = None
    return wording.one_seat(winner, verb, place_name(result), origin, ending)


def _several_seats(result: Result, won: SeatsWon, ending: Ending) -> str:
    found = won.outcome
    if found is None:
        flow = Flow("win", Counter(won.parties), {})
    else:
        seats = {"gain": found.gained, "hold": found.held, "win": found.won}[found.change]
        flow = Flow(found.change, seats, found.lost if found.change == "gain" and not found.ambiguous else {})
    return wording.several_seats(flow, result.contest, result.parties, ending)


def seat_detail(result: Result, won: SeatsWon, *, declared_before: bool) -> str:
    """Return the sentence behind the headline: who, for whom, from whom, by how much, on what turnout.

    Args:
        result: the result.
        won: who is elected.
        declared_before: whether the contest had a result before this one.
    """
    if by_list(result):
        return list_detail(result, won, declared_before=declared_before)
    if is_referendum(result):
        return referendum_detail(result, declared_before=declared_before)
    several = result.contest.seats > 1
    narrow = valid_if_narrow(result)
    said = _who_is_elected(result) if several else _who_wins(result, won)
    figures = filter(None, (_by_how_much(result, won, narrow, said), _turnout(result)))
    # Short figures run on: "with a majority of 12 on a turnout of 40.0%".
    apart = several or by_stages(result) or result.lot or result.rounds == FINAL_ROUND or narrow is not None
    together = (", " if apart else " ").join(figures)
    if together:
        said = f"{said}{', ' if apart or INTERRUPTION in said else ' '}{together}"
    said = ", ".join((said, *_circumstances(result, won, said, declared_before=declared_before)))
    if several and won.outcome is not None and won.outcome.ambiguous:
        said = f"{said}; {wording.not_certain(won.outcome.lost, result.parties)}"
    if by_stages(result) and won.kind == "declared":
        first = leader(result) if several and trailed(result) else None
        behind = "" if first is None else count_wording.leader_loses(person(result, first))
        return join_sentences(said, behind, counts.first_preferences(result), counts.lots(result))
    return said


def _who_wins(result: Result, won: SeatsWon) -> str:
    winner, found, contest = person(result, winners(result)[0]), won.outcome, place_in_sentence(result)
    if found is None:
        return wording.chosen(winner, contest, first_time=is_first_time(result, won))
    if found.change == "win":
        return wording.opens(winner, contest)
    if found.change == "gain" and found.previous_party is not None:
        return _who_gains(result, won, winner, found)
    if found.holder_changed:
        return wording.succeeds(winner, contest)
    # Of two independents nobody may know whether they are one: that the winner kept the seat would say so.
    known = not spoken(winner.party).independent or found.same_person or winner.sitting
    if found.notional or unseated(result) or not known:
        return wording.holds(winner, contest, notional=found.notional)
    return wording.keeps(winner, contest)


def _who_gains(result: Result, won: SeatsWon, winner: Person, found: Outcome) -> str:
    contest, party = place_in_sentence(result), str(found.previous_party)
    previous = spoken(result.parties[party])
    if previous.name == spoken(winner.party).name:
        # Two parties that are called the same: nobody takes a seat from themselves.
        return wording.chosen(winner, contest, first_time=False)
    first_time = is_first_time(result, won)
    if found.notional or found.same_person or winner.sitting:
        # Nobody held the new seat; or the winner held one before, and changed sides.
        return wording.gains(winner, contest, previous, first_time=first_time, notional=found.notional)
    holders = [person(result, one) for one in unseated(result) if result.parties[one.party].counts_as == party]
    taken_from = holders[0].of if len(holders) == 1 else previous.inside
    return wording.takes(winner, contest, taken_from, first_time=first_time)


def _who_is_elected(result: Result) -> str:
    if by_stages(result) and any(one.elected_at is not None for one in result.candidates):
        return f"{place_in_sentence(result)} elects {count_wording.by_stage(counts.elected_at_stages(result))}"
    return wording.elects([person(result, one) for one in winners(result)], place_in_sentence(result))


def _by_how_much(result: Result, won: SeatsWon, narrow: int | None, said: str) -> str | None:
    if empty := vacant(result, won):
        return wording.with_vacant(empty)
    if won.kind == "uncontested":
        return wording.UNOPPOSED
    if by_stages(result):
        return _at_which_stage(result)
    return _by_which_majority(result, narrow, said)


def _at_which_stage(result: Result) -> str | None:
    """Return the stage at which a single seat was won; those of several seats are said with the names."""
    if result.contest.seats > 1:
        return None
    return count_wording.single_seat(counts.elected_at_stages(result)[0], trailing=trailed(result)) or None


def _by_which_majority(result: Result, narrow: int | None, said: str) -> str | None:
    """Return the majority, or the lot, in words for the sentence that begins with ``said``."""
    if result.lot:
        equal = tied(result)
        drawn = wording.drawn(sum(one.elected for one in equal), result.contest.seats)
        others = [person(result, one) for one in equal if not one.elected]
        return wording.by_lot(deciding_votes(result, winners(result)[-1]), others, drawn)
    if result.majority is None:
        return None
    over = ""
    if narrow is not None:
        loser = person(result, next(candidate for candidate in result.candidates if not candidate.elected))
        over = wording.narrowly(loser, result.majority, narrow, named=f"from {loser.of}" in said)
    if result.contest.seats > 1:
        return wording.by_votes(result.majority) + over
    final = wording.second_preferences(trailing=trailed(result)) if result.rounds == FINAL_ROUND else ""
    return wording.by_majority(result.majority) + over + final


def _turnout(result: Result) -> str | None:
    percent = result.turnout.said
    return None if percent is None or wording.is_nothing(percent) else wording.turnout(percent)


def _circumstances(result: Result, won: SeatsWon, said: str, *, declared_before: bool) -> Iterator[str]:
    """Yield what else was so: members defeated who are not in ``said`` yet, what came before, the swing."""
    if result.contest.seats > 1 and is_first_time(result, won):
        yield wording.first_there(spoken(result.parties[won.parties[0]], len(won.parties)))
    if unnamed := [one for one in unseated(result) if one.name not in said]:
        people = [person(result, one) for one in unnamed]
        yield wording.defeating(people, own=of_own_party(result, unnamed))
    if result.contest.seats > 1 and won.outcome is not None and won.outcome.notional:
        yield wording.NOTIONAL
    if before := comes_after(result.supersedes.kind if result.supersedes else None, declared_before=declared_before):
        yield before
    if result.swing is not None and not wording.is_nothing(result.swing.points):
        yield wording.swing(result.swing, result.parties)
