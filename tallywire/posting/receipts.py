"""Waiting for receipts: one reader for each election, however many senders wait."""

import asyncio
from collections.abc import Mapping
from typing import Final, cast

import structlog
from pydantic import ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from schemas.events import ReceiptEvent
from schemas.streams import RECEIPTS
from streams.entries import read_entries
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
    """The receipt of one entry, which may still have to be appended.

    Between the request to append it and its id a receipt may come already, so the reader keeps what comes then.
    """

    def __init__(self, reader: "_Reader") -> None:
        self.after = reader.after
        """Id of a receipt that came before it: the last one, or an earlier one."""
        self._reader = reader
        self._found: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        self._entry_id: str | None = None
        reader.entered()

    def appended(self, entry_id: str) -> None:
        """Say under which id the entry was appended."""
        self._entry_id = entry_id
        self._reader.placed(entry_id, self._found)

    async def within(self, seconds: float) -> bytes | None:
        """Return the receipt as published; None when it does not come in that time, or nobody is to wait any longer.

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

    async def expect(self, election: str) -> Awaited:
        """Wait from now on for the receipt of an entry of the election; whoever waits closes what is returned.

        Raises:
            RedisError: the server does not say which receipts there are.
        """
        reader = self._readers.get(election)
        if reader is None or reader.ended:
            after = await self._last_id(election)
            # Somebody else may have begun to read meanwhile.
            reader = self._readers.get(election)
            if reader is None or reader.ended:
                reader = self._readers[election] = _Reader(self._servers, election, after)
        return Awaited(reader)

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

    def give_up(self) -> None:
        """Let nobody wait any longer who waits now."""
        for reader in self._readers.values():
            reader.give_up()

    async def close(self) -> None:
        """End every reader."""
        await asyncio.gather(*(reader.end() for reader in self._readers.values()))

    async def _last_id(self, election: str) -> str:
        key = Partition(election).key(RECEIPTS.name)
        client = await self._servers.current(key)
        last = cast("Entries", await client.xrevrange(key, count=1))
        return last[0][0].decode() if last else START


class _Reader:
    """Reads the receipts of one election for as long as somebody waits for one."""

    def __init__(self, servers: "Servers[Redis]", election: str, after: str) -> None:
        self.after = after
        """Id of the last receipt read."""
        self.ended = False
        self._servers = servers
        self._election = election
        self._key = Partition(election).key(RECEIPTS.name)
        self._waiting: dict[str, asyncio.Future[bytes | None]] = {}
        self._unplaced = 0
        self._early: dict[str, bytes] = {}
        self._task = asyncio.create_task(self._read(), name=f"receipts of {election}")

    def entered(self) -> None:
        """Note that somebody waits whose entry has no id yet."""
        self._unplaced += 1

    def placed(self, entry_id: str, found: "asyncio.Future[bytes | None]") -> None:
        """Note the id of the entry."""
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

    def give_up(self) -> None:
        """Tell whoever waits that there is no receipt yet."""
        for found in self._waiting.values():
            if not found.done():
                found.set_result(None)

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
                for entry in await read_entries(client, self._key, self.after, READ_MAX, block_ms=BLOCK_MS):
                    self.after = entry.id
                    self._take(entry.fields)
        except (RedisError, OSError) as error:
            log.warning("receipts.lost", election=self._election, reason=str(error))
            for found in self._waiting.values():
                if not found.done():
                    found.set_exception(RedisError(str(error)))
        finally:
            self.ended = True

    def _take(self, fields: Mapping[bytes, bytes]) -> None:
        entry_id = _entry_of(fields)
        if entry_id is None:
            return
        found = self._waiting.pop(entry_id, None)
        if found is not None and not found.done():
            found.set_result(fields[b"data"])
        elif self._unplaced:
            self._early[entry_id] = fields[b"data"]


def _entry_of(fields: Mapping[bytes, bytes]) -> str | None:
    """Return the id of the entry that a receipt is for; None where it is no receipt as this release knows it."""
    try:
        return ReceiptEvent.model_validate_json(fields.get(b"data", b"")).data.entry_id
    except ValidationError:
        return None
