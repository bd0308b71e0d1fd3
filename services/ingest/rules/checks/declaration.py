"""Whether what a declaration says can be true of its contest.

Source of the rules: domain.md, "Figures", "Gain and hold" and "A declaration's life". Every check works on what could
be read, so that the other faults of a declaration are told as well.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from schemas.register import Contest, VotingSystem
from services.ingest.rules.checks.areas import miscounted
from services.ingest.rules.checks.candidates import misnamed, named_twice
from services.ingest.rules.checks.elected import Deciding, contradicted, unvoted
from services.ingest.rules.checks.final_round import misrun
from services.ingest.rules.checks.papers import beyond_electorate, beyond_papers, misrejected
from services.ingest.rules.event.figures import Figures
from services.ingest.rules.reasons.faults import Fault, fault


def impossible(figures: Figures, contest: Contest | None) -> Iterator[Fault]:
    """Find everything that cannot be true; without a contest, what can be said without one."""
    yield from named_twice(figures)
    yield from misrejected(figures)
    nobody = _all_zero(figures)
    if nobody:
        yield fault("votes.all_zero", "data", "votes")
    if contest is None:
        return
    if figures.final_round is not None and contest.voting_system != "supplementary-vote":
        yield fault("final_round.not_for_contest", "data", "final_round", contest=contest.name)
        figures = figures.without_final_round()
    yield from misnamed(figures, contest)
    yield from beyond_electorate(figures, contest)
    yield from beyond_papers(figures, contest)
    if figures.areas is not None:
        yield from _local_counts(figures, contest)
    if figures.votes is None:
        yield from unvoted(figures, contest)
    elif not nobody:
        yield from _COUNTING[contest.voting_system](figures, contest)


def _all_zero(figures: Figures) -> bool:
    votes = figures.votes
    return votes is not None and bool(votes.named) and votes.whole and not any(votes.counts.values())


def _local_counts(figures: Figures, contest: Contest) -> Iterator[Fault]:
    if not contest.areas:
        yield fault("areas.not_for_contest", "data", "areas", contest=contest.name)
    elif figures.areas is not None:
        yield from miscounted(figures.areas, figures, contest)


def _most_votes(figures: Figures, contest: Contest) -> Iterator[Fault]:
    if figures.votes is not None and figures.complete(contest):
        yield from contradicted(Deciding(figures.votes.counts), figures, contest)


_COUNTING: Final[Mapping[VotingSystem, Callable[[Figures, Contest], Iterator[Fault]]]] = {
    "first-past-the-post": _most_votes,
    "supplementary-vote": misrun,
}
"""What follows from the votes, by voting system."""
