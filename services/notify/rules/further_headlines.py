"""What else is news about a contest: a first, members defeated, a lot, a narrow majority, the largest swing."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from schemas.result import Result
from services.notify.rules.draft import Draft, Drafts
from services.notify.rules.memory import SAID, SWING, ContestSaid, Memory, Remembered, SwingKnown
from services.notify.rules.occasions import Occasion
from services.notify.rules.seats_won import FINAL_ROUND, deciding_votes, person, seats_won, unseated, winners
from services.notify.rules.wording import further as wording
from services.notify.rules.wording.english import spoken

NARROW_PER_CENT: Final = 1
"""A majority below this share of the valid votes is narrow. Desks print parliamentary majorities under 100 or under
1,000 as narrow, which for 45,000 valid votes is 0.2 or 2 per cent; a share fits a ward and a police area as well."""


class Further(NamedTuple):
    """A further headline of a contest."""

    about: str
    """Ids of the party or the people it is about: it is not said again of the same ones."""
    draft: Draft


def further_headlines(memory: Memory, result: Result) -> Drafts:
    """Return what else is news about a result that counts, and was not said before."""
    remember: dict[tuple[str, str], Remembered] = {}
    known, swing = memory.swings.get(result.ballot_id), result.swing if result.counts else None
    if swing is not None or (known is not None and known.points is not None):
        remember[SWING, result.ballot_id] = SwingKnown(
            name=result.contest.name, points=None if swing is None else swing.points
        )
    if not result.counts or not result.elected:
        return Drafts(remember=remember)
    earlier = memory.contests.get(result.ballot_id)
    said = () if earlier is None else earlier.facts
    drafts = {f"{one.draft.occasion.name.lower()}:{one.about}": one.draft for one in _further(memory, result)}
    new = {key: draft for key, draft in drafts.items() if key not in said}
    if new:
        remember[SAID, f"contest:{result.ballot_id}"] = ContestSaid(facts=(*said, *new))
    return Drafts(tuple(new.values()), remember)


def _further(memory: Memory, result: Result) -> Iterator[Further]:
    yield from _first_time(result)
    yield from _incumbents(result)
    yield from _lot(result)
    yield from _narrow_majority(result)
    yield from _largest_swing(memory, result)


def _first_time(result: Result) -> Iterator[Further]:
    """Yield a party's first win; not in a new post, where everybody is the first."""
    verb = _verb(result)
    if not result.first_time or verb not in ("gain", "elected") or len(set(result.parties_elected)) > 1:
        return
    party, contest = result.parties_elected[0], result.contest.name
    text = wording.first_time(spoken(result.parties[party]), "gain" if verb == "gain" else "win", contest)
    detail = wording.first_time_detail(person(result, winners(result)[0]), contest)
    yield Further(party, Draft(Occasion.FIRST_TIME, text, detail))


def _incumbents(result: Result) -> Iterator[Further]:
    losers = unseated(result)
    if not losers:
        return
    last = winners(result)[-1]
    yield Further(
        " ".join(loser.candidate for loser in losers),
        Draft(
            Occasion.INCUMBENT_DEFEATED,
            wording.defeated([loser.name for loser in losers], result.contest.name),
            wording.defeated_detail(
                [(person(result, loser), loser.final_votes or loser.votes) for loser in losers],
                person(result, last),
                deciding_votes(result, last),
            ),
        ),
    )


def _lot(result: Result) -> Iterator[Further]:
    votes = deciding_votes(result, winners(result)[-1])
    if not result.lot or votes is None:
        return
    tied = [candidate for candidate in result.candidates if deciding_votes(result, candidate) == votes]
    chosen = [candidate for candidate in tied if candidate.elected]
    yield Further(
        " ".join(candidate.candidate for candidate in chosen),
        Draft(
            Occasion.LOT,
            wording.lot(result.contest.name, votes, several=result.contest.seats > 1),
            wording.lot_detail(
                [person(result, one) for one in chosen],
                [person(result, one) for one in tied if not one.elected],
                votes,
            ),
        ),
    )


def _narrow_majority(result: Result) -> Iterator[Further]:
    final = result.rounds == FINAL_ROUND
    valid = sum(one.final_votes or 0 for one in result.candidates) if final else result.valid_votes
    majority, seats = result.majority, result.contest.seats
    # With several seats a voter has as many votes, so a majority is held against the votes for one seat.
    if not majority or not valid or 100 * majority * seats >= NARROW_PER_CENT * valid:
        return
    last = winners(result)[-1]
    runner_up = next(candidate for candidate in result.candidates if not candidate.elected)
    contest = result.contest.name
    if seats == 1:
        verb = _verb(result)
        party = spoken(result.parties[result.parties_elected[0]])
        text = wording.narrow(party, "win" if verb == "elected" else verb, contest, majority)
    else:
        text = wording.narrow_last(contest, majority)
    detail = wording.narrow_detail(last.name, runner_up.name, majority, valid, final=final)
    yield Further(last.candidate, Draft(Occasion.NARROW_MAJORITY, text, detail))


def _largest_swing(memory: Memory, result: Result) -> Iterator[Further]:
    if result.swing is None:
        return
    number, largest = memory.swings_elsewhere(result.ballot_id)
    if largest is None or result.swing.points <= largest[0]:
        return
    yield Further(
        result.swing.to_party,
        Draft(
            Occasion.LARGEST_SWING,
            wording.largest_swing(result.swing, result.parties, result.contest.name),
            wording.largest_swing_detail(result.swing, result.parties, largest, number),
        ),
    )


def _verb(result: Result) -> str:
    found = seats_won(result).outcome
    return "elected" if found is None else found.change
