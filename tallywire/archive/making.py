"""An election's archive: written whole, or not at all."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Final, cast

from pydantic import ValidationError

from schemas import RELEASE
from schemas.streams import RESULTS
from schemas.tables import CHECKPOINT, MAP
from streams.keys import Partition
from tallywire.archive.pack import NightPack, pack_of
from tallywire.archive.pages import HEAD, INDEX, LEDGER, NoFileError, Pages
from tallywire.client.connection import Connection, open_connection
from tallywire.client.errors import RefusedError, UsageError, file_error
from tallywire.evidence.checkpoint import Checkpoint, read_checkpoint, stated_checkpoint
from tallywire.evidence.key_files import differences_end, open_export, read_verifier
from tallywire.evidence.ledger_file import read_entries, write_export
from tallywire.evidence.signed_notes import NoteFault, Verifier, signers
from tallywire.evidence.stored_election import StoredElection, ledger_chunks, read_election
from tallywire.evidence.verification import Trusted, verify
from tallywire.evidence.whole_ledger import LedgerProgress, header_of
from tallywire.evidence.witnesses import Server
from tallywire.packs.drawing import Drawing
from tallywire.packs.faults import DECLARATIONS, REGISTER
from tallywire.packs.pack import check_pack
from tallywire.pages.rendering import render
from tallywire.publishing.history import STREAMS, History
from tallywire.publishing.settings import NO_LICENCE, Settings

PACK: Final = "pack"
"""The folder with the pack, which is in one with the election's name, as packs are."""

KEY: Final = "final.head.pub"
README: Final = "README.md"
SUMS: Final = "SHA256SUMS"

_FOLDER_MODE: Final = 0o755
_FILE_MODE: Final = 0o644
"""Everything in an archive is public."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What an archive is to be."""

    folder: Path
    """Where; nothing is there yet."""
    open: bool = False
    """Whether the election may be open: every page then says that it is not closed."""
    public_key: Path | None = None
    """The key of whoever signs heads, to check the signed head by; it is put beside it."""
    licence: str = ""
    """Under which the figures may be used."""


@dataclass(frozen=True, slots=True)
class Archived:
    """An archive that was written."""

    election: str
    folder: str
    entries: int
    """Entries of the ledger."""
    files: int
    """Pages, documents, styles and pictures."""
    closed_since: str | None
    """Since when the election is closed; None where it is not."""
    head: int | None
    """Entries that the signed head has seen; None where there is none."""
    faults: tuple[str, ...]
    """What ``tallywire pack check`` says of the pack."""


def archive(url: str, election: str, wish: Wish, progress: LedgerProgress) -> Archived:
    """Write the archive of an election, of which everything is verified first.

    Args:
        url: the server.
        election: the election's id.
        wish: what is wanted.
        progress: shown how far it is.

    Raises:
        NotThereError: there is no such election.
        UsageError: the folder is there already, or cannot be written.
        RefusedError: the election is open, its head is not signed, or the server holds what does not follow from the
            ledger.
        NoServerError: there is no server.
    """
    verifier = None if wish.public_key is None else read_verifier(wish.public_key)
    with _folder(wish.folder) as draft, open_connection(url) as connection, differences_end():
        named = connection.choose_one(election)
        # Before the ledger: what is signed then is not older than what is written.
        head = _head(connection, named, verifier)
        stored = read_election(connection, named)
        history = _history(connection, stored, draft / LEDGER, head, progress)
        closed_since = history.closed_since(len(history.ledger))
        _require_closed(history, wish, head)
        return Contents(history, closed_since, head, verifier, datetime.now(UTC)).write(draft, wish, progress)


def _require_closed(history: History, wish: Wish, head: "Head | None") -> None:
    """Refuse an election that may go on.

    Raises:
        RefusedError: it is open, or its final head is not signed.
    """
    election, size = history.election, len(history.ledger)
    if history.head is None:
        raise RefusedError(f"{election} has no register yet: there is nothing to archive.")
    if wish.open:
        return
    if history.closed_since(size) is None:
        if history.head.signatures == "none":
            raise RefusedError(
                f"{election} asks for no signatures, so nobody can close it. Archive it with --open: every page then "
                "says that it was not closed."
            )
        raise RefusedError(
            f"{election} is open. Close it first: tallywire election close {election} --key operator.key --head-key "
            "FILE. With --open it is archived as it stands, and every page says that it was not closed."
        )
    if head is None or head.checkpoint.size != size:
        raise RefusedError(
            f"{election} is closed, but its final head is not on the server. Sign it: tallywire checkpoint --election "
            f"{election} --deposit --key FILE"
        )


@dataclass(frozen=True, slots=True)
class Head:
    """The signed head that was deposited."""

    note: str
    checkpoint: Checkpoint

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that are said to have signed it: name and id."""
        return signers(self.note)


def _head(connection: Connection, election: str, verifier: Verifier | None) -> Head | None:
    """Return the signed head of an election.

    Raises:
        RefusedError: it is none, another election's, or not signed with the key.
    """
    key = Partition(election).key(CHECKPOINT.name)
    (stored,) = cast("list[bytes | None]", connection.at(election).hmget(key, [CHECKPOINT.note]))
    if stored is None:
        return None
    note = stored.decode(errors="replace")
    try:
        head = stated_checkpoint(note) if verifier is None else read_checkpoint(note, verifier)
    except NoteFault as fault:
        raise RefusedError(f"The signed head of {election} {fault}.") from fault
    if head.election != election:
        raise RefusedError(f"The signed head on the server is of {head.election}, not of {election}.")
    return Head(note, head)


class _Followed(Server):
    """The server, beside which all that follows from the ledger is remembered."""

    def __init__(self, connection: Connection, stored: StoredElection) -> None:
        """Compare with the server behind ``connection``."""
        super().__init__(connection, stored)
        self.events: dict[str, list[bytes]] = {stream: [] for stream in STREAMS}

    def has_published(self, stream: str, event: bytes) -> str:
        """Compare the next event of a stream, and remember it."""
        self.events[stream].append(event)
        return super().has_published(stream, event)


def _history(
    connection: Connection, stored: StoredElection, ledger: Path, head: Head | None, progress: LedgerProgress
) -> History:
    """Export the ledger, verify all that follows from it, and return the election as it must be shown.

    Raises:
        RefusedError: a service has not read everything, or cannot.
        Difference: the server holds something else.
    """
    election, header = stored.election, header_of(connection, stored)
    chunks = ledger_chunks(connection, stored)
    write_export(ledger, header, progress("Ledger", header.size, chunks))
    server, history = _Followed(connection, stored), History(election)
    trusted = Trusted(None if head is None else head.checkpoint)
    with open_export(ledger) as (_, file):
        report = verify(election, progress("Verifying", header.size, read_entries(file, header)), server, trusted)
    for service, left in report.behind.items():
        raise RefusedError(f"{service} has {left:,} entries still to read. Archive {election} when it has.")
    for service, failed in report.failed.items():
        raise RefusedError(f"{service}'s rule fails on entry {failed[0][0]}: {failed[0][1]}. See to that first.")
    with open_export(ledger) as (_, file):
        for chunk in read_entries(file, header):
            for entry in chunk:
                history.read_ledger(entry.fields[b"data"])
    for stream, events in server.events.items():
        for event in events:
            history.read_event(stream, event)
    history.drawing = _drawing(connection, election)
    history.advance(len(history.ledger), len(server.events[RESULTS.name]))
    return history


def _drawing(connection: Connection, election: str) -> tuple[str, Drawing] | None:
    """Return how the map is drawn, where the pack had one of its own."""
    key = Partition(election).key(MAP.name)
    digest, drawing = cast("list[bytes | None]", connection.at(election).hmget(key, [MAP.digest, MAP.drawing]))
    if digest is None or drawing is None:
        return None
    try:
        return digest.decode(), Drawing.model_validate_json(drawing)
    except ValidationError:
        # As the board has it: without.
        return None


@dataclass(frozen=True, slots=True)
class Contents:
    """All that an archive is made of."""

    history: History
    """The election, whole."""
    closed_since: str | None
    head: Head | None
    verifier: Verifier | None
    """The key that the head was checked with; None where it was not."""
    now: datetime
    """When it is archived."""

    def write(self, draft: Path, wish: Wish, progress: LedgerProgress) -> Archived:
        """Write everything but the ledger, which is there.

        Raises:
            UsageError, RefusedError: a file cannot be written.
        """
        archived = self.now.isoformat(timespec="seconds").replace("+00:00", "Z")
        pages = Pages(self.history, Settings(wish.licence or NO_LICENCE, archived=archived), draft)
        files = pages.write(progress)
        if self.head is not None:
            (draft / HEAD).write_text(self.head.note, encoding="utf-8")
        if self.verifier is not None:
            (draft / KEY).write_text(f"{self.verifier.encode()}\n", encoding="utf-8")
        faults = self._write_pack(draft / PACK / self.history.election)
        said = self._said(archived, faults)
        pages.put(INDEX, render("tallywire.archive", "index.html", **said))
        (draft / README).write_text(render("tallywire.archive", "README.md", **said), encoding="utf-8")
        _seal(draft)
        return Archived(
            self.history.election,
            str(wish.folder),
            len(self.history.ledger),
            files,
            self.closed_since,
            None if self.head is None else self.head.checkpoint.size,
            faults,
        )

    def _said(self, archived: str, faults: tuple[str, ...]) -> Mapping[str, object]:
        """Return what page and README say of the archive."""
        return {
            "election": self.history.election,
            "register": self.history.head,
            "entries": len(self.history.ledger),
            "contests": len(self.history.registers.contests),
            "chain": self.history.ledger[-1].chain,
            "archived": archived,
            "closed_since": self.closed_since,
            "head": self.head,
            "final": self.head is not None and self.head.checkpoint.size == len(self.history.ledger),
            "key": self.verifier,
            "release": RELEASE,
            "map": self.history.drawing is not None,
            "faults": faults,
        }

    def _write_pack(self, folder: Path) -> tuple[str, ...]:
        """Write the pack, and return what is wrong with it."""
        pack = pack_of(entry.content for entry in self.history.ledger)
        assert isinstance(pack, NightPack)  # noqa: S101  # an election without a register is refused
        folder.mkdir(parents=True)
        (folder / REGISTER).write_bytes(pack.register)
        (folder / DECLARATIONS).write_bytes(b"".join(line + b"\n" for line in pack.declarations))
        return tuple(map(str, check_pack(folder)))


@contextmanager
def _folder(folder: Path) -> Iterator[Path]:
    """Provide a folder to write to, which gets its name when all is written, and goes when anything fails.

    Raises:
        UsageError: the folder is there already, or cannot be made.
        RefusedError: the disk is full.
    """
    place = folder.absolute()
    if place.exists() or place.is_symlink():
        raise UsageError(f"{folder} is there already, and an archive is never written over. Name another folder.")
    try:
        draft = Path(mkdtemp(dir=place.parent, prefix=f".{place.name}."))
    except OSError as error:
        raise file_error(folder, "be made", error) from error
    try:
        yield draft
        draft.rename(place)
    except OSError as error:
        raise file_error(folder, "be written", error) from error
    except NoFileError as fault:
        raise RefusedError(f"A page cannot be made a file, which is a fault of ours: {fault}") from fault
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _seal(draft: Path) -> None:
    """Let everybody read the files, and write the digest of each, as ``sha256sum`` reads them."""
    digests = {}
    for path in sorted(draft.rglob("*")):
        path.chmod(_FOLDER_MODE if path.is_dir() else _FILE_MODE)
        if path.is_file():
            digests[path.relative_to(draft).as_posix()] = sha256(path.read_bytes()).hexdigest()
    (draft / SUMS).write_text("".join(f"{digest}  {name}\n" for name, digest in digests.items()), encoding="utf-8")
    (draft / SUMS).chmod(_FILE_MODE)
    draft.chmod(_FOLDER_MODE)
