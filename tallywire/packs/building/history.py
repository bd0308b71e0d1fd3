"""Takes corrections back: what the tables would have said on the night, and what was said since, step by step."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final, TypeVar

from pydantic import ValidationError

from tallywire.packs.building.ballots import Ballot
from tallywire.packs.building.columns import CandidateRow, CorrectionRow, Row
from tallywire.packs.building.tables import Table
from tallywire.packs.pack_fault import PackFault

DECLARED: Final = frozenset({"votes_cast", "final_round_votes", "elected", "rejected", "papers"})
"""Columns that belong to the declaration: to correct them takes another revision."""

RowT = TypeVar("RowT", bound=Row)


@dataclass(frozen=True, slots=True)
class Step:
    """What was corrected at one moment about one contest."""

    moment: str
    """When, RFC 3339."""
    ballot_id: str
    """The contest."""
    after: Ballot
    """How things were from then on."""
    rows: tuple[CorrectionRow, ...]
    """What was corrected."""
    subjects: tuple[str | None, ...]
    """For each of them the candidate's id, where it is about one."""


def take_back(
    ballots: Mapping[str, Ballot], table: Table[CorrectionRow]
) -> tuple[dict[str, Ballot], tuple[Step, ...], list[PackFault]]:
    """Return the ballots as they were first, the steps since in their order, and every fault of the corrections."""
    now = dict(ballots)
    faults: list[PackFault] = []
    steps: list[Step] = []
    for (_, moment, ballot_id), found in groupby(sorted(table.rows, key=_place, reverse=True), key=_group):
        # Backwards in time, but the corrections of one moment as the table has them.
        rows = tuple(sorted(found, key=lambda row: row.row))
        if ballot_id not in now:
            faults += [table.fault(row, "ballot_paper_id", f"is {ballot_id}, which is no contest here") for row in rows]
            continue
        after = now[ballot_id]
        subjects: list[str | None] = []
        for row in rows:
            try:
                now[ballot_id], subject = _undone(now[ballot_id], row)
            except _Unfitting as unfitting:
                faults.append(table.fault(row, unfitting.column, str(unfitting)))
            else:
                subjects.append(subject)
        steps.append(Step(moment, ballot_id, after, rows, tuple(subjects)))
    return now, tuple(reversed(steps)), faults


class _Unfitting(ValueError):  # noqa: N818  # it is caught next door and told as a fault
    """A correction does not fit what the tables say."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def _group(row: CorrectionRow) -> tuple[datetime, str, str]:
    return datetime.fromisoformat(row.corrected_on), row.corrected_on, row.ballot_paper_id


def _place(row: CorrectionRow) -> tuple[datetime, str, str, int]:
    return *_group(row), row.row


def _undone(ballot: Ballot, row: CorrectionRow) -> tuple[Ballot, str | None]:
    """Return the ballot before a correction, and the id of the candidate it is about."""
    if row.column not in CandidateRow.model_fields:
        if row.candidate is not None:
            raise _Unfitting(
                "candidate", f"is {row.candidate!r}, but {row.column} is about the contest: leave it empty"
            )
        return Ballot(_exchanged(ballot.contest, row), ballot.candidates), None
    subject = _subject(ballot, row)
    candidate = _exchanged(ballot.candidates[subject], row)
    return Ballot(ballot.contest, {**ballot.candidates, subject: candidate}), subject


def _subject(ballot: Ballot, row: CorrectionRow) -> str:
    if row.candidate is None:
        raise _Unfitting("candidate", f"is empty, but {row.column} is about a candidate: write the id or the name")
    if row.candidate in ballot.candidates:
        return row.candidate
    # A name may be what was corrected: either spelling finds its candidate.
    either = {row.candidate, row.after} if row.column == "person_name" else {row.candidate}
    named = [key for key, candidate in ballot.candidates.items() if candidate.person_name in either]
    if len(named) != 1:
        how_many = "nobody in that contest" if not named else "more than one candidate of that contest"
        raise _Unfitting("candidate", f"is {row.candidate!r}, which is {how_many}: write the id or the whole name")
    return named[0]


def _exchanged(stated: RowT, row: CorrectionRow) -> RowT:
    """Return a row with the earlier value in the corrected column."""
    current, after = getattr(stated, row.column), _value(stated, row, "after")
    if current != after:
        shown = "nothing" if current is None else repr(current)
        raise _Unfitting("after", f"is {row.after!r}, but what stands there after it is {shown}")
    update = {row.column: _value(stated, row, "before")}
    # A row has one name and one description: those of the party that is right now.
    other_party = {"party_name": None, "party_description_text": None} if row.column == "party_id" else {}
    return stated.model_copy(update=update | other_party)


def _value(stated: Row, row: CorrectionRow, side: str) -> object:
    try:
        return stated.read_cell(row.column, getattr(row, side))
    except ValidationError as error:
        raise _Unfitting(side, error.errors(include_url=False)[0]["msg"]) from None


def said(rows: tuple[CorrectionRow, ...]) -> str | None:
    """Return the notes of several corrections as one, each once."""
    return "; ".join(dict.fromkeys(row.note for row in rows if row.note)) or None


def corrected(step: Step, *, of_declaration: bool) -> Iterator[tuple[CorrectionRow, str | None]]:
    """Yield the corrections of a step that belong to the declaration, or those that belong to the register."""
    for row, subject in zip(step.rows, step.subjects, strict=True):
        if (row.column in DECLARED) == of_declaration:
            yield row, subject
