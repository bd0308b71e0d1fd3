"""A count by single transferable vote as it was declared: whether its stages follow one from the other. Pure.

Every stage is held against the rules, and each finding names the stage and, where it is one candidate's figure, the
candidate.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.rules.systems.declared_count import NOTED, DeclaredCount, DeclaredStage, Followed, StageFinding
from services.rules.systems.declared_totals import ROUNDED, DeclaredTotals
from services.rules.systems.papers_moved import (
    UNLIMITED,
    Papers,
    add,
    listed,
    made_of,
    may_be_rounded,
    one_value,
    out_of_line,
    together,
)
from services.rules.systems.transferable_vote import FIRST_STAGE, UNIT, Position, Rules, Step, spoken
from services.rules.verdicts import (
    STAGES_ENDED_EARLY,
    STAGES_LAST_NOT_TRANSFERRED,
    STAGES_LAST_TRANSFERRED,
    STAGES_NOT_DECLARED,
    STAGES_ROUNDED,
    STAGES_SURPLUS_NOT_TRANSFERRED,
    STAGES_SURPLUS_ORDER,
    STAGES_SURPLUS_TRANSFERRED,
    STAGES_VALUE_ODD,
)

_FINDINGS_MAX: Final = 20
"""Findings after which nothing further is looked at: nobody makes so many slips in one count."""


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
    ended_early: str | None = None
    """Whose surplus was left when the officer ended the count."""
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
                yield found
                told += found.code not in NOTED
                if told > _FINDINGS_MAX:
                    return
            if self.broken:
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
        reading = DeclaredTotals(self.rules, position, step, stage, earlier, after, number, valid)
        cells = []
        for found in reading.findings():
            cells.append(found)
            yield found
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
            note = self.rules.allowed(position, step)
            if note is None:
                yield StageFinding("stages.surplus_first", number, first, "action", at, {"due": due.tied or due.of})
                return
            yield StageFinding(note, number, first, "of", at, {"due": due.tied or due.of})
            due = position.lowest_exclusion(earliest=self.rules.earliest)
        elif position.surpluses:
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
            moved = step.action == "surplus" and stage.totals.get(wrong) == self.position.quota
            if moved and not self.rules.order_binds:
                yield StageFinding(STAGES_SURPLUS_ORDER, number, wrong, "of", {"number": str(number)})
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

    def _sums(
        self, reading: "DeclaredTotals", stage: DeclaredStage, number: int, *, told: bool
    ) -> Iterator[StageFinding]:
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

    def _out_of_line(self, reading: "DeclaredTotals", over: int, stated: int | None = None) -> str | None:
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
        votes, receiving = self.position.votes, [one for one in self.position.continuing if one not in step.of]
        gains = {one: totals[one] - votes[one] for one in receiving if totals[one] > votes[one]}
        moved, odd = self._moved(step, gains)
        if moved is None:
            return StageFinding(STAGES_VALUE_ODD, number)
        usable = {value: papers for value, papers in moved.items() if value and papers}
        if not usable:
            return StageFinding(STAGES_VALUE_ODD, number) if gains and not moved else None
        made = {one: made_of(gain, usable) for one, gain in gains.items()}
        if keep:
            for one, papers in made.items():
                self.last[one] = papers or {value: gains[one] // value + 1 for value in usable}
                add(self.papers[one], self.last[one])
        wrong = [one for one, papers in made.items() if papers is None]
        if wrong and self.rules.decimals > 2:  # noqa: PLR2004  # a sheet may be printed with two
            printed = [one for one in wrong if may_be_rounded(gains[one], usable, (totals[one], votes[one]))]
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
        facts = {"gain": spoken(gains[wrong[0]]), "value": listed(sorted(usable))}
        return StageFinding("stages.value_not_by_rule", number, wrong[0] if len(wrong) == 1 else None, "totals", facts)

    def _moved(self, step: Step, gains: Mapping[str, int]) -> tuple[Papers | None, str | None]:
        """Return which papers were transferred, and the one candidate whose gain is none of them.

        None where there are none by the rules; nothing where it is not known which.
        """
        papers = together(self.papers[one] for one in step.of)
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
            expected += self._last_excluded() or self._ended_early()
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
            self._ended_early()
        if self.ended_early is not None:
            yield StageFinding(STAGES_ENDED_EARLY, position.stage, self.ended_early, "")
        if count.whole and not position.over:
            due = self.rules.due(position)
            facts = {"number": str(position.stage), "vacancies": str(position.vacancies), "action": due.action}
            yield StageFinding("stages.end_too_early", position.stage, None, "", facts, {"due": due.tied or due.of})
        elif count.elected is not None and set(count.elected) != set(position.elected):
            names = {"stated": tuple(count.elected), "counted": tuple(position.elected)}
            wrong = next((one for one in count.elected if one not in position.elected), None)
            yield StageFinding("stages.others_elected", position.stage, wrong, "elected", {}, names)

    def _ended_early(self) -> list[str]:
        """Elect all but the lowest where the officer left a surplus at the end and declared them elected."""
        position, stated = self.position, set(self.count.elected or ())
        if position.over or not self.count.whole or self.rules.order_binds:
            return []
        due, (lowest, *rest) = self.rules.due(position), position.continuing
        lower = len(rest) == position.vacancies and position.votes[lowest] < position.votes[rest[0]]
        if due.action != "surplus" or not lower or stated != {*position.elected, *rest}:
            return []
        self.ended_early = due.of[0]
        return position.elect(rest)

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
