"""Entries that are missing from a numbered stream: trimmed, deleted, or lost with a server.

What a stage writes is numbered from 1 without gaps. So whoever reads it knows when something is missing, and must not
go on as if nothing were.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

from redis.asyncio import Redis

from streams.commit import SEQUENCE, Mark
from streams.errors import Damaged
from streams.fold import Entry, Wiring
from streams.keys import Partition

_NAME: Final = b',"sequence":'
_NUMBER: Final = re.compile(
    rb',"sequence":([1-9][0-9]{0,9})(?:,"groupend":true)?(?:,"chain":"[0-9a-f]{64}")?\}[ \t\r\n]*\Z'
)
"""The end of an event as it is committed: the number, and what is appended behind it (``streams.ledger_tail``)."""

_TAIL_BYTES: Final = 200
"""Bytes in which that is found. To look through all of an event, as ``ledger_tail.split`` does, takes
tens of microseconds."""


def number_of(event: bytes) -> int | None:
    """Return the number that an event was given when it was committed; None for what no stage has written."""
    at = event.rfind(_NAME, max(0, len(event) - _TAIL_BYTES))
    found = _NUMBER.match(event, at) if at >= 0 else None
    return int(found[1]) if found else None


def last_read(partition: Partition, wiring: Wiring[Any], read: int | None, entries: Iterable[Entry]) -> int | None:
    """Return the number of the last entry read, once these have been.

    Args:
        partition: where the stream is.
        wiring: of the stage that reads it.
        read: number of the last entry before them; None where that is not known.
        entries: the next ones. Those without a number are somebody else's, and count for nothing.

    Raises:
        Damaged: some are missing before or among them.
    """
    for entry in entries:
        number = number_of(entry.fields.get(b"data", b""))
        if number is None:
            continue
        if read is not None and number != read + 1:
            what = f"{wiring.reads} goes on with {number:,}, and it has read up to {read:,}"
            raise Damaged(wiring.stage, partition.name, what)
        read = number
    return read


async def missing_at_end(client: Redis, partition: Partition, wiring: Wiring[Any], mark: Mark) -> str:
    """Return what was written and is there no more, with nothing after it that would show; empty when nothing is.

    Args:
        client: of the partition's server.
        partition: where the stream is.
        wiring: of the stage that reads it.
        mark: how far the stage has read.
    """
    if wiring.numbered_by is None or mark.read is None:
        return ""
    asked: Any = client  # redis-py types an answer as its own union for each command
    # Asked in this order: what is written in between is on the stream by then.
    written = int(await asked.hget(partition.key(wiring.numbered_by), f"{SEQUENCE}{wiring.reads}") or 0)
    if written <= mark.read or await asked.xrange(partition.key(wiring.reads), min=f"({mark.cursor}", count=1):
        return ""
    return f"{wiring.reads} had entries up to {written:,}, it has read up to {mark.read:,}, and the others are gone"
