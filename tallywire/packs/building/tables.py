"""Reads rows from CSV files, and names every fault by file, row and column."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, TypeVar

from pydantic import ValidationError

from tallywire.packs.building.columns import Row
from tallywire.packs.pack_fault import PackFault

TABLE_BYTES_MAX: Final = 64 * 2**20
"""A table is read whole; 10,000 contests with their candidates have 10 MB in Democracy Club's widest export."""

_CELL_SHOWN_MAX: Final = 60

RowT = TypeVar("RowT", bound=Row)
RowT_co = TypeVar("RowT_co", bound=Row, covariant=True)


@dataclass(frozen=True, slots=True)
class Table(Generic[RowT_co]):
    """What a file holds."""

    file: str
    """The file's name."""
    rows: tuple[RowT_co, ...]
    """Its rows, those with faults left out."""
    not_read: tuple[str, ...]
    """Columns that mean nothing here, in their order."""

    def fault(self, row: Row, column: str, reason: str) -> PackFault:
        """Return a fault at a place in this table."""
        return at(self.file, row.row, column, reason)


def at(file: str, row: int, column: str, reason: str) -> PackFault:
    """Return a fault at a place in a table; rows are counted as a spreadsheet does, the header as 1."""
    return PackFault(f"{file}:{row}", column, reason)


def read_table(path: Path, model: type[RowT]) -> tuple[Table[RowT], tuple[PackFault, ...]]:
    """Read a table; columns that the model does not know are passed over.

    Args:
        path: a CSV file in UTF-8 with a header.
        model: what a row is.
    """
    try:
        header, *records = _records(path)
    except _Unreadable as error:
        return Table(path.name, (), ()), (PackFault(path.name, "", str(error)),)
    header = [name.strip() for name in header]
    if wrong := _header_faults(path.name, header, model):
        return Table(path.name, (), ()), wrong
    rows: list[RowT] = []
    faults: list[PackFault] = []
    for number, record in enumerate(records, start=2):
        if not any(map(str.strip, record)):
            continue
        if len(record) != len(header):
            reason = f"has {len(record)} cells, but there are {len(header)} columns: quote a cell that has a comma"
            faults.append(at(path.name, number, "", reason))
            continue
        cells = {name: cell.strip() for name, cell in zip(header, record, strict=True) if name in model.columns()}
        try:
            rows.append(model.model_validate({"row": number} | {name: cell for name, cell in cells.items() if cell}))
        except ValidationError as error:
            faults.extend(at(path.name, number, column, reason) for column, reason in _in_words(error, cells))
    known = model.columns()
    return Table(path.name, tuple(rows), tuple(name for name in header if name not in known)), tuple(faults)


class _Unreadable(ValueError):  # noqa: N818  # it is caught next door and told as a fault
    """A file is no table."""


def _records(path: Path) -> list[list[str]]:
    """Return the records of a CSV file, the header first."""
    try:
        if path.stat().st_size > TABLE_BYTES_MAX:
            raise _Unreadable(f"is too large: a table has {TABLE_BYTES_MAX:,} bytes at most")
        # Spreadsheets put a byte order mark before what they save as UTF-8.
        text = path.read_bytes().decode("utf-8-sig")
        records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except FileNotFoundError:
        raise _Unreadable("is missing") from None
    except OSError as error:
        raise _Unreadable(f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise _Unreadable(f"is not UTF-8 on line {line}: save it as CSV UTF-8") from None
    except csv.Error as error:
        raise _Unreadable(f"is not CSV: {error}") from None
    if not records or not any(records[0]):
        raise _Unreadable("is empty: the first row has the names of the columns")
    return records


def _header_faults(file: str, header: list[str], model: type[Row]) -> tuple[PackFault, ...]:
    known = model.columns()
    faults = [
        at(file, 1, name, "is the name of two columns: keep one of them") for name in known if header.count(name) > 1
    ]
    faults += [
        at(file, 1, name, f"is missing: add this column; known ones are {', '.join(known)}")
        for name in known
        if model.model_fields[name].is_required() and name not in header
    ]
    return tuple(faults)


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
            case "not_a_time" | "no_offset" | "invisible_character":
                yield column, f"{detail['msg']} (here {shown})"
            case _:
                yield column, f"is {shown}: {message}"
