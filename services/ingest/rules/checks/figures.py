"""What a declaration says can be true of its contest.

Source of the rules: docs/rules.md, "Figures that can be true", "Who is elected" and "The life of a declaration". Every
check works on what could be read, so that a declaration's other faults are told as well.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from schemas.register import DEFAULT_HOLD_LIMITS, Contest, HoldLimits, VotingSystem
from services.ingest.rules.checks.areas import check_areas
from services.ingest.rules.checks.candidates import check_candidates, check_named_once
from services.ingest.rules.checks.elected import DecidingVotes, check_elected, check_elected_without_votes
from services.ingest.rules.checks.final_round import check_rounds
from services.ingest.rules.checks.lists import check_list_seats, check_lists
from services.ingest.rules.checks.papers import check_electorate, check_papers, check_rejected
from services.ingest.rules.checks.referendum import check_referendum
from services.ingest.rules.checks.stages import check_stages, check_stages_are_for
from services.ingest.rules.event.figures import Figures
from services.ingest.rules.reasons.faults import Fault, fault


def check_figures(
    figures: Figures, contest: Contest | None, limits: HoldLimits = DEFAULT_HOLD_LIMITS
) -> Iterator[Fault]:
    """Find everything that cannot be true; without a contest, what can be found without one.

    Args:
        figures: what is declared.
        contest: the contest; None where nobody knows which it is.
        limits: the register's, by which a difference of papers is large.
    """
    if contest is None or not contest.by_list:
        yield from check_named_once(figures)
    yield from check_rejected(figures)
    all_zero = _all_zero(figures)
    if all_zero:
        yield fault("votes.all_zero", "data", "votes")
    if contest is None:
        return
    if figures.final_round is not None and contest.voting_system != "supplementary-vote":
        yield fault("final_round.not_for_contest", "data", "final_round", contest=contest.name)
        figures = figures._replace(final_round=None)
    yield from check_stages_are_for(figures, contest)
    yield from check_candidates(figures, contest)
    yield from check_electorate(figures, contest)
    yield from check_papers(figures, contest, limits)
    if figures.areas is not None:
        yield from _check_local_counts(figures, contest)
    if figures.votes is None and contest.by_list:
        yield from check_list_seats(figures, contest)
    elif figures.votes is None:
        yield from check_elected_without_votes(figures, contest)
    elif not all_zero:
        yield from _COUNTING[contest.voting_system](figures, contest)


def _all_zero(figures: Figures) -> bool:
    votes = figures.votes
    return votes is not None and bool(votes.named) and votes.whole and not any(votes.counts.values())


def _check_local_counts(figures: Figures, contest: Contest) -> Iterator[Fault]:
    if not contest.areas:
        yield fault("areas.not_for_contest", "data", "areas", contest=contest.name)
    elif figures.areas is not None:
        yield from check_areas(figures.areas, figures, contest)


def _check_most_votes(figures: Figures, contest: Contest) -> Iterator[Fault]:
    if figures.votes is not None and figures.complete(contest):
        yield from check_elected(DecidingVotes(figures.votes.counts), figures, contest)


_COUNTING: Final[Mapping[VotingSystem, Callable[[Figures, Contest], Iterator[Fault]]]] = {
    "first-past-the-post": _check_most_votes,
    "supplementary-vote": check_rounds,
    "single-transferable-vote": check_stages,
    "additional-member": check_lists,
    "closed-list": check_lists,
    "referendum": check_referendum,
}
"""What follows from the votes, by voting system."""
