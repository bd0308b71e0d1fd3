"""How far a stage is behind: what lies on its stream beyond its cursor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from redis.asyncio import Redis

from streams.fold import START
from streams.keys import Partition

LAG_ENTRIES_MAX: Final = 100_000
"""Entries that may wait before somebody is told: half a minute of work. Nobody declares so many in a night by hand;
either the stage is too slow, or does not run, or somebody floods its stream."""

STUCK_AFTER_S: Final = 30.0
"""A stage whose entries wait so long, and that writes nothing meanwhile, is stuck: a commit takes milliseconds, a
server or a worker that is gone is back within seconds, and the largest register takes 17 s."""


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a stage is behind."""

    entries: int
    """Entries waiting."""
    seconds: float
    """How long the oldest of them has waited, by the server's clock; 0 when none waits."""

    @property
    def too_far(self) -> bool:
        """Whether more wait than may."""
        return self.entries > LAG_ENTRIES_MAX


def lag_of(folded: bytes | None, length: int, waiting: Sequence[tuple[bytes, object]], now: tuple[int, int]) -> Lag:
    """Return the lag from what the server says.

    Args:
        folded: how many entries the stage has folded in; None before the first.
        length: how many are on its stream.
        waiting: the first one beyond its cursor, if there is one.
        now: the server's time, in seconds and microseconds.
    """
    if not waiting:
        return Lag(0, 0.0)
    arrived_s = int(waiting[0][0].partition(b"-")[0]) / 1e3
    # Entries may come between two questions, and ids may be anybody's choice.
    return Lag(max(1, length - int(folded or 0)), max(0.0, now[0] + now[1] / 1e6 - arrived_s))


async def measure(client: Redis, partition: Partition, stage: str, reads: str) -> Lag:
    """Ask how far a stage is behind. What it costs the server does not depend on how far that is."""
    asked: Any = client  # redis-py types an answer as its own union for each command
    cursor, folded = await asked.hmget(partition.key(stage), "cursor", "folded")
    key = partition.key(reads)
    waiting = await asked.xrange(key, min=b"(" + (cursor or START.encode()), count=1)
    return lag_of(folded, await asked.xlen(key), waiting, await asked.time())
