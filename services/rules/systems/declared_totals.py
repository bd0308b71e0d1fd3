"""The totals of one declared stage of a transferable vote: which of them cannot be, and what they are then. Pure.

A figure that cannot be is set right as far as the others tell it, so that one slip is found once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from services.rules.systems.declared_count import DeclaredStage, StageFinding
from services.rules.systems.transferable_vote import CENT, UNIT, Position, Rules, Step, spoken
from services.rules.verdicts import STAGES_PART_LEFT, STAGES_ROUNDED

ROUNDED: Final = CENT
"""By so much a total may be off that is printed with two of five decimals."""


@dataclass(slots=True)
class DeclaredTotals:
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
    """The valid votes, in hundred-thousandths."""
    totals: dict[str, int] = field(default_factory=dict)
    """What they are, those that cannot be set right as far as they can."""
    sure: bool = True
    """Whether all are known."""
    rounded: bool = False
    """Whether one is off by as little as printing it with fewer decimals."""

    def findings(self) -> Iterator[StageFinding]:
        """Yield every total and every transfer that cannot be."""
        elected, excluded, of = self.position.elected, self.position.excluded, self.step.of
        totals, transfers = self.stage.totals, self.stage.transfers or {}
        bare, later = self.stage.transfers is None, {} if self.after is None else self.after.totals
        for candidate, before in self.position.votes.items():
            stated = totals.get(candidate)
            if candidate in of:
                yield from self._whose(candidate, before, stated)
            elif candidate in excluded or candidate in elected:
                if (stated == before or (stated is None and not before)) and not transfers.get(candidate):
                    self.totals[candidate] = before  # as nearly all are
                else:
                    yield from self._settled(candidate, before, stated)
            elif stated is None:
                self.sure = False
                self.totals[candidate] = before
                yield self._found("stages.total_missing", candidate, before, before)
            elif before <= stated and (
                stated <= later.get(candidate, stated) if bare else stated == before + transfers.get(candidate, 0)
            ):
                self.totals[candidate] = stated
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
            elif not surplus and not self.rules.order_binds and stated < UNIT <= before:
                self.totals[candidate] = stated
                yield self._found(STAGES_PART_LEFT, candidate, stated, due)
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
