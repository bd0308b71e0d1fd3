"""The two rounds of the supplementary vote (docs/rules.md, "Who is elected")."""

from collections.abc import Collection, Iterator, Mapping

from schemas.register import Contest
from services.ingest.rules.checks.candidates import name_of
from services.ingest.rules.checks.elected import DecidingVotes, check_elected, check_elected_among
from services.ingest.rules.event.figures import Figures
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.wording import listed
from services.rules.systems.count import ranked
from services.rules.systems.supplementary_vote import finalists

_FINAL_ROUND = ("data", "final_round")
_FINALISTS_MIN = 2
"""At least so many candidates reach the final round."""


def check_rounds(figures: Figures, contest: Contest) -> Iterator[Fault]:
    """The rounds as they are stated can follow one from the other, and those elected are who they elect."""
    if figures.votes is None or not figures.votes.whole:
        return
    first, final = figures.votes.counts, figures.final_round
    if final is None:
        if figures.complete(contest):
            yield from _check_first_round_alone(first, figures, contest)
    elif final.whole and contest.candidates.keys() >= {*first, *final.counts}:
        yield from _check_both_rounds(first, final.counts, figures, contest)


def _check_first_round_alone(first: Mapping[str, int], figures: Figures, contest: Contest) -> Iterator[Fault]:
    went_on = finalists(first)
    # Where nobody was eliminated there is nothing to transfer, and round one decides: two candidates, or ties.
    if len(went_on) in {0, len(first)}:
        yield from check_elected(DecidingVotes(first), figures, contest)
        return
    facts = {"valid": f"{sum(first.values()):,}", "finalists": _with_votes(went_on, first, contest)}
    yield fault("final_round.missing", *_FINAL_ROUND, **facts)
    yield from check_elected_among((), went_on, DecidingVotes(first), figures, contest)


def _check_both_rounds(
    first: Mapping[str, int], final: Mapping[str, int], figures: Figures, contest: Contest
) -> Iterator[Fault]:
    if len(final) < _FINALISTS_MIN:
        yield fault("final_round.fewer_than_two", *_FINAL_ROUND)
        return
    if not first.keys() >= final.keys():
        return
    leading = _leading(first)
    complete = figures.complete(contest)
    if complete and not finalists(first):
        leader = _with_votes(leading[:1], first, contest)
        yield fault("final_round.not_needed", *_FINAL_ROUND, leader=leader, valid=f"{sum(first.values()):,}")
        yield from check_elected(DecidingVotes(first), figures, contest)
        return
    if set(leading) != final.keys():
        stated, counted = _with_votes(ranked(final), first, contest), _with_votes(leading, first, contest)
        yield fault("final_round.wrong_candidates", *_FINAL_ROUND, stated=stated, counted=counted)
    for name, votes in final.items():
        if votes < first[name]:
            facts = {"name": name_of(name, contest), "votes": f"{votes:,}", "first": f"{first[name]:,}"}
            yield fault("final_round.below_first", *_FINAL_ROUND, name, **facts)
    transferred = sum(votes - first[name] for name, votes in final.items())
    eliminated = sum(votes for name, votes in first.items() if name not in final)
    if complete and transferred > eliminated:
        facts = {"transferred": f"{transferred:,}", "eliminated": f"{eliminated:,}"}
        yield fault("final_round.too_many_transferred", *_FINAL_ROUND, **facts)
    yield from check_elected(DecidingVotes(final, " in the final round"), figures, contest)


def _leading(first: Mapping[str, int]) -> list[str]:
    """Return the two with most votes and all who tie for second place, most votes first."""
    order = ranked(first)
    return [name for name in order if first[name] >= first[order[1]]]


def _with_votes(names: Collection[str], votes: Mapping[str, int], contest: Contest) -> str:
    return listed(f"{name_of(name, contest)} ({votes[name]:,})" for name in names)
