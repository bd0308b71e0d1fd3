"""Beginning a sandbox anew, and deleting rehearsals and sandboxes, while services work on them."""

from dataclasses import dataclass
from typing import cast

from schemas import tables
from schemas.rehearsals import is_rehearsal, is_sandbox
from schemas.streams import DECLARATIONS, LEDGER
from services.ingest.rules.intake import REGISTER
from streams.keys import Partition
from tallywire.client.connection import Connection
from tallywire.client.errors import RefusedError
from tallywire.evidence.election_keys import PARTS, keys
from tallywire.evidence.marks import leave_marks


def begin_anew(connection: Connection, election: str) -> None:
    """Empty a sandbox in one step. Services that run on it go on with the first entry that comes.

    Each stage is left a mark that no worker has written: whoever leads is kept from committing by the fence, as if
    another worker had been first, and reads the state anew, of which there is none. Without a mark it would take the
    server for one that has lost everything, and end.

    Raises:
        RefusedError: the election is no sandbox.
    """
    if not is_sandbox(election):
        raise RefusedError(f"{election} is no sandbox: nothing of it is deleted.")
    partition = Partition(election)
    with connection.at(election).pipeline(transaction=True) as step:
        step.unlink(partition.key(DECLARATIONS.name), *keys(election, PARTS))
        leave_marks(step, partition)
        step.execute()


@dataclass(frozen=True, slots=True)
class Deleted:
    """An election that was deleted."""

    election: str
    entries: int
    """Entries that its ledger had."""
    keys: int
    """Keys that it had on the server."""


def delete_test(connection: Connection, election: str) -> Deleted:
    """Delete a rehearsal or a sandbox: all its keys, in one step, and then its rows in the catalogue.

    Each stage is left a mark, as when a sandbox begins anew: services that run go on, and can take an election of this
    name again.

    Raises:
        RefusedError: it is a real election.
    """
    if not is_test(connection, election):
        raise RefusedError(f"{election} is a real election: nothing of it is deleted.")
    partition, client = Partition(election), connection.at(election)
    entries = int(client.xlen(partition.key(LEDGER.name)))
    found = cast("list[bytes]", list(client.scan_iter(partition.key("*"), count=1_000)))
    with client.pipeline(transaction=True) as step:
        if found:
            step.unlink(*found)
        leave_marks(step, partition)
        step.execute()
    connection.forget(election)
    return Deleted(election, entries, len(found))


def is_test(connection: Connection, election: str) -> bool:
    """Whether an election is a rehearsal or a sandbox, by its name or by its register."""
    if is_rehearsal(election):
        return True
    register = cast("bytes | None", connection.at(election).hget(Partition(election).key(REGISTER), "election"))
    return register is not None and tables.REGISTER.read(register).test
