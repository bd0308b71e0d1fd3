"""The rule: a result in, its headline out.

A result that takes the place of another is a correction and says what changed; every other one is a seat headline.
"""

from typing import Final

from schemas.events import HeadlineEvent, ResultEvent
from schemas.headline import Headline, Kind
from schemas.result import Outcome, Outcomes, Result
from services.notify.rules import wording
from services.notify.rules.wording import Spoken

SOURCE: Final = "/tallywire/notify"


def headline(event: ResultEvent) -> HeadlineEvent:
    """Return the headline of a result."""
    result = event.data
    outcome = _outcome(result, result.outcomes)
    text, detail = seat_text(result, result.elected_party, outcome), seat_detail(result, outcome)
    kind: Kind = outcome.change if outcome else "elected"
    if result.supersedes is not None:
        kind, text, detail = "correction", *correction(result, text, detail)
    return HeadlineEvent(
        id=f"{event.id}:headline",
        source=SOURCE,
        subject=result.ballot_id,
        time=event.time,
        test=event.test,
        data=Headline(
            kind=kind,
            text=text,
            detail=detail,
            ballot_id=result.ballot_id,
            regions=result.regions,
            result_id=event.id,
            revision=result.revision,
        ),
    )


def seat_text(result: Result, party: str, outcome: Outcome | None) -> str:
    """Return the short headline of a seat."""
    return wording.seat(_spoken(result, party), outcome.change if outcome else None, result.contest.name)


def seat_detail(result: Result, outcome: Outcome | None) -> str:
    """Return the sentence behind it."""
    return f"{_what_happened(result, outcome)} {_by_how_much(result)}."


def correction(result: Result, text: str, detail: str) -> tuple[str, str]:
    """Return headline and sentence of a result that takes the place of another."""
    was = result.supersedes
    if was is None:
        return text, detail
    said = seat_text(result, was.elected_party, _outcome(result, was.outcomes))
    now = {candidate.candidate: candidate.votes for candidate in result.candidates}
    changes = [
        wording.votes_changed(candidate.name, was.votes[candidate.candidate], candidate.votes)
        for candidate in result.candidates
        if was.votes.get(candidate.candidate, candidate.votes) != candidate.votes
    ]
    if was.electorate != result.electorate:
        changes.append(wording.electorate_changed(was.electorate, result.electorate))
    if said != text:
        change = wording.instead_of(said)
    elif was.majority != result.majority:
        change = wording.by_instead_of(result.majority, was.majority)
    elif was.votes != now:
        change = wording.FIGURES_CHANGED
    else:
        change = wording.DETAILS_CHANGED
    explained = f"{detail} {'; '.join(changes)}." if changes else detail
    return wording.corrected(text, change), explained


def _outcome(result: Result, outcomes: Outcomes) -> Outcome | None:
    return outcomes.sitting if result.headline_baseline == "sitting" else outcomes.previous_election


def _what_happened(result: Result, outcome: Outcome | None) -> str:
    winner = next(candidate.name for candidate in result.candidates if candidate.elected)
    contest, party = result.contest.name, _spoken(result, result.elected_party)
    if outcome is None:
        return wording.chosen(winner, contest, party)
    if outcome.change == "win":
        return wording.opens(winner, contest, party)
    if outcome.change == "gain" and outcome.previous_party is not None:
        previous = _spoken(result, outcome.previous_party)
        return wording.takes(winner, contest, party, previous, first_time=bool(result.first_time))
    return wording.succeeds(winner, contest) if outcome.holder_changed else wording.keeps(winner, contest, party)


def _by_how_much(result: Result) -> str:
    if result.lot:
        margin = wording.LOT
    elif result.majority is None:
        margin = wording.UNOPPOSED
    else:
        margin = wording.majority(result.majority)
    turnout = result.turnout.papers if result.turnout.papers is not None else result.turnout.valid_votes
    return margin if turnout is None else f"{margin} {wording.turnout(turnout)}"


def _spoken(result: Result, party: str) -> Spoken:
    named = result.parties[party]
    return Spoken(named.spoken, plural=named.number == "plural")
