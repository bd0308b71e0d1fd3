"""One stage as somebody would write it who needs speed and nothing else: a loop over redis.asyncio.

It has the same rule, the same script, the same client, batches of the same size, and reads on while it folds and
commits. It has no FastStream, no second writer, no server that goes away, no stopping in order and no state from
before.

``python -m benchmarks.handwritten URL STAGE`` runs it as a process, for the first election in the catalogue.
"""

import asyncio
import gc
import os
import socket
import sys
from typing import Any, Final, cast

from redis.asyncio import Redis

from services.aggregate import service as aggregate
from services.ingest import service as ingest
from services.notify import service as notify
from services.shell import GARBAGE_AFTER
from streams.client import connect
from streams.commit import Committer, Mark, load_script
from streams.entries import BATCH_MAX, BLOCK_MS
from streams.fold import Entry, Rule, Wiring, fold
from streams.keys import CATALOGUE, Partition, alive_key

STAGES: Final[dict[str, tuple[Wiring[Any], Rule[Any]]]] = {
    "ingest": (ingest.WIRING, ingest.ingest_declarations),
    "aggregate": (aggregate.WIRING, aggregate.aggregate_ledger),
    "notify": (notify.WIRING, notify.notify_of_results),
}
"""What each stage reads and writes, and its rule."""

Answer = list[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]]


async def read(client: Redis, key: str, after: str) -> list[Entry]:
    """Return the next entries, waiting a while for something to come."""
    answer = cast("Answer", await client.xread({key: after}, count=BATCH_MAX, block=BLOCK_MS))
    seconds, microseconds = await client.time()
    read_ms = 1_000 * seconds + microseconds // 1_000
    return [Entry(entry_id.decode(), fields, read_ms) for _, entries in answer for entry_id, fields in entries]


async def work(client: Redis, reader: Redis, partition: Partition, stage: str, last: str | None = None) -> None:
    """Fold a stage's stream from its beginning, up to the entry ``last`` or for ever."""
    await load_script(client)
    wiring, rule = STAGES[stage]
    key = partition.key(wiring.reads)
    committer, state = Committer(client, partition, wiring), wiring.state(partition.name)
    mark: Mark | None = Mark()
    reading = asyncio.create_task(read(reader, key, "0-0"))
    while mark is not None and mark.cursor != last:
        entries = await reading
        reading = asyncio.create_task(read(reader, key, entries[-1].id if entries else mark.cursor))
        if entries:
            mark = await committer.commit(mark, entries[-1].id, fold(wiring, rule, state, entries))
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)


async def main(url: str, stage: str) -> None:
    """Say that the process is ready, wait for an election, and fold it."""
    async with connect(url) as server, server.client() as client, server.client() as reader:
        await client.set(alive_key(stage, socket.gethostname(), os.getpid()), 1)
        while not (named := cast("Answer", await client.xread({CATALOGUE: "0-0"}, block=BLOCK_MS))):
            pass
        await work(client, reader, Partition(named[0][1][0][1][b"election"].decode()), stage)


if __name__ == "__main__":
    # As our services do.
    gc.set_threshold(GARBAGE_AFTER)
    asyncio.run(main(*sys.argv[1:]))
