"""Work on a whole ledger: check it, sign its head, export it, restore it, derive from it again.

Each function returns what it found or did. ``progress`` is given the entries while they are read, so that whoever waits
can be shown how far it is.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from schemas.streams import LEDGER
from streams.fold import Entry
from streams.keys import Partition
from tallywire.client.connection import Connection, open_connection
from tallywire.client.errors import UsageError, file_error
from tallywire.evidence.checkpoint import Checkpoint
from tallywire.evidence.deposit import deposit_head, deposited_head
from tallywire.evidence.difference import Difference
from tallywire.evidence.key_files import differences_end, open_export, require_file
from tallywire.evidence.ledger_file import Header, read_entries, require, write_export
from tallywire.evidence.ledger_walk import Walk, walk_on
from tallywire.evidence.operational_state import check_forms, check_keys
from tallywire.evidence.private_file import read_private_file, write_private_file
from tallywire.evidence.rebuild import await_stopped, delete_derived, is_of_another_form, rewrite_ingest
from tallywire.evidence.replay import IngestReplay
from tallywire.evidence.restore import check, require_room, restore
from tallywire.evidence.signed_notes import Signer
from tallywire.evidence.stored_election import StoredElection, last_chain, ledger_chunks, read_election
from tallywire.evidence.verification import Finding, Report, Trusted, verify
from tallywire.evidence.witnesses import Nobody, Server, compare_head

Item = TypeVar("Item")


class LedgerProgress(Protocol):
    """Passes on the entries of a ledger, or what else is read, while it is read."""

    def __call__(self, what: str, total: int, chunks: Iterable[list[Item]], /) -> Iterable[list[Item]]:
        """Pass them on.

        Args:
            what: what is done.
            total: how many there are.
            chunks: the entries, some at a time.
        """
        ...


def check_server(url: str, election: str | None, trusted: Trusted, progress: LedgerProgress) -> Iterator[Finding]:
    """Check an election on a server, or all of them.

    Raises:
        NotThereError: there is no such election, or the head is another election's.
        NoServerError: there is no server.
    """
    head = trusted.checkpoint
    named = _one_of(election, head)
    with open_connection(url) as connection:

        def checked(each: str) -> Report:
            check_keys(connection, each)
            stored = read_election(connection, each)
            check_forms(stored)
            return verify(each, _ledger(connection, stored, progress), Server(connection, stored), trusted)

        # One that the catalogue has lost is not unknown where a signed head, or its ledger, speaks of it.
        known = named is not None and (head is not None or _has_ledger(connection, named))
        for each in [named] if named is not None and known else connection.choose(named):
            yield _finding(each, partial(checked, each))


def check_file(path: Path, election: str | None, trusted: Trusted, progress: LedgerProgress) -> Iterator[Finding]:
    """Check an exported ledger.

    Raises:
        UsageError: the file cannot be read, or is another election's.
        RefusedError: the file is damaged.
    """
    named = _one_of(election, trusted.checkpoint)
    with open_export(path) as (header, file):
        if named not in (None, header.election):
            raise UsageError(f"{path} holds the ledger of {header.election}, not of {named}.")

        private = read_private_file(path, header)

        def checked() -> Report:
            ledger = progress(header.election, header.size, read_entries(file, header))
            report = verify(header.election, ledger, Nobody(private), trusted)
            require(header, report.size, report.chain)
            return report

        yield _finding(header.election, checked)


def signed_head(
    url: str, election: str | None, signer: Signer, progress: LedgerProgress, *, deposit: bool = False
) -> str:
    """Return the signed head of a ledger, all of which has been checked.

    Args:
        url: the server.
        election: the election's id; None for the only one there is.
        signer: the key.
        progress: shown how far the check of the ledger is.
        deposit: put the head on the server, too, where the publishing service shows it.

    Raises:
        NotThereError: there is no such election.
        RefusedError: the ledger is not whole, or does not continue the head that was deposited before.
        NoServerError: there is no server.
    """
    with open_connection(url) as connection, differences_end():
        named = connection.choose_one(election)
        before = deposited_head(connection, named, signer) if deposit else None
        walked = _walked(connection, named, progress, head=before)
        head = Checkpoint(walked.election, walked.size, walked.chain, datetime.now(UTC)).signed(signer)
        if deposit:
            deposit_head(connection, named, head)
    return head


def export_ledger(url: str, election: str | None, path: Path, progress: LedgerProgress) -> tuple[Header, Path | None]:
    """Write a ledger to a file, and what is private of the election to another one beside it.

    Returns:
        What the first line of the file says, and the file beside it, where there is one.

    Raises:
        NotThereError: there is no such election.
        UsageError: the file is there already or cannot be written.
        RefusedError: the ledger is not whole.
        NoServerError: there is no server.
    """
    require_file(path, "An export appears whole or not at all; name a file.")
    with open_connection(url) as connection, differences_end():
        stored = read_election(connection, connection.choose_one(election))
        header = header_of(connection, stored)
        _, beside = export_stored(connection, stored, path, progress)
    return header, beside


def header_of(connection: Connection, stored: StoredElection) -> Header:
    """Return what the first line of an export of an election says.

    Raises:
        Difference: the ledger's last entry states no chain.
    """
    return Header(stored.election, stored.ends[LEDGER.name].length, last_chain(connection, stored))


def export_stored(
    connection: Connection, stored: StoredElection, path: Path, progress: LedgerProgress
) -> tuple[Walk, Path | None]:
    """Write the ledger of an election that was read, and what is private of it beside.

    Returns:
        The ledger as it was checked, and the file beside it, where there is one.

    Raises:
        UsageError: the file is there already or cannot be written.
        RefusedError: the disk is full.
        Difference: the ledger is not whole.
    """
    header = header_of(connection, stored)
    beside = write_private_file(path, header, stored.private)
    try:
        return write_export(path, header, _ledger(connection, stored, progress)), beside
    except BaseException as error:
        if beside is not None:
            beside.unlink(missing_ok=True)
        if isinstance(error, FileExistsError):
            raise UsageError(f"{path} is there already. Name another file: it may be evidence.") from error
        if isinstance(error, OSError):
            raise file_error(path, "be written", error) from error
        raise


def restore_ledger(url: str, path: Path, head: Checkpoint | None, progress: LedgerProgress) -> tuple[Header, list[str]]:
    """Put an exported election on a server, after everything about it has been checked.

    Returns:
        What the first line of the file says, and what of the election is missing: a sentence each.

    Raises:
        UsageError: the file cannot be read.
        RefusedError: the file is not a whole ledger, or the election is on the server.
        NoServerError: there is no server.
    """
    require_file(path, "A restore reads it twice, first to check it; save it as a file.")
    with differences_end():
        with open_connection(url) as connection, open_export(path) as (header, file):
            if head is not None and head.election != header.election:
                raise UsageError(f"{path} holds the ledger of {header.election}, not of {head.election}.")
            require_room(connection, header.election)
            private = read_private_file(path, header)
            missing = check(header, progress("Checking", header.size, read_entries(file, header)), head, private)
        # A connection of its own for each part: the check of a long ledger may outlast one.
        with open_connection(url) as connection, open_export(path) as (header, file):
            restore(connection, header, progress("Restoring", header.size, read_entries(file, header)), private)
    return header, missing


def rebuild_derived(
    url: str, election: str | None, progress: LedgerProgress, waiting: Callable[[list[str]], None], *, force: bool
) -> str:
    """Delete what follows from a ledger that is whole, so that it is derived again.

    Args:
        url: the server.
        election: the election's id; None for the only one there is.
        progress: shown how far the check of the ledger is.
        waiting: told once which services are waited for.
        force: do not ask whether services run.

    Returns:
        The election's id.

    Raises:
        NotThereError: there is no such election.
        RefusedError: the ledger is not whole, or a service runs.
        NoServerError: there is no server.
    """
    with open_connection(url) as connection, differences_end():
        named = connection.choose_one(election)
        other_form = is_of_another_form(connection, named)
        if not force:
            await_stopped(connection, waiting, ingest_too=other_form)
        ingest = IngestReplay(named)
        walked = _walked(connection, named, progress, ingest if other_form else None)
        if other_form:
            rewrite_ingest(connection, walked, ingest)
        delete_derived(connection, named)
    return named


def _one_of(election: str | None, head: Checkpoint | None) -> str | None:
    if head is not None and election not in (None, head.election):
        raise UsageError(f"The signed head is of {head.election}, not of {election}.")
    return head.election if head is not None else election


def _has_ledger(connection: Connection, election: str) -> bool:
    return bool(connection.at(election).exists(Partition(election).key(LEDGER.name)))


def _finding(election: str, checked: Callable[[], Report]) -> Finding:
    try:
        return Finding(election, checked(), None)
    except Difference as difference:
        return Finding(election, None, difference)


def _walked(
    connection: Connection,
    election: str,
    progress: LedgerProgress,
    ingest: IngestReplay | None = None,
    head: Checkpoint | None = None,
) -> Walk:
    stored, walked = read_election(connection, election), Walk(election)
    for chunk in walk_on(walked, _ledger(connection, stored, progress), head):
        if ingest is not None:
            ingest.fold(chunk)
    compare_head(stored, walked)
    return walked


def _ledger(connection: Connection, stored: StoredElection, progress: LedgerProgress) -> Iterable[list[Entry]]:
    return progress(stored.election, stored.ends[LEDGER.name].length, ledger_chunks(connection, stored))
