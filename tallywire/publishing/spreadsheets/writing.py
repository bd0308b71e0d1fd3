"""How a table is written: cells, lines, and what each line ends with."""

import csv
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from jiter import from_json

from tallywire.publishing.documents import View
from tallywire.publishing.event import Event
from tallywire.publishing.spreadsheets.columns import OF_EACH, Columns

MEDIA_TYPE: Final = "text/csv; header=present; charset=utf-8"

MARK: Final = "\ufeff"
"""Without a byte order mark Excel takes UTF-8 for the encoding of its country."""

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001  # spreadsheets take them, too
"""What a text must not begin with, or a spreadsheet calculates it (OWASP, CSV Injection)."""

Data = Mapping[str, Any]
Row = dict[str, object]


def cell(value: object) -> str:
    """Return what stands in a cell. Numbers stay numbers; no text is a formula; what is unknown is empty."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return str(value)


class _Written(list[str]):
    """Lines, as they are written."""

    write = list.append


def lines_of(view: View, columns: Columns, rows: Iterable[Row]) -> list[str]:
    """Return rows as lines without what is the same on each, which comes last, and without their ends."""
    names = [name for name in columns if name not in OF_EACH]
    lines = _Written()
    writer = csv.writer(lines, lineterminator="")
    for row in rows:
        said = row | {"election_id": view.history.election}
        writer.writerow([cell(said[name]) for name in names])
    return lines


def table(view: View, columns: Columns, lines: Iterable[str]) -> bytes:
    """Return a table as a file, each line with the moment of which it is true."""
    of_each = ",".join(map(cell, (view.test, str(view.moment.cursor), view.time)))
    return "".join((MARK, ",".join(columns), "\r\n", *(f"{line},{of_each}\r\n" for line in lines))).encode()


def data_of(event: Event | None) -> Data | None:
    """Return what an event says; None where there is none."""
    if event is None:
        return None
    data: Data = from_json(event.content)["data"]
    return data


def party_name(view: View, party: str) -> str | None:
    """Return a party's name as registered; None where the register does not know it."""
    known = None if view.head is None else view.head.parties.get(party)
    return None if known is None else known.name


def decimal(votes: str | None) -> Decimal | None:
    """Return votes with fractions as a number, with the decimals that they are published with."""
    return None if votes is None else Decimal(votes)


def listed(values: Iterable[str]) -> str:
    """Return several values in one cell."""
    return "; ".join(values)
