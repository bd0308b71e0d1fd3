"""What ingest keeps of an election that asks for signatures, as far as a user of the server may read it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from redis.exceptions import NoPermissionError

from services.ingest.rules.signed_state import (
    ENTRIES,
    HELD,
    HOLDS,
    KEYS,
    PRIVATE,
    EnrolledKey,
    HoldState,
    Unpublished,
    decode_unpublished,
)
from streams.keys import Partition
from tallywire.client.connection import Connection
from tallywire.client.errors import UnreadableError
from tallywire.client.snapshot import Reading, read_at_once

Value = TypeVar("Value")
Keys = Mapping[str, EnrolledKey]

TABLES: Final = (HOLDS, KEYS)
"""What everybody at the desk may read."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What ingest keeps of who may sign, and of what waits."""

    keys: Keys
    """The keys by id; those that are retired, too."""
    holds: Mapping[int, HoldState]
    """Every hold, by its place on the ledger."""
    held: Mapping[int, Unpublished] | None
    """The declarations that are held, by the place of their hold; None where the user may not read them."""
    entries: Mapping[tuple[str, int], Sequence[Unpublished]] | None
    """The figures that people have typed, by contest and revision; None where the user may not read them."""

    def roles(self) -> dict[str, str]:
        """Return the role of each person, by the key that was enrolled last."""
        return {key.person: key.role for key in self.keys.values()}


def read_with_private(
    connection: Connection, election: str, named: Sequence[str], streams: Sequence[str] = ()
) -> tuple[Reading, Stored]:
    """Read tables of an election at one moment, with those of which the ledger says nothing where they may be read.

    Args:
        connection: where the election is.
        election: its id.
        named: the tables, besides those of this module.
        streams: names of streams whose ends are read.

    Raises:
        UnreadableError: what ingest keeps cannot be read: another release wrote it, or somebody has changed it.
    """
    tables = (*named, *TABLES)
    try:
        reading = read_at_once(connection, election, streams=streams, named=(*tables, *PRIVATE))
    except NoPermissionError:
        reading = read_at_once(connection, election, streams=streams, named=tables)
    return reading, _stored(election, reading)


def _stored(election: str, reading: Reading) -> Stored:
    def read(table: str, decode: Callable[[bytes], Value]) -> dict[str, Value]:
        try:
            return {name: decode(value) for name, value in reading.tables[table].items()}
        except (ValueError, TypeError, KeyError) as error:
            key = Partition(election).key(table)
            raise UnreadableError(f"What {key} holds cannot be read: another release wrote it.") from error

    may_read = HELD in reading.tables
    held = read(HELD, decode_unpublished) if may_read else {}
    waiting = {int(place): one for place, one in held.items() if isinstance(one, Unpublished)}
    return Stored(
        keys=read(KEYS, EnrolledKey.decode),
        holds={int(place): hold for place, hold in read(HOLDS, HoldState.decode).items()},
        held=waiting if may_read else None,
        entries=_by_revision(read(ENTRIES, decode_unpublished)) if may_read else None,
    )


def _by_revision(stored: Mapping[str, object]) -> dict[tuple[str, int], list[Unpublished]]:
    found: dict[tuple[str, int], list[Unpublished]] = {}
    for field, entry in sorted(stored.items()):
        if isinstance(entry, Unpublished):
            ballot_id, revision, _ = field.split()
            found.setdefault((ballot_id, int(revision)), []).append(entry)
    return found


def read_stored(connection: Connection, election: str) -> Stored:
    """Return what ingest keeps of who may sign, and of what waits.

    Raises:
        UnreadableError: it cannot be read.
    """
    return read_with_private(connection, election, ())[1]
