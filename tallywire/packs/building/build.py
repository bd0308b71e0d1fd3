"""Makes a pack from tables: reads them, finds every fault, and only then writes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from tallywire.packs.building.ballots import is_election_id, put_together
from tallywire.packs.building.columns import (
    BodyRow,
    CandidateRow,
    ContestRow,
    CorrectionRow,
    PartyRow,
    RegionRow,
    Row,
)
from tallywire.packs.building.declarations import encode, events
from tallywire.packs.building.fault_source import FaultSource
from tallywire.packs.building.history import take_back
from tallywire.packs.building.json_layout import lay_out
from tallywire.packs.building.missing import Gap, gaps, passed_over
from tallywire.packs.building.parties import PartyBook, bundled_parties
from tallywire.packs.building.register import Naming, RegisterWriter
from tallywire.packs.building.tables import Table, read_table
from tallywire.packs.faults import DECLARATIONS, REGISTER, check_declarations, check_register
from tallywire.packs.pack_fault import PackFault

RowT = TypeVar("RowT", bound=Row)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the tables are."""

    candidates: Path
    contests: Path
    bodies: Path | None = None
    regions: Path | None = None
    parties: Path | None = None
    corrections: Path | None = None


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
            return Table("", (), ())
        table, faults = read_table(path, model)
        self.faults += faults
        self.tables.append(table)
        return table


def build(sources: Sources, naming: Naming) -> Built:
    """Make a pack; the same tables make the same bytes.

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
    faults = reading.faults
    if not is_election_id(naming.election):
        reason = "is no election id: name the folder as Democracy Club would, pcc.2024-05-02"
        faults.append(PackFault(naming.election, "", reason))
    bundled = bundled_parties()
    faults += _circular(parties, bundled)
    if faults:
        # What lacks a row only because the row has a fault would be blamed for nothing.
        raise TablesError(faults)
    ballots, apart = put_together(naming.election, candidates, contests)
    first, steps, unfitting = take_back(ballots, corrections)
    if apart or unfitting:
        raise TablesError([*apart, *unfitting])
    book = PartyBook((*bundled.rows, *parties.rows), candidates.rows)
    writer = RegisterWriter(candidates, contests, bodies, regions, book)
    later = [row for step in steps for row in step.after.candidates.values()]
    value = writer.write(naming, first, later)
    if writer.faults:
        raise TablesError(writer.faults)
    register = f"{lay_out(value)}\n".encode()
    said = list(events(first, steps, writer.party_of, test=naming.test))
    lines = [encode(event) for _, event in said]
    source = FaultSource(first, [ballot_id for ballot_id, _ in said], candidates, contests, bodies)
    _check(register, lines, naming.election, source)
    return Built(
        register=register,
        declarations=b"".join(line + b"\n" for line in lines),
        contests=len(first),
        candidates=sum(len(ballot.candidates) for ballot in first.values()),
        lines=len(lines),
        gaps=tuple(gaps(first, bodies, book)),
        passed_over=passed_over(reading.tables),
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


def _check(register: bytes, lines: list[bytes], election: str, source: FaultSource) -> None:
    """Ask what the services would refuse, and say where it comes from."""
    model, faults = check_register(register, election)
    found = [source.of_register(fault) for fault in faults]
    if model is not None:
        found += [source.of_line(fault) for fault in check_declarations(lines, election, model)]
    if found:
        raise TablesError(found)
