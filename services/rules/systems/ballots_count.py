"""A count by single transferable vote from the ballot papers: all stages, and where a declaration differs. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from services.rules.systems.count import TieWithoutLot
from services.rules.systems.declared_count import DeclaredCount, DeclaredStage
from services.rules.systems.transferable_vote import FIRST_STAGE, UNIT, Piles, Position, Rules, Step

Ballots = Mapping[tuple[str, ...], int]
"""How many papers have which preferences, first to last."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A whole count."""

    count: DeclaredCount
    """As it would be declared."""
    position: Position
    """How it stands in the end."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that was declared and counted otherwise; votes in hundred-thousandths."""

    stage: int
    """Its stage."""
    what: str
    """``quota``, ``votes``, ``step``, ``total``, ``non-transferable``, ``elected`` or ``stages``."""
    candidate: str | None
    """Whose it is; None where it is nobody's."""
    declared: int | tuple[str, ...] | None
    counted: int | tuple[str, ...] | None


def first_preferences(candidates: Iterable[str], ballots: Ballots) -> dict[str, int]:
    """Return the first preferences of every candidate."""
    votes = dict.fromkeys(candidates, 0)
    for preferences, papers in ballots.items():
        votes[preferences[0]] += papers
    return votes


def count_ballots(  # noqa: PLR0913, PLR0917  # the contest, its papers, and what was decided at the count
    rules: Rules,
    candidates: Collection[str],
    seats: int,
    ballots: Ballots,
    declared: Sequence[DeclaredStage] = (),
    lots: Sequence[str] = (),
) -> Counted:
    """Count ballot papers, stage by stage.

    Args:
        rules: whose.
        candidates: everybody who stands.
        seats: how many are elected.
        ballots: the papers; every preference is for one of the candidates.
        declared: stages that were declared. Where the officer may choose what is done, it is done as declared; and
            what was drawn by lot there is taken from them.
        lots: what was drawn by lot, in order of the stages, where nothing was declared.

    Raises:
        TieWithoutLot: a lot has to decide, and none is known.
    """
    votes = first_preferences(candidates, ballots)
    position, piles = Position.first(votes, seats), Piles.first(candidates, ballots)
    drawn = list(lots)
    stages: list[DeclaredStage] = []
    rules.fill(position)
    while not position.over:
        told = declared[len(stages)] if len(stages) < len(declared) else None
        step, lot = _next(rules, position, told, drawn)
        last = step.action == "exclusion" and len(position.continuing) - len(step.of) == position.vacancies
        # Rule 48(3) of Northern Ireland: for one seat, nobody is elected before the first excluded is transferred.
        ends = (rules.ends_before_last_transfer and (seats > 1 or stages)) or declared
        if last and told is None and ends:
            rest = position.elect(one for one in position.continuing if one not in step.of)
            if stages:
                stages[-1] = replace(stages[-1], elected=(*(stages[-1].elected or ()), *rest))
            break
        before = position.votes
        totals = rules.move(position, piles, step)
        position.history.append(totals)
        if step.action == "exclusion":
            position.exclude(step.of, position.stage)
        elected = tuple(rules.fill(position))
        transfers = {one: votes - before[one] for one, votes in totals.items() if votes != before[one]}
        left = sum(votes.values()) * UNIT - sum(totals.values())
        stages.append(DeclaredStage(step.action, step.of, totals, transfers, left, elected, lot))
    elected = tuple(position.elected)
    quota = position.quota // UNIT
    return Counted(DeclaredCount(seats, votes, tuple(stages), quota, elected), position)


def _next(
    rules: Rules, position: Position, told: DeclaredStage | None, drawn: list[str]
) -> tuple[Step, tuple[str, ...]]:
    """Return what is done next, and who was drawn by lot for it."""
    due = rules.due(position)
    if told is not None:
        stated = Step(told.action, tuple(sorted(set(told.of))))
        tied = stated.action == due.action and len(stated.of) == 1 and stated.of[0] in due.tied
        possible = set(stated.of) <= (position.surpluses.keys() if told.action == "surplus" else {*position.continuing})
        if possible and (tied or rules.allowed(position, stated) is not None):
            return stated, stated.of if tied else ()
    if not due.tied:
        return due, ()
    if not drawn:
        raise TieWithoutLot(due.tied, 1)
    lot = drawn.pop(0)
    if lot not in due.tied:
        raise TieWithoutLot(due.tied, 1)
    return Step(due.action, (lot,)), (lot,)


def differences(declared: DeclaredCount, counted: DeclaredCount) -> list[Difference]:
    """Return every figure of a declared count that the ballot papers do not give, in order of the stages."""
    found = []
    if declared.quota not in (None, counted.quota):
        found.append(Difference(FIRST_STAGE, "quota", None, declared.quota, counted.quota))
    for one, votes in counted.votes.items():
        if declared.votes.get(one, 0) != votes:
            found.append(Difference(FIRST_STAGE, "votes", one, declared.votes.get(one, 0) * UNIT, votes * UNIT))
    stated, stages = declared.stages or (), counted.stages or ()
    for number, (one_stated, one_counted) in enumerate(zip(stated, stages, strict=False), FIRST_STAGE + 1):
        found += _differing(number, one_stated, one_counted)
    if declared.stages is not None and len(stated) != len(stages):
        numbers = len(stated) + FIRST_STAGE, len(stages) + FIRST_STAGE
        found.append(Difference(min(numbers), "stages", None, *numbers))
    if declared.elected is not None and set(declared.elected) != set(counted.elected or ()):
        found.append(Difference(len(stages) + FIRST_STAGE, "elected", None, declared.elected, counted.elected))
    return found


def _differing(number: int, stated: DeclaredStage, counted: DeclaredStage) -> Iterable[Difference]:
    if (stated.action, set(stated.of)) != (counted.action, set(counted.of)):
        yield Difference(number, "step", None, tuple(stated.of), counted.of)
    for one, votes in counted.totals.items():
        total = stated.totals.get(one, 0)
        if total != votes:
            yield Difference(number, "total", one, total, votes)
    if stated.non_transferable not in (None, counted.non_transferable):
        yield Difference(number, "non-transferable", None, stated.non_transferable, counted.non_transferable)
    if stated.elected is not None and set(stated.elected) != set(counted.elected or ()):
        yield Difference(number, "elected", None, tuple(stated.elected), counted.elected)
