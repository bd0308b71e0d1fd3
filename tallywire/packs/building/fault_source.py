"""Finds the row and the column behind a fault of the pack that was made of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from schemas.events import AmendmentEvent, type_name
from schemas.register import LISTS
from tallywire.packs.building.ballots import Ballot
from tallywire.packs.building.columns import BodyRow, CandidateRow, ContestRow, CorrectionRow, PersonRow, StageRow
from tallywire.packs.building.declarations import Line
from tallywire.packs.building.tables import Table
from tallywire.packs.pack_fault import PackFault

_OF_CANDIDATES: Final = {
    "votes": "votes_cast",
    "final_round": "final_round_votes",
    "elected": "elected",
    "lot": "tied_vote_winner",
    "areas": "areas",
}
"""The column of the candidates from which a field of a declaration is made."""

_OF_CONTESTS: Final = {
    "name": "contest_name",
    "area": "gss",
    "kind": "poll",
    "reason": "poll_reason",
    "rejected_by_head": "rejected",
    "baseline": "previous_election",
}
"""The column of the contests from which a field of a contest or a declaration is made, where their names differ."""

_OF_A_STAGE: Final = {"totals": "total", "transfers": "transfer", "elected": "", "of": "action"}
"""The column of the stages from which a field of a stage is made, where their names differ."""

_OF_A_CANDIDATE: Final = {"name": "person_name", "party": "party_id", "sitting": "sitting"}
"""The column from which a field of a candidate in the register is made."""

_FIELD: Final = re.compile(r"\bdata\.(\w+)")
"""A field of a declaration, as reasons name it."""

_CANDIDATE: Final = re.compile(r"\bdata\.candidates\.\S+")
"""A candidate of an amendment, as reasons name one."""

Corrected = tuple[CorrectionRow, str | None]
"""A correction, and the id of the candidate it is about."""

_FOLLOWS: Final = {"areas": "votes_cast", "elected": "votes_cast", "tied_vote_winner": "votes_cast"}
"""What a column hangs on: where it is wrong after a correction, most likely the correction left it out."""


@dataclass(frozen=True, slots=True)
class FaultSource:
    """Knows from which rows a pack was made."""

    ballots: Mapping[str, Ballot]
    """Its contests, as the tables have them."""
    lines: Sequence[Line]
    """The lines of its declarations."""
    candidates: Table[CandidateRow]
    contests: Table[ContestRow]
    bodies: Table[BodyRow]
    corrections: Table[CorrectionRow]
    people: Table[PersonRow]
    stages: Table[StageRow]

    def contest_of(self, fault: PackFault) -> str | None:
        """Return the contest that a fault of the register is about; None where it is about another part of it."""
        for ballot_id in self.ballots:
            if fault.path == f"contests.{ballot_id}" or fault.path.startswith(f"contests.{ballot_id}."):
                return ballot_id
        return None

    def of_register(self, fault: PackFault) -> PackFault:
        """Return a fault of the register as one of the tables, where it is about one of their rows."""
        ballot_id = self.contest_of(fault)
        if ballot_id is not None:
            return self._of_contest(self.ballots[ballot_id], fault.path[len(f"contests.{ballot_id}.") :], fault.reason)
        first, _, rest = fault.path.partition(".")
        slug, _, column = rest.partition(".")
        for body in self.bodies.rows if first == "bodies" else ():
            if body.slug == slug:
                return self.bodies.fault(body, column, fault.reason)
        return fault

    def of_line(self, fault: PackFault) -> PackFault:
        """Return a fault of a line of the declarations as one of the tables."""
        _, _, number = fault.file.rpartition(":")
        line = self.lines[int(number) - 1]
        ballot = self.ballots[line.ballot_id]
        _, name, *rest = [*fault.path.split("."), "", ""]
        # A candidate's id may have dots in it.
        subject = ".".join(rest).rstrip(".")
        if name == "candidates":
            subject, name = self._of_amended_candidate(line, subject)
        column = (
            _OF_CANDIDATES.get(name) or _OF_A_CANDIDATE.get(name if subject else "") or _OF_CONTESTS.get(name, name)
        )
        by_list = {"elected": "elected_order"} if ballot.contest.voting_system in LISTS else {}
        columns = _OF_CANDIDATES | by_list
        if name in by_list:
            name = column = by_list[name]
        corrected = self._corrections(line)
        about = subject if subject in ballot.candidates else None
        blamed = min(corrected, key=lambda pair: _unlike(pair, column, about))[0] if corrected else None
        reason = fault.reason if blamed is None else _CANDIDATE.sub(f"the column {blamed.column}", fault.reason)
        reason = _FIELD.sub(lambda found: f"the column {columns.get(found[1], found[1])}", reason)
        reason = reason[:1].upper() + reason[1:]
        if blamed is not None:
            if _is_amendment(line) or not line.steps_after:
                return self.corrections.fault(blamed, "after", reason)
            # Local counts are checked against the votes, and the votes are what is named.
            hanging = "areas" if column == "votes_cast" and ballot.contest.areas else column
            if name == "rejected_by_head" and not any(row.column.startswith("rejected_") for row, _ in corrected):
                reason += " If a head (rejected_unmarked, …) was said otherwise first as well, add a row for it."
            elif not any(row.column == hanging and about in (None, other) for row, other in corrected):
                reason += f" If {hanging} was said otherwise first as well, add a row for it."
            return self.corrections.fault(blamed, "before", f"makes what was said first impossible: {reason}")
        if name == "stages":
            return self._of_stage(ballot, rest, reason)
        if name not in _OF_CANDIDATES:
            return self.contests.fault(ballot.contest, column, reason)
        row = ballot.candidates.get(subject)
        if row is None:
            # About several candidates at once: told at the first of them.
            row = min(ballot.candidates.values(), key=lambda row: row.row)
        return self.candidates.fault(row, column, reason)

    def _of_contest(self, ballot: Ballot, path: str, reason: str) -> PackFault:
        name, _, rest = path.partition(".")
        candidate_id, _, part = rest.rpartition(".")
        if name == "candidates" and candidate_id in ballot.candidates:
            return self.candidates.fault(ballot.candidates[candidate_id], _OF_A_CANDIDATE.get(part, part), reason)
        if name == "candidates" and ".people" in rest:
            candidate_id, _, place = rest.partition(".people")
            listed = ballot.people.get(candidate_id, ())
            number = place.strip(".").partition(".")[0]
            if number.isdigit() and int(number) < len(listed):
                column = "person_id" if place.endswith(".id") else "person_name"
                return self.people.fault(listed[int(number)], column, reason)
            if listed:
                return self.people.fault(listed[0], "", reason)
        column = "sitting" if rest.startswith("sitting") else _OF_CONTESTS.get(name, name)
        column = column if column in ContestRow.columns() else ""
        return self.contests.fault(ballot.contest, column, reason)

    def _of_stage(self, ballot: Ballot, steps: Sequence[str], reason: str) -> PackFault:
        """Return a fault of a stage as one of the row of whom it is about, or of the first of the stage.

        Args:
            ballot: the contest.
            steps: the way to it within the stages: which one, the field, and the candidate.
            reason: what is wrong.
        """
        place, name, *whose = [*steps, "", ""]
        if not place.isdigit() or int(place) >= len(ballot.stages):
            return self.contests.fault(ballot.contest, "", f"the stages of the count: {reason}")
        stage = ballot.stages[int(place)]
        subject = ".".join(whose).rstrip(".")
        first = min(stage.rows.values(), key=lambda row: row.row)
        if name == "non_transferable":
            return self.stages.fault(stage.non_transferable or first, "total", reason)
        if name == "elected" and any(row.elected_at is not None for row in ballot.candidates.values()):
            at_stage = [row for row in ballot.candidates.values() if row.elected_at == stage.number]
            row = ballot.candidates.get(subject) or min(at_stage or ballot.candidates.values(), key=lambda row: row.row)
            return self.candidates.fault(row, "elected_at", f"at stage {stage.number}: {reason}")
        column = _OF_A_STAGE.get(name, name if name in StageRow.columns() else "")
        return self.stages.fault(stage.rows.get(subject, first), column, reason)

    def _of_amended_candidate(self, line: Line, path: str) -> tuple[str, str]:
        """Return the candidate that a fault of an amendment is about, by the id of the tables, and the field.

        Args:
            line: the amendment.
            path: the way to the fault within its candidates; without a field it is about who stands, or under which id.
        """
        now = {} if line.step is None else {before: after for after, before in line.step.earlier_ids.items()}
        subject, _, name = path.rpartition(".")
        if path in now or path in self.ballots[line.ballot_id].candidates:
            subject, name = path, ""
        return now.get(subject, subject), name

    def _corrections(self, line: Line) -> list[Corrected]:
        """Return the corrections that may be to blame for a fault of a line; none when it says what the tables say."""
        steps = line.steps_after
        if line.step is not None and _is_amendment(line):
            # What an amendment says is in its own rows, whatever was corrected later.
            steps = (line.step,)
        return [pair for step in steps for pair in zip(step.rows, step.subjects, strict=True)]


def _is_amendment(line: Line) -> bool:
    return line.event["type"] == type_name(AmendmentEvent)


def _unlike(corrected: Corrected, column: str, subject: str | None) -> tuple[bool, bool]:
    """Return how far a correction is from a fault: whether of other columns, whether about somebody else."""
    row, about = corrected
    return row.column not in (column, _FOLLOWS.get(column)), subject is not None and about != subject
