"""The commands that work on a whole ledger: check it, sign its head, export it, restore it, derive from it again."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from rich.console import Console

from schemas.streams import LEDGER
from streams.fold import Entry
from streams.keys import Partition
from tallywire.client.desk import Desk, open_desk
from tallywire.evidence.checkpoint import Checkpoint
from tallywire.evidence.difference import Difference
from tallywire.evidence.key_files import differences_end, open_export, require_file, unusable
from tallywire.evidence.ledger_file import Header, read_entries, require, write_export
from tallywire.evidence.ledger_walk import Walk, walk_on
from tallywire.evidence.live_server import Snapshot, last_chain, ledger_chunks, take_snapshot
from tallywire.evidence.operational_state import check_forms, check_keys
from tallywire.evidence.rebuild import await_stopped, delete_derived, is_of_another_form, rewrite_ingest
from tallywire.evidence.replay import IngestReplay
from tallywire.evidence.report import Finding, chosen, chosen_one, say_lines, with_bar
from tallywire.evidence.restore import check, require_room, restore
from tallywire.evidence.signed_notes import Signer
from tallywire.evidence.verification import Report, verify
from tallywire.evidence.witnesses import Nobody, Server, compare_head
from tallywire.trouble import Exit, Trouble


def check_server(url: str, election: str | None, head: Checkpoint | None, notes: Console) -> Iterator[Finding]:
    """Check an election on a server, or all of them.

    Raises:
        Trouble: there is no such election or no server, or the head is another election's.
    """
    named = _one_of(election, head)
    with open_desk(url) as desk:

        def checked(each: str) -> Report:
            check_keys(desk, each)
            snapshot = take_snapshot(desk, each)
            check_forms(snapshot)
            return verify(each, _ledger(desk, snapshot, notes), Server(desk, snapshot), head)

        # One that the catalogue has lost is not unknown where a signed head, or its ledger, speaks of it.
        known = named is not None and (head is not None or desk.at(named).exists(Partition(named).key(LEDGER.name)))
        for each in [named] if named is not None and known else chosen(desk, named):
            yield _finding(each, partial(checked, each))


def check_file(path: Path, election: str | None, head: Checkpoint | None, notes: Console) -> Iterator[Finding]:
    """Check an exported ledger.

    Raises:
        Trouble: the file cannot be read or is damaged, or it is another election's.
    """
    named = _one_of(election, head)
    with open_export(path) as (header, file):
        if named not in (None, header.election):
            raise Trouble(f"{path} holds the ledger of {header.election}, not of {named}.", Exit.USAGE)

        def checked() -> Report:
            ledger = with_bar(notes, header.election, header.size, read_entries(file, header))
            report = verify(header.election, ledger, Nobody(), head)
            require(header, report.size, report.chain)
            return report

        yield _finding(header.election, checked)


def signed_head(url: str, election: str | None, signer: Signer, notes: Console) -> str:
    """Return the signed head of a ledger, all of which has been checked.

    Raises:
        Trouble: there is no such election or no server, or the ledger is not whole.
    """
    with open_desk(url) as desk, differences_end():
        walked = _walked(desk, chosen_one(desk, election), notes)
        return Checkpoint(walked.election, walked.size, walked.chain).signed(signer)


def export_ledger(url: str, election: str | None, path: Path, notes: Console) -> None:
    """Write a ledger to a file.

    Raises:
        Trouble: there is no such election or no server, the ledger is not whole, or the file cannot be written.
    """
    require_file(path, "An export appears whole or not at all; name a file.")
    with open_desk(url) as desk, differences_end():
        snapshot = take_snapshot(desk, chosen_one(desk, election))
        header = Header(snapshot.election, snapshot.lengths[LEDGER.name], last_chain(desk, snapshot))
        try:
            write_export(path, header, _ledger(desk, snapshot, notes))
        except FileExistsError as error:
            raise Trouble(f"{path} is there already. Name another file: it may be evidence.", Exit.USAGE) from error
        except OSError as error:
            raise unusable(path, "be written", error) from error
    say_lines(notes, [f"{header.election}: {header.size:,} entries exported to {path}, chain {header.chain}"])


def restore_ledger(url: str, path: Path, head: Checkpoint | None, notes: Console) -> None:
    """Put an exported election on a server, after everything about it has been checked.

    Raises:
        Trouble: the file is not a whole ledger, or the election is on the server, or there is no server.
    """
    require_file(path, "A restore reads it twice, first to check it; save it as a file.")
    with differences_end():
        with open_desk(url) as desk, open_export(path) as (header, file):
            if head is not None and head.election != header.election:
                raise Trouble(f"{path} holds the ledger of {header.election}, not of {head.election}.", Exit.USAGE)
            require_room(desk, header.election)
            check(header, with_bar(notes, "Checking", header.size, read_entries(file, header)), head)
        # A desk of its own for each part: the check of a long ledger may outlast a connection.
        with open_desk(url) as desk, open_export(path) as (header, file):
            restore(desk, header, with_bar(notes, "Restoring", header.size, read_entries(file, header)))
    lines = (
        f"{header.election}: {header.size:,} entries restored, chain {header.chain}",
        "Running services derive results, tallies and headlines now; `tallywire verify` says when all is as it was.",
        "Not in an export: what was sent and not yet on the ledger. Have it sent again: a repeat is harmless.",
    )
    say_lines(notes, lines)


def rebuild_derived(url: str, election: str | None, notes: Console, *, force: bool) -> None:
    """Delete what follows from a ledger that is whole, so that it is derived again.

    Raises:
        Trouble: there is no such election or no server, the ledger is not whole, or a service runs.
    """

    def waiting(alive: list[str]) -> None:
        say_lines(notes, [f"Waiting for {' and '.join(alive)} to be gone: one that has ended is forgotten in 15 s."])

    with open_desk(url) as desk, differences_end():
        named = chosen_one(desk, election)
        outdated = is_of_another_form(desk, named)
        if not force:
            await_stopped(desk, waiting, ingest_too=outdated)
        ingest = IngestReplay()
        walked = _walked(desk, named, notes, ingest if outdated else None)
        if outdated:
            rewrite_ingest(desk, walked, ingest)
        delete_derived(desk, named)
    say_lines(notes, [f"{named}: deleted what follows from the ledger. Start aggregate and notify: they derive it."])


def _one_of(election: str | None, head: Checkpoint | None) -> str | None:
    if head is not None and election not in (None, head.election):
        raise Trouble(f"The signed head is of {head.election}, not of {election}.", Exit.USAGE)
    return head.election if head is not None else election


def _finding(election: str, checked: Callable[[], Report]) -> Finding:
    try:
        return Finding(election, checked(), None)
    except Difference as difference:
        return Finding(election, None, difference)


def _walked(desk: Desk, election: str, notes: Console, ingest: IngestReplay | None = None) -> Walk:
    snapshot, walked = take_snapshot(desk, election), Walk(election)
    for chunk in walk_on(walked, _ledger(desk, snapshot, notes)):
        if ingest is not None:
            ingest.fold(chunk)
    compare_head(snapshot, walked)
    return walked


def _ledger(desk: Desk, snapshot: Snapshot, notes: Console) -> Iterator[list[Entry]]:
    return with_bar(notes, snapshot.election, snapshot.lengths[LEDGER.name], ledger_chunks(desk, snapshot))
