"""The signed head of an election as it lies on the server, where the publishing service finds it."""

from datetime import UTC, datetime
from typing import cast

from schemas.tables import CHECKPOINT
from streams.keys import Partition
from tallywire.client.connection import Connection
from tallywire.evidence.checkpoint import Checkpoint, read_checkpoint
from tallywire.evidence.signed_notes import NoteFault, Signer


def deposited_head(connection: Connection, election: str, signer: Signer) -> Checkpoint | None:
    """Return the head that was deposited last, where it is of this election and this signer has signed it."""
    fields = cast("dict[bytes, bytes]", connection.at(election).hgetall(Partition(election).key(CHECKPOINT.name)))
    note = fields.get(CHECKPOINT.note.encode(), b"").decode(errors="replace")
    try:
        head = read_checkpoint(note, signer.verifier)
    except NoteFault:
        # None yet, or another's: anybody who may write there may have put anything.
        return None
    return head if head.election == election else None


def deposit_head(connection: Connection, election: str, note: str) -> None:
    """Put a signed head in the place of the one before, with the server's time."""
    client = connection.at(election)
    seconds, microseconds = cast("tuple[int, int]", client.time())
    when = datetime.fromtimestamp(seconds + microseconds / 1e6, UTC)
    stated = when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    client.hset(Partition(election).key(CHECKPOINT.name), mapping={CHECKPOINT.note: note, CHECKPOINT.deposited: stated})
