"""The life of a stage: lead while the fence holds, follow when another writer is first, wait out a lost server."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Literal, cast

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from streams.commit import Committer, Mark, load_function
from streams.errors import Emptied, TooMuchPoison
from streams.fold import Batch, Entry, StateT, Wiring
from streams.keys import Partition
from streams.loading import load, mark_of
from streams.observing import UNWATCHED, Watch
from streams.servers import Elsewhere
from streams.waiting import done_before, drop, pause

BATCH_MAX: Final = 250
"""Entries read and committed at once: enough to make the round trip cheap, few enough to redo in a moment (0.1 s)."""

PART_BYTES_MAX: Final = 4 * 1024 * 1024
"""Bytes of entries folded and committed at once: 250 of a megabyte must not take longer than the client's timeout."""

BLOCK_MS: Final = 2_000
"""How long one read waits for entries. Shorter than the client's patience (4 s); an arrival ends it at once."""

GRACE_S: Final = 0.5
"""How long a stand-by lets entries lie before it believes that the leader is gone: ten times a slow commit, for one
that leads several partitions has the others' batches to fold as well."""

RETRY_S: Final = (0.05, 0.1, 0.2, 0.5, 1.0)
"""Pauses between attempts to reach a server that is away; the last one repeats."""

POISON_WINDOW: Final = 20
"""Of so many good-looking entries, more than half must not fail our own rule: one bad entry is parked, a bad release
stops."""

Step = Literal["read", "decided", "refused", "committed"]
"""The named steps of a batch: in hand, folded, kept out by the fence, taken effect."""

Observe = Callable[[Step], None]
"""Told of each step as it is reached; the storms kill a worker there."""

log = structlog.get_logger()


def unobserved(_: Step) -> None:
    """Watch nothing."""


Apply = Callable[[StateT, Sequence[Entry]], Awaitable[Batch]]
"""Fold a batch: the rule, with whatever the frame wants to see of it."""


async def read_entries(client: Redis, key: str, after: str, count: int | None = None) -> list[Entry]:
    """Return what lies on the stream beyond ``after``, waiting a while for something to come."""
    # The client's own reading of the answer keeps only the last value of a field that is given twice.
    client.set_response_callback("XREAD", _entries)
    return cast("list[Entry]", await client.xread({key: after}, count=count, block=BLOCK_MS))


def _entries(response: Any, **_options: Any) -> list[Entry]:  # noqa: ANN401  # redis-py's signature of a callback
    """Return the entries in the server's answer, which is about one stream."""
    if not response:
        return []
    # RESP3 answers with a mapping, RESP2 with pairs.
    ((_, entries),) = response.items() if isinstance(response, dict) else response
    return [Entry(entry_id.decode(), _fields(flat or ())) for entry_id, flat in entries]


def _fields(flat: Sequence[bytes]) -> dict[bytes, bytes]:
    """Return fields by name. One given twice has its values one under the other: nobody knows which is meant.

    Between them is a NUL, which no JSON has: two halves do not make one event.
    """
    fields: dict[bytes, bytes] = {}
    for name, value in zip(flat[::2], flat[1::2], strict=True):
        fields[name] = b"\n\0\n".join((fields[name], value)) if name in fields else value
    return fields


def parts(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Yield the entries in runs of no more than ``PART_BYTES_MAX``, or of one entry that is larger than that."""
    part: list[Entry] = []
    size = 0
    for entry in entries:
        weight = sum(map(len, entry.fields.values()))
        if part and size + weight > PART_BYTES_MAX:
            yield part
            part, size = [], 0
        part.append(entry)
        size += weight
    if part:
        yield part


@dataclass(slots=True)
class Stage(Generic[StateT]):
    """One stage of one partition."""

    reach: Callable[[str], Awaitable[Redis]]
    """Return a client of the server that may be written for a key now."""
    partition: Partition
    wiring: Wiring[StateT]
    apply: Apply[StateT]
    stopping: asyncio.Event
    observe: Observe = unobserved
    watch: Watch = UNWATCHED
    server: Redis = field(init=False)
    """The client of the server that has the partition, since the last time that all began anew."""
    client: Redis = field(init=False)
    """One connection of it, for all but reading. A pool would hand one out, and look it over, for each command."""
    reader: Redis = field(init=False)
    """Another one, that waits for entries."""
    _attempt: int = 0
    """Failures since the last commit: a server that can be read and takes nothing is not asked all the time."""
    _known: bool = False
    """Whether this worker has ever seen the stage's mark on the server."""
    _outcomes: deque[Exception | None] = field(default_factory=lambda: deque(maxlen=POISON_WINDOW))
    """Of the last good-looking entries that were committed. One that is folded again and again counts once."""

    @property
    def _key(self) -> str:
        return self.partition.key(self.wiring.stage)

    async def run(self) -> None:
        """Fold the stream until ``stopping`` is set. Returns with nothing half done.

        Raises:
            StageFailed: what no waiting can mend.
        """
        where = log.bind(stage=self.wiring.stage, partition=self.partition.name)
        while not self.stopping.is_set():
            try:
                self.server = await self.reach(self._key)
                async with aclosing(self.server.client()) as self.client, aclosing(self.server.client()) as self.reader:
                    await load_function(self.client)
                    await self._lead()
                    self.watch.stands_by()
                    if not self.stopping.is_set():
                        where.info("stage.standing_by")
                        await self._follow()
            except (RedisError, OSError) as error:
                retry_in_s = RETRY_S[min(self._attempt, len(RETRY_S) - 1)]
                self._attempt += 1
                self.watch.away()
                where.warning("stage.interrupted", error=str(error), retry_in_s=retry_in_s)
                # The traceback holds on to the state, and a task of this very traceback holds on to the error.
                error.with_traceback(None)
                await pause(self.stopping, retry_in_s)

    async def _lead(self) -> None:
        """Read, fold, commit, again and again, until another writer is first."""
        loaded = await self._load()
        if loaded is None:
            return
        mark, state = loaded
        committer = Committer(self.client, self.partition, self.wiring, self.watch)
        self.watch.leads()
        log.info("stage.leading", stage=self.wiring.stage, partition=self.partition.name, cursor=mark.cursor)
        reading = self._start_read(mark.cursor)
        try:
            while await done_before(self.stopping, reading):
                entries = reading.result()
                # The next read overlaps the fold and the commit of this batch.
                reading = self._start_read(entries[-1].id if entries else mark.cursor)
                if not entries:
                    if await self._current_mark() != mark:
                        return
                    continue
                for part in parts(entries):
                    after = await self._advance(committer, mark, state, part)
                    if after is None:
                        return
                    mark = after
        finally:
            await drop(reading)

    async def _advance(self, committer: Committer, mark: Mark, state: StateT, part: Sequence[Entry]) -> Mark | None:
        """Fold entries and commit what follows; None when another writer was first.

        What followed is forgotten with the return: the next batch is folded in the memory of this one.
        """
        self.observe("read")
        self.watch.read(len(part))
        batch = await self.apply(state, part)
        outcomes = self._beware_of_poison(batch)
        self.observe("decided")
        after = await committer.commit(mark, part[-1].id, batch)
        if after is None:
            self.observe("refused")
            return None
        self._known, self._attempt, self._outcomes = True, 0, outcomes
        self.observe("committed")
        return after

    def _beware_of_poison(self, batch: Batch) -> deque[Exception | None]:
        """Return the last outcomes as they are when the batch stands.

        Raises:
            TooMuchPoison: somewhere in the batch most of the last ones are failures, whatever comes after.
        """
        last = self._outcomes.copy()
        for outcome in batch.outcomes:
            last.append(outcome)
            if outcome is None:
                continue
            failures = [error for error in last if error is not None]
            if len(failures) > POISON_WINDOW // 2:
                raise TooMuchPoison(
                    self.wiring.stage, self.partition.name, len(failures), len(last), repr(failures[-1])
                )
        return last

    async def _current_mark(self) -> Mark:
        """Return how far the stage has come, whoever wrote it.

        Raises:
            Emptied: the server knows nothing of what this worker had committed.
            Damaged: the mark cannot be read.
            Elsewhere: the partition is at another server by now.
        """
        if await self.reach(self._key) is not self.server:
            # A server that lost the partition may say nothing of it, for ever.
            raise Elsewhere(f"{self.partition.name} is at another server now")
        mark = await mark_of(self.client, self.partition, self.wiring.stage)
        if mark == Mark() and self._known:
            raise Emptied(self.wiring.stage, self.partition.name)
        self._known = self._known or mark != Mark()
        return mark

    async def _follow(self) -> None:
        """Stand by until entries lie uncommitted for longer than a living leader would leave them."""
        cursor = (await self._current_mark()).cursor
        while not self.stopping.is_set():
            reading = self._start_read(cursor, count=1)
            try:
                if not await done_before(self.stopping, reading):
                    return
            finally:
                # Also when this is cancelled because another stage has failed: the connection is given back then.
                await drop(reading)
            if reading.result():
                await pause(self.stopping, GRACE_S)
            # Also when nothing came: some servers close a connection that keeps silent.
            seen, cursor = cursor, (await self._current_mark()).cursor
            if reading.result() and cursor == seen:
                return

    async def _load(self) -> tuple[Mark, StateT] | None:
        """Return mark and state as of one moment; None when another writer moved them meanwhile, or at the end."""
        mark = await self._current_mark()
        state = await load(self.client, self.partition, self.wiring, mark, self.stopping)
        return None if state is None else (mark, state)

    def _start_read(self, after: str, count: int = BATCH_MAX) -> "asyncio.Task[list[Entry]]":
        return asyncio.create_task(self._read(after, count))

    async def _read(self, after: str, count: int) -> list[Entry]:
        return await read_entries(self.reader, self.partition.key(self.wiring.reads), after, count)
