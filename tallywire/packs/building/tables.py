"""Reads rows from CSV files, and names every fault by file, row and column.

A fault hides no other: what can be read is read, and a table knows which rows it leaves out.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Final, Generic, TypeVar

from pydantic import ValidationError

from tallywire.packs.building.cells import garbled, is_no_candidate
from tallywire.packs.building.columns import Row
from tallywire.packs.building.sheet import HEADER_WITHIN, Record, column_name, read_sheet
from tallywire.packs.pack_fault import PackFault

_CELL_SHOWN_MAX: Final = 60

_NOTE: Final = re.compile(
    r"((grand |sub-?|overall )?totals?|sources?|notes?|n\.?b\.?|figures|updated|last updated|published|data)\b"
    r"|©|\*|#|†|--",
    re.IGNORECASE,
)
"""How notes and sources begin, which people write below a table or above it."""

RowT = TypeVar("RowT", bound=Row)
RowT_co = TypeVar("RowT_co", bound=Row, covariant=True)


@dataclass(frozen=True, slots=True)
class Table(Generic[RowT_co]):
    """What a file holds."""

    file: str
    """The file's name; empty when there is none."""
    rows: tuple[RowT_co, ...] = ()
    """Its rows. Of a row with faults the cells that could be read, or nothing where a cell is needed."""
    not_read: tuple[str, ...] = ()
    """Columns that mean nothing here, in their order; with the name that may have been meant."""
    notes: tuple[str, ...] = ()
    """Rows that are no rows of the table, titles and remarks: their numbers, and how they begin."""
    header: int = 1
    """The row with the names of the columns."""
    left_out: frozenset[str] = frozenset()
    """What the rows are about that were left out for their faults, by the row's key: ballot ids, slugs."""
    left_out_unknown: bool = False
    """Whether rows were left out of which nobody can tell what they are about."""
    called: Mapping[str, str] = field(default_factory=dict)
    """Columns that have another name in this file."""
    has: frozenset[str] = frozenset()
    """The columns that are there."""

    def fault(self, row: Row, column: str, reason: str) -> PackFault:
        """Return a fault at a place in this table."""
        return at(self.file, row.row, self.called.get(column, column), reason)

    def header_fault(self, column: str, reason: str) -> PackFault:
        """Return a fault at the names of the columns."""
        return at(self.file, self.header, column, reason)

    def may_have(self, key: str) -> bool:
        """Whether a row that was left out is about ``key``, or may be: then nobody can say that there is none."""
        return self.left_out_unknown or key in self.left_out


def repeated(table: Table[Row]) -> Iterator[PackFault]:
    """Yield rows that are about the same thing as an earlier one of a table that has one row for each."""
    first: dict[object, int] = {}
    for row in table.rows:
        # Two regions may have one name, and then an id each.
        column = "slug" if getattr(row, "slug", None) else row.KEY
        key = getattr(row, column)
        if first.setdefault(key, row.row) != row.row:
            yield table.fault(row, column, f"is {key}, as on row {first[key]}: keep one row for each")


def at(file: str, row: int, column: str, reason: str) -> PackFault:
    """Return a fault at a place in a table; rows are counted as a spreadsheet does."""
    return PackFault(f"{file}:{row}", column, reason)


def read_table(path: Path, model: type[RowT]) -> tuple[Table[RowT], tuple[PackFault, ...]]:
    """Read a table; columns that the model does not know are passed over.

    Args:
        path: a CSV file with a header.
        model: what a row is.
    """
    names = {*model.columns(), *model.OLDER, *model.ELSEWHERE}
    sheet = read_sheet(path, names)
    faults = [PackFault(path.name, "", sheet.fault)] if sheet.fault else []
    if not sheet.records:
        return Table(path.name, left_out_unknown=True), tuple(faults)
    # A cell of a row may be called as a column is: Elected.
    top = max(sheet.records[:HEADER_WITHIN], key=lambda record: len(_names(record) & names))
    header = _Header(path.name, top, model)
    if not header.known:
        faults.append(header.nothing_known())
        return Table(path.name, left_out_unknown=True), tuple(faults)
    reading = _Reading(header, [*faults, *header.faults()])
    for record in sheet.records:
        reading.read(record)
    return reading.table(), tuple(reading.faults)


@cache
def _columns() -> frozenset[str]:
    """Return the columns of all tables, by all their names."""
    models = Row.__subclasses__()
    return frozenset(name for model in models for name in (*model.columns(), *model.OLDER, *model.ELSEWHERE))


def _names(record: Record) -> set[str]:
    return set(map(column_name, record.cells))


@dataclass(frozen=True, slots=True)
class _Header:
    """The names of the columns, and what is wrong with them."""

    file: str
    record: Record
    model: type[Row]
    names: tuple[str, ...] = field(init=False)
    """The columns in their order."""
    named: Mapping[str, int] = field(init=False)
    """Where each column stands that the model knows; of two with one name the first counts."""
    known: Mapping[str, int] = field(init=False)
    """The same with those that have another name, where one that is needed is missing, which is a fault: they are read
    as what is most likely meant, so that what is wrong below them is told in the same run."""

    def __post_init__(self) -> None:
        names = tuple(map(column_name, self.record.cells))
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "named", {name: names.index(name) for name in self.model.columns() if name in names})
        meant = {name: place for place, name in self._meant().items()} if self.missing else {}
        object.__setattr__(self, "known", {**self.named, **meant})

    @property
    def missing(self) -> list[str]:
        """The columns that are needed and not there under their name."""
        columns = self.model.columns()
        return [name for name in columns if self.model.model_fields[name].is_required() and name not in self.named]

    def is_guessed(self, column: str) -> bool:
        """Whether a column that is not needed is read under a name that may mean another thing."""
        other = self.called.get(column)
        return other is not None and column not in self.missing and column_name(other) not in self.model.OLDER

    @property
    def called(self) -> Mapping[str, str]:
        """The names that columns have in this file, of those that are read under another."""
        return {name: self.record.cells[place] for name, place in self.known.items() if name not in self.named}

    def nothing_known(self) -> PackFault:
        """Return the fault of a file of which no row has the name of a column."""
        if len(self.record.filled) == 1 and self._names_within():
            reason = "is one cell, for all of it stands in quotes: save each cell in quotes of its own, or none in any"
            return at(self.file, self.record.row, "", reason)
        hints = "".join(f"; {meant} may be {self.record.cells[place]}" for place, meant in self._meant().items())
        reason = (
            f"has no name of a column, nor has any row near it: the columns needed are {', '.join(self.missing)}, "
            f"all known ones {', '.join(self.model.columns())}{hints}"
        )
        return at(self.file, self.record.row, "", reason)

    def faults(self) -> Iterator[PackFault]:
        """Yield columns that are there twice, and those that are missing."""
        for name in self.named:
            if self.names.count(name) > 1:
                yield at(self.file, self.record.row, name, "is the name of two columns: keep one of them")
        if not self.missing:
            return
        meant = {column: self.record.cells[place] for place, column in self._meant().items()}
        known = f"; known ones are {', '.join(self.model.columns())}"
        for name in self.missing:
            hint = f", or rename {meant[name]} where that is it" if name in meant else ""
            where = f" ({self.model.WHERE[name]})" if name in self.model.WHERE else ""
            yield at(self.file, self.record.row, name, f"is missing: add this column{where}{hint}{known}")
            known = ""
        # Who mends a header wants to know all of it.
        for name, other in meant.items():
            if name not in self.missing:
                older = ", as older exports call it" if column_name(other) in self.model.OLDER else ""
                reason = (
                    f"is missing, but {other} is there{older}: rename that column{'' if older else ' where that is it'}"
                )
                yield at(self.file, self.record.row, name, reason)

    def not_read(self) -> tuple[str, ...]:
        """Return the columns that are passed over, with what may be meant by them."""
        meant = self._meant()
        return tuple(
            f"{cell} ({meant[place]}?)" if place in meant else cell
            for place, cell in enumerate(self.record.cells)
            if cell and self.names[place] not in self.named
        )

    def _names_within(self) -> bool:
        """Whether the one cell that the row has holds names of columns itself."""
        within = {column_name(part) for part in re.split(r"[,;\t|]", next(iter(self.record.filled), ""))}
        return len(within & set(self.model.columns())) > 1

    def _meant(self) -> dict[int, str]:
        """Return the columns of the model that are not there, by the place of the column that may be meant as one."""
        absent = [name for name in self.model.columns() if name not in self.named]
        found: dict[int, str] = {}
        for place, name in enumerate(self.names):
            if not name or name in self.named:
                continue
            other = self.model.OLDER.get(name) or self.model.ELSEWHERE.get(name)
            # What another table calls a column is no misspelt one of this.
            near = (
                [other] if other else get_close_matches(name, absent, n=1, cutoff=0.8) if name not in _columns() else []
            )
            if near and near[0] in absent and near[0] not in found.values():
                found[place] = near[0]
        return found


@dataclass(slots=True)
class _Reading:
    """Reads the records of one file and gathers their faults."""

    header: _Header
    faults: list[PackFault]
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)
    left_out_unknown: bool = False
    _about: str = ""
    """What the row before is about."""
    _next_is_about_it: bool = False
    """Whether the row before was left out, and most likely is about the same as this one."""

    def read(self, record: Record) -> None:
        """Take a record in: as a row, as a note that is passed over, or with its faults."""
        top = self.header.record
        if record.row == top.row:
            return
        key = self._key(record)
        if record.row < top.row or (key is None and self._is_note(record)):
            first = next(iter(record.filled), "")
            self.notes.append(f"{record.row} ({first[:_CELL_SHOWN_MAX]})")
            return
        if self._next_is_about_it and key is not None:
            self.left_out.add(key)
            self._next_is_about_it = False
        if reason := record.broken or self._shifted(record):
            self.faults.append(at(self.header.file, record.row, "", reason))
            self._leave_out(key)
        else:
            self._read_cells(record, key)
        self._about = key or self._about

    def _read_cells(self, record: Record, key: str | None) -> None:
        cells = {name: record.cells[place] for name, place in self.header.known.items() if record.cells[place]}
        model = self.header.model
        self._compare(record, cells)
        spoilt = {column: reason for column, cell in cells.items() if (reason := garbled(cell)) is not None}
        try:
            self.rows.append(model.model_validate({"row": record.row} | cells))
            self._tell(record, spoilt)
        except ValidationError as error:
            wrong = {**dict(_in_words(error, cells)), **spoilt}
            # One column that is not there is one fault.
            told = {
                column: reason
                for column, reason in wrong.items()
                if column in self.header.known and not self.header.is_guessed(column)
            }
            if model.KEY not in cells and model.KEY in told and self._about:
                told[model.KEY] += "; a spreadsheet's merged cell has it in its first row alone: write it in each"
            self._tell(record, told)
            if any(model.model_fields[column].is_required() for column in wrong):
                self._leave_out(key)
                return
            rest = {name: cell for name, cell in cells.items() if name not in wrong}
            self.rows.append(model.model_validate({"row": record.row} | rest))

    def _tell(self, record: Record, wrong: Mapping[str, str]) -> None:
        """Note what is wrong with cells of a record, by the columns of the model."""
        called = self.header.called
        self.faults += [
            at(self.header.file, record.row, called.get(column, column), reason) for column, reason in wrong.items()
        ]

    def _compare(self, record: Record, cells: Mapping[str, str]) -> None:
        """Note columns that say the same as another one, and here do not."""
        for other, column in self.header.model.SAME.items():
            if other not in self.header.names or column not in cells:
                continue
            cell = record.cells[self.header.names.index(other)]
            if cell and self._meaning(column, cell) != self._meaning(column, cells[column]):
                reason = (
                    f"is {cell!r}, but {column} is {cells[column]!r}: they are to say the same; leave one of them out"
                )
                self.faults.append(at(self.header.file, record.row, other, reason))

    def _meaning(self, column: str, cell: str) -> object:
        try:
            return self.header.model.read_cell(column, cell)
        except ValidationError:
            return cell

    def table(self) -> "Table[RowT]":
        """Return what was read."""
        return Table(
            self.header.file,
            tuple(self.rows),  # type: ignore[arg-type]  # rows of the model that the caller named
            self.header.not_read(),
            tuple(self.notes),
            self.header.record.row,
            frozenset(self.left_out),
            self.left_out_unknown,
            self.header.called,
            frozenset(self.header.known),
        )

    def _leave_out(self, key: str | None) -> None:
        if key is not None:
            self.left_out.add(key)
            return
        self.left_out_unknown = self._next_is_about_it = True
        self.left_out.add(self._about)

    def _key(self, record: Record) -> str | None:
        """Return what a record is about, where that can be read."""
        place = self.header.known.get(self.header.model.KEY)
        if place is None or place >= len(record.cells) or not record.cells[place]:
            return None
        try:
            return str(self.header.model.read_cell(self.header.model.KEY, record.cells[place]))
        except ValidationError:
            return None

    def _is_note(self, record: Record) -> bool:
        """Whether a record that is about nothing is a remark, a sum or the header again, by how it begins or alone."""
        if record.broken:
            return False
        first = next(iter(record.filled))
        if _NOTE.match(first) or is_no_candidate(first) or tuple(map(column_name, record.cells)) == self.header.names:
            return True
        place = record.cells.index(first)
        column = self.header.names[place] if place < len(self.header.names) else ""
        if len(record.filled) > 1 or column not in self.header.known:
            return len(record.filled) == 1
        try:
            self.header.model.read_cell(column, first)
        except ValidationError:
            return True
        return False

    def _shifted(self, record: Record) -> str:
        """Return why the cells of a record may stand under the wrong names."""
        columns, cells = len(self.header.names), len(record.cells)
        if any(record.cells[columns:]):
            return f"has {cells} cells, but there are {columns} columns: quote a cell that has a comma"
        if cells < columns:
            return f"has {cells} cells for {columns} columns: a cell is missing; leave an empty one for what is unknown"
        return ""


def _in_words(error: ValidationError, cells: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the column and the reason of each thing wrong with a row, the first of each column."""
    told: set[str] = set()
    for detail in error.errors(include_url=False):
        column = str(detail["loc"][0])
        if column in told:
            continue
        told.add(column)
        cell = cells.get(column, "")
        shown = repr(cell if len(cell) <= _CELL_SHOWN_MAX else f"{cell[:_CELL_SHOWN_MAX]}…")
        message = f"{detail['msg'][:1].lower()}{detail['msg'][1:]}"
        match detail["type"]:
            case "missing":
                yield column, "is empty: it is needed in every row"
            case "column":
                yield column, detail["msg"]
            case "literal_error":
                yield column, f"is {shown}: write {detail['ctx']['expected']}"
            case "invisible_character" if "\n" in cell:
                yield column, f"has a line break in it (here {shown}): close the quote before it, or leave it out"
            case "not_a_time" | "no_offset" | "invisible_character":
                yield column, f"{detail['msg']} (here {shown})"
            case "string_pattern_mismatch":
                # Many a dash looks like a hyphen.
                odd = next((f", which has U+{ord(sign):04X} in it" for sign in cell if not sign.isascii()), "")
                yield column, f"is {shown}{odd}: write it like {_EXAMPLES.get(column, detail['ctx']['pattern'])}"
            case _:
                yield column, f"is {shown}: {message}"


_EXAMPLES: Final = {
    "ballot_paper_id": "pcc.norfolk.2024-05-02, Democracy Club's id of one ballot paper",
    "person_id": "12345 or sarah-taylor, in small letters, digits and hyphens",
    "party_id": "PP53 or joint-party:53-119; a party without an id has one of your own, local:residents",
    "body": "north-yorkshire, in small letters, digits and hyphens",
    "total": "806.07214",
    "slug": "north-yorkshire, in small letters, digits and hyphens",
    "colour": "#E4003B",
}
"""How ids are written, by column."""
