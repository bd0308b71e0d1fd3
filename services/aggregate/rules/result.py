"""From a declaration to a result."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from schemas.declaration import Declaration, RejectedByHead
from schemas.events import DeclarationEvent, ResultEvent
from schemas.register import Contest, Register
from schemas.result import (
    CandidateResult,
    CountedSoFar,
    Labels,
    Outcomes,
    Progress,
    Result,
    Superseded,
)
from services.aggregate.rules.allocation import Allocated
from services.aggregate.rules.life import LIFE
from services.aggregate.rules.notes import notes_of, notes_of_stages
from services.aggregate.rules.outcome import label, main_parties, outcome
from services.aggregate.rules.percentages import (
    percent,
    points,
    share_changes,
    swing,
    turnout,
    valid_votes,
)
from services.aggregate.rules.register_details import ContestDetails
from services.aggregate.rules.stages import CountedStages, counted_stages
from services.rules.papers import by_head, rejected_papers
from services.rules.past_winners import never_won
from services.rules.systems.count import Count
from services.rules.verdicts import ALLOCATION_DIFFERS, ALLOCATION_IN_DOUBT
from services.rules.winners import count_of


def result_of(  # noqa: PLR0913, PLR0917  # all that a result follows from
    register: Register,
    details: ContestDetails,
    event: DeclarationEvent,
    before: ResultEvent | None,
    progress: tuple[Progress, ...],
    by_list: Allocated | None = None,
) -> Result:
    """Return the result that follows from a declaration.

    Args:
        register: says what each party counts as.
        details: the contest as amended so far.
        event: the contest's declaration that stands.
        before: the result published for the contest so far.
        progress: how far the contest's regions are, this declaration included.
        by_list: the seats of a contest by list.

    Raises:
        TieWithoutLot: the declaration leaves the last seat undecided; ingest refuses those.
    """
    contest, declared = details.contest, event.data
    life = LIFE[declared.kind]
    by_stages = counted_stages(contest, declared)
    count = _count(contest, declared, by_stages, by_list)
    # While a count goes on, the seats it has filled are nobody's gain: others may still be held.
    compared = count.elected if life.complete else ()
    outcomes, labels = _outcomes_and_labels(register, details, compared)
    parties_elected = main_parties(register, contest, count.elected)
    valid = valid_votes(contest, declared)
    changes = share_changes(register, contest, declared, valid)
    return Result(
        ballot_id=declared.ballot_id,
        revision=declared.revision,
        kind=declared.kind,
        counts=life.counts,
        contest=details.name,
        regions=details.regions,
        body=contest.body,
        body_name=details.body_name,
        elected=count.elected,
        parties_elected=parties_elected,
        labels=labels,
        outcomes=outcomes,
        headline_baseline=register.headline_baseline,
        first_time=never_won(register, contest, parties_elected[0])
        if len(parties_elected) == 1 and life.complete
        else None,
        majority=count.majority,
        lot=count.by_lot,
        rounds=count.rounds,
        valid_votes=valid,
        rejected=rejected_papers(declared),
        rejected_by_head=_by_head(declared),
        electorate=contest.electorate,
        turnout=turnout(contest, declared, valid),
        swing=None if by_stages or by_list else swing(register, contest, declared.votes or {}, changes),
        candidates=_candidates(contest, declared, count.elected, valid, changes, by_stages),
        parties=details.parties if before is None else before.data.parties | details.parties,
        quota=None if by_stages is None else by_stages.quota,
        stages=None if by_stages is None else by_stages.stages,
        areas_declared=None if declared.areas is None else len(declared.areas),
        areas_expected=len(contest.areas) or None,
        counted_so_far=_counted_so_far(contest, declared),
        declared_at=declared.declared_at,
        reason=declared.reason,
        notes=(
            *notes_of(register, contest, declared, valid),
            *(notes_of_stages(contest, by_stages.followed) if by_stages else ()),
            *(by_list.notes if by_list else ()),
        ),
        signed=event.signature is not None,
        confirmed=event.confirmedby is not None,
        progress=progress,
        question=contest.question,
        allocation=None if by_list is None else by_list.allocation,
        seat_changes=_seat_changes(register, contest, parties_elected) if by_list else None,
        under_review=by_list is not None and by_list.in_doubt,
        supersedes=None if before is None else _superseded(before, contest),
    )


def reviewed(
    before: ResultEvent,
    details: ContestDetails,
    progress: tuple[Progress, ...],
    *,
    under_review: bool,
    by_list: Allocated | None = None,
) -> Result:
    """Return a result that differs from the one before in nothing but whether it is under review, or was checked.

    Its contest is called as it is now: another one, amended meanwhile, may have got the same name.
    """
    return before.data.model_copy(
        update={
            "contest": details.name,
            "under_review": under_review,
            "progress": progress,
            "supersedes": _superseded(before, details.contest),
        }
        | ({} if by_list is None else _allocation_of(before.data, by_list))
    )


def _allocation_of(result: Result, by_list: Allocated) -> dict[str, object]:
    """Return what is another in a result whose allocation is: who has the seats is not."""
    others = [note for note in result.notes if note.code not in {ALLOCATION_DIFFERS, ALLOCATION_IN_DOUBT}]
    return {
        "elected": by_list.elected,
        "parties_elected": _in_order(result, by_list.elected),
        "allocation": by_list.allocation,
        "notes": (*others, *by_list.notes),
        "lot": by_list.by_lot,
    }


def _in_order(result: Result, elected: Sequence[str]) -> tuple[str, ...]:
    """Return the parties of the same seats in another order."""
    party_of = dict(zip(result.elected, result.parties_elected, strict=True))
    return tuple(party_of[one] for one in elected)


def _by_head(declared: Declaration) -> RejectedByHead | None:
    """Return papers rejected by head as a result has them: equal to the same ones when they are read back."""
    heads = by_head(declared)
    return None if heads is None else RejectedByHead(**heads.model_dump())


def _counted_so_far(contest: Contest, declared: Declaration) -> CountedSoFar | None:
    """Return what some local areas have counted together; None of anything but progress."""
    if declared.kind != "progress" or declared.areas is None:
        return None
    areas = declared.areas
    rejected = [area.rejected for area in areas if area.rejected is not None]
    return CountedSoFar(
        votes={
            one: sum(area.votes[one] for area in areas)
            for one in contest.candidates
            if all(one in area.votes for area in areas)
        },
        rejected=sum(rejected) if len(rejected) == len(areas) else None,
    )


def _count(
    contest: Contest, declared: Declaration, by_stages: CountedStages | None, by_list: Allocated | None
) -> Count:
    if by_stages is not None:
        return Count(by_stages.followed.elected, None, by_lot=by_stages.followed.by_lot)
    if by_list is not None:
        return Count(by_list.elected, None, by_lot=by_list.by_lot)
    if declared.kind != "declared" or declared.votes is None:
        elected = (declared.elected or ()) if LIFE[declared.kind].elects else ()
        return Count(tuple(elected), None, by_lot=False, rounds=0)
    count = count_of(contest, declared)
    if declared.elected is not None and set(declared.elected) != set(count.elected):
        # A second person confirmed it: what a returning officer declares stands in law, and no votes are its majority.
        return replace(count, elected=declared.elected, majority=None, by_lot=False)
    return count


def _outcomes_and_labels(
    register: Register, details: ContestDetails, elected: Sequence[str]
) -> tuple[Outcomes, Labels]:
    """Compare the elected with both baselines; where these are the same, once is enough."""
    contest = details.contest
    previous = outcome(register, contest, elected, contest.baseline.previous_election)
    previous_label = label(register, contest, previous)
    sitting, sitting_label = previous, previous_label
    if not details.one_baseline:
        sitting = outcome(register, contest, elected, contest.baseline.sitting)
        sitting_label = label(register, contest, sitting)
    return (
        Outcomes(previous_election=previous, sitting=sitting),
        Labels(previous_election=previous_label, sitting=sitting_label),
    )


def _seat_changes(register: Register, contest: Contest, parties: Sequence[str]) -> dict[str, int] | None:
    """Return list seats now less last time's, by main party; None where last time's are unknown."""
    if contest.seats_before is None:
        return None
    changes = Counter(parties)
    changes.subtract(register.by_main_party(contest.seats_before))
    return {party: change for party, change in sorted(changes.items()) if change}


def _candidates(  # noqa: PLR0913, PLR0917  # all that a line of the table of candidates says
    contest: Contest,
    declared: Declaration,
    elected: Collection[str],
    valid: int | None,
    changes: Mapping[str, Fraction],
    by_stages: CountedStages | None,
) -> tuple[CandidateResult, ...]:
    """Return how each did, by where they came: in the final round, in the first, elected without votes."""
    votes, final = declared.votes or {}, declared.final_round or {}
    order = sorted(
        contest.candidates, key=lambda one: (-final.get(one, -1), -votes.get(one, -1), one not in elected, one)
    )
    found = []
    for one in order:
        candidate, counted = contest.candidates[one], votes.get(one)
        found.append(
            CandidateResult(
                candidate=one,
                name=candidate.name,
                party=candidate.party,
                votes=counted,
                share=None if valid is None or counted is None else percent(counted, valid),
                elected=one in elected,
                final_votes=final.get(one),
                share_change=points(changes[one]) if one in changes else None,
                sitting=candidate.sitting,
                seats=list(elected).count(one) if contest.by_list and elected else None,
                elected_at=None if by_stages is None else by_stages.elected.get(one),
                excluded_at=None if by_stages is None else by_stages.excluded.get(one),
                last_votes=None if by_stages is None else by_stages.last_votes.get(one),
            )
        )
    return tuple(found)


def _superseded(before: ResultEvent, contest: Contest) -> Superseded:
    was, now = before.data, contest.candidates
    standing = [one for one in was.candidates if one.candidate in now]
    return Superseded(
        event_id=before.id,
        revision=was.revision,
        kind=was.kind,
        elected=was.elected,
        labels=was.labels,
        outcomes=was.outcomes,
        majority=was.majority,
        votes={one.candidate: one.votes for one in was.candidates if one.votes is not None},
        final_votes={one.candidate: one.final_votes for one in was.candidates if one.final_votes is not None},
        electorate=was.electorate,
        stages=len(was.stages or ()),
        parties_elected=was.parties_elected,
        rejected=was.rejected,
        names={one.candidate: one.name for one in standing if one.name != now[one.candidate].name},
        parties={one.candidate: one.party for one in standing if one.party != now[one.candidate].party},
        under_review=was.under_review,
    )
