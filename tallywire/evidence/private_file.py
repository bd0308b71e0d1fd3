"""What is private of an election as a file, beside the export of its ledger: NAME.private beside NAME.

The first line is ``tallywire-private 1 <election> <entries> <chain>``, as that of the export; each other line is a JSON
array of table, field and value.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tallywire.client.errors import RefusedError, UsageError, file_error
from tallywire.client.signing import write_private
from tallywire.client.snapshot import Table
from tallywire.evidence.ledger_file import Header
from tallywire.evidence.private_tables import PRIVATE_TABLES

_LENGTH_MAX: Final = 1024 * 1024 * 1024
"""Bytes that are read of it: a thousand contests, each with the longest declarations held and typed twice."""


def private_of(path: Path) -> Path:
    """Return where what is private of an export is kept."""
    return path.parent / f"{path.name}.private"


def write_private_file(path: Path, header: Header, private: Mapping[str, Table]) -> Path | None:
    """Write what is private beside an export; nothing where there is nothing.

    Args:
        path: the export.
        header: its first line.
        private: the tables.

    Returns:
        The file; None where there is none.

    Raises:
        UsageError: a file is there already, or it cannot be written.
    """
    beside = private_of(path)
    if os.path.lexists(beside):
        raise UsageError(f"{beside} is there already. Name another file: it may be evidence.")
    rows = [[table, field, value.decode()] for table, fields in private.items() for field, value in fields.items()]
    if not rows:
        return None
    lines = [_first(header), *(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)]
    write_private(beside, b"".join(lines))
    return beside


def read_private_file(path: Path, header: Header) -> dict[str, Table]:
    """Return what is private of an election, from beside its export; empty where there is no such file.

    Raises:
        UsageError: it cannot be read.
        RefusedError: it belongs to another export, or is damaged.
    """
    beside = private_of(path)
    tables: dict[str, Table] = {table: {} for table in PRIVATE_TABLES}
    try:
        with beside.open("rb") as file:
            content = file.read(_LENGTH_MAX)
    except FileNotFoundError:
        return tables
    except OSError as error:
        raise file_error(beside, "be read", error) from error
    lines = content.splitlines(keepends=True)
    if not lines or lines[0] != _first(header):
        raise RefusedError(f"{beside} is not what is private of {path}: its first line is not that of the export.")
    for number, line in enumerate(lines[1:], 2):
        try:
            table, field, value = json.loads(line)
            tables[table][str(field)] = str(value).encode()
        except (ValueError, KeyError, TypeError, RecursionError):
            # Without its cause, which would repeat what nobody is to see.
            raise RefusedError(f"{beside} is damaged at line {number}.") from None
    return tables


def _first(header: Header) -> bytes:
    return header.encode().replace(b"tallywire-ledger", b"tallywire-private", 1)
