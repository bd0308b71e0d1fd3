"""The work of the three steps, the same in every tool: our rules on state in memory, one message at a time.

A tool's module brings messages here and writes what comes back, the way its tutorial does it. What our services do and
the tutorials would not is left out in their favour: receipts, the chain of the ledger, the tables that state is
restored from. What a message changes goes in one round trip where it can.

A worker that starts again takes its state from the hashes that say how things stand. A revision that is not higher than
the one that stands is dropped, so a message that is delivered again does no harm once its result stands.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from threading import Lock
from typing import Any, Final, cast

from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from benchmarks.handwritten import STAGES
from benchmarks.workload import KEYS
from schemas.streams import TALLIES
from services.aggregate.rules.standing import RESULTS, Standing, StandingDeclaration
from services.notify.rules.memory import Memory
from streams.fold import Batch, Entry, fold

STEPS: Final = tuple(STAGES)
"""In the order of the flow; each is a queue, and a worker process."""

READS: Final = {step: wiring.reads for step, (wiring, _) in STAGES.items()}
"""The stream that each step reads."""

WRITES: Final = {step: wiring.writes[0] for step, (wiring, _) in STAGES.items()}
"""The stream that each step is there for: it tells how far the step is."""

URL: Final = "TOOLS_REDIS_URL"
"""Environment variable: the server, as ``unix:///path?db=0``."""

STEP: Final = "TOOLS_STEP"
"""Environment variable: the step of this worker; without it the process only sends."""

REGISTER: Final = KEYS.key("register")
"""Where a worker finds the register."""

PUBLIC: Final = "standing:"
"""How the tables begin that anyone may read; the others are for our own services."""


def ready_key(step: str) -> str:
    """Return the key by which a worker says that it has its state."""
    return KEYS.key(f"ready:{step}")


@dataclass(frozen=True, slots=True)
class Made:
    """What follows from one message."""

    stream: str
    """The stream that the step is there for."""
    events: tuple[bytes, ...]
    """What goes there, and on to the next step."""
    tallies: tuple[bytes, ...]
    """What goes on the stream of tallies."""
    fields: tuple[tuple[str, str, bytes], ...]
    """How things stand now: hash, field, value."""

    def beside(self) -> "Made":
        """Return what is left to write when the tool itself writes the stream."""
        return replace(self, events=())


class Step:
    """A step with its state in memory."""

    def __init__(self, name: str, server: Redis) -> None:
        self.wiring, self._rule = STAGES[name]
        self._state = self.wiring.state(KEYS.name)
        self._numbers = count(1)
        self._changing = Lock()
        if name != "notify":
            self(cast("bytes", server.get(REGISTER)))
        self._restore(server)

    def __call__(self, message: bytes) -> Made:
        """Do the work for one message."""
        entry_id = f"{time.time_ns() // 1_000_000}-{next(self._numbers)}"
        # A tool may run threads.
        with self._changing:
            batch = fold(self.wiring, self._rule, self._state, [Entry(entry_id, {b"data": message})])
            return self._made(batch)

    def _made(self, batch: Batch) -> Made:
        by_stream: dict[str, list[bytes]] = {name: [] for name in self.wiring.writes}
        for out in batch.emissions:
            if out.stream == self.wiring.chained:
                # One message at a time: each is a group of its own, after which tallies are published.
                end = b',"sequence":%d,"groupend":true}' % self._state.ledger_length
                by_stream[out.stream].append(out.event.encode()[:-1] + end)
            elif out.stream in {self.wiring.writes[0], TALLIES.name}:
                by_stream[out.stream].append(out.event.encode())
        return Made(
            self.wiring.writes[0],
            tuple(by_stream[self.wiring.writes[0]]),
            tuple(by_stream.get(TALLIES.name, ())),
            tuple(
                (table, field, value.encode())
                for (table, field), value in batch.records.items()
                if table.startswith(PUBLIC)
            ),
        )

    def _restore(self, server: Redis) -> None:
        """Take up how things stand."""
        if isinstance(self._state, Standing):
            for table in self.wiring.tables:
                for field, value in _hash(server, table.name).items():
                    table.load(self._state, field, value)
            for ballot, result in self._state.results.items():
                # Nothing amends the register here, so the declaration itself is never read again.
                self._state.declarations[ballot] = StandingDeclaration(result.data.revision, b"")
        if isinstance(self._state, Memory):
            for value in _hash(server, RESULTS).values():
                # What was said of it before is not to be said again.
                self(value)


def worker() -> Callable[[bytes], Made]:
    """Return this process's step with its state, and say that it is ready."""
    name = os.environ.get(STEP)
    if name is None:
        # It only sends.
        return lambda _: Made("", (), (), ())
    server = Redis.from_url(os.environ[URL])
    step = Step(name, server)
    server.set(ready_key(name), 1)
    server.close()
    return step


def done(server: Redis, step: Callable[[bytes], Made], message: str) -> list[str]:
    """Do a step's work for one message, write what follows, and return what goes on to the next step."""
    made = step(message.encode())
    with server.pipeline(transaction=False) as pipeline:
        _fill(pipeline, made)
        pipeline.execute()
    return [event.decode() for event in made.events]


async def done_async(server: AsyncRedis, step: Callable[[bytes], Made], message: str) -> list[str]:
    """Do the same as ``done``."""
    made = step(message.encode())
    await write(server, made)
    return [event.decode() for event in made.events]


async def write(server: AsyncRedis, made: Made) -> None:
    """Write what follows from a message."""
    async with server.pipeline(transaction=False) as pipeline:
        _fill(pipeline, made)
        await pipeline.execute()


def _fill(pipeline: Any, made: Made) -> None:  # noqa: ANN401  # a pipeline of either client
    for event in made.events:
        pipeline.xadd(KEYS.key(made.stream), {"data": event})
    for event in made.tallies:
        pipeline.xadd(KEYS.key(TALLIES.name), {"data": event})
    for table, field, value in made.fields:
        pipeline.hset(KEYS.key(table), field, value)


def _hash(server: Redis, table: str) -> dict[str, bytes]:
    stored = cast("dict[bytes, bytes]", server.hgetall(KEYS.key(table)))
    return {field.decode(): value for field, value in stored.items()}
