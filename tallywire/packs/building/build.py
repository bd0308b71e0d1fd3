"""Makes a pack from tables: reads them, finds every fault, and only then writes."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from schemas.register import VotingSystem
from schemas.rehearsals import rehearsed
from tallywire.packs.building.ballots import Ballot, contests_of_export, is_election_id, put_together
from tallywire.packs.building.checking import refusals, written
from tallywire.packs.building.columns import (
    AnnouncementRow,
    BodyRow,
    CandidateRow,
    ContestRow,
    CorrectionRow,
    PartyRow,
    PersonRow,
    RegionRow,
    Row,
    StageRow,
)
from tallywire.packs.building.dates import check_contest_dates, check_correction_dates
from tallywire.packs.building.declarations import encode, lines
from tallywire.packs.building.fault_source import FaultSource
from tallywire.packs.building.history import take_back
from tallywire.packs.building.lists import with_people
from tallywire.packs.building.missing import Gap, gaps, notes_passed_over, passed_over
from tallywire.packs.building.parties import PartyBook, bundled_parties
from tallywire.packs.building.referendums import with_answers
from tallywire.packs.building.register import Naming, RegisterWriter
from tallywire.packs.building.stages import counted_by_stages
from tallywire.packs.building.tables import Table, read_table, repeated
from tallywire.packs.faults import DECLARATIONS, REGISTER
from tallywire.packs.pack_fault import PackFault
from tallywire.packs.times import polling_day

RowT = TypeVar("RowT", bound=Row)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the tables are."""

    candidates: Path
    contests: Path | None = None
    """None when the candidates' table says what is needed of the contests, as Democracy Club's exports do."""
    bodies: Path | None = None
    regions: Path | None = None
    parties: Path | None = None
    corrections: Path | None = None
    people: Path | None = None
    stages: Path | None = None
    announcements: Path | None = None


@dataclass(frozen=True, slots=True)
class Built:
    """A pack without fault that lies in memory."""

    register: bytes
    """What ``register.json`` says."""
    declarations: bytes
    """What ``declarations.jsonl`` says."""
    contests: int
    candidates: int
    lines: int
    gaps: tuple[Gap, ...]
    """What nobody told."""
    passed_over: dict[str, tuple[str, ...]]
    """Columns that were not read, by file."""
    notes: dict[str, tuple[str, ...]]
    """Rows that were not read, titles and remarks, by file."""


class TablesError(Exception):
    """No pack can be made of the tables; it carries every fault."""

    def __init__(self, faults: Iterable[PackFault]) -> None:
        self.faults: Final = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(slots=True)
class _Reading:
    """Reads tables and gathers their faults."""

    faults: list[PackFault] = field(default_factory=list)
    tables: list[Table[Row]] = field(default_factory=list)

    def read(self, path: Path | None, model: type[RowT]) -> Table[RowT]:
        if path is None:
            return Table("")
        table, faults = read_table(path, model)
        self.faults += faults
        self.tables.append(table)
        return table


def build(sources: Sources, naming: Naming, voting_system: VotingSystem | None = None) -> Built:
    """Make a pack; the same tables make the same bytes.

    Args:
        sources: the tables.
        naming: what the election is called.
        voting_system: how votes become winners, where no table of contests says it.

    Raises:
        TablesError: there are faults in the tables, or the services would refuse what they say.
    """
    reading = _Reading()
    candidates = reading.read(sources.candidates, CandidateRow)
    contests = reading.read(sources.contests, ContestRow)
    bodies = reading.read(sources.bodies, BodyRow)
    regions = reading.read(sources.regions, RegionRow)
    parties = reading.read(sources.parties, PartyRow)
    corrections = reading.read(sources.corrections, CorrectionRow)
    people = reading.read(sources.people, PersonRow)
    stages = reading.read(sources.stages, StageRow)
    announcements = reading.read(sources.announcements, AnnouncementRow)
    faults = reading.faults
    for once in (bodies, regions, parties):
        faults += repeated(once)
    if not (candidates.rows or candidates.left_out or candidates.left_out_unknown):
        reason = "has no rows below the names of its columns: an election has at least one candidate"
        faults.append(candidates.header_fault("", reason))
        candidates = replace(candidates, left_out_unknown=True)
    candidates, of_answers = with_answers(candidates, contests)
    if sources.contests is None:
        contests, missing = contests_of_export(candidates, voting_system)
        faults += missing
    if not is_election_id(rehearsed(naming.election)):
        reason = "is no election id: name the folder as Democracy Club would, pcc.2024-05-02"
        if re.search(r"\.\d{4}-\d{2}-\d{2}$", naming.election) and polling_day(naming.election) is None:
            reason = "ends with a day that does not exist: name the folder with the polling day, like pcc.2024-05-02"
        faults.append(PackFault(naming.election, "", reason))
        naming = replace(naming, election=_most_likely(contests.rows, naming.election))
    bundled = bundled_parties()
    faults += _circular(parties, bundled)
    ballots, apart = put_together(naming.election, candidates, contests)
    book = PartyBook((*bundled.rows, *of_answers, *parties.rows), (*candidates.rows, *people.rows))
    ballots, unlisted = with_people(ballots, people, contests, book)
    ballots, uncounted = counted_by_stages(ballots, candidates, stages, announcements)
    faults += [*unlisted, *uncounted]
    first, steps, unfitting = take_back(ballots, corrections, book)
    faults += [*apart, *unfitting, *_strangers(ballots, contests, corrections)]
    faults += [
        *check_contest_dates(naming.election, ballots, contests),
        *check_correction_dates(naming.election, ballots, corrections),
    ]
    writer = RegisterWriter(candidates, contests, bodies, regions, book)
    later = [row for step in steps for row in step.after.candidates.values()]
    register = writer.write(naming, first, later)
    faults += writer.faults
    said = lines(first, steps, writer.party_of, test=naming.test)
    source = FaultSource(ballots, said, candidates, contests, bodies, corrections, people, stages)
    seats_known = not (contests.left_out or contests.left_out_unknown or bodies.left_out or bodies.left_out_unknown)
    seats_known = seats_known and not any(fault.file.startswith(f"{bodies.file}:") for fault in faults)
    at_fault = {fault.file for fault in faults} | writer.rows_at_fault
    unsound = _unsound(ballots, at_fault, (candidates, contests, corrections, people, stages, announcements))
    faults += refusals(register, said, source, unsound, bodies=seats_known)
    if faults:
        raise TablesError(_in_order(faults, reading.tables))
    return Built(
        register=written(register),
        declarations=b"".join(encode(line.event) + b"\n" for line in said),
        contests=len(first),
        candidates=sum(len(ballot.candidates) for ballot in first.values()),
        lines=len(said),
        gaps=tuple(gaps(first, bodies, book)),
        passed_over=passed_over(reading.tables),
        notes=notes_passed_over(reading.tables),
    )


def write(built: Built, folder: Path) -> None:
    """Write a pack into a folder; whole files only, so that nobody finds half a pack.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in ((REGISTER, built.register), (DECLARATIONS, built.declarations)):
        draft = folder / f"{name}.part"
        draft.write_bytes(content)
        draft.replace(folder / name)


def _circular(parties: Table[PartyRow], bundled: Table[PartyRow]) -> Iterable[PackFault]:
    known = {row.party_id: row for row in (*bundled.rows, *parties.rows)}
    for row in parties.rows:
        if row.counts_as is None:
            continue
        main = known.get(row.counts_as)
        if main is None:
            yield parties.fault(row, "counts_as", f"names {row.counts_as}, which no list of parties has: add it")
        elif main.counts_as is not None:
            reason = f"names {row.counts_as}, which counts as {main.counts_as} itself: name the main party"
            yield parties.fault(row, "counts_as", reason)


def _strangers(
    ballots: Mapping[str, Ballot], contests: Table[ContestRow], corrections: Table[CorrectionRow]
) -> Iterable[PackFault]:
    """Yield corrections of contests that no table has."""
    listed = {row.ballot_paper_id for row in contests.rows} | ballots.keys()
    for row in corrections.rows:
        if row.ballot_paper_id not in listed and not contests.may_have(row.ballot_paper_id):
            yield corrections.fault(row, "ballot_paper_id", f"is {row.ballot_paper_id}, which is no contest here")


def _most_likely(contests: Sequence[ContestRow], otherwise: str) -> str:
    """Return the election that the contests are of, where the folder's name does not tell."""
    for row in contests:
        kind, *_, day = row.ballot_paper_id.split(".")
        return f"{kind}.{day}"
    return otherwise


def _unsound(
    ballots: Mapping[str, Ballot],
    at_fault: Collection[str],
    tables: Sequence[Table[Any]],
) -> set[str]:
    """Return the contests about which a row has a fault: what follows from such a row is no fault of its own."""
    about = {row.ballot_paper_id for table in tables for row in table.rows if f"{table.file}:{row.row}" in at_fault}
    return {
        ballot_id for ballot_id in ballots if ballot_id in about or any(ballot_id in table.left_out for table in tables)
    }


def _in_order(faults: Iterable[PackFault], tables: Sequence[Table[Row]]) -> list[PackFault]:
    """Return faults by table and row, each once."""
    files = [table.file for table in tables]

    def place(fault: PackFault) -> tuple[int, int]:
        file, _, row = fault.file.rpartition(":")
        if file in files and row.isdigit():
            return files.index(file), int(row)
        return (files.index(fault.file) if fault.file in files else -1), 0

    return sorted(dict.fromkeys(faults), key=place)
