"""Making backups: each loaded election that has changed since its last one, and which older ones go."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Final

from schemas.rehearsals import is_sandbox
from tallywire.backups.names import HEAD, PRIVATE, Backup, backups_in, superfluous
from tallywire.backups.store import Store
from tallywire.client.connection import Connection, open_connection
from tallywire.client.errors import NoServerError, NothingLoadedError, TallywireError, file_error
from tallywire.evidence.checkpoint import Checkpoint
from tallywire.evidence.key_files import differences_end
from tallywire.evidence.ledger_walk import stated
from tallywire.evidence.signed_notes import Signer
from tallywire.evidence.stored_election import StoredElection, read_election
from tallywire.evidence.whole_ledger import Item, LedgerProgress, export_stored, header_of
from tallywire.evidence.witnesses import compare_head

KEEP: Final = 24
"""How many of the newest backups of an election stay, unless another number is given: two hours, at five minutes."""


@dataclass(frozen=True, slots=True)
class Made:
    """What became of one election."""

    election: str
    backup: Backup | None = None
    """The newest one; None where there is none."""
    written: bool = False
    """Whether it was written now; else nothing is new."""
    removed: int = 0
    """How many older ones have gone."""
    continues: bool = True
    """Whether the ledger continues that of the backup before."""
    error: TallywireError | None = None
    """Why there is no new one."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How backups are made."""

    signer: Signer
    keep: int = KEEP
    private: bool = True
    """Whether what is private goes there, too."""


def make_backups(
    url: str, election: str | None, store: Store, wanted: Wanted, progress: LedgerProgress
) -> Iterator[Made]:
    """Back up each election that is loaded and has changed, but for sandboxes.

    Args:
        url: the servers.
        election: only this one.
        store: where to.
        wanted: how.
        progress: shown how far each is.

    Raises:
        TallywireError: the store cannot be read, no server is reached, or nothing is loaded.
    """
    before = backups_in(store.names())
    with open_connection(url) as connection:
        elections = [each for each in connection.choose(election) if not is_sandbox(each) or each == election]
        if not elections:
            raise NothingLoadedError
        for each in elections:
            try:
                with differences_end():
                    yield _make(connection, each, store, wanted, before.get(each, []), progress)
            except NoServerError as error:
                # A store that is away is away for the next one, too.
                yield Made(each, error=error)
                return
            except TallywireError as error:
                yield Made(each, error=error)
            except OSError as error:
                # Each is written here first: TMPDIR says where.
                yield Made(each, error=file_error(Path(gettempdir()), "be written", error))


def _make(  # noqa: PLR0913, PLR0917  # all that a backup is made of
    connection: Connection,
    election: str,
    store: Store,
    wanted: Wanted,
    before: list[Backup],
    progress: LedgerProgress,
) -> Made:
    stored = read_election(connection, election)
    private = stored.private if wanted.private else {}
    backup = Backup.of(header_of(connection, stored), private, datetime.now(UTC))
    if before and backup.holds_the_same(before[-1]):
        return Made(election, before[-1])
    with TemporaryDirectory(prefix="tallywire-backup-") as folder:
        file = Path(folder) / "ledger"
        continued = _write(connection, stored, file, wanted.signer, before, progress)
        # The ledger last: what lies beside it is no backup before it is there.
        for ending in (PRIVATE, HEAD, ""):
            part = file.with_name(file.name + ending)
            if part.exists() and (wanted.private or ending != PRIVATE):
                store.put(backup.name + ending, part)
    # One whose ledger the new one does not continue may be the only trace of what was lost.
    gone = [each for each in superfluous([*before, backup], wanted.keep) if each in continued]
    for each in gone:
        for ending in ("", HEAD, PRIVATE):
            store.remove(each.name + ending)
    return Made(election, backup, written=True, removed=len(gone), continues=not before or before[-1] in continued)


def _write(  # noqa: PLR0913, PLR0917  # as above
    connection: Connection,
    stored: StoredElection,
    file: Path,
    signer: Signer,
    before: list[Backup],
    progress: LedgerProgress,
) -> list[Backup]:
    """Write a backup's files, and return which backups its ledger continues."""
    places = {each.size: "" for each in before}

    def watched(what: str, total: int, chunks: Iterable[list[Item]], /) -> Iterator[list[Item]]:
        number = 0
        for chunk in progress(what, total, chunks):
            for entry in chunk:
                number += 1
                if number in places:
                    places[number] = stated(entry.fields[b"data"], f"ledger entry {number}")[1]  # type: ignore[attr-defined]  # of a ledger
            yield chunk

    walked, _ = export_stored(connection, stored, file, watched)
    compare_head(stored, walked)
    head = Checkpoint(walked.election, walked.size, walked.chain, datetime.now(UTC)).signed(signer)
    file.with_name(file.name + HEAD).write_text(head, "utf-8")
    return [each for each in before if places[each.size].startswith(each.chain) and places[each.size]]
