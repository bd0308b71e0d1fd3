"""From a declaration to a result."""

from schemas.declaration import Declaration
from schemas.events import ResultEvent
from schemas.register import Register
from schemas.result import (
    CandidateResult,
    ContestName,
    Labels,
    Outcomes,
    PartyName,
    Result,
    Superseded,
)
from services.aggregate.rules.figures import percent, turnout
from services.aggregate.rules.outcome import first_time, label, outcome
from services.counting import first_past_the_post, ranked

NATIONAL = "uk"
"""Slug of the national grouping, to which every contest belongs."""


def result_of(register: Register, declared: Declaration, before: ResultEvent | None) -> Result:
    """Return the result that follows from a declaration.

    Args:
        register: the election as amended so far.
        declared: the contest's declaration that stands.
        before: the result published for the contest so far.

    Raises:
        TieWithoutLot: the declaration leaves the last seat undecided; ingest refuses those.
    """
    contest = register.contests[declared.ballot_id]
    count = first_past_the_post(declared.votes, contest.seats, declared.lot or ())
    winner = count.elected[0]
    outcomes = Outcomes(
        previous_election=outcome(register, contest, winner, contest.baseline.previous_election),
        sitting=outcome(register, contest, winner, contest.baseline.sitting),
    )
    party = register.main_party(contest.candidates[winner].party)
    valid = sum(declared.votes.values())
    return Result(
        ballot_id=declared.ballot_id,
        revision=declared.revision,
        contest=ContestName(
            name=contest.name,
            office=contest.office,
            voting_system=contest.voting_system,
            seats=contest.seats,
        ),
        regions=regions_of(register, declared.ballot_id),
        elected=count.elected,
        elected_party=party,
        labels=Labels(
            previous_election=label(register, outcomes.previous_election),
            sitting=label(register, outcomes.sitting),
        ),
        outcomes=outcomes,
        headline_baseline=register.headline_baseline,
        first_time=first_time(register, contest, party),
        majority=count.majority,
        lot=count.by_lot,
        valid_votes=valid,
        rejected=declared.rejected,
        electorate=contest.electorate,
        turnout=turnout(declared, contest.electorate),
        candidates=tuple(
            CandidateResult(
                candidate=candidate,
                name=contest.candidates[candidate].name,
                party=contest.candidates[candidate].party,
                votes=declared.votes[candidate],
                share=percent(declared.votes[candidate], valid),
                elected=candidate in count.elected,
            )
            for candidate in ranked(declared.votes)
        ),
        parties=_party_names(register, declared.ballot_id, before),
        declared_at=declared.declared_at,
        supersedes=None if before is None else _superseded(before),
    )


def regions_of(register: Register, ballot_id: str) -> tuple[str, ...]:
    """Return the slugs of the groupings that a contest counts in, the national one last."""
    named = register.contests[ballot_id].regions
    return (*(slug for slug in dict.fromkeys(named) if slug != NATIONAL), NATIONAL)


def _superseded(before: ResultEvent) -> Superseded:
    was = before.data
    return Superseded(
        event_id=before.id,
        revision=was.revision,
        elected=was.elected,
        labels=was.labels,
        outcomes=was.outcomes,
        elected_party=was.elected_party,
        majority=was.majority,
        votes={candidate.candidate: candidate.votes for candidate in was.candidates},
        electorate=was.electorate,
    )


def _party_names(register: Register, ballot_id: str, before: ResultEvent | None) -> dict[str, PartyName]:
    contest = register.contests[ballot_id]
    mentioned = {candidate.party for candidate in contest.candidates.values()}
    for baseline in (contest.baseline.previous_election, contest.baseline.sitting):
        mentioned.update(holder.party for holder in (baseline.seats if baseline else ()))
    mentioned.update(before.data.parties if before is not None else ())
    mentioned.update([register.main_party(party) for party in mentioned])
    return {
        party_id: PartyName(
            name=register.parties[party_id].name,
            spoken=register.parties[party_id].spoken,
            number=register.parties[party_id].number,
            abbreviation=register.parties[party_id].abbreviation,
            counts_as=register.main_party(party_id),
        )
        for party_id in sorted(mentioned)
    }
