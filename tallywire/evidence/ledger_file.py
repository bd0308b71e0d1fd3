"""The ledger as a file, byte for byte, for people and programs to read.

The first line is ``tallywire-ledger 1 <election> <entries> <chain of the last>``. Each entry follows as a line
``<entry id> <length in bytes>``, the bytes as they are on the stream, and a newline.
"""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp
from typing import IO, Final

from streams.fold import Entry, place
from tallywire.client.connection import can_be_election
from tallywire.evidence.difference import Difference
from tallywire.evidence.ledger_walk import Walk, walk_on

LENGTH_MAX: Final = 64 * 1024 * 1024
"""Bytes of one entry: twice the largest register that ingest takes. More is a damaged file, not an entry."""

LINE_LENGTH_MAX: Final = 400
"""Bytes of a line that is not an entry: the longest is the first, with an election of 200 characters."""

LAST_ID_PART: Final = 2**64 - 1
"""Largest half of an entry's id. A stream with an entry of that millisecond takes no more."""

CHUNK: Final = 200
"""Entries handed on at once."""

_FIRST: Final = re.compile(r"tallywire-ledger 1 (\S+) (0|[1-9][0-9]{0,9}) ([0-9a-f]{64})")
_ENTRY: Final = re.compile(r"([0-9]{1,20}-[0-9]{1,20}) ([1-9][0-9]{0,9})")


class ExportFault(ValueError):  # noqa: N818  # says what is wrong with the file
    """A file is no export, or a damaged one; the text says where."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the first line says."""

    election: str
    size: int
    chain: str

    def encode(self) -> bytes:
        """Return the line, with its newline."""
        return f"tallywire-ledger 1 {self.election} {self.size} {self.chain}\n".encode()


def write_export(path: Path, header: Header, chunks: Iterable[list[Entry]]) -> Walk:
    """Write a ledger to a file, which appears complete or not at all. Only its owner may read it.

    Raises:
        Difference: the ledger is not whole, or not the one of the header.
        OSError: the file cannot be written.
    """
    # Beside its place, so that it gets there in one step.
    handle, draft = mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(header.encode())
            walked = Walk(header.election)
            for chunk in walk_on(walked, chunks):
                for entry in chunk:
                    data = entry.fields[b"data"]
                    file.write(b"%s %d\n%s\n" % (entry.id.encode(), len(data), data))
            require(header, walked.size, walked.chain)
            file.flush()
            os.fsync(file.fileno())
        # Fails where a file is, unlike a rename: what was exported before may be evidence.
        os.link(draft, path)
    finally:
        Path(draft).unlink(missing_ok=True)
    return walked


def require(header: Header, size: int, chain: str) -> None:
    """Compare a ledger with what the first line says of it.

    Raises:
        Difference: it is not that one.
    """
    if (size, chain) != (header.size, header.chain):
        raise Difference(
            "first line of the export",
            "The ledger ends elsewhere.",
            f"{header.size} entries, chain {header.chain}",
            f"{size} entries, chain {chain}",
        )


def read_header(file: IO[bytes]) -> Header:
    """Read the first line.

    Raises:
        ExportFault: the file is no export.
    """
    found = _FIRST.fullmatch(_line(file))
    if found is None or not can_be_election(found[1]):
        raise ExportFault("is no export of a ledger: its first line is not `tallywire-ledger 1 ...`")
    return Header(found[1], int(found[2]), found[3])


def read_entries(file: IO[bytes], header: Header) -> Iterator[list[Entry]]:
    """Yield the entries after the header, some at a time; what they are worth is for ``walking`` to say.

    Raises:
        ExportFault: the file is damaged.
    """
    chunk: list[Entry] = []
    before = (0, 0)
    for number in range(1, header.size + 1):
        found = _ENTRY.fullmatch(_line(file))
        length = int(found[2]) if found else 0
        if found is None or length > LENGTH_MAX:
            raise ExportFault(f"is damaged or cut before entry {number}: there is no line with its id and length")
        entry_id = found[1]
        milliseconds, counter = place(entry_id.encode())
        if milliseconds >= LAST_ID_PART or counter > LAST_ID_PART:
            raise ExportFault(f"is damaged at entry {number}: after its id {entry_id} no server takes another entry")
        if (milliseconds, counter) <= before:
            raise ExportFault(f"is damaged at entry {number}: its id {entry_id} does not come after the one before")
        before = (milliseconds, counter)
        data = file.read(length)
        if len(data) < length or file.read(1) != b"\n":
            raise ExportFault(f"is damaged or cut in entry {number}: it is not {length} bytes long")
        chunk.append(Entry(entry_id, {b"data": data}))
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if file.read(1):
        raise ExportFault(f"is damaged: something follows entry {header.size}, the last one")
    yield chunk


def _line(file: IO[bytes]) -> str:
    line = file.readline(LINE_LENGTH_MAX)
    return line[:-1].decode("ascii", "replace") if line.endswith(b"\n") else ""
