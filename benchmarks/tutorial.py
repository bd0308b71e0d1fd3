"""The same pipeline as FastStream's tutorial has it: one message at a time, its return value published by a decorator.

Follows https://faststream.ag2.ai/latest/redis/streams/publishing/ and, so that what is sent while a step is down waits
for it, https://faststream.ag2.ai/latest/redis/streams/groups/. As there: FastStream acknowledges after the handler, the
published message is a write of its own, each message is logged twice, and nobody looks at what a dead process had read.

Beyond the tutorial, in its favour: a decoder that leaves bytes alone, since our rules read them; and what a message
changes beside the published stream is one round trip. What our services do and the tutorial does not is left out:
receipts, and the tables that state is restored from.
"""

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final, cast

from faststream import FastStream
from faststream.exceptions import AckMessage
from faststream.message import StreamMessage
from faststream.redis import RedisBroker, StreamSub
from redis.asyncio import Redis

from benchmarks.handwritten import STAGES
from benchmarks.machine import Fresh, fresh_server
from benchmarks.rounds import Round
from benchmarks.workload import KEYS, LOOK_S, Entries, events, judged, wait_for_headlines
from schemas.streams import TALLIES
from streams.commit import Mark, number
from streams.fold import Entry, fold
from tallywire.embedded.child_processes import Family
from tallywire.embedded.logfile import last_lines, open_log

ROOT: Final = Path(__file__).resolve().parents[1]

SHARE: Final = 20
"""It gets one declaration for so many of the pipeline's, so that its round lasts about as long: speed is compared."""

URL: Final = "TUTORIAL_REDIS_URL"
"""Environment variable: the server."""

STEP: Final = "TUTORIAL_STEP"
"""Environment variable: the stage whose work the worker does."""

READY_DEADLINE_S: Final = 120.0
"""How long a worker may take to start, on a busy machine."""

PUBLIC: Final = "standing:"
"""How the tables begin that anyone may read; the others are for our own services."""


async def as_sent(message: StreamMessage[Any]) -> object:
    """Leave a message as it was sent."""
    return message.body


def worker() -> FastStream:
    """Return the worker that the environment describes: ``faststream run benchmarks.tutorial:worker --factory``."""
    url, step = os.environ[URL], os.environ[STEP]
    wiring, rule = STAGES[step]
    state, mark, counter = wiring.state(KEYS.name), Mark(), count(1)
    broker, server = RedisBroker(url), Redis.from_url(url)
    publisher = broker.publisher(stream=KEYS.key(wiring.writes[0]))

    @broker.subscriber(stream=StreamSub(KEYS.key(wiring.reads), group=step, consumer=step), decoder=as_sent)
    @publisher
    async def handle(message: bytes) -> bytes:
        """Do a step's work for one message."""
        nonlocal mark
        now_ms = time.time_ns() // 1_000_000
        entry = Entry(f"{now_ms}-{next(counter)}", {b"data": message}, now_ms)
        batch = fold(wiring, rule, state, [entry])
        numbered, mark = number(batch.emissions, KEYS.name, wiring, mark)
        written: dict[str, list[bytes]] = {wiring.writes[0]: [], TALLIES.name: []}
        for emission, event in zip(batch.emissions, numbered, strict=True):
            written.setdefault(emission.stream, []).append(event)
        async with server.pipeline(transaction=False) as pipeline:
            for event in written[TALLIES.name]:
                pipeline.xadd(KEYS.key(TALLIES.name), {"data": event})
            for (table, field), value in batch.records.items():
                if table.startswith(PUBLIC):
                    pipeline.hset(KEYS.key(table), field, cast("Any", value.encode()))
            await pipeline.execute()
        if not written[wiring.writes[0]]:
            raise AckMessage
        *others, last = written[wiring.writes[0]]
        for event in others:
            await publisher.publish(event)
        return last

    return FastStream(broker)


def tutorial(declarations: int) -> Round:
    """Work off a share of so many declarations, sent beforehand, with a worker process for each step."""
    size = max(1, declarations // SHARE)
    with fresh_server() as fresh:
        asyncio.run(_send(fresh.server.url, size))
        with _workers(fresh):
            wait_for_headlines(fresh.client, size)
        return judged(fresh.client, size, _seconds(fresh))


async def _send(url: str, declarations: int) -> None:
    """Make the groups, or FastStream would begin behind what was sent before; then send everything its way."""
    async with Redis.from_url(url) as server:
        for step, (wiring, _) in STAGES.items():
            await server.xgroup_create(KEYS.key(wiring.reads), step, id="0", mkstream=True)
    async with RedisBroker(url) as broker:
        for event in events(declarations):
            await broker.publish(event, stream=KEYS.key("declarations"))


@contextmanager
def _workers(fresh: Fresh) -> Iterator[None]:
    """Run a worker for each step, the last step first: what is measured waits for nobody's imports."""
    family, log_path = Family(), fresh.folder / "workers.log"
    run = [
        *(sys.executable, "-m", "faststream", "run", "benchmarks.tutorial:worker", "--factory", "--app-dir"),
        str(ROOT),
    ]
    try:
        for step, (wiring, _) in reversed(STAGES.items()):
            environment = os.environ | {URL: fresh.server.url, STEP: step}
            with open_log(log_path) as log:
                family.start(run, environment=environment, output=log)
            deadline = time.monotonic() + READY_DEADLINE_S
            # The server knows a member of a group from its first read on.
            while not fresh.client.xinfo_consumers(KEYS.key(wiring.reads), step):
                if time.monotonic() > deadline:
                    message = f"the worker of {step} does not start:\n{last_lines(log_path)}"
                    raise RuntimeError(message)
                time.sleep(LOOK_S)
        yield
    finally:
        family.end()


def _seconds(fresh: Fresh) -> float:
    """Return what passed between the first ledger entry and the last headline, by the server's clock."""
    first = cast("Entries", fresh.client.xrange(KEYS.key("ledger"), count=1))
    last = cast("Entries", fresh.client.xrevrange(KEYS.key("headlines"), count=1))
    began_ms, ended_ms = (int(entry_id.partition(b"-")[0]) for entry_id, _ in (*first, *last))
    return max(ended_ms - began_ms, 1) / 1_000
