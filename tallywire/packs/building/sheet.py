"""Reads the bytes of a CSV file as records, whatever program saved it, and names what keeps it from being one."""

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TABLE_BYTES_MAX: Final = 64 * 2**20
"""A table is read whole; 10,000 contests with their candidates have 10 MB in Democracy Club's widest export."""

HEADER_WITHIN: Final = 30
"""The names of the columns are looked for in so many records: spreadsheets have titles above them."""

_QUOTES_MAX: Final = 100
"""A file with more quotes that are not closed than this is not read to its end: each costs a search through it."""

_DELIMITERS: Final = ",;\t|"

_NOT_TABLES: Final = (
    (b"PK\x03\x04", "a workbook or an archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x1f\x8b", "a compressed file"),
    (b"%PDF", "a PDF"),
    (b"{", "JSON"),
    (b"[", "JSON"),
    (b"<", "a web page or XML"),
)
"""How files begin that are often given a name that ends in .csv."""

_SEPARATOR_LINE: Final = re.compile(r'"?sep=.?"?[,;\t|]*(?:\r\n|\r|\n|$)', re.IGNORECASE)
"""Excel's own first line, which says what stands between two cells. It counts as no row there."""

_HYPHENS: Final = re.compile("[\u2010\u2011]")
"""Hyphens that are not the one on a keyboard: what a word processor makes of it. Dashes are no hyphens."""

_BLANKS: Final = re.compile("[ \t\r\n\u00a0\u2000-\u200a\u202f\u3000]+")
"""What stands between two words of a cell. Those that nobody can see are not among them: they are a fault."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a file."""

    row: int
    """Its number, as a spreadsheet counts."""
    cells: tuple[str, ...]
    """Its cells, with single blanks and none around them; of a broken one those before the fault."""
    broken: str = ""
    """Why it cannot be read; empty when it can."""

    @property
    def filled(self) -> tuple[str, ...]:
        """The cells that hold something."""
        return tuple(filter(None, self.cells))


@dataclass(frozen=True, slots=True)
class Sheet:
    """The records of a file."""

    records: tuple[Record, ...] = ()
    """Those that hold something, in their order."""
    fault: str = ""
    """What is wrong with the file as a whole; there may be records all the same."""


def read_sheet(path: Path, known: Collection[str]) -> Sheet:
    """Read a file as records.

    Args:
        path: a CSV file, with any of the usual delimiters, in UTF-8 or UTF-16.
        known: names of columns, as ``column_name`` returns them: by them the delimiter is found.
    """
    try:
        if path.stat().st_size > TABLE_BYTES_MAX:
            return Sheet(fault=f"is too large: a table has {TABLE_BYTES_MAX:,} bytes at most")
        raw = path.read_bytes()
    except FileNotFoundError:
        return Sheet(fault="is missing")
    except OSError as error:
        return Sheet(fault=f"cannot be read: {error.strerror}")
    for begin, what in _NOT_TABLES:
        if raw.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(begin):
            return Sheet(fault=f"is {what}, not CSV: open it in a spreadsheet and save it as CSV UTF-8")
    text, fault = _decoded(raw)
    if separator := _SEPARATOR_LINE.match(text):
        text = text[separator.end() :]
    records = tuple(record for record in _records(text, _delimiter(text, known)) if record.filled or record.broken)
    if not records:
        return Sheet(fault="is empty: the first row has the names of the columns")
    return Sheet(records, fault)


def column_name(cell: str) -> str:
    """Return the name of a column as it is written here: ``ballot_paper_id`` for ``Ballot Paper ID``."""
    # Files that were put together have byte order marks in the middle.
    name = cell.strip("\ufeff").strip().rstrip(":*").rstrip()
    return re.sub("[\\s\u2010-\u2015\u2212-]+", "_", name.casefold())


def _decoded(raw: bytes) -> tuple[str, str]:
    """Return the text, and what is wrong with it."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in raw[:4]:
        # Excel's "Unicode text"; some programs leave its mark out.
        big = raw.startswith(b"\xfe\xff") or raw[:1] == b"\x00"
        text = raw.decode("utf-16-be" if big else "utf-16-le", errors="replace")
        return text.removeprefix("\ufeff"), ""
    try:
        return raw.decode("utf-8-sig"), ""
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n|\r|\n", error.object[: error.start])) + 1
        # Most likely Excel's plain CSV. It is read on for the other faults alone: nobody knows for certain.
        return raw.decode("cp1252", errors="replace"), f"is not UTF-8 on line {line}: save it as CSV UTF-8"


def _delimiter(text: str, known: Collection[str]) -> str:
    """Return what stands between two cells: what splits the header into the most names that are known."""
    top = re.split(r"\r\n|\r|\n", text, maxsplit=HEADER_WITHIN)[:HEADER_WITHIN]

    def names_found(delimiter: str) -> int:
        rows = [line.replace('"', "").split(delimiter) for line in top]
        return max(len({column_name(cell) for cell in row} & set(known)) for row in rows)

    return max(_DELIMITERS, key=names_found)


def _records(text: str, delimiter: str) -> Sequence[Record]:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True))
    except csv.Error:
        return tuple(_mended(re.split(r"\r\n|\r|\n", text), delimiter))
    return [Record(number, tuple(map(_cell, cells))) for number, cells in enumerate(rows, start=1)]


def _cell(text: str) -> str:
    """Return what a cell says: blanks around it say nothing, several in it or another kind are one, as are hyphens."""
    return _HYPHENS.sub("-", _BLANKS.sub(" ", text).strip())


def _mended(lines: Sequence[str], delimiter: str) -> Iterator[Record]:
    """Yield the records of a file that is not well-formed: after a quote that is not closed, the next line is a record.

    Slower than the library, which stops at the first fault and does not say where the quote opened.
    """
    at, row, broken = 0, 0, 0
    while at < len(lines):
        row += 1
        cells, end, opened = _split(lines, at, delimiter)
        if opened is None:
            yield Record(row, tuple(cells))
            at = end + 1
            continue
        broken += 1
        line = opened[0] + 1
        reason = f"has a quote that opens on line {line} and is not closed: close it; write one in a cell twice"
        if opened[1]:
            reason = (
                f"has a cell on line {line} that goes on behind the quote that closes it: put the whole cell in "
                'quotes, and write each quote in it twice, like """Bob"" Example"'
            )
        if broken == _QUOTES_MAX:
            yield Record(row, tuple(cells), f"{reason}; the rows after it were not read")
            return
        yield Record(row, tuple(cells), reason)
        at = opened[0] + 1


def _split(lines: Sequence[str], first: int, delimiter: str) -> tuple[list[str], int, tuple[int, bool] | None]:
    """Return the cells of the record that begins on a line, its last line, and the quote that is at fault.

    Of that one the line on which it opens, and whether it is closed before its cell ends. After it the record ends, and
    its cells are those before.
    """
    cells: list[str] = []
    at, place = first, 0
    while True:
        quote = re.compile(r' *"').match(lines[at], place)
        if quote is None:
            cell, more, _ = lines[at][place:].partition(delimiter)
            cells.append(_cell(cell))
            if not more:
                return cells, at, None
            place += len(cell) + 1
            continue
        opened = at
        closed = _closed(lines, at, quote.end())
        if closed is None:
            return cells, at, (opened, False)
        cell, at, place = closed
        rest = lines[at][place:].lstrip(" ")
        if rest and not rest.startswith(delimiter):
            # A quote that closes on another line is most likely one that opens there.
            return cells, at, (opened, at == opened)
        cells.append(_cell(cell))
        if not rest:
            return cells, at, None
        place = len(lines[at]) - len(rest) + 1


def _closed(lines: Sequence[str], at: int, place: int) -> tuple[str, int, int] | None:
    """Return what stands in quotes, and the line and the place behind the closing one; None when there is none."""
    parts: list[str] = []
    while at < len(lines):
        found = re.compile(r'((?:[^"]|"")*)(")?').match(lines[at], place)
        if found is None:
            return None
        parts.append(found[1].replace('""', '"'))
        if found[2]:
            return "\n".join(parts), at, found.end()
        at, place = at + 1, 0
    return None
