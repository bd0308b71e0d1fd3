"""Entries that one of our own rules failed on: where they are, why, and how they get back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, cast

from pydantic import ValidationError

from schemas.events import ParkedEvent
from schemas.streams import DECLARATIONS, PARKED
from streams.keys import Partition
from tallywire.client.connection import Connection
from tallywire.evidence.stored_election import read_chunks

STAGES: Final = tuple(PARKED)

_ID: Final = re.compile(r"[0-9]{1,19}-[0-9]{1,19}")
"""An entry's id, as clocks make them; a server refuses a question about anything else."""


@dataclass(frozen=True, slots=True)
class ParkedEntry:
    """An entry that a service has set aside because its own rule failed on it."""

    election: str
    stage: str
    """Whose rule failed."""
    list_id: str
    """Id of its entry on the stream of parked entries."""
    stream: str
    entry_id: str
    """Where the entry itself is; both empty when the note cannot be read."""
    reason: str


def parked_entries(
    connection: Connection, elections: list[str], stages: tuple[str, ...] = STAGES
) -> Iterator[ParkedEntry]:
    """Yield the parked entries, by election and stage, oldest first."""
    for election in elections:
        client = connection.at(election)
        for stage in stages:
            key = Partition(election).key(PARKED[stage].name)
            last = connection.last_id(election, PARKED[stage].name)
            for chunk in read_chunks(client, key, last):
                for entry in chunk:
                    yield _read(election, stage, entry.id, entry.fields.get(b"data", b""))


def _read(election: str, stage: str, list_id: str, event: bytes) -> ParkedEntry:
    try:
        data = ParkedEvent.model_validate_json(event).data
    except ValidationError:
        data = None
    if data is None or not _ID.fullmatch(data.entry_id):
        return ParkedEntry(
            election, stage, list_id, "", "", "This note itself cannot be read; another release wrote it."
        )
    return ParkedEntry(election, stage, list_id, data.stream, data.entry_id, data.reason)


def put_back(connection: Connection, entry: ParkedEntry) -> str | None:
    """Post a copy of an entry that ingest had parked, and take it off the list, in one step.

    Harmless when it had been accepted after all: it is a duplicate then.

    Returns:
        Id of the copy; None when the entry is no longer on its stream, and the list is left as it is.
    """
    if entry.stream != DECLARATIONS.name:
        return None
    partition = Partition(entry.election)
    client = connection.at(entry.election)
    key = partition.key(DECLARATIONS.name)
    found = cast("list[tuple[bytes, dict[bytes, bytes]]]", client.xrange(key, entry.entry_id, entry.entry_id))
    if not found:
        return None
    pipeline = client.pipeline(transaction=True)
    pipeline.xadd(key, found[0][1])
    pipeline.xdel(partition.key(PARKED[entry.stage].name), entry.list_id)
    copy_id, _ = pipeline.execute()
    return cast("bytes", copy_id).decode()


class RetryOutcome(Enum):
    """What became of a parked entry that was to be put back."""

    PUT_BACK = auto()
    UNREADABLE = auto()
    """The note does not say which entry it is about."""
    ON_LEDGER = auto()
    """It is on the ledger, or follows from it: a rebuild lets the fixed rule see it."""
    GONE = auto()
    """It is no longer on its stream."""


@dataclass(frozen=True, slots=True)
class Retried:
    """A parked entry, and what became of it."""

    entry: ParkedEntry
    outcome: RetryOutcome
    copy_id: str = ""
    """Id of its copy, when it was put back."""


def retry(connection: Connection, elections: list[str]) -> Iterator[Retried]:
    """Put back what ingest had parked, and yield what became of each parked entry."""
    # All are read before the first is taken off its list.
    for entry in list(parked_entries(connection, elections)):
        if not entry.stream:
            yield Retried(entry, RetryOutcome.UNREADABLE)
        elif entry.stage != "ingest":
            yield Retried(entry, RetryOutcome.ON_LEDGER)
        elif (copy_id := put_back(connection, entry)) is None:
            yield Retried(entry, RetryOutcome.GONE)
        else:
            yield Retried(entry, RetryOutcome.PUT_BACK, copy_id)
