"""Writes the declarations: one event for each contest that was counted, in the order of declaration."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final

from schemas.wire import NAME_LENGTH_MAX
from tallywire.packs.building.ballots import Ballot
from tallywire.packs.building.columns import CandidateRow
from tallywire.packs.building.history import Step, corrected, said

DESK: Final = "/results-desk"
"""Who amends the register."""

PartyOf = Callable[[CandidateRow], str | None]
"""Finds the key of a candidate's party."""


def place_of(ballot_id: str) -> str:
    """Return the middle of a ballot id, or all of it: ``norfolk``, ``sheffield.ecclesall``."""
    parts = ballot_id.split(".")
    return ".".join(parts[1:-1]) or ballot_id


def events(
    first: Mapping[str, Ballot], steps: tuple[Step, ...], party_of: PartyOf, *, test: bool
) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield ballot id and event: declarations as they were made, then corrections as they were.

    Declarations with a time come first, in its order; the others follow as the table of contests has them.

    Args:
        first: the contests as they stood on the night.
        steps: what was corrected since.
        party_of: finds the key of a candidate's party.
        test: whether this is a rehearsal.
    """
    revisions: dict[str, int] = {}
    amendments: dict[str, int] = {}
    for ballot_id in sorted(first, key=lambda ballot_id: _moment(first[ballot_id])):
        data = declared(first[ballot_id])
        if data is not None:
            revisions[ballot_id] = 1
            yield ballot_id, _declaration(ballot_id, 1, data, None, test=test)
    for step in steps:
        if any(corrected(step, of_declaration=False)):
            amendments[step.ballot_id] = amendments.get(step.ballot_id, 0) + 1
            yield step.ballot_id, _amendment(step, amendments[step.ballot_id], party_of, test=test)
        data = declared(step.after)
        if any(corrected(step, of_declaration=True)) and data is not None:
            revisions[step.ballot_id] = revision = revisions.get(step.ballot_id, 0) + 1
            note = _note(step, of_declaration=True)
            # Nobody read the correction out at the count: when it was made is the event's time.
            update = {"declared_at": None} | ({"note": note} if note else {})
            yield step.ballot_id, _declaration(step.ballot_id, revision, data | update, step.moment, test=test)


def encode(event: Mapping[str, object]) -> bytes:
    """Return an event as one line, without its end."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def declared(ballot: Ballot) -> dict[str, object] | None:
    """Return what was declared, without contest and revision; None when the tables do not say enough.

    The votes of all candidates are enough; so is the final round of the supplementary vote, with the first preferences
    of those who were in it; so are names alone where nobody had to vote.
    """
    rows = ballot.candidates
    votes = {candidate: row.votes_cast for candidate, row in rows.items() if row.votes_cast is not None}
    final = {candidate: row.final_round_votes for candidate, row in rows.items() if row.final_round_votes is not None}
    elected = [candidate for candidate, row in rows.items() if row.elected]
    if not votes and not final and len(elected) == len(rows) <= ballot.contest.seats:
        return {"kind": "uncontested", "declared_at": ballot.contest.declared_at, "elected": elected}
    if len(votes) < len(rows) and not (final and final.keys() <= votes.keys()):
        return None
    data: dict[str, object] = {"votes": votes}
    if final:
        data["final_round"] = final
    data |= {"declared_at": ballot.contest.declared_at, "elected": elected or None}
    if lot := [candidate for candidate, row in rows.items() if row.tied_vote_winner]:
        data["lot"] = lot
    data |= {"rejected": ballot.contest.rejected, "papers": ballot.contest.papers}
    if areas := _areas(ballot):
        data["areas"] = areas
    return data


def _areas(ballot: Ballot) -> list[dict[str, object]] | None:
    rows = ballot.candidates
    if not ballot.contest.areas or any(row.areas is None for row in rows.values()):
        return None
    counted = {candidate: row.areas or {} for candidate, row in rows.items()}
    # In the contest's order; an area that only a candidate's row has comes after, for the checker to name.
    names = dict.fromkeys((*ballot.contest.areas, *(area for votes in counted.values() for area in votes)))
    return [
        {"area": area, "votes": {candidate: votes[area] for candidate, votes in counted.items() if area in votes}}
        for area in names
    ]


def _moment(ballot: Ballot) -> tuple[bool, float]:
    text = ballot.contest.declared_at
    return (True, 0.0) if text is None else (False, datetime.fromisoformat(text).timestamp())


def _declaration(
    ballot_id: str, revision: int, data: Mapping[str, object], moment: str | None, *, test: bool
) -> dict[str, object]:
    place = place_of(ballot_id)
    return {
        "specversion": "1.0",
        "id": f"{place}-{revision}",
        "source": f"/count-centres/{place}",
        "type": "tallywire.declaration.v1",
        "subject": ballot_id,
        **({"time": moment} if moment else {}),
        **({"test": True} if test else {}),
        "data": {"ballot_id": ballot_id, "revision": revision, **data},
    }


def _amendment(step: Step, number: int, party_of: PartyOf, *, test: bool) -> dict[str, object]:
    data: dict[str, object] = {"ballot_id": step.ballot_id}
    candidates: dict[str, dict[str, object]] = {}
    for row, subject in corrected(step, of_declaration=False):
        if subject is None:
            field = {"electorate": "electorate", "contest_name": "name"}[row.column]
            data[field] = getattr(step.after.contest, row.column)
        elif row.column == "person_name":
            candidates.setdefault(subject, {})["name"] = step.after.candidates[subject].person_name
        else:
            candidates.setdefault(subject, {})["party"] = party_of(step.after.candidates[subject])
    if candidates:
        data["candidates"] = candidates
    if (note := _note(step, of_declaration=False)) is not None:
        data["reason"] = note
    return {
        "specversion": "1.0",
        "id": f"{place_of(step.ballot_id)}-amendment-{number}",
        "source": DESK,
        "type": "tallywire.amendment.v1",
        "subject": step.ballot_id,
        "time": step.moment,
        **({"test": True} if test else {}),
        "data": data,
    }


def _note(step: Step, *, of_declaration: bool) -> str | None:
    note = said(tuple(row for row, _ in corrected(step, of_declaration=of_declaration)))
    return None if note is None else note[:NAME_LENGTH_MAX]
