"""A count by single transferable vote as it was declared: whether its stages follow one from the other. Pure.

Every stage is held against the rules, and each finding names the stage and, where it is one candidate's figure, the
candidate. A figure that cannot be is set right as far as the others tell it, so that one slip is found once.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.rules.systems.papers_moved import (
    ROUNDED,
    UNLIMITED,
    Papers,
    made_of,
    may_be_rounded,
    one_value,
    out_of_line,
)
from services.rules.systems.transferable_vote import (
    FIRST_STAGE,
    UNIT,
    Action,
    Position,
    Rules,
    Step,
    spoken,
)
from services.rules.verdicts import (
    STAGES_FEWER_EXCLUDED,
    STAGES_LAST_NOT_TRANSFERRED,
    STAGES_LAST_TRANSFERRED,
    STAGES_NOT_DECLARED,
    STAGES_ROUNDED,
    STAGES_SURPLUS_NOT_TRANSFERRED,
    STAGES_SURPLUS_TRANSFERRED,
    STAGES_VALUE_ODD,
)

_FINDINGS_MAX: Final = 20
"""Findings after which no further stage is looked at: nobody makes so many slips in one count."""


@dataclass(frozen=True, slots=True)
class DeclaredStage:
    """A stage after the first, as it was declared; votes in hundred-thousandths."""

    action: Action
    of: tuple[str, ...]
    totals: Mapping[str, int]
    transfers: Mapping[str, int] | None = None
    non_transferable: int | None = None
    elected: tuple[str, ...] | None = None
    lot: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeclaredCount:
    """A count as it was declared."""

    seats: int
    votes: Mapping[str, int]
    """First preferences of every candidate, in whole votes."""
    stages: tuple[DeclaredStage, ...] | None
    """The stages after the first; None where they are not stated."""
    quota: int | None = None
    elected: tuple[str, ...] | None = None
    """Who was declared elected, or elected so far; None where it is not stated."""
    lot: tuple[str, ...] = ()
    """Who was elected by lot among candidates with equal votes at the last seat."""
    whole: bool = True
    """Whether the count is over, or these are its stages so far."""


@dataclass(frozen=True, slots=True)
class StageFinding:
    """Something that a declared count shows."""

    code: str
    """Of a reason, or of a note where it is one of ``NOTED``."""
    stage: int = FIRST_STAGE
    candidate: str | None = None
    """Whose figure it is; None where it is nobody's, or not known whose."""
    figure: str = "totals"
    """The field of the stage that it is about."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Figures of its sentence."""
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Candidates of its sentence."""


NOTED: Final = frozenset(
    {
        STAGES_LAST_NOT_TRANSFERRED,
        STAGES_LAST_TRANSFERRED,
        STAGES_NOT_DECLARED,
        STAGES_ROUNDED,
        STAGES_SURPLUS_NOT_TRANSFERRED,
        STAGES_SURPLUS_TRANSFERRED,
        STAGES_FEWER_EXCLUDED,
        STAGES_VALUE_ODD,
    }
)
"""The findings that are noted: what the rules leave to the officer, or how a sheet is printed."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What a declared count comes to."""

    position: Position
    """How it stands in the end."""
    findings: tuple[StageFinding, ...]
    by_lot: bool
    """Whether a lot decided between equal votes."""

    @property
    def elected(self) -> tuple[str, ...]:
        """Who is elected, in order of election."""
        return tuple(self.position.elected)

    @property
    def refused(self) -> Iterator[StageFinding]:
        """What cannot be."""
        return (found for found in self.findings if found.code not in NOTED)

    @property
    def noted(self) -> Iterator[StageFinding]:
        """What is so in real counts."""
        return (found for found in self.findings if found.code in NOTED)


def follow(rules: Rules, count: DeclaredCount) -> Followed:
    """Follow a declared count stage by stage, and say everything that is not as the rules have it."""
    following = _Following(rules, count, Position.first(count.votes, count.seats))
    findings = tuple(following.findings())
    return Followed(following.position, findings, following.by_lot)


@dataclass(slots=True)
class _Following:
    rules: Rules
    count: DeclaredCount
    position: Position
    by_lot: bool = False
    papers: dict[str, Papers] = field(default_factory=dict)
    """The papers that each candidate may have, as long as no total was rounded, or wrong."""
    last: dict[str, Papers] = field(default_factory=dict)
    """Those of them received last."""
    lost: int = 0
    """Votes that were not transferable at the end of the last stage of which that is known."""
    stated_lost: int = 0
    """The same, as stated last."""
    exact: bool = True
    """Whether no total so far was rounded, or wrong."""
    printed: tuple[str, ...] = ()
    """Whose totals were found to be rounded by what they received."""
    broken: bool = False
    """Whether the count went on after it was over: then nothing follows any more."""

    def findings(self) -> Iterator[StageFinding]:
        """Yield everything that is not as the rules have it."""
        count, position = self.count, self.position
        quota = position.quota // UNIT
        if count.quota is not None and count.quota != quota:
            valid = f"{sum(count.votes.values()):,}"
            facts = {"stated": f"{count.quota:,}", "quota": f"{quota:,}", "valid": valid, "seats": str(count.seats)}
            yield StageFinding("quota.not_by_rule", facts=facts)
        self.papers = {one: {UNIT: votes} for one, votes in count.votes.items()}
        self.last = {one: dict(papers) for one, papers in self.papers.items()}
        self.rules.fill(position)
        stages, most = count.stages or (), len(count.votes) + count.seats
        if len(stages) > most:
            yield StageFinding("stages.more_than_possible", facts={"number": str(len(stages)), "most": str(most)})
            return
        told = 0
        for place, stage in enumerate(stages):
            for found in self._stage(stage, place):
                told += found.code not in NOTED
                yield found
            if self.broken or told > _FINDINGS_MAX:
                return
        yield from self._end()

    def _stage(self, stage: DeclaredStage, place: int) -> Iterator[StageFinding]:
        number = place + 2
        position = self.position
        if position.over:
            yield StageFinding("stages.after_the_end", number, figure="", names={"elected": tuple(position.elected)})
            self.broken = True
            return
        step = Step(stage.action, tuple(sorted(set(stage.of))))
        yield from self._step(step, stage, number)
        stages = self.count.stages or ()
        after = stages[place + 1] if place + 1 < len(stages) else None
        earlier = stages[place - 1].totals if place else {}
        valid = sum(self.count.votes.values()) * UNIT
        reading = _Totals(self.rules, position, step, stage, earlier, after, number, valid)
        cells = list(reading.findings())
        yield from cells
        if any(found.code != STAGES_ROUNDED for found in cells) or reading.rounded:
            self.exact = False
        yield from self._sums(reading, stage, number, told=any(found.code != STAGES_ROUNDED for found in cells))
        if self.exact:
            offence = self._values(step, reading.totals, number)
            for candidate in self.printed:
                yield StageFinding(STAGES_ROUNDED, number, candidate, "totals", {"number": str(number)})
            self.printed = ()
            if offence is not None:
                self.exact = False
                yield offence
        if step.action == "exclusion":
            position.exclude([one for one in step.of if one not in position.elected], number)
        position.history.append(reading.totals)
        newly = self.rules.fill(position)
        yield from self._elected(stage, number, newly, last=after is None)

    def _step(self, step: Step, stage: DeclaredStage, number: int) -> Iterator[StageFinding]:
        """What was done is what had to be done next, or what the officer may do in its place."""
        due = self.rules.due(self.position)
        done = self._surplus if step.action == "surplus" else self._exclusion
        yield from done(step, due, stage, number)

    def _surplus(self, step: Step, due: Step, stage: DeclaredStage, number: int) -> Iterator[StageFinding]:
        position, first, at = self.position, step.of[0], {"number": str(number)}
        surpluses = position.surpluses
        if len(step.of) > 1:
            yield StageFinding("stages.surplus_of_several", number, step.of[1], "of", at)
        elif first not in surpluses or (due.action == "exclusion" and self.rules.allowed(position, step) is None):
            yield StageFinding("stages.no_surplus", number, first, "of", at)
        else:
            if due.action == "exclusion":
                yield StageFinding(STAGES_SURPLUS_TRANSFERRED, number, first, "of", at)
            largest = position.largest_surplus(earliest=self.rules.earliest)
            yield from self._turn(step, largest, stage, number, surpluses)

    def _exclusion(self, step: Step, due: Step, stage: DeclaredStage, number: int) -> Iterator[StageFinding]:
        position, first, at = self.position, step.of[0], {"number": str(number)}
        continuing = position.continuing
        strangers = [one for one in step.of if one not in continuing]
        if strangers:
            yield StageFinding("stages.cannot_be_excluded", number, strangers[0], "of", at)
            return
        if due.action == "surplus":
            yield StageFinding("stages.surplus_first", number, first, "action", at, {"due": due.tied or due.of})
            return
        if position.surpluses:
            yield StageFinding(STAGES_SURPLUS_NOT_TRANSFERRED, number, next(iter(position.surpluses)), "of", at)
        if due.of != step.of and not due.tied and (note := self.rules.allowed(position, step)):
            yield StageFinding(note, number, first, "of", at, {"due": due.of})
            return
        yield from self._turn(step, due, stage, number, position.votes)
        last = len(continuing) - len(step.of) == position.vacancies
        first_of_one_seat = position.seats == 1 and position.stage == FIRST_STAGE  # rule 48(3): it has to be
        if last and self.rules.ends_before_last_transfer and not first_of_one_seat:
            yield StageFinding(STAGES_LAST_TRANSFERRED, number, first, "of", at)

    def _turn(
        self, step: Step, due: Step, stage: DeclaredStage, number: int, figures: Mapping[str, int]
    ) -> Iterator[StageFinding]:
        """Whose turn it was; by lot where no stage tells them apart."""
        wrong = next((one for one in step.of if one not in (due.tied or due.of)), None)
        if wrong is None and len(step.of) != len(due.of):
            wrong = step.of[-1]
        if wrong is not None:
            close = all(abs(figures[wrong] - figures[one]) <= ROUNDED for one in due.of)
            if close and not self.exact and len(step.of) == len(due.of):
                return
            facts = {"number": str(number), "votes": spoken(figures[wrong]), "least": spoken(figures[due.of[0]])}
            code = "stages.wrong_surplus" if step.action == "surplus" else "stages.wrong_exclusion"
            yield StageFinding(code, number, wrong, "of", facts, {"due": due.tied or due.of})
        elif due.tied:
            self.by_lot = True
            if set(stage.lot) != set(step.of):
                facts = {"number": str(number), "votes": spoken(self.position.votes[due.tied[0]])}
                yield StageFinding("stages.lot_missing", number, step.of[0], "lot", facts, {"tied": due.tied})
        elif stage.lot:
            yield StageFinding("stages.lot_not_needed", number, stage.lot[0], "lot", {"number": str(number)})

    def _sums(self, reading: "_Totals", stage: DeclaredStage, number: int, *, told: bool) -> Iterator[StageFinding]:
        """Totals and votes that are not transferable are the valid votes, and those never become fewer."""
        valid, position = sum(self.count.votes.values()) * UNIT, self.position
        stated, near = stage.non_transferable, 0
        if self.rules.decimals > 2:  # noqa: PLR2004  # a sheet may be printed with two
            near = ROUNDED * len(reading.totals) if reading.rounded or not self.exact else 2 * len(reading.totals)
        lost = valid - sum(reading.totals.values())
        if stated is not None and stated < self.stated_lost:
            facts = {"number": str(number), "now": spoken(stated), "before": spoken(self.stated_lost)}
            yield StageFinding("stages.non_transferable_fell", number, None, "non_transferable", facts)
        elif stated is not None and abs(stated - lost) > near and not told:
            facts = {
                "number": str(number),
                "sum": spoken(valid - lost),
                "lost": spoken(stated),
                "all": spoken(valid - lost + stated),
                "valid": spoken(valid),
            }
            over = stated - lost
            if stage.transfers is None:
                candidate = self._out_of_line(reading, over, stated)
                yield StageFinding("stages.do_not_add_up", number, candidate, "totals", facts)
            else:  # every total follows from its transfer
                yield StageFinding("stages.do_not_add_up", number, None, "non_transferable", facts)
            self.exact = False
        elif lost < self.lost - near and not told and reading.sure:
            moved = sum(
                max(0, reading.totals[one] - position.votes[one])
                for one in position.continuing
                if one in reading.totals
            )
            facts = {"number": str(number), "received": spoken(moved), "had": spoken(moved + lost - self.lost)}
            yield StageFinding(
                "stages.too_much_transferred", number, self._out_of_line(reading, self.lost - lost), "totals", facts
            )
            self.exact = False
        if stated is not None:
            self.stated_lost = max(stated if abs(stated - lost) <= near else lost, self.stated_lost)
        if reading.sure:
            self.lost = max(lost, self.lost)

    def _out_of_line(self, reading: "_Totals", over: int, stated: int | None = None) -> str | None:
        """Return the one candidate whose total is wrong, if it can only be one.

        Its gain is no number of papers of the values that were transferred; or it alone can be as far off as the sum.

        Args:
            reading: the totals of the stage.
            over: by how much the sum is too high.
            stated: the votes that are not transferable, where these may be what is too high.
        """
        if self.exact:
            offence = self._values(reading.step, reading.totals, reading.number, keep=False)
            if offence is not None and offence.candidate is not None:
                return offence.candidate
        suspects = list(reading.suspects(over))
        lost_too = stated is not None and stated - over >= self.stated_lost
        return suspects[0] if len(suspects) == 1 and not lost_too else None

    def _values(self, step: Step, totals: Mapping[str, int], number: int, *, keep: bool = True) -> StageFinding | None:
        """Return what is not made up by papers of the values that were transferred; None where everything is.

        Where that is as likely another's, the candidate is None.
        """
        position = self.position
        gains = {one: totals[one] - position.votes[one] for one in position.continuing if one not in step.of}
        gains = {one: gain for one, gain in gains.items() if gain > 0}
        moved, odd = self._moved(step, gains)
        if moved is None:
            facts = {"gain": spoken(sum(gains.values())), "value": "two decimals, by which the surplus is divided"}
            return StageFinding("stages.value_not_by_rule", number, None, "totals", facts)
        usable = {value: papers for value, papers in moved.items() if value and papers}
        if not usable:
            return StageFinding(STAGES_VALUE_ODD, number) if gains and not moved else None
        made = {one: made_of(gain, usable) for one, gain in gains.items()}
        if keep:
            for one, papers in made.items():
                self.last[one] = papers or {value: gains[one] // value + 1 for value in usable}
                self.papers[one] = dict(Counter(self.papers[one]) + Counter(self.last[one]))
        wrong = [one for one, papers in made.items() if papers is None]
        if wrong and self.rules.decimals > 2:  # noqa: PLR2004  # a sheet may be printed with two
            printed = [one for one in wrong if may_be_rounded(gains[one], usable, (totals[one], position.votes[one]))]
            if printed:
                self.exact = False
                self.printed = (*self.printed, printed[0])
            wrong = [one for one in wrong if one not in printed]
        elif wrong:
            # Counted by hand: a number of papers and their value are sometimes multiplied wrong.
            unlimited = dict.fromkeys(usable, UNLIMITED)
            impossible = [one for one in wrong if one != odd and made_of(gains[one], unlimited) is None]
            if not impossible:
                return StageFinding(STAGES_VALUE_ODD, number, wrong[0])
            wrong = impossible
        if not wrong:
            return None
        facts = {"gain": spoken(gains[wrong[0]]), "value": _listed(sorted(usable))}
        return StageFinding("stages.value_not_by_rule", number, wrong[0] if len(wrong) == 1 else None, "totals", facts)

    def _moved(self, step: Step, gains: Mapping[str, int]) -> tuple[Papers | None, str | None]:
        """Return which papers were transferred, and the one candidate whose gain is none of them.

        None where there are none by the rules; nothing where it is not known which.
        """
        papers: Papers = dict(sum((Counter(self.papers[one]) for one in step.of), Counter()))
        if not gains or step.action == "exclusion" or step.of[0] not in self.position.surpluses:
            return papers, None
        divided = self.rules.values(self.position, step.of[0], papers)
        if divided is not None:
            return divided, None
        surplus, came = self.position.surpluses[step.of[0]], self.last[step.of[0]]
        if found := one_value(gains.values(), surplus, came):
            return found, None
        if alone := out_of_line(gains, surplus, came):
            return alone[1], alone[0]
        possible = one_value(gains.values(), surplus, dict.fromkeys({*papers, UNIT}, UNLIMITED))
        return {} if possible else None, None

    def _elected(
        self, stage: DeclaredStage, number: int, newly: Sequence[str], *, last: bool
    ) -> Iterator[StageFinding]:
        """Those stated as elected at a stage are those who are."""
        position, stated = self.position, stage.elected
        if stated is None:
            return
        expected = [*newly]
        if last and set(stated) - set(expected):
            expected += self._last_excluded()
        facts = {"number": str(number), "quota": spoken(position.quota)}
        for one in dict.fromkeys(stated):
            if one in position.votes and one not in expected:
                code = "stages.elected_before" if position.elected.get(one, number) < number else "stages.below_quota"
                yield StageFinding(code, number, one, "elected", facts | {"votes": spoken(position.votes[one])})
        for one in expected:
            if one not in stated:
                code = "stages.elected_left_out"
                yield StageFinding(code, number, one, "elected", facts | {"votes": spoken(position.votes[one])})

    def _last_excluded(self) -> list[str]:
        """Exclude the last without a transfer where that fills the seats; return who is elected by that."""
        position = self.position
        if position.over:
            return []
        due = self.rules.due(position)
        if due.action != "exclusion":
            return []
        out = due.of
        if due.tied:
            stated = set(self.count.elected or self.count.lot)
            losers = [one for one in due.tied if one not in stated]
            out = tuple(losers) if len(losers) == 1 else due.of
        if len(position.continuing) - len(out) != position.vacancies:
            return []
        self.by_lot = self.by_lot or bool(due.tied)
        return position.elect([one for one in position.continuing if one not in out])

    def _end(self) -> Iterator[StageFinding]:
        """The count ends where it is over, and those declared elected are those who are."""
        count, position = self.count, self.position
        if count.stages is None and count.whole and not position.over:
            yield from self._without_stages()
            return
        before = len(position.elected)
        if count.whole and not position.over:
            self._last_excluded()
        if count.whole and before < len(position.elected) and not self.rules.ends_before_last_transfer:
            yield StageFinding(STAGES_LAST_NOT_TRANSFERRED, position.stage, None, "")
        if count.whole and not position.over:
            due = self.rules.due(position)
            facts = {"number": str(position.stage), "vacancies": str(position.vacancies), "action": due.action}
            yield StageFinding("stages.end_too_early", position.stage, None, "", facts, {"due": due.tied or due.of})
        elif count.elected is not None and set(count.elected) != set(position.elected):
            names = {"stated": tuple(count.elected), "counted": tuple(position.elected)}
            wrong = next((one for one in count.elected if one not in position.elected), None)
            yield StageFinding("stages.others_elected", position.stage, wrong, "elected", {}, names)

    def _without_stages(self) -> Iterator[StageFinding]:
        count, position = self.count, self.position
        if count.elected is None:
            yield StageFinding("stages.not_given", figure="")
            return
        left_out = tuple(one for one in position.elected if one not in count.elected)
        if left_out:
            names = {"stated": tuple(count.elected), "counted": tuple(position.elected)}
            yield StageFinding("stages.others_elected", 1, left_out[0], "elected", {}, names)
        position.elect(one for one in count.elected if one not in position.elected and one in position.votes)
        yield StageFinding(STAGES_NOT_DECLARED, figure="")


@dataclass(slots=True)
class _Totals:
    """The totals of one stage, read beside those before and after it."""

    rules: Rules
    position: Position
    step: Step
    stage: DeclaredStage
    earlier: Mapping[str, int]
    """The totals that were stated at the stage before."""
    after: DeclaredStage | None
    number: int
    valid: int
    totals: dict[str, int] = field(default_factory=dict)
    """What they are, those that cannot be set right as far as they can."""
    sure: bool = True
    """Whether all are known."""
    rounded: bool = False
    """Whether one is off by as little as printing it with fewer decimals."""

    def findings(self) -> Iterator[StageFinding]:
        """Yield every total and every transfer that cannot be."""
        for candidate, before in self.position.votes.items():
            stated = self.stage.totals.get(candidate)
            if candidate in self.step.of:
                yield from self._whose(candidate, before, stated)
            elif candidate in self.position.excluded or candidate in self.position.elected:
                yield from self._settled(candidate, before, stated)
            elif stated is None:
                self.sure = False
                self.totals[candidate] = before
                yield self._found("stages.total_missing", candidate, before, before)
            else:
                yield from self._continuing(candidate, before, stated)

    def _near(self, one: int, other: int) -> bool:
        """Whether two totals differ by what rounding explains."""
        off = abs(one - other)
        if off and off <= ROUNDED and self.rules.decimals > 2:  # noqa: PLR2004  # a sheet may be printed with two
            self.rounded = True
            return True
        return not off

    def _found(self, code: str, candidate: str, stated: int, due: int, figure: str = "totals") -> StageFinding:
        facts = {"number": str(self.number), "stated": spoken(stated), "due": spoken(due)}
        facts["before"] = spoken(self.position.votes[candidate])
        return StageFinding(code, self.number, candidate, figure, facts)

    def _whose(self, candidate: str, before: int, stated: int | None) -> Iterator[StageFinding]:
        """Of whose votes were transferred the quota is left, or nothing."""
        surplus = self.step.action == "surplus"
        due = self.position.quota if surplus else 0
        if surplus and (candidate not in self.position.surpluses or len(self.step.of) > 1):
            due = stated if stated is not None else before  # it is told already that this was no surplus
        self.totals[candidate] = due
        if stated is None and surplus:
            self.sure = False
            yield self._found("stages.total_missing", candidate, before, due)
        elif stated is not None and not self._near(stated, due):
            if not surplus and 0 < stated < before and self._full():
                self.totals[candidate] = stated
            else:
                yield self._found("stages.left_over", candidate, stated, due)
                return
        elif stated is not None and stated != due:
            yield self._found(STAGES_ROUNDED, candidate, stated, due)
        yield from self._transfer(candidate, before, self.totals[candidate])

    def _full(self) -> bool:
        """Whether this stage fills the last seats: then what is left of the excluded need not be transferred."""
        position, votes = self.position, self.stage.totals
        reached = sum(votes.get(one, 0) >= position.quota for one in position.continuing if one not in self.step.of)
        return self.rules.ends_before_last_transfer and (reached >= position.vacancies or self.after is None)

    def _settled(self, candidate: str, before: int, stated: int | None) -> Iterator[StageFinding]:
        """Who is elected or excluded receives nothing more and, but for a surplus, loses nothing."""
        self.totals[candidate] = before
        if stated is None:
            if before and candidate in self.position.elected:
                yield self._found("stages.total_missing", candidate, before, before)
        elif not self._near(stated, before):
            if stated != self.earlier.get(candidate):  # else it was told there
                how = "elected" if candidate in self.position.elected else "excluded"
                yield self._found(f"stages.{how}_not_as_before", candidate, stated, before)
                return
        elif stated != before:
            yield self._found(STAGES_ROUNDED, candidate, stated, before)
        yield from self._transfer(candidate, before, before)

    def _transfer(self, candidate: str, before: int, total: int) -> Iterator[StageFinding]:
        """The transfer is the difference of two totals."""
        if self.stage.transfers is None:
            return
        moved = self.stage.transfers.get(candidate, 0)
        if not self._near(before + moved, total):
            yield self._found("stages.transfer_not_the_difference", candidate, moved, total - before, "transfers")

    def _continuing(self, candidate: str, before: int, stated: int) -> Iterator[StageFinding]:
        self.totals[candidate] = stated
        following = None if self.stage.transfers is not None else self._following(candidate)
        if self.stage.transfers is not None:
            moved = self.stage.transfers.get(candidate, 0)
            if self._near(before + moved, stated):
                if before + moved != stated:
                    yield self._found(STAGES_ROUNDED, candidate, stated, before + moved)
            else:
                yield from self._either(candidate, before, stated, before + moved)
                return
        if stated < before and not self._near(stated, before):
            self._unsure(candidate, before, following)
            yield self._found("stages.fell", candidate, stated, before)
        elif (
            following is not None
            and before <= following < stated
            and not self._near(following, stated)
            and self._too_high()
        ):
            # It falls at the next stage, which is no lower than the one before this: this total is too high.
            self._unsure(candidate, before, following)
            yield self._found("stages.falls_next", candidate, stated, following)

    def _too_high(self) -> bool:
        """Whether the totals of this stage are too high together, and not that of the next one too low."""
        left = self.stage.non_transferable
        return left is None or sum(self.stage.totals.values()) + left > self.valid

    def suspects(self, over: int) -> Iterator[str]:
        """Yield whose total may be too high by so many votes, or too low where that is less than nothing."""
        for candidate in self.position.continuing:
            if candidate not in self.step.of:
                right, following = self.totals[candidate] - over, self._following(candidate)
                if right >= self.position.votes[candidate] and (following is None or right <= following):
                    yield candidate

    def _either(self, candidate: str, before: int, stated: int, due: int) -> Iterator[StageFinding]:
        """A total and its transfer do not fit: the next stage tells which is wrong."""
        total_is_right = self._next_transfer_from(candidate, stated) and not self._next_transfer_from(candidate, due)
        if total_is_right or due < before:
            yield self._found(
                "stages.transfer_not_the_difference", candidate, due - before, stated - before, "transfers"
            )
            return
        self.totals[candidate] = due
        yield self._found("stages.total_not_the_sum", candidate, stated, due)

    def _next_transfer_from(self, candidate: str, total: int) -> bool:
        """Whether the next stage goes on from a total."""
        after = self.after
        if after is None or after.transfers is None or (candidate in after.of and candidate not in after.totals):
            return False
        return abs(after.totals.get(candidate, 0) - after.transfers.get(candidate, 0) - total) <= (
            ROUNDED if self.rules.decimals > 2 else 0  # noqa: PLR2004  # a sheet may be printed with two
        )

    def _unsure(self, candidate: str, before: int, following: int | None) -> None:
        """Take the total of the next stage, or of the one before where it would elect the candidate too early."""
        later = before if following is None else max(before, following)
        self.totals[candidate] = before if before < self.position.quota <= later else later
        self.sure = False

    def _following(self, candidate: str) -> int | None:
        """Return the candidate's total at the next stage, where it can only be as high or higher."""
        if self.after is None or candidate in self.after.of:
            return None
        return self.after.totals.get(candidate)


def _listed(values: Sequence[int]) -> str:
    return spoken(values[0]) if len(values) == 1 else f"{spoken(values[0])} to {spoken(values[-1])}"
