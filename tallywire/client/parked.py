"""Whether ingest has set an entry aside: a fault of ours keeps it from being judged, and an operator has to act."""

from collections.abc import Iterable
from typing import Any, Final

from pydantic import ValidationError
from redis.exceptions import NoPermissionError

from schemas.events import ParkedEvent
from schemas.streams import PARKED
from streams.keys import Partition
from tallywire.client.connection import Connection

NEWEST: Final = 200
"""How many of the newest notes are looked at: a stage ends when eleven of twenty good entries fail."""


def parked_key(election: str) -> str:
    """Return the stream on which ingest notes what it has set aside."""
    return Partition(election).key(PARKED["ingest"].name)


def entry_ids(notes: Iterable[tuple[bytes, dict[bytes, bytes]]]) -> set[str]:
    """Return the ids of the entries that notes are of; one that cannot be read is passed over."""
    found = set()
    for _, fields in notes:
        try:
            found.add(ParkedEvent.model_validate_json(fields.get(b"data", b"")).data.entry_id)
        except ValidationError:
            continue
    return found


def parked_by_ingest(connection: Connection, election: str) -> set[str]:
    """Return the ids of the entries that ingest has set aside, the newest; none where the user may not ask."""
    client: Any = connection.at(election)
    try:
        return entry_ids(client.xrevrange(parked_key(election), count=NEWEST))
    except NoPermissionError:
        return set()
