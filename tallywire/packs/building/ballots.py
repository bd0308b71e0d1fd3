"""Puts candidates to their contests, and contests to their election."""

import warnings
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter, ValidationError

from schemas.slugs import slug
from schemas.wire import ElectionId
from tallywire.packs.building.columns import CandidateRow, ContestRow
from tallywire.packs.building.tables import Table
from tallywire.packs.pack_fault import PackFault

with warnings.catch_warnings():
    # The package leaves two files of its own open for the garbage collector when it is imported.
    warnings.simplefilter("ignore", ResourceWarning)
    from uk_election_ids.election_ids import validate

_ELECTION_ID: Final[TypeAdapter[str]] = TypeAdapter(ElectionId)


@dataclass(frozen=True, slots=True)
class Ballot:
    """One contest and who stands in it."""

    contest: ContestRow
    """The contest."""
    candidates: Mapping[str, CandidateRow]
    """Candidates by their id in the pack, in the order of the ids: the order of the count is nobody's business."""


def is_election_id(text: str) -> bool:
    """Whether Democracy Club could have made this id, and Tallywire takes it."""
    try:
        return bool(validate(_ELECTION_ID.validate_python(text)))  # type: ignore[no-untyped-call]  # it has no types
    except ValidationError:
        return False


def put_together(
    election: str, candidates: Table[CandidateRow], contests: Table[ContestRow]
) -> tuple[dict[str, Ballot], list[PackFault]]:
    """Return the ballots by id, in the contests' order, and what keeps candidates and contests apart.

    Args:
        election: the election's id.
        candidates: who stands.
        contests: what is contested.
    """
    faults: list[PackFault] = []
    rows: dict[str, ContestRow] = {}
    for contest in contests.rows:
        if contest.ballot_paper_id in rows:
            reason = f"is on row {rows[contest.ballot_paper_id].row} too: keep one row for each contest"
            faults.append(contests.fault(contest, "ballot_paper_id", reason))
            continue
        rows[contest.ballot_paper_id] = contest
        if not _belongs(contest.ballot_paper_id, election):
            reason = f"is {contest.ballot_paper_id}, which is no contest of {election}: one pack has one election"
            faults.append(contests.fault(contest, "ballot_paper_id", reason))
        elif not is_election_id(contest.ballot_paper_id):
            reason = f"is {contest.ballot_paper_id}, which Democracy Club's rules for ids do not allow"
            faults.append(contests.fault(contest, "ballot_paper_id", reason))
    standing: defaultdict[str, list[CandidateRow]] = defaultdict(list)
    for candidate in candidates.rows:
        if candidate.ballot_paper_id not in rows:
            reason = f"is {candidate.ballot_paper_id}, which {contests.file} does not have: add the contest"
            faults.append(candidates.fault(candidate, "ballot_paper_id", reason))
        else:
            standing[candidate.ballot_paper_id].append(candidate)
        if candidate.election_id is not None and not _belongs(candidate.election_id, election):
            reason = f"is {candidate.election_id}, which is no part of {election}: leave other elections' rows out"
            faults.append(candidates.fault(candidate, "election_id", reason))
    faults += [
        contests.fault(contest, "ballot_paper_id", f"has no candidates in {candidates.file}: add them")
        for ballot_id, contest in rows.items()
        if ballot_id not in standing
    ]
    ballots: dict[str, Ballot] = {}
    for ballot_id in rows.keys() & standing.keys():
        ids, wrong = _ids(standing[ballot_id], candidates)
        faults += wrong
        ballots[ballot_id] = Ballot(rows[ballot_id], dict(sorted(ids.items())))
    return {ballot_id: ballots[ballot_id] for ballot_id in rows if ballot_id in ballots}, faults


def _belongs(part: str, election: str) -> bool:
    """Whether an id is the election's own, or that of a part of it: same kind, same day."""
    kind, _, day = election.rpartition(".")
    return part == election or (part.startswith(f"{kind}.") and part.endswith(f".{day}"))


def _ids(rows: list[CandidateRow], table: Table[CandidateRow]) -> tuple[dict[str, CandidateRow], list[PackFault]]:
    """Return the candidates of one contest by id; of two with one name, the second one's id ends with ``-2``."""
    faults: list[PackFault] = []
    ids: dict[str, CandidateRow] = {row.person_id: row for row in reversed(rows) if row.person_id is not None}
    names: Counter[str] = Counter()
    for row in rows:
        if row.person_id is not None:
            if ids[row.person_id] is not row:
                reason = f"is {row.person_id}, which row {ids[row.person_id].row} of the same contest has too"
                faults.append(table.fault(row, "person_id", reason))
            continue
        name = slug(row.person_name)
        if not name:
            reason = f"is {row.person_name!r}, of which no id can be made: give the candidate a person_id"
            faults.append(table.fault(row, "person_name", reason))
            continue
        names[name] += 1
        made = name if names[name] == 1 else f"{name}-{names[name]}"
        if made in ids:
            reason = f"makes the id {made}, which row {ids[made].row} of the same contest has: give a person_id"
            faults.append(table.fault(row, "person_name", reason))
        ids[made] = row
    return ids, faults
