"""The one step in which a batch takes effect."""

import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final, cast

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from streams.fold import START, Batch, Emission, Wiring
from streams.keys import Partition

_TEMPLATE: Final = files("streams").joinpath("commit.lua").read_text("utf-8")
DIGEST: Final = sha256(_TEMPLATE.encode()).hexdigest()[:12]
"""Names the function after its text, so that two releases can serve side by side."""
FUNCTION: Final = f"tallywire_commit_{DIGEST}"
_CODE: Final = _TEMPLATE.replace("@DIGEST@", DIGEST)


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a stage has come: the fence of its next commit."""

    cursor: str = START
    """Id of the last entry folded in."""
    token: str = ""
    """Drawn anew for each commit: keeps out a writer from before the server was rolled back."""
    sequences: dict[str, int] = field(default_factory=dict)
    """Last number given on each stream written."""


async def load_function(client: Redis) -> None:
    """Put the commit function on the server; harmless when it is there."""
    await client.function_load(_CODE, replace=True)


async def read_mark(client: Redis, stage_key: str) -> Mark:
    """Return how far the stage has come."""
    stored = cast("dict[bytes, bytes]", await client.hgetall(stage_key))
    return Mark(
        cursor=stored.get(b"cursor", START.encode()).decode(),
        token=stored.get(b"token", b"").decode(),
        sequences={
            name.decode().removeprefix("sequence:"): int(number)
            for name, number in stored.items()
            if name.startswith(b"sequence:")
        },
    )


def number(event: bytes, sequence: int, *, group_end: bool) -> bytes:
    """Return the JSON object ``event`` with its place on the stream added at its end."""
    end = b',"groupend":true}' if group_end else b"}"
    return event[:-1] + b',"sequence":%d' % sequence + end


@dataclass(frozen=True, slots=True)
class Committer:
    """Commits the batches of one stage of one partition."""

    client: Redis
    partition: Partition
    wiring: Wiring[Any]

    async def commit(self, mark: Mark, cursor: str, batch: Batch) -> Mark | None:
        """Make the batch take effect and move the stage's cursor on.

        Args:
            mark: how far the stage had come when the batch's entries were read.
            cursor: id of the last entry in the batch.
            batch: what follows from the entries.

        Returns:
            The new mark, or None when another writer was first and nothing was written.

        Raises:
            RedisError: the server could not do it, or it is not known whether it did; nothing was half done.
        """
        after = Mark(cursor, secrets.token_hex(8), dict(mark.sequences))
        events = self._numbered(batch.emissions, after)
        by_identity = {id(out.event): event for out, event in zip(batch.emissions, events, strict=True)}
        keys = [self.partition.key(self.wiring.stage)]
        arguments: list[str | bytes | int] = [mark.cursor, mark.token, after.cursor, after.token]

        tables = sorted({table for table, _ in batch.records})
        streams = [stream for stream in self.wiring.writes if any(out.stream == stream for out in batch.emissions)]
        arguments += [len(tables), len(streams)]
        for table in tables:
            keys.append(self.partition.key(table))
            # A record that was published is kept as it was published, number and all.
            pairs = [
                part
                for (of_table, name), value in batch.records.items()
                if of_table == table
                for part in (name, by_identity.get(id(value)) or value.encode())
            ]
            arguments += [len(pairs) // 2, *pairs]
        for stream in streams:
            keys.append(self.partition.key(stream))
            mine = [event for out, event in zip(batch.emissions, events, strict=True) if out.stream == stream]
            arguments += [stream, mark.sequences.get(stream, 0), len(mine), *mine]

        stands = await self._call(keys, arguments)
        return after if stands else None

    def _numbered(self, emissions: list[Emission], after: Mark) -> list[bytes]:
        """Give each event its place on its stream, and move the streams' last numbers on."""
        last = {out.stream: place for place, out in enumerate(emissions)}
        numbered = []
        for place, out in enumerate(emissions):
            if out.stream not in self.wiring.writes:
                message = f"{self.wiring.stage} does not declare that it writes {out.stream}"
                raise ValueError(message)
            sequence = after.sequences[out.stream] = after.sequences.get(out.stream, 0) + 1
            ends_group = out.stream == self.wiring.grouped and place == last[out.stream]
            numbered.append(number(out.event.encode(), sequence, group_end=ends_group))
        return numbered

    async def _call(self, keys: list[str], arguments: list[str | bytes | int]) -> bool:
        try:
            return bool(await self.client.fcall(FUNCTION, len(keys), *keys, *arguments))
        except ResponseError as error:
            if "Function not found" not in str(error):
                raise
        # A server that was replaced, or restored without its functions.
        await load_function(self.client)
        return bool(await self.client.fcall(FUNCTION, len(keys), *keys, *arguments))
