"""Writes the declarations: one event for each contest that was counted, and one for each correction, in their order."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from schemas.register import LISTS
from schemas.wire import NAME_LENGTH_MAX
from tallywire.packs.building.ballots import Ballot
from tallywire.packs.building.cells import is_day
from tallywire.packs.building.columns import AnnouncementRow, CandidateRow, ContestRow
from tallywire.packs.building.history import Step, corrected, said
from tallywire.packs.building.time_order import Place, place_in_time
from tallywire.packs.times import polling_day

DESK: Final = "/results-desk"
"""Who amends the register."""

NO_REASON: Final = "no reason was given"
"""Said of a poll that was called off, where the tables do not say why."""

_EARLIEST: Final[Place] = (datetime.min.replace(tzinfo=UTC), 0)

_AFTER: Final = 2
"""Beside a moment: after all that has it."""

_HEADS: Final = "rejected_"
"""Columns that begin so are a head under which papers were rejected."""

PartyOf = Callable[[CandidateRow], str | None]
"""Finds the key of a candidate's party."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the declarations, and where it comes from."""

    ballot_id: str
    """The contest."""
    event: Mapping[str, object]
    """What the line says."""
    steps_after: tuple[Step, ...]
    """What was corrected about the contest later: until then it was as those corrections say it was before."""
    step: Step | None = None
    """The correction that the line is; None for what was said first."""


def place_of(ballot_id: str) -> str:
    """Return the middle of a ballot id, or all of it: ``norfolk``, ``sheffield.ecclesall``."""
    parts = ballot_id.split(".")
    return ".".join(parts[1:-1]) or ballot_id


def lines(first: Mapping[str, Ballot], steps: Sequence[Step], party_of: PartyOf, *, test: bool) -> list[Line]:
    """Return what was said about the contests, first and since, in the order in which it was said.

    Contests without a time of declaration follow those with one, in the order of their table, but before they were
    corrected; polls that were not held come before all, where they have no time.

    Args:
        first: the contests as they stood on the night.
        steps: what was corrected since, in their order.
        party_of: finds the key of a candidate's party.
        test: whether this is a rehearsal.
    """
    placed: list[tuple[Place, int, Line]] = []
    places = _places_of_declarations(first, steps)
    for ballot_id, ballot in first.items():
        later = tuple(step for step in steps if step.ballot_id == ballot_id)
        revision = amendment = 0
        # It was declared with the ids and of the candidates of its moment.
        amended = tuple(step for step in later if place_in_time(step.moment) < places[ballot_id])
        data = declared(amended[-1].after if amended else ballot)
        if data is not None:
            corrected_at = _corrected_at(later)
            for stated, said_then in _announced(ballot, data, places[ballot_id]):
                # Of a day whose hour is unknown nobody can tell what was earlier on it: what is corrected was.
                where = min([stated, *corrected_at])
                revision += 1
                event = _declaration(ballot_id, revision, said_then | _day_alone(ballot), None, test=test)
                placed.append((where, 0, Line(ballot_id, event, later[len(amended) :])))
        for number, step in enumerate(later, start=1):
            where, after = place_in_time(step.moment), later[number:]
            if any(corrected(step, of_declaration=False)):
                amendment += 1
                event = _amendment(step, amendment, party_of, test=test)
                placed.append((where, 1, Line(ballot_id, event, after, step)))
            data = declared(step.after)
            if any(corrected(step, of_declaration=True)) and data is not None:
                revision += 1
                # Nobody read the correction out at the count: when it was made is the event's time.
                update = {"declared_at": None} | _noted("note", step, of_declaration=True)
                event = _declaration(ballot_id, revision, data | update, step.moment, test=test)
                placed.append((where, 1, Line(ballot_id, event, after, step)))
    return [line for _, _, line in sorted(placed, key=lambda one: one[:2])]


def _announced(ballot: Ballot, data: dict[str, object], place: Place) -> Iterator[tuple[Place, dict[str, object]]]:
    """Yield what was declared and where that stands in time: at once, or stage by stage where it was announced so.

    Args:
        ballot: the contest.
        data: what was declared when all was counted.
        place: where the first of it stands in time.
    """
    last = len(ballot.stages) + 1
    elected_at = {one: row.elected_at for one, row in ballot.candidates.items() if row.elected_at is not None}
    for row in ballot.announced:
        if row.stage < last:
            so_far = [one for one in _elected(ballot) if elected_at.get(one, last) <= row.stage]
            yield place_in_time(row.declared_at), _so_far(data, row, so_far if elected_at else None)
    if not ballot.announced:
        yield place, data
        return
    end = ballot.announced[-1]
    declared_at = ballot.contest.declared_at or (end.declared_at if end.stage == last else None)
    if declared_at is None:
        # It came last, nobody knows when.
        yield (place_in_time(end.declared_at)[0], _AFTER), data
        return
    read_out = None if is_day(declared_at) else declared_at
    yield place_in_time(declared_at), {**data, "declared_at": read_out}


def _so_far(data: Mapping[str, object], row: AnnouncementRow, elected: Sequence[str] | None) -> dict[str, object]:
    """Return what is known of a count by single transferable vote when it was announced up to a stage.

    Args:
        data: what was declared when all was counted.
        row: the announcement.
        elected: who was elected by then; None where that is not stated.
    """
    stages = data.get("stages")
    said_then = {name: value for name, value in data.items() if name not in ("elected", "declared_at", "stages")}
    if isinstance(stages, list) and row.stage > 1:
        said_then["stages"] = stages[: row.stage - 1]
    said_elected: dict[str, object] = {} if elected is None else {"elected": list(elected)}
    return {"kind": "stage", **said_then, "declared_at": row.declared_at, **said_elected}


def _places_of_declarations(first: Mapping[str, Ballot], steps: Sequence[Step]) -> dict[str, Place]:
    """Return where each contest's first line stands in time, known or not."""
    known = {
        ballot_id: place_in_time(ballot.contest.declared_at)
        for ballot_id, ballot in first.items()
        if ballot.contest.declared_at is not None
    }
    counted = [place for ballot_id, place in known.items() if first[ballot_id].poll == "held"]
    known |= {
        ballot_id: place_in_time(ballot.announced[0].declared_at)
        for ballot_id, ballot in first.items()
        if ballot.announced
    }
    places: dict[str, Place] = {}
    for ballot_id, ballot in first.items():
        corrected_at = _corrected_at(step for step in steps if step.ballot_id == ballot_id)
        if ballot_id in known:
            # It was declared before it was corrected, also on a day whose hour is unknown.
            places[ballot_id] = min([known[ballot_id], *corrected_at])
            continue
        day = polling_day(ballot_id)
        polled = _EARLIEST if day is None else place_in_time(day.isoformat())
        if ballot.poll != "held":
            # Known since before polling day.
            places[ballot_id] = _EARLIEST
            continue
        latest = max([polled, *counted])[0], _AFTER
        places[ballot_id] = min([latest, *corrected_at])
    return places


def _corrected_at(steps: Iterable[Step]) -> list[Place]:
    """Return when declarations were corrected."""
    return [place_in_time(step.moment) for step in steps if any(corrected(step, of_declaration=True))]


def encode(event: Mapping[str, object]) -> bytes:
    """Return an event as one line, without its end."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def declared(ballot: Ballot) -> dict[str, object] | None:
    """Return what was declared, without contest and revision; None when the tables do not say enough.

    The votes of all candidates are enough; so is the final round of the supplementary vote, with the first preferences
    of those who were in it; so are names alone where nobody had to vote, and that there was no poll.
    """
    rows, contest = ballot.candidates, ballot.contest
    read_out = contest.declared_at if contest.declared_at is not None and not is_day(contest.declared_at) else None
    if ballot.poll == "uncontested":
        elected = [candidate for candidate, row in rows.items() if row.elected is not False]
        return {"kind": "uncontested", "declared_at": read_out, "elected": elected}
    if ballot.poll != "held":
        return {"kind": ballot.poll, "declared_at": read_out, "reason": contest.poll_reason or NO_REASON}
    votes = {candidate: row.votes_cast for candidate, row in rows.items() if row.votes_cast is not None}
    final = {candidate: row.final_round_votes for candidate, row in rows.items() if row.final_round_votes is not None}
    elected = _elected(ballot)
    if len(votes) < len(rows) and not (final and final.keys() <= votes.keys()):
        return None
    data: dict[str, object] = {"votes": votes}
    if final:
        data["final_round"] = final
    data |= _of_stages(ballot)
    data |= {"declared_at": read_out, "elected": elected or None}
    if lot := [candidate for candidate, row in rows.items() if row.tied_vote_winner]:
        data["lot"] = lot
    data |= {"rejected": contest.rejected}
    if heads := _heads(contest):
        data["rejected_by_head"] = heads
    data |= {"papers": contest.papers}
    if areas := _areas(ballot):
        data["areas"] = areas
    return data


def _elected(ballot: Ballot) -> list[str]:
    """Return who was declared elected: by their stage, where it is stated; lists in the order of their seats."""
    if ballot.contest.voting_system in LISTS:
        return list(ballot.contest.elected_order or ())
    elected = [(row.elected_at or 0, candidate) for candidate, row in ballot.candidates.items() if row.elected]
    return [candidate for _, candidate in sorted(elected)]


def _of_stages(ballot: Ballot) -> dict[str, object]:
    """Return quota and stages; who was elected at the end of each, where it is stated of anybody."""
    quota = {} if ballot.contest.quota is None else {"quota": ballot.contest.quota}
    if not ballot.stages:
        # Who were all elected on first preferences had no further stage; else the stages are not known.
        at_once = sum(row.elected_at == 1 for row in ballot.candidates.values()) == ballot.contest.seats
        return {**quota, **({"stages": []} if at_once else {})}
    elected_at = {one: row.elected_at for one, row in ballot.candidates.items() if row.elected_at is not None}
    stages = [
        stage.stated([one for one, at in elected_at.items() if at == stage.number] if elected_at else None)
        for stage in ballot.stages
    ]
    return {**quota, "stages": stages}


def _heads(contest: ContestRow) -> dict[str, int]:
    """Return the rejected papers by head, those heads that are stated."""
    columns = [name for name in ContestRow.columns() if name.startswith(_HEADS)]
    return {name.removeprefix(_HEADS): number for name in columns if (number := getattr(contest, name)) is not None}


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
        **_time(moment),
        **({"test": True} if test else {}),
        "data": {"ballot_id": ballot_id, "revision": revision, **data},
    }


def _amendment(step: Step, number: int, party_of: PartyOf, *, test: bool) -> dict[str, object]:
    data: dict[str, object] = {"ballot_id": step.ballot_id}
    candidates: dict[str, dict[str, object]] = {}
    for row, about in corrected(step, of_declaration=False):
        subject = about if about is None else step.earlier_ids.get(about, about)
        now = None if about is None else step.after.candidates[about]
        if subject is None or now is None:
            field = "name" if row.column == "contest_name" else row.column
            data[field] = getattr(step.after.contest, row.column)
            continue
        change = candidates.setdefault(subject, {})
        if row.column in ("person_name", "stands"):
            change["name"] = now.person_name
        if row.column in ("party_id", "stands"):
            change["party"] = party_of(now)
        if row.column == "stands":
            change["stands"] = True
        if row.column == "person_id":
            change["id"] = about
    if candidates:
        data["candidates"] = candidates
    data |= _noted("reason", step, of_declaration=False)
    return {
        "specversion": "1.0",
        "id": f"{place_of(step.ballot_id)}-amendment-{number}",
        "source": DESK,
        "type": "tallywire.amendment.v1",
        "subject": step.ballot_id,
        **_time(step.moment),
        **({"test": True} if test else {}),
        "data": data,
    }


def _day_alone(ballot: Ballot) -> dict[str, object]:
    """Return a note of the day of declaration, where its hour is unknown."""
    declared_at = ballot.contest.declared_at
    return {"note": f"declared on {declared_at}"} if declared_at is not None and is_day(declared_at) else {}


def _time(moment: str | None) -> dict[str, object]:
    """Return an event's time; none where only its day is known."""
    return {"time": moment} if moment is not None and not is_day(moment) else {}


def _noted(field: str, step: Step, *, of_declaration: bool) -> dict[str, object]:
    """Return what is noted about corrections: why, and on which day where the event has no time to say it."""
    note = said(tuple(row for row, _ in corrected(step, of_declaration=of_declaration)))
    if is_day(step.moment):
        day = f"corrected on {step.moment}"
        note = day if note is None else f"{note[: NAME_LENGTH_MAX - len(day) - 2]}; {day}"
    return {} if note is None else {field: note[:NAME_LENGTH_MAX]}
