"""Hooks for metrics; no-ops by default."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from redis import Redis

from streams.fold import Batch
from streams.keys import Partition
from streams.lag import Lag
from streams.servers import Servers

Phase = Literal["starting", "leading", "standing by", "interrupted", "failed"]
"""What a stage is doing: not yet connected, folding and committing, watching another worker do so, waiting to try again
after an error of the server, or nothing any more, because to go on would do harm."""


class StageHooks:
    """Called as things happen to one stage of one partition.

    They run in the middle of the work: an override may take a few microseconds, and must not raise.
    """

    def entered(self, phase: Phase, /) -> None:
        """The stage has entered a phase; also when it is interrupted once more."""

    def loaded(self, state: Any, /) -> None:  # noqa: ANN401  # any stage's state
        """The stage leads from now on, with this state; an override must let go of it when it leads no more."""

    def read(self, entries: int, /) -> None:
        """A batch of so many entries is about to be folded. If it is not committed, they are read again."""

    def folded(self, batch: Batch, /) -> None:
        """The batch is folded and about to be committed; an override may set its ``contexts``."""

    def committed(self, batch: Batch, before: Mapping[str, int], after: Mapping[str, int], seconds: float, /) -> None:
        """The batch is committed.

        Args:
            batch: what followed from its entries.
            before: last number on each stream written, before the commit.
            after: the same, after it.
            seconds: how long the server took for it.
        """

    def fenced(self) -> None:
        """The batch was refused by the fence: another writer was first."""


class ServiceHooks:
    """Called as things happen to a service."""

    middlewares: Sequence[Any] = ()
    """FastStream middlewares, which run around the fold of each batch."""

    def stage(self, _stage: str, _partition: str, /) -> StageHooks:
        """Return the hooks of a stage of a partition that is about to start."""
        return NO_STAGE_HOOKS

    def lag(self, stage: str, partition: str, lag: Lag, /) -> None:
        """How far behind a stage is, whichever worker leads; measured every few seconds."""

    def look_at(self, client: Redis, stage: str, partition: Partition, /) -> None:
        """Ask the server of a partition whatever else is to be known of a stage; every few seconds.

        Raises:
            RedisError: it does not answer.
        """

    def look(self, servers: "Servers[Redis]", /) -> None:
        """Ask the servers how they are; every few seconds. Must not raise when they are away."""

    def limit_reached(self, limit: str, /) -> None:
        """The service has reached a limit that belongs to no partition."""


NO_STAGE_HOOKS: Final = StageHooks()
NO_HOOKS: Final = ServiceHooks()
