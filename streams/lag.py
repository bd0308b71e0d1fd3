"""How far behind a stage is: the entries on its stream beyond its cursor."""

from dataclasses import dataclass
from typing import Any, Final

from redis import Redis

from streams.fold import START, place
from streams.keys import Partition

LAG_ENTRIES_MAX: Final = 100_000
"""Entries that may wait before it is reported: half a minute of work. A night does not bring so many at once: the stage
is too slow or does not run, or a sender floods its stream."""

AHEAD_MIN_S: Final = 10.0
"""How far ahead of the server's clock an id is that somebody has chosen. Less may be a clock that was put right, or
that of another server before a failover."""

STUCK_AFTER_S: Final = 30.0
"""A stage whose entries wait so long, and that writes nothing meanwhile, is stuck; so is a service whose event loop
has not run for so long. A commit takes milliseconds, a lost server or worker is replaced within seconds, and the
largest register takes some seconds."""


LAST_ID: Final = b"18446744073709551615-18446744073709551615"
"""The last id that an entry can have. A server takes nothing more for the stream that has it."""


@dataclass(frozen=True, slots=True)
class Lag:
    """How far behind a stage is."""

    entries: int
    """Entries waiting."""
    seconds: float
    """How long the oldest of them has waited, by the server's clock; 0 when none waits. Where its id is ahead of the
    clock, how long ago the stage last committed."""
    ahead_s: float = 0.0
    """How far the id of that one, or of the last that was read, is ahead of the server's clock: somebody chose one."""
    handled_at: float = 0.0
    """When the newest entry that was folded came, in seconds since 1970; 0 before the first. Where its id is ahead of
    the clock, when the stage last committed."""

    ended: bool = False
    """Whether the last entry that was read has ``LAST_ID``, which its sender has chosen: nothing can follow it."""

    @property
    def too_far(self) -> bool:
        """Whether more than ``LAG_ENTRIES_MAX`` wait."""
        return self.entries > LAG_ENTRIES_MAX


def measure(client: "Redis", partition: Partition, stage: str, reads: str) -> Lag:
    """Ask the server how far behind a stage is. The cost does not depend on how far that is.

    Raises:
        RedisError: the server is away, refuses, or does not answer.
    """
    asked: Any = client  # redis-py types an answer as its own union for each command
    cursor, folded, at = asked.hmget(partition.key(stage), "cursor", "folded", "at")
    key = partition.key(reads)
    ended = cursor == LAST_ID
    # A server refuses to look beyond it.
    waiting = [] if ended else asked.xrange(key, min=b"(" + (cursor or START.encode()), count=1)
    length, (now_s, now_us) = asked.xlen(key), asked.time()
    now = now_s + now_us / 1e6
    arrived = _moment(waiting[0][0] if waiting else cursor or START.encode())
    ahead_s = max(0.0, arrived - now)
    committed = int(at) / 1e3 if at and at.isdigit() else None
    handled_at = _moment(cursor) if cursor else 0.0
    if handled_at > now:
        handled_at = committed or now
    if not waiting:
        return Lag(0, 0.0, ahead_s, handled_at, ended)
    if arrived > now:
        # Senders may choose ids: this one says nothing of when the entry came.
        arrived = now if committed is None else committed
    # Written by hand it may not be a number; the commit takes it for 0, too.
    done = int(folded) if folded and folded.isdigit() else 0
    # Entries may come between two of the questions.
    return Lag(max(1, length - done), max(0.0, now - arrived), ahead_s, handled_at)


def _moment(entry_id: bytes) -> float:
    return place(entry_id)[0] / 1e3
