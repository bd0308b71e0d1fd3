"""Takes corrections back: what the tables would have said on the night, and what was said since, step by step."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final, TypeVar, get_args

from pydantic import ValidationError

from schemas.slugs import slug
from services.rules.systems.count import Count, TieWithoutLot
from services.rules.systems.first_past_the_post import first_past_the_post
from services.rules.systems.supplementary_vote import finalists, supplementary_vote
from tallywire.packs.building.ballots import Ballot
from tallywire.packs.building.columns import CandidateRow, CorrectionRow, DeclaredColumn, Row
from tallywire.packs.building.lists import NoListError, lists_named
from tallywire.packs.building.parties import PartyBook
from tallywire.packs.building.tables import Table
from tallywire.packs.building.time_order import place_in_time
from tallywire.packs.pack_fault import PackFault

DECLARED: Final = frozenset(get_args(DeclaredColumn))

_WHO_STANDS: Final = frozenset({"person_id", "stands"})
"""Columns by which candidates have other ids afterwards, or are there at all."""

_DECIDING: Final = frozenset({"votes_cast", "final_round_votes", "tied_vote_winner"})
"""Columns from which it follows who is elected, and from all but the last whether there was a lot."""

RowT = TypeVar("RowT", bound=Row)


@dataclass(frozen=True, slots=True)
class Step:
    """What was corrected at one moment about one contest."""

    moment: str
    """When: a time as RFC 3339 has it, or a day."""
    ballot_id: str
    """The contest."""
    after: Ballot
    """How things were from then on."""
    rows: tuple[CorrectionRow, ...]
    """What was corrected."""
    subjects: tuple[str | None, ...]
    """For each of them the candidate's id, where it is about one."""
    earlier_ids: Mapping[str, str]
    """The id before of each candidate who has another one since."""


def take_back(
    ballots: Mapping[str, Ballot], table: Table[CorrectionRow], parties: PartyBook
) -> tuple[dict[str, Ballot], tuple[Step, ...], list[PackFault]]:
    """Return the ballots as they were first, the steps since in their order, and every fault of the corrections.

    A correction of a contest that is not among the ballots is passed over.

    Args:
        ballots: how things are now.
        table: the corrections.
        parties: finds the list that is named by its party.
    """
    now = dict(ballots)
    faults: list[PackFault] = []
    steps: list[Step] = []
    known = [row for row in table.rows if row.ballot_paper_id in now]
    for (_, moment, ballot_id), found in groupby(sorted(known, key=_place, reverse=True), key=_group):
        after = now[ballot_id]
        rows: list[CorrectionRow] = []
        subjects: list[str | None] = []
        earlier_ids: dict[str, str] = {}
        # Backwards: what was corrected twice in a day is taken back from its last value; ids after all that has them.
        for row in sorted(found, key=lambda row: row.column in _WHO_STANDS):
            try:
                subject = _subject(after, row)
                before = _undone(now[ballot_id], row, subject, parties)
            except _Unfitting as unfitting:
                faults.append(table.fault(row, unfitting.column, str(unfitting)))
            else:
                if subject is not None and row.column == "person_id":
                    new = before.candidates.keys() - now[ballot_id].candidates.keys()
                    earlier_ids[subject] = next(iter(new), subject)
                now[ballot_id] = before
                rows.insert(0, row)
                subjects.insert(0, subject)
        now[ballot_id] = _following(now[ballot_id], {row.column for row in rows})
        steps.append(Step(moment, ballot_id, after, tuple(rows), tuple(subjects), earlier_ids))
    return now, tuple(reversed(steps)), faults


class _Unfitting(ValueError):  # noqa: N818  # it is caught next door and told as a fault
    """A correction does not fit what the tables say."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def _group(row: CorrectionRow) -> tuple[object, str, str]:
    return place_in_time(row.corrected_on), row.corrected_on, row.ballot_paper_id


def _place(row: CorrectionRow) -> tuple[object, str, str, int]:
    return *_group(row), row.row


def _undone(ballot: Ballot, row: CorrectionRow, subject: str | None, parties: PartyBook) -> Ballot:
    """Return the ballot before a correction."""
    if subject is None:
        if row.column == "elected_order":
            row = _with_lists(ballot, row, parties)
        return replace(ballot, contest=_exchanged(ballot.contest, row))
    others = {key: candidate for key, candidate in ballot.candidates.items() if key != subject}
    if row.column == "stands":
        if (row.before or "", row.after or "") not in (("f", "t"), ("", "t")):
            raise _Unfitting(
                "after", "is not t, with f before: a candidate who was added stood not before, and stands now"
            )
        return replace(ballot, candidates=others)
    candidate = _exchanged(ballot.candidates[subject], row)
    if row.column != "person_id":
        return replace(ballot, candidates={**ballot.candidates, subject: candidate})
    earlier = candidate.person_id or slug(candidate.person_name)
    if earlier in others:
        raise _Unfitting("before", f"is {earlier}, which is the id of another candidate of that contest")
    return replace(ballot, candidates=dict(sorted({**others, earlier: candidate}.items())))


def _with_lists(ballot: Ballot, row: CorrectionRow, parties: PartyBook) -> CorrectionRow:
    """Return a correction of the order of seats with the ids of lists, as the contest has them."""
    stated: dict[str, str | None] = {}
    for side in ("before", "after"):
        names = _value(ballot.contest, row, side)
        try:
            stated[side] = "|".join(lists_named(ballot, names, parties)) if isinstance(names, tuple) else None
        except NoListError as error:
            raise _Unfitting(side, str(error)) from None
    return row.model_copy(update=stated)


def _subject(ballot: Ballot, row: CorrectionRow) -> str | None:
    """Return the id of the candidate that a correction is about; None where it is about the contest.

    Args:
        ballot: how things were after it.
        row: the correction.
    """
    if row.column not in {*CandidateRow.model_fields, *_WHO_STANDS}:
        if row.candidate is not None:
            reason = f"is {row.candidate!r}, but {row.column} is about the contest: leave it empty"
            raise _Unfitting("candidate", reason)
        return None
    if row.candidate is None:
        raise _Unfitting("candidate", f"is empty, but {row.column} is about a candidate: write the id or the name")
    if row.candidate in ballot.candidates:
        return row.candidate
    if row.column == "person_id" and row.candidate == row.before and row.after in ballot.candidates:
        return row.after
    named: list[str] = []
    names = {key: candidate.person_name for key, candidate in ballot.candidates.items()}
    # Where a name was corrected either spelling finds its candidate; of two that were exchanged, the one that it was.
    for name in (row.after, row.candidate) if row.column == "person_name" else (row.candidate,):
        named = [key for key, known in names.items() if known == name]
        if len(named) == 1:
            return named[0]
    how_many = "more than one candidate of that contest" if named else "nobody in that contest"
    raise _Unfitting("candidate", f"is {row.candidate!r}, which is {how_many}: write the id or the whole name")


def _exchanged(stated: RowT, row: CorrectionRow) -> RowT:
    """Return a row with the earlier value in the corrected column."""
    current, after, before = getattr(stated, row.column), _value(stated, row, "after"), _value(stated, row, "before")
    if row.column == "tied_vote_winner":
        # Who was not drawn has an f, or nothing.
        current, after, before = current or None, after or None, before or None
    if before == after:
        raise _Unfitting("after", f"is {_shown(after)}, and so is before: a correction changes something")
    if current != after:
        raise _Unfitting("after", f"is {_shown(after)}, but what stands there after it is {_shown(current)}")
    # A row has one name and one description: those of the party that is right now.
    other_party = {"party_name": None, "party_description_text": None} if row.column == "party_id" else {}
    return stated.model_copy(update={row.column: before, **other_party})


def _value(stated: Row, row: CorrectionRow, side: str) -> object:
    text = getattr(row, side)
    if text is None:
        if type(stated).model_fields[row.column].is_required():
            raise _Unfitting(side, f"is empty, but there is always a {row.column}")
        return None
    try:
        return stated.read_cell(row.column, text)
    except ValidationError as error:
        raise _Unfitting(side, error.errors(include_url=False)[0]["msg"]) from None


def _shown(value: object) -> str:
    """Return a value as its cell has it."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "t" if value else "f"
        case dict():
            return "|".join(f"{name}:{number}" for name, number in value.items())
        case tuple():
            return "|".join(map(str, value))
        case _:
            return repr(value)


def _following(ballot: Ballot, corrected_columns: set[str]) -> Ballot:
    """Return a ballot of which votes or lot were taken back, with who was elected by those and whether there was a lot.

    But where the corrections say so themselves.
    """
    if not corrected_columns & _DECIDING:
        return ballot
    rows = dict(ballot.candidates)
    count = counted(ballot)
    if "tied_vote_winner" not in corrected_columns and isinstance(count, Count) and not count.by_lot:
        rows = {key: row.model_copy(update={"tied_vote_winner": None}) for key, row in rows.items()}
    if "elected" not in corrected_columns and any(row.elected for row in rows.values()):
        elected = frozenset(count.elected) if isinstance(count, Count) else None
        if elected is not None or isinstance(count, TieWithoutLot):
            rows = {key: row.model_copy(update={"elected": elected and key in elected}) for key, row in rows.items()}
    return replace(ballot, candidates=rows)


def counted(ballot: Ballot) -> Count | TieWithoutLot | None:
    """Return who the votes elect, or why they do not; None where the tables do not have all that decides."""
    rows = ballot.candidates
    votes = {key: row.votes_cast for key, row in rows.items() if row.votes_cast is not None}
    final = {key: row.final_round_votes for key, row in rows.items() if row.final_round_votes is not None}
    # Of several whom the lot chose, and one who is not tied now, nobody knows who it would have been.
    lot = [key for key, row in rows.items() if row.tied_vote_winner]
    try:
        if ballot.contest.voting_system in ("first-past-the-post", "referendum"):
            return first_past_the_post(votes, ballot.contest.seats, lot) if len(votes) == len(rows) else None
        if ballot.contest.voting_system != "supplementary-vote":
            # Stages and constituencies decide there, not these votes alone.
            return None
        if not final and (len(votes) < len(rows) or finalists(votes)):
            return None
        return supplementary_vote(votes, final or None, lot)
    except TieWithoutLot as tie:
        return tie


def said(rows: tuple[CorrectionRow, ...]) -> str | None:
    """Return the notes of several corrections as one, each once."""
    return "; ".join(dict.fromkeys(row.note for row in rows if row.note)) or None


def corrected(step: Step, *, of_declaration: bool) -> Iterator[tuple[CorrectionRow, str | None]]:
    """Yield the corrections of a step that belong to the declaration, or those that belong to the register."""
    for row, subject in zip(step.rows, step.subjects, strict=True):
        if (row.column in DECLARED) == of_declaration:
            yield row, subject
