"""``tallywire restore``: an exported ledger becomes an election on a server that does not know it.

The law: the election is in the catalogue only when all of its ledger, and all that ingest remembers of it, is on the
server. Until then a token marks the half that may be there; whoever begins anew deletes that half, and whoever was
at it before finds another token and stops. What aggregate and notify know, they derive themselves.
"""

import secrets
from collections.abc import Iterable, Mapping
from typing import Any, Final

from redis.exceptions import WatchError

from schemas.streams import LEDGER
from services.ingest.service import WIRING as INGEST
from streams.commit import FORM
from streams.fold import Entry
from streams.keys import Partition
from tallywire.client.connection import Connection
from tallywire.client.errors import RefusedError
from tallywire.client.snapshot import Table
from tallywire.evidence.checkpoint import Checkpoint
from tallywire.evidence.election_keys import PARTS, keys
from tallywire.evidence.ledger_file import Header, require
from tallywire.evidence.ledger_walk import Walk, walk_on
from tallywire.evidence.marks import TOKEN, are_marks, leave_marks, new_token
from tallywire.evidence.private_tables import check_private
from tallywire.evidence.replay import IngestReplay, operator_of

MARKER: Final = "restoring"
"""Last part of the key that marks an election as half restored."""

NOTHING: Final[Mapping[str, Table]] = {}
"""Nothing is private."""

FIELDS_MAX: Final = 1_000
"""Fields written in one step: contests have most, 0.9 kB each."""


def check(
    header: Header,
    chunks: Iterable[list[Entry]],
    checkpoint: Checkpoint | None = None,
    private: Mapping[str, Table] = NOTHING,
) -> list[str]:
    """Check an export before anything is written: its chain, its end, a signed head, and that ingest wrote it.

    Returns:
        What of the election is missing, a sentence each.

    Raises:
        Difference: it is not what it says.
        Outdated: part of it only a later release knows.
    """
    walked, ingest = Walk(header.election), IngestReplay(header.election)
    for chunk in walk_on(walked, chunks, checkpoint):
        ingest.fold(chunk)
    require(header, walked.size, walked.chain)
    missing = check_private(private, ingest.intake)
    return missing if ingest.intake.signed else []


def restore(
    connection: Connection, header: Header, chunks: Iterable[list[Entry]], private: Mapping[str, Table] = NOTHING
) -> Walk:
    """Put an election on a server.

    Args:
        connection: the server.
        header: what the export says of itself.
        chunks: its entries, of which all has been checked before.
        private: what is private of the election, checked before, too.

    Raises:
        RefusedError: the election is there, or somebody else restores it.
        Difference: the file has changed since it was checked.
    """
    require_room(connection, header.election)
    writer = _Writer(connection, header.election)
    writer.begin()
    walked, ingest = Walk(header.election), IngestReplay(header.election)
    for chunk in walk_on(walked, chunks):
        writer.put_entries(chunk)
        for table, fields in ingest.fold(chunk).items():
            writer.put_table(table, fields)
    require(header, walked.size, walked.chain)
    for table, fields in (*ingest.tables.items(), *private.items()):
        writer.put_table(table, fields)
    head = {f"sequence:{LEDGER.name}": b"%d" % walked.size, "chain": walked.chain.encode()}
    # A mark of its own: an ingest that has looked in between has read the half.
    head[TOKEN] = new_token().encode()
    writer.put_table(INGEST.stage, head | {FORM: b"%d" % INGEST.form})
    connection.announce(header.election, operator_of(ingest.intake))
    writer.end()
    return walked


def require_room(connection: Connection, election: str) -> None:
    """See that nothing of the election is on the server, except what a restore that was cut short has left.

    Raises:
        RefusedError: something is.
    """
    partition, client = Partition(election), connection.at(election)
    if election in connection.elections():
        # A restore that was cut short after its last step.
        client.delete(partition.key(MARKER))
        raise RefusedError(
            f"The election {election} is on this server already, with {client.xlen(partition.key(LEDGER.name))} "
            "ledger entries. Nothing was changed. Restore it on another server, or empty this one first.",
        )
    there = [key for key in keys(election, PARTS) if client.exists(key)]
    if there and not client.exists(partition.key(MARKER)) and not are_marks(client, partition, there):
        raise RefusedError(
            f"Something of the election {election} is on this server, though the catalogue does not name it: "
            f"{', '.join(there)}. Nothing was changed. Restore on an empty server.",
        )


class _Writer:
    """Writes as long as nobody else has begun."""

    def __init__(self, connection: Connection, election: str) -> None:
        self._client = connection.at(election)
        self._election = election
        self._partition = Partition(election)
        self._marker = self._partition.key(MARKER)
        self._token = secrets.token_hex(8).encode()

    def begin(self) -> None:
        """Mark the election, and delete what was left half done."""
        pipeline = self._client.pipeline(transaction=True)
        pipeline.set(self._marker, self._token)
        pipeline.unlink(*keys(self._election, PARTS))
        # Services that run may have worked on an election of this name that was deleted.
        leave_marks(pipeline, self._partition)
        pipeline.execute()

    def put_entries(self, chunk: list[Entry]) -> None:
        with self._step() as step:
            for entry in chunk:
                step.xadd(self._partition.key(LEDGER.name), dict(entry.fields), id=entry.id)
            self._execute(step)

    def put_table(self, table: str, fields: Table) -> None:
        items = list(fields.items())
        for start in range(0, len(items), FIELDS_MAX):
            with self._step() as step:
                step.hset(self._partition.key(table), mapping=dict(items[start : start + FIELDS_MAX]))
                self._execute(step)

    def end(self) -> None:
        """Take the mark away."""
        self._client.delete(self._marker)

    def _step(self) -> Any:  # noqa: ANN401  # a pipeline of redis-py
        step = self._client.pipeline(transaction=True)
        step.watch(self._marker)
        if step.get(self._marker) != self._token:
            step.reset()
            raise self._overtaken()
        step.multi()
        return step

    def _execute(self, step: Any) -> None:  # noqa: ANN401  # a pipeline of redis-py
        try:
            step.execute()
        except WatchError as error:
            raise self._overtaken() from error

    def _overtaken(self) -> RefusedError:
        return RefusedError(
            f"Somebody else has begun to restore {self._election} on this server. This one stops; theirs goes on.",
        )
