"""The stages of a count by single transferable vote, as a table has them: whose votes were transferred, and how."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from schemas.slugs import slug
from services.rules.systems.transferable_vote import quota_of as due_quota
from tallywire.packs.building.ballots import Ballot, CountedStage, StageAction, candidate_named
from tallywire.packs.building.cells import is_day
from tallywire.packs.building.columns import AnnouncementRow, CandidateRow, StageRow
from tallywire.packs.building.tables import Table
from tallywire.packs.building.time_order import is_earlier
from tallywire.packs.pack_fault import PackFault

NOT_TRANSFERABLE: Final = frozenset({"non-transferable", "not-transferable", "non-transferable-votes"})
"""Who received the votes that are not transferable, where a sheet has a line for them."""

STV: Final = "single-transferable-vote"

FIRST_TRANSFER: Final = 2
"""The first stage of which there is something to say: stage 1 is the first preferences."""


def quota_of(ballot: Ballot) -> int:
    """Return the quota: the one that is stated, or else what follows from the first preferences."""
    valid = sum(row.votes_cast or 0 for row in ballot.candidates.values())
    return due_quota(valid, ballot.contest.seats) if ballot.contest.quota is None else ballot.contest.quota


def counted_by_stages(
    ballots: Mapping[str, Ballot],
    candidates: Table[CandidateRow],
    stages: Table[StageRow],
    announcements: Table[AnnouncementRow],
) -> tuple[dict[str, Ballot], list[PackFault]]:
    """Return the ballots with the stages of their counts, and every fault of the two tables."""
    sorting = _Sorting(ballots, candidates, stages, announcements)
    found = {ballot_id: sorting.counted(ballot_id, ballot) for ballot_id, ballot in ballots.items()}
    sorting.strangers()
    return found, sorting.faults


@dataclass(slots=True)
class _Sorting:
    """Puts rows of stages to their contests, and gathers what does not fit."""

    ballots: Mapping[str, Ballot]
    candidates: Table[CandidateRow]
    stages: Table[StageRow]
    announcements: Table[AnnouncementRow]
    faults: list[PackFault] = field(default_factory=list)

    def strangers(self) -> None:
        """Note rows of contests that are not there, or are not counted by stages."""
        tables: tuple[Table[StageRow] | Table[AnnouncementRow], ...] = (self.stages, self.announcements)
        for table in tables:
            told: set[str] = set()
            for row in table.rows:
                ballot = self.ballots.get(row.ballot_paper_id)
                if row.ballot_paper_id in told or (ballot and ballot.contest.voting_system == STV):
                    continue
                told.add(row.ballot_paper_id)
                what = (
                    "which is no contest here"
                    if ballot is None
                    else f"whose voting system is {ballot.contest.voting_system}"
                )
                self.faults.append(table.fault(row, "ballot_paper_id", f"is {row.ballot_paper_id}, {what}"))

    def counted(self, ballot_id: str, ballot: Ballot) -> Ballot:
        """Return a ballot with its stages."""
        by_stage: defaultdict[int, list[StageRow]] = defaultdict(list)
        for row in self.stages.rows:
            if row.ballot_paper_id == ballot_id:
                by_stage[row.stage].append(row)
        if ballot.contest.voting_system != STV:
            return ballot
        counted: list[CountedStage] = []
        before = {one: Decimal(row.votes_cast or 0) for one, row in ballot.candidates.items()}
        known = all(row.votes_cast is not None for row in ballot.candidates.values())
        # Of a contest some of whose rows could not be read nobody can say what follows from them.
        sound = known and ballot_id not in self.stages.left_out and not self.stages.left_out_unknown
        for number, rows in sorted(by_stage.items()):
            if sound and number != len(counted) + FIRST_TRANSFER:
                reason = f"is {number}, but the contest has no stage {len(counted) + FIRST_TRANSFER}: add its rows"
                self.faults.append(self.stages.fault(rows[0], "stage", reason))
                sound = False
            at = self._by_candidate(ballot, rows)
            if at is None or not sound:
                sound = False
                continue
            stage = self._stage(ballot, number, at, before)
            if stage is None:
                sound = False
                continue
            counted.append(stage)
            before = {one: Decimal(at[one].total) if one in at else Decimal(0) for one in ballot.candidates}
        if sound:
            self._as_printed(ballot, counted)
        announced = self._announced(ballot_id, ballot, len(counted) + 1 if sound else None)
        return replace(ballot, stages=tuple(counted) if sound else (), announced=announced)

    def _by_candidate(self, ballot: Ballot, rows: Sequence[StageRow]) -> dict[str, StageRow] | None:
        """Return the rows of one stage by candidate id, with the votes that are not transferable under an empty one."""
        found: dict[str, StageRow] = {}
        fits = True
        for row in rows:
            key = candidate_named(ballot.candidates, row.candidate)
            if key is None and slug(row.candidate) in NOT_TRANSFERABLE:
                key = ""
            if key is None:
                reason = f"is {row.candidate!r}, which is nobody in that contest, or more than one: write the id"
            elif key in found:
                reason = f"is on row {found[key].row} of the same stage too: keep one row"
            else:
                found[key] = row
                continue
            self.faults.append(self.stages.fault(row, "candidate", reason))
            fits = False
        return found if fits else None

    def _stage(
        self, ballot: Ballot, number: int, at: Mapping[str, StageRow], before: Mapping[str, Decimal]
    ) -> CountedStage | None:
        first = next(iter(at.values()))
        rows = {one: at[one] for one in ballot.candidates if one in at}
        # Who had votes and has no row was excluded at this stage, as long as no row says that it was somebody else.
        gone = [one for one in ballot.candidates if one not in rows and before[one]]
        fell = [one for one, row in rows.items() if Decimal(row.total) < before[one]]
        said = [row for row in rows.values() if row.action is not None]
        if gone and (fell or said):
            reason = f"is without a row of {ballot.candidates[gone[0]].person_name}, who had votes until then: add it"
            self.faults.append(self.stages.fault(first, "candidate", reason))
            return None
        if not said:
            found = self._follows(ballot, rows, before, gone or fell, first)
        elif other := next((row for row in said if row.action != said[0].action), None):
            reason = (
                f"is {other.action}, but {said[0].action} on row {said[0].row} of the same stage: it is one of them"
            )
            self.faults.append(self.stages.fault(other, "action", reason))
            found = None
        else:
            found = said[0].action or "exclusion", tuple(one for one, row in rows.items() if row.action is not None)
        return None if found is None else CountedStage(number, *found, rows, at.get(""))

    def _follows(
        self,
        ballot: Ballot,
        rows: Mapping[str, StageRow],
        before: Mapping[str, Decimal],
        fell: Sequence[str],
        first: StageRow,
    ) -> tuple[StageAction, tuple[str, ...]] | None:
        """Return what was done at a stage, as it follows from whose votes fell; None where it does not."""
        now = {one: Decimal(rows[one].total) if one in rows else Decimal(0) for one in fell}
        quota = quota_of(ballot)
        if fell and not any(now.values()):
            return "exclusion", tuple(fell)
        if len(fell) == 1 and now[fell[0]] == quota:
            return "surplus", tuple(fell)
        if not fell:
            reason = "is a stage at which nobody's votes fell: write surplus or exclusion on the row of whom it was"
            self.faults.append(self.stages.fault(first, "action", reason))
            return None
        odd = next((one for one in fell if now[one] and now[one] != quota), fell[0])
        name, row = ballot.candidates[odd].person_name, rows.get(odd, first)
        reason = (
            f"is {row.total}: {name} fell from {before[odd]:f}, neither to 0 (excluded) nor, alone, to the quota of "
            f"{quota:,} (surplus): mend it, or write in action what was done, if it was so"
        )
        self.faults.append(self.stages.fault(row, "total", reason))
        return None

    def _as_printed(self, ballot: Ballot, counted: Sequence[CountedStage]) -> None:
        """Note candidates who are said to have been elected at a stage that was not reached."""
        last = len(counted) + 1
        for row in ballot.candidates.values():
            if row.elected_at is not None and counted and row.elected_at > last:
                reason = f"is {row.elected_at}, but the count in {self.stages.file} ends with stage {last}"
                self.faults.append(self.candidates.fault(row, "elected_at", reason))

    def _announced(self, ballot_id: str, ballot: Ballot, stages: int | None) -> tuple[AnnouncementRow, ...]:
        """Return when which stage was announced, in order."""
        rows = sorted(
            (row for row in self.announcements.rows if row.ballot_paper_id == ballot_id), key=lambda row: row.stage
        )
        found: list[AnnouncementRow] = []
        for row in rows:
            before = found[-1] if found else None
            if stages is not None and row.stage > stages:
                column, reason = "stage", f"is {row.stage}, but the contest has {stages} stages"
            elif before is not None and row.stage == before.stage:
                column, reason = "stage", f"is {row.stage}, which row {before.row} has too: keep one row"
            elif before is not None and is_earlier(row.declared_at, before.declared_at):
                column, reason = (
                    "declared_at",
                    f"is {row.declared_at}, earlier than stage {before.stage} on row {before.row}",
                )
            elif ballot.contest.declared_at and row.stage == stages and row.declared_at != ballot.contest.declared_at:
                column = "declared_at"
                reason = f"is {row.declared_at}, but the contest's declared_at is {ballot.contest.declared_at}"
            elif is_day(row.declared_at):
                column, reason = "declared_at", f"is {row.declared_at}, a day without an hour: add the hour"
            else:
                found.append(row)
                continue
            self.faults.append(self.announcements.fault(row, column, reason))
        return tuple(found)
