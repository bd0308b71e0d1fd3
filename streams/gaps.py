"""Entries that are missing from a numbered stream: trimmed, deleted, or lost with a server.

What a stage writes is numbered from 1 without gaps. So whoever reads it knows when something is missing, and must not
go on as if nothing were.
"""

from collections.abc import Iterable
from typing import Any

from redis.asyncio import Redis

from streams.commit import SEQUENCE, Mark
from streams.errors import Damaged
from streams.fold import Entry, Wiring
from streams.keys import Partition
from streams.ledger_tail import sequence_of


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
        number = sequence_of(entry.fields.get(b"data", b""))
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
    said: bytes = await asked.hget(partition.key(wiring.numbered_by), f"{SEQUENCE}{wiring.reads}") or b"0"
    if not said.isdigit():
        return f"{partition.key(wiring.numbered_by)} does not say how many entries {wiring.reads} had"
    written = int(said)
    if written <= mark.read or await asked.xrange(partition.key(wiring.reads), min=f"({mark.cursor}", count=1):
        return ""
    return f"{wiring.reads} had entries up to {written:,}, it has read up to {mark.read:,}, and the others are gone"
