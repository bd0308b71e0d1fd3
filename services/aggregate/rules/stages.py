"""The stages of a count by single transferable vote, as a result has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from schemas.declaration import Declaration
from schemas.register import Contest
from schemas.result import Result, StageResult
from schemas.wire import in_parts
from services.rules.systems.declared_count import Followed
from services.rules.systems.transferable_vote import UNIT, Position, as_decimal, quota_of
from services.rules.verdicts import STAGES_NOT_DECLARED
from services.rules.winners import TRANSFERABLE, followed_of

_FIRST = 1


@dataclass(frozen=True, slots=True)
class CountedStages:
    """A count by stages, as its result needs it."""

    followed: Followed
    quota: int
    """In whole votes."""
    stages: tuple[StageResult, ...] | None
    last_votes: Mapping[str, str]
    """Everybody's votes in the end; of the excluded, before they were."""
    excluded: Mapping[str, int]
    """The stage at which each was excluded."""

    @property
    def elected(self) -> Mapping[str, int]:
        """The stage at which each was elected; nobody's where the stages are not declared."""
        return {} if self.stages is None else self.followed.position.elected


def counted_stages(contest: Contest, declared: Declaration) -> CountedStages | None:
    """Return the count of a declaration with votes by single transferable vote; None of any other."""
    if contest.voting_system != TRANSFERABLE or not declared.votes:
        return None
    followed = followed_of(contest, declared)
    position = followed.position
    valid = sum(declared.votes.values())
    stages = None
    # A count that is over with the first preferences has no further stage to declare.
    if all(found.code != STAGES_NOT_DECLARED for found in followed.findings):
        stages = tuple(_stages(declared, followed, valid * UNIT))
    before = {one: position.history[stage - 2][one] for one, stage in position.excluded.items()}
    last = position.votes | before
    return CountedStages(
        followed=followed,
        quota=quota_of(valid, contest.seats),
        stages=stages,
        last_votes={} if stages is None else {one: as_decimal(votes) for one, votes in last.items()},
        excluded=position.excluded,
    )


def position_of(result: Result, seats: int) -> Position | None:
    """Return how a count stood when its result was published; None where its stages are not known."""
    if result.quota is None or result.stages is None:
        return None
    votes = result.stages[-1].totals if result.stages else {one.candidate: one.last_votes for one in result.candidates}
    known = {one.candidate: in_parts(votes.get(one.candidate) or "0") for one in result.candidates}
    elected = {one.candidate: one.elected_at for one in result.candidates if one.elected_at is not None}
    excluded = {one.candidate: one.excluded_at for one in result.candidates if one.excluded_at is not None}
    return Position(seats, result.quota * UNIT, [known], elected, excluded)


def _stages(declared: Declaration, followed: Followed, valid: int) -> list[StageResult]:
    position = followed.position
    found = []
    stages = zip(declared.stages or (), pairwise(position.history), strict=False)
    for number, (stage, (before, totals)) in enumerate(stages, _FIRST + 1):
        excluded = tuple(one for one, at in position.excluded.items() if at == number)
        gone = {one for one, at in position.excluded.items() if at <= number}
        found.append(
            StageResult(
                stage=number,
                action=stage.action,
                of=stage.of,
                totals={one: as_decimal(votes) for one, votes in totals.items() if votes or one not in gone},
                transfers={
                    one: as_decimal(votes - before[one]) for one, votes in totals.items() if votes != before[one]
                },
                non_transferable=as_decimal(max(0, valid - sum(totals.values()))),
                elected=tuple(one for one, at in position.elected.items() if at == number),
                excluded=excluded,
                lot=stage.lot or (),
            )
        )
    return found
