"""A restore, tried: an export becomes an election on a server of its own, and services at work say that it is whole."""

import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from schemas.streams import HEADLINES, LEDGER, RESULTS, TALLIES
from streams.fold import Entry
from streams.keys import Partition
from tallywire.client.connection import Connection, open_connection
from tallywire.client.errors import NoServerError, NotLoadedError, RefusedError
from tallywire.client.progress import behind
from tallywire.embedded.server import start_server
from tallywire.embedded.supervisor import Supervisor
from tallywire.evidence.difference import Difference, unequal
from tallywire.evidence.ledger_file import Header
from tallywire.evidence.stored_election import read_chunks
from tallywire.evidence.verification import Report, Trusted
from tallywire.evidence.whole_ledger import LedgerProgress, check_server, restore_ledger

STANDSTILL_S: Final = 120.0
"""How long services may take for nothing: a register at its limits takes half a minute on a busy machine."""

PAUSE_S: Final = 0.02
"""Between two looks whether services have read everything."""

COMPARED: Final = (LEDGER.name, RESULTS.name, TALLIES.name, HEADLINES.name)
"""What is compared with the live server, in the order of the flow."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a restore that was tried has shown."""

    report: Report
    missing: list[str]
    """What of the election is not in the backup, a sentence each."""
    restored_s: float
    """Seconds until the ledger was on the empty server, with everything checked before."""
    ready_s: float
    """Seconds from the beginning until services had derived everything, their start included."""
    compared: dict[str, int] | None = field(default=None)
    """How many events of each stream are the live server's; None where none was named."""
    newer: int = 0
    """How many entries the live server's ledger has that the backup has not."""


def rehearse_restore(file: Path, trusted: Trusted, live: str | None, progress: LedgerProgress) -> Rehearsal:
    """Restore an export on an empty server of its own, derive everything, and check it. Nothing is left behind.

    Args:
        file: the export.
        trusted: a signed head, and the operator's key, where they are known.
        live: the servers to compare with; None for none.
        progress: shown how far it is.

    Raises:
        RefusedError: the file is no whole export, or what follows from it is not what it should be.
        StageFailed: part of it only a later release knows.
        NoServerError: no server can be started, or the live one cannot be reached.
    """
    with TemporaryDirectory(prefix="tallywire-rehearsal-") as name, ExitStack() as stack:
        folder = Path(name)
        server = stack.enter_context(start_server(folder / "server", ephemeral=True))
        begun = time.monotonic()
        header, missing = restore_ledger(server.url, file, trusted.checkpoint, progress)
        restored_s = time.monotonic() - begun
        said: list[str] = []
        services = stack.enter_context(Supervisor(server.url, folder / "services.log", tell=said.append))
        services.start()
        _await_derived(server.url, header, said)
        ready_s = time.monotonic() - begun
        (finding,) = check_server(server.url, header.election, trusted, progress)
        if finding.report is None:
            raise RefusedError(f"The restored election is not as it must be: {finding.difference}")
        compared, newer = _compare(server.url, live, header) if live is not None else (None, 0)
        return Rehearsal(finding.report, missing, restored_s, ready_s, compared, newer)


def _await_derived(url: str, header: Header, said: list[str]) -> None:
    """Wait until the services have read everything.

    Raises:
        RefusedError: one of them has ended by itself.
        NoServerError: they do not come on.
    """
    deadline, reached = time.monotonic() + STANDSTILL_S, (-1, -1)
    with open_connection(url) as connection:
        client, partition = connection.at(header.election), Partition(header.election)
        while behind(connection, header.election) is not None:
            if said:
                raise RefusedError("\n".join(said))
            now = (client.xlen(partition.key(RESULTS.name)), client.xlen(partition.key(HEADLINES.name)))
            if now != reached:
                deadline, reached = time.monotonic() + STANDSTILL_S, now
            if time.monotonic() > deadline:
                raise NoServerError(f"The services have not come on for {STANDSTILL_S:.0f} s.")
            time.sleep(PAUSE_S)


def _compare(restored_url: str, live_url: str, header: Header) -> tuple[dict[str, int], int]:
    """Compare each event that follows from the backup with that of the live server, byte for byte.

    Returns:
        How many events of each stream are the same, and how many more entries the live ledger has.

    Raises:
        RefusedError: one is another, or is missing there.
        NotLoadedError: the live server does not have the election.
    """
    with open_connection(restored_url) as restored, open_connection(live_url) as live:
        if header.election not in live.elections():
            raise NotLoadedError(f"The server that it is compared with does not have {header.election}.")
        try:
            compared = {stream: _same(restored, live, header.election, stream) for stream in COMPARED}
        except Difference as difference:
            raise RefusedError(f"The live server shows something else than the backup: {difference}") from difference
        length = live.at(header.election).xlen(Partition(header.election).key(LEDGER.name))
    return compared, length - header.size


def _same(restored: Connection, live: Connection, election: str, stream: str) -> int:
    theirs = _entries(live, election, stream)
    number = 0
    for number, entry in enumerate(_entries(restored, election, stream), 1):
        other = next(theirs, None)
        where = f"{stream}, entry {number}"
        if other is None:
            raise Difference(where, "The live server does not have it. Are its services behind? tallywire health")
        if entry.fields[b"data"] != other.fields.get(b"data"):
            raise unequal(where, entry.fields[b"data"], other.fields.get(b"data", b""))
    return number


def _entries(connection: Connection, election: str, stream: str) -> Iterator[Entry]:
    chunks: Iterable[list[Entry]] = read_chunks(connection.at(election), Partition(election).key(stream), "+")
    return chain.from_iterable(chunks)
