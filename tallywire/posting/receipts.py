"""Waiting for receipts: one reader for each election, however many senders wait."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, cast

import structlog
from pydantic import ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from schemas.events import ReceiptEvent
from schemas.streams import RECEIPTS
from streams.fold import START
from streams.keys import Partition
from streams.servers import Servers

BLOCK_MS: Final = 1_000
"""Longest single wait for receipts, after which the reader sees whether anybody still waits; an arrival ends it."""

READ_MAX: Final = 500
"""Receipts read at once: about 150 kB."""

Entries = list[tuple[bytes, dict[bytes, bytes]]]

log = structlog.get_logger()


class Awaited:
    """The receipt of one entry, which is still to be appended.

    Between the request to append it and its id a receipt may come already, so the reader keeps what comes then.
    """

    def __init__(self, reader: "_Reader") -> None:
        self._reader = reader
        self._found: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._entry_id: str | None = None

    def appended(self, entry_id: str) -> None:
        """Say under which id the entry was appended."""
        self._entry_id = entry_id
        self._reader.placed(entry_id, self._found)

    async def within(self, seconds: float) -> bytes | None:
        """Return the receipt as published; None when it does not come in that time.

        Raises:
            RedisError: the server was lost, so that nobody knows what became of the entry.
        """
        try:
            async with asyncio.timeout(seconds):
                return await self._found
        except TimeoutError:
            return None

    def close(self) -> None:
        """Stop waiting."""
        self._reader.left(self._entry_id)
        self._found.cancel()


class Receipts:
    """The receipts of all elections.

    Args:
        servers: where the elections are.
    """

    def __init__(self, servers: "Servers[Redis]") -> None:
        self._servers = servers
        self._readers: dict[str, _Reader] = {}

    async def last_id(self, election: str) -> str:
        """Return the id of the election's last receipt; ``0-0`` when there is none.

        Raises:
            RedisError: the server does not say.
        """
        key = Partition(election).key(RECEIPTS.name)
        client = await self._servers.current(key)
        last = cast("Entries", await client.xrevrange(key, count=1))
        return last[0][0].decode() if last else START

    @contextmanager
    def awaiting(self, election: str, after: str) -> Iterator[Awaited]:
        """Wait for the receipt of an entry that is appended inside the block.

        Args:
            election: the entry's election.
            after: id of the last receipt there was before.
        """
        reader = self._readers.get(election)
        if reader is None or reader.ended:
            reader = self._readers[election] = _Reader(self._servers, election, after)
        reader.entered()
        awaited = Awaited(reader)
        try:
            yield awaited
        finally:
            awaited.close()

    async def find(self, election: str, entry_id: str, after: str) -> bytes | None:
        """Return the receipt of an entry, looking through those that came after ``after``; None when there is none yet.

        Raises:
            RedisError: the server does not say.
        """
        key = Partition(election).key(RECEIPTS.name)
        client = await self._servers.current(key)
        while entries := cast("Entries", await client.xrange(key, f"({after}", count=READ_MAX)):
            for _, fields in entries:
                if _entry_of(fields) == entry_id:
                    return fields[b"data"]
            after = entries[-1][0].decode()
        return None

    async def close(self) -> None:
        """End every reader."""
        await asyncio.gather(*(reader.end() for reader in self._readers.values()))


class _Reader:
    """Reads the receipts of one election for as long as somebody waits for one."""

    def __init__(self, servers: "Servers[Redis]", election: str, after: str) -> None:
        self._servers = servers
        self._key = Partition(election).key(RECEIPTS.name)
        self._after = after
        self._waiting: dict[str, asyncio.Future[bytes]] = {}
        self._unplaced = 0
        self._early: dict[str, bytes] = {}
        self._task = asyncio.create_task(self._read(), name=f"receipts of {election}")
        self.ended = False

    def entered(self) -> None:
        """Note that somebody is about to append an entry."""
        self._unplaced += 1

    def placed(self, entry_id: str, found: "asyncio.Future[bytes]") -> None:
        """Note the id of an entry that was appended."""
        if (receipt := self._early.pop(entry_id, None)) is not None:
            found.set_result(receipt)
        elif self.ended:
            found.set_exception(RedisError("The server was lost."))
        else:
            self._waiting[entry_id] = found
        self._no_longer_unplaced()

    def left(self, entry_id: str | None) -> None:
        """Note that somebody waits no more."""
        if entry_id is None:
            self._no_longer_unplaced()
        else:
            self._waiting.pop(entry_id, None)

    async def end(self) -> None:
        """Stop reading."""
        self._task.cancel()
        await asyncio.wait([self._task])

    def _no_longer_unplaced(self) -> None:
        self._unplaced -= 1
        if not self._unplaced:
            self._early.clear()

    async def _read(self) -> None:
        try:
            while self._unplaced or self._waiting:
                client = await self._servers.current(self._key)
                answer = await client.xread({self._key: self._after}, count=READ_MAX, block=BLOCK_MS)
                for entry_id, fields in _entries(answer):
                    self._after = entry_id.decode()
                    self._take(fields)
        except (RedisError, OSError) as error:
            log.warning("receipts.lost", key=self._key, reason=str(error))
            for found in self._waiting.values():
                if not found.done():
                    found.set_exception(RedisError(str(error)))
        finally:
            self.ended = True

    def _take(self, fields: dict[bytes, bytes]) -> None:
        entry_id = _entry_of(fields)
        if entry_id is None:
            return
        found = self._waiting.pop(entry_id, None)
        if found is not None and not found.done():
            found.set_result(fields[b"data"])
        elif self._unplaced:
            self._early[entry_id] = fields[b"data"]


def _entry_of(fields: dict[bytes, bytes]) -> str | None:
    """Return the id of the entry that a receipt is for; None where it is no receipt as this release knows it."""
    try:
        return ReceiptEvent.model_validate_json(fields.get(b"data", b"")).data.entry_id
    except ValidationError:
        return None


def _entries(answer: object) -> Entries:
    """Return the entries in an answer to XREAD of one stream, whichever protocol version the server speaks."""
    if isinstance(answer, dict):
        return [entry for batches in answer.values() for batch in batches for entry in batch]
    return [entry for _, batch in cast("list[tuple[bytes, Entries]]", answer or []) for entry in batch]
