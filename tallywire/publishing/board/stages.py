"""The count of a single transferable vote, stage by stage."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from schemas.result import CandidateResult, Result, StageResult
from tallywire.pages.numbers import MINUS, thousands
from tallywire.publishing.board.sentences import listed, plural
from tallywire.publishing.board.steps import Line, Row, Step, Steps, bar_of

NONE: Final = Decimal(0)


def said_votes(votes: Decimal | str | int) -> str:
    """Return votes as they were declared, with commas: ``1,322``, ``806.07214``."""
    return f"{Decimal(votes):,f}".replace("-", MINUS)


def said_transfer(votes: Decimal | str) -> str:
    """Return what somebody received or gave away: ``+62.07214``, ``−114``."""
    number = Decimal(votes)
    return said_votes(number) if number <= 0 else f"+{said_votes(number)}"


def last_stage(result: Result) -> int:
    """Return the number of the last stage declared: 1 where only first preferences are known."""
    return 1 + len(result.stages or ())


def progress(result: Result) -> str:
    """Return how far a count is that goes on: ``Stage 4, 3 of 5 seats filled``."""
    return (
        f"Stage {thousands(last_stage(result))}, "
        f"{thousands(len(result.elected))} of {thousands(result.contest.seats)} seats filled"
    )


def ranked(result: Result) -> list[CandidateResult]:
    """Return candidates as a reader looks for them: the elected in their order, then who was in the count longest."""
    place = {candidate: number for number, candidate in enumerate(result.elected)}
    return sorted(
        result.candidates,
        key=lambda each: (
            place.get(each.candidate, len(place)),
            each.excluded_at is not None,
            -(each.excluded_at or 0),
            -Decimal(each.last_votes or each.votes or 0),
        ),
    )


def count_of(result: Result) -> Steps | None:
    """Return the count of a result; None where no stages were declared."""
    if result.stages is None or result.quota is None or any(one.votes is None for one in result.candidates):
        return None
    return _Count(result, result.stages, result.quota).steps()


class _Count:
    """A count as it is shown."""

    def __init__(self, result: Result, stages: Sequence[StageResult], quota: int) -> None:
        self._result, self._stages, self._quota = result, stages, quota
        self._candidates = {one.candidate: one for one in result.candidates}
        self._names = {one.candidate: one.name for one in result.candidates}
        first = {one.candidate: Decimal(one.votes or 0) for one in result.candidates}
        self._totals: list[Mapping[str, Decimal]] = [first]
        for stage in stages:
            self._totals.append({one: Decimal(votes) for one, votes in stage.totals.items()})
        most = max(*(max(totals.values(), default=NONE) for totals in self._totals), Decimal(quota))
        self._most = float(most)

    def steps(self) -> Steps:
        """Return all of it."""
        result = self._result
        steps = [self._first(), *(self._step(stage) for stage in self._stages)]
        left = [NONE, *(Decimal(stage.non_transferable) for stage in self._stages)]
        whole = result.kind != "stage"
        caption = (
            f"{thousands(len(steps))} {plural(len(steps), 'stage', 'stages')}. "
            f"{thousands(result.valid_votes)} valid first preferences for {thousands(result.contest.seats)} "
            f"{plural(result.contest.seats, 'seat', 'seats')}: a quota of {thousands(self._quota)}."
        )
        if not whole:
            caption += f" The count goes on: {progress(result)[:1].lower()}{progress(result)[1:]}."
        return Steps(
            id="stage",
            heading="The count, stage by stage",
            caption=caption,
            unit="stage",
            column="Votes",
            moves="Transfer",
            steps=steps,
            table=[self._row(one, steps) for one in ranked(result)],
            foot=[("Non-transferable", [said_votes(each) for each in left])],
            line=bar_of(self._quota, self._most),
            line_name=f"quota {thousands(self._quota)}",
            note=self._note(),
        )

    def _note(self) -> str:
        below = [
            one
            for one in self._result.candidates
            if one.elected and one.last_votes is not None and one.elected_at is not None and not self._reached(one)
        ]
        if not below:
            return ""
        were = "was" if len(below) == 1 else "were"
        return (
            f"{listed(one.name for one in below)} {were} elected without reaching the quota: "
            "as many were left as there were seats."
        )

    def _reached(self, one: CandidateResult) -> bool:
        """Whether a candidate ever had the quota."""
        return any(totals.get(one.candidate, NONE) >= self._quota for totals in self._totals)

    def _first(self) -> Step:
        elected = [one.candidate for one in self._result.candidates if one.elected_at == 1]
        totals = self._totals[0]
        lines = [self._line(one, 1, votes, None) for one, votes in totals.items()]
        return Step(1, "Stage 1", "First preferences", self._came(elected, (), 1), _most_first(lines, totals))

    def _step(self, stage: StageResult) -> Step:
        totals, before = self._totals[stage.stage - 1], self._totals[stage.stage - 2]
        shown = dict(totals) | {one: NONE for one in before if one not in totals}
        lines = [
            self._line(one, stage.stage, votes if one in totals else None, stage.transfers.get(one))
            for one, votes in shown.items()
            if one in totals or one in stage.excluded or stage.transfers.get(one) is not None
        ]
        left = Decimal(stage.non_transferable)
        moved = left - (Decimal(self._stages[stage.stage - 3].non_transferable) if stage.stage > 2 else NONE)  # noqa: PLR2004  # the second has no stage with a figure before it
        return Step(
            stage.stage,
            f"Stage {thousands(stage.stage)}",
            self._title(stage),
            self._came(stage.elected, stage.excluded, stage.stage, stage.lot),
            _most_first(lines, shown),
            [("Non-transferable", said_votes(left), said_transfer(moved))],
        )

    def _title(self, stage: StageResult) -> str:
        names = listed(self._names[one] for one in stage.of)
        match stage.action:
            case "surplus":
                return f"Surplus of {names}"
            case "exclusion":
                return f"Exclusion of {names}"
        return f"{stage.action}: {names}"

    def _came(self, elected: Sequence[str], excluded: Sequence[str], stage: int, lot: Sequence[str] = ()) -> str:
        """Return what came of a stage, in a sentence or two."""
        said = []
        if excluded:
            names = listed(self._names[one] for one in excluded)
            drawn = ", by lot" if set(lot) & set(excluded) else ""
            said.append(f"{names} {plural(len(excluded), 'is', 'are')} excluded{drawn}.")
        elif lot:
            said.append(f"{listed(self._names[one] for one in lot)} {plural(len(lot), 'was', 'were')} chosen by lot.")
        if elected:
            names = listed(self._names[one] for one in elected)
            said.append(f"{names} {plural(len(elected), 'is', 'are')} elected.")
        if not elected:
            filled = sum(1 for one in self._candidates.values() if (one.elected_at or stage + 1) <= stage)
            seats = self._result.contest.seats
            said.append(f"Nobody is elected at this stage; {thousands(filled)} of {thousands(seats)} seats are filled.")
        return " ".join(said)

    def _line(self, candidate: str, stage: int, votes: Decimal | None, moved: str | None) -> Line:
        one = self._candidates[candidate]
        mark, state = "", ""
        if one.elected_at == stage:
            mark = "elected"
        elif one.excluded_at == stage:
            mark = "excluded"
        elif one.elected_at is not None and one.elected_at < stage:
            state = f"elected at stage {thousands(one.elected_at)}"
        party = self._result.parties[one.party]
        return Line(
            id=candidate,
            name=one.name,
            party=party.counts_as,
            label=party.abbreviation,
            figure="" if votes is None else said_votes(votes),
            moved="" if moved is None else said_transfer(moved),
            mark=mark,
            state=state,
            bar=0 if votes is None else bar_of(float(votes), self._most),
        )

    def _row(self, one: CandidateResult, steps: Sequence[Step]) -> Row:
        party = self._result.parties[one.party]
        cells = [next((line for line in step.lines if line.id == one.candidate), None) for step in steps]
        return Row(one.name, party.counts_as, party.abbreviation, outcome_of(one, self._result), one.elected, cells)


def _most_first(lines: Sequence[Line], totals: Mapping[str, Decimal]) -> list[Line]:
    return sorted(lines, key=lambda line: (line.out, -totals[line.id]))


def outcome_of(one: CandidateResult, result: Result) -> str:
    """Return what came of a candidate: ``elected at stage 3``, ``excluded at stage 2``, ``not elected``."""
    if one.elected:
        return "elected" if one.elected_at is None else f"elected at stage {thousands(one.elected_at)}"
    if one.excluded_at is not None:
        return f"excluded at stage {thousands(one.excluded_at)}"
    if result.kind == "stage":
        return "still in the count"
    return "not elected"


def elected_in_order(result: Result) -> Iterator[tuple[CandidateResult, str]]:
    """Yield the elected in their order, each with how: ``at stage 3``, ``at stage 7, without reaching the quota``."""
    known = {one.candidate: one for one in result.candidates}
    for candidate in result.elected:
        one = known[candidate]
        yield one, "" if one.elected_at is None else f"at stage {thousands(one.elected_at)}"
