"""Entries of a stream: reading them ahead of the work, decoding the server's answer, splitting a batch into parts."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from redis.asyncio import Redis

from streams.fold import Entry
from streams.waiting import cancel, done_before

BATCH_MAX: Final = 250
"""Entries read and committed at once: enough to make the round trip cheap, few enough to redo in a moment (0.1 s)."""

PART_BYTES_MAX: Final = 4 * 1024 * 1024
"""Bytes of entries folded and committed at once: 250 of a megabyte must not take longer than the client's timeout."""

FIELDS_MAX: Final = 1_000
"""Fields of an entry that are read, the first ones: an event has one. To take 50,000 apart took 25 milliseconds."""

READ_BYTES_MAX: Final = 64 * 1024 * 1024
"""Bytes of entries read at once, if the next ones are like the last: a batch of the largest declarations."""

BLOCK_MS: Final = 2_000
"""How long one read waits for entries. Shorter than the client's timeout (4 s); an arrival ends it at once."""


@dataclass(slots=True)
class Reading:
    """How a stream is read, and how many entries at once: fewer after an error, and where they are large.

    A server closes the connection of a client whose answer is larger than it may be. Read one by one, entries that
    somebody has made large are got over all the same.
    """

    timed: bool = False
    """Whether entries say when they were read."""
    count: int = BATCH_MAX
    """How many are read the next time."""

    def after_error(self) -> None:
        """Read a quarter of it the next time."""
        self.count = max(1, self.count // 4)

    def after(self, entries: Sequence[Entry]) -> None:
        """Read twice as many the next time, but no more than make ``READ_BYTES_MAX`` if all are like these."""
        if entries:
            size = sum(map(_weight, entries)) // len(entries)
            self.count = max(1, min(BATCH_MAX, 2 * self.count, READ_BYTES_MAX // (size + 1)))


async def batches(
    client: Redis, key: str, after: str, stopping: asyncio.Event, how: Reading
) -> AsyncGenerator[list[Entry], None]:
    """Yield what lies on a stream beyond ``after``, batch by batch, until ``stopping`` is set.

    A batch is empty when nothing came within ``BLOCK_MS``. The next read is under way while the caller works.

    Raises:
        RedisError: the server is away, refuses, or does not answer.
    """

    def read_on() -> "asyncio.Task[list[Entry]]":
        return asyncio.create_task(_read_batch(client, key, after, how.count, timed=how.timed))

    reading = read_on()
    try:
        while await done_before(stopping, reading):
            entries = reading.result()
            how.after(entries)
            after = entries[-1].id if entries else after
            reading = read_on()
            yield entries
    finally:
        await cancel(reading)


async def read_entries(
    client: Redis, key: str, after: str, count: int | None = None, *, block_ms: int | None = None
) -> list[Entry]:
    """Return what lies on the stream beyond ``after``, waiting ``block_ms`` (``BLOCK_MS``) for something to come.

    Raises:
        RedisError: the server is away, refuses, or does not answer.
    """
    # redis-py's own decoding keeps only the last value of a field that is given twice.
    client.set_response_callback("XREAD", _entries)
    return cast("list[Entry]", await client.xread({key: after}, count=count, block=block_ms or BLOCK_MS))


async def _read_batch(client: Redis, key: str, after: str, count: int, *, timed: bool) -> list[Entry]:
    entries = await read_entries(client, key, after, count)
    if not timed or not entries:
        return entries
    seconds, microseconds = await client.time()
    read_ms = 1_000 * seconds + microseconds // 1_000
    return [Entry(entry.id, entry.fields, read_ms) for entry in entries]


def parts(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Yield the entries in runs of no more than ``PART_BYTES_MAX``, or of one entry that is larger than that."""
    part: list[Entry] = []
    size = 0
    for entry in entries:
        weight = _weight(entry)
        if part and size + weight > PART_BYTES_MAX:
            yield part
            part, size = [], 0
        part.append(entry)
        size += weight
    if part:
        yield part


def _weight(entry: Entry) -> int:
    return sum(map(len, entry.fields)) + sum(map(len, entry.fields.values()))


def _entries(response: Any, **_options: Any) -> list[Entry]:  # noqa: ANN401  # redis-py's signature of a callback
    """Return the entries in the server's answer, which is about one stream."""
    if not response:
        return []
    # RESP3 answers with a mapping, RESP2 with pairs.
    ((_, entries),) = response.items() if isinstance(response, dict) else response
    return [Entry(entry_id.decode(), _fields(flat or ())) for entry_id, flat in entries]


def _fields(flat: Sequence[bytes]) -> dict[bytes, bytes]:
    """Return the first fields by name. The values of a field given twice are joined: nobody knows which one is meant.

    They are joined by a NUL, which is not allowed in JSON: two halves cannot make one event.
    """
    if len(flat) == 2:  # noqa: PLR2004  # a name and a value, as nearly every entry has
        return {flat[0]: flat[1]}
    flat = flat[: 2 * FIELDS_MAX]
    values: dict[bytes, list[bytes]] = {}
    for name, value in zip(flat[::2], flat[1::2], strict=True):
        values.setdefault(name, []).append(value)
    # Joined once, at the end: to join them as they come would copy 1,000 values 1,000 times.
    return {name: b"\n\0\n".join(given) for name, given in values.items()}
