"""The life of a stage: lead while the fence holds, stand by while another worker leads, wait out a lost server."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Final, Generic

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from streams.commit import Committer, Mark, load_script
from streams.entries import Reading, batches, parts, read_entries
from streams.errors import Damaged, Emptied
from streams.fold import Batch, Entry, StateT, Wiring, place
from streams.gaps import last_read, missing_at_end
from streams.hooks import NO_STAGE_HOOKS, Phase, StageHooks
from streams.keys import Partition
from streams.lag import AHEAD_MIN_S
from streams.loading import load, mark_of
from streams.poison import Outcomes
from streams.servers import PartitionMoved, Servers
from streams.waiting import pause, unless_stopped

GRACE_S: Final = 0.5
"""How long entries may lie uncommitted before a standby takes over. Ten times a slow commit, because a leader folds
other partitions' batches too."""

TURN_S: Final = 0.05
"""How long a stage folds before it commits and lets the others work: all stages of a service share one event loop. Some
hundred honest entries take as long, or five of the worst."""

RETRY_S: Final = (0.05, 0.1, 0.2, 0.5, 1.0)
"""Pauses between attempts to reach a server that is away; the last one repeats."""

log = structlog.get_logger()

Enough = Callable[[], bool]
"""Asked after each entry whether the others are to wait."""

Apply = Callable[[Partition, StateT, Sequence[Entry], Enough], Awaitable[Batch]]
"""Fold entries of a partition into its state: ``fold`` with the stage's rule, inside FastStream's middlewares."""


@dataclass(slots=True)
class Stage(Generic[StateT]):
    """One stage of one partition, as one worker runs it. ``run`` is its whole life."""

    servers: Servers[Redis]
    partition: Partition
    wiring: Wiring[StateT]
    apply: Apply[StateT]
    stopping: asyncio.Event
    """Set when the service is to stop."""
    hooks: StageHooks = NO_STAGE_HOOKS
    phase: Phase = "starting"
    error: str = ""
    """Why the last attempt was interrupted; empty again once a commit or an idle read has succeeded."""
    folding: bool = False
    """Whether the rule is running at this moment."""
    _server: Redis = field(init=False)
    """The client of the partition's server, as of the last connecting."""
    _client: Redis = field(init=False)
    """One connection of it, for all but reading. Taking one from a pool costs a check for each command."""
    _reader: Redis = field(init=False)
    """A second connection, which waits for entries."""
    _reading: Reading = field(init=False)
    """How its stream is read."""
    _attempts: int = 0
    """Failed attempts since the last commit, so that a server that can be read but refuses commits is not flooded."""
    _noted: bool = False
    """Whether it was logged that ids on the stream are ahead of the clock."""
    _known: bool = False
    """Whether this worker has ever seen the stage's mark on the server."""
    _outcomes: Outcomes = field(init=False)

    def __post_init__(self) -> None:
        """Begin without outcomes."""
        self._reading = Reading(timed=self.wiring.timed)
        self._outcomes = Outcomes(self.wiring.stage, self.partition.name)

    async def run(self) -> None:
        """Lead; when another worker was first, stand by; wait out a lost server; until ``stopping`` is set.

        Returns with nothing half done.

        Raises:
            StageFailed: neither waiting nor repeating helps.
        """
        while not self.stopping.is_set():
            try:
                async with self._connected():
                    await self._lead()
                    if not self.stopping.is_set():
                        await self._stand_by()
            except (RedisError, OSError) as error:
                await self._wait_out(error)

    async def _lead(self) -> None:
        """Load, then read, fold, commit, again and again, until another worker is first."""
        loaded = await self._load()
        if loaded is None:
            return
        mark, state = loaded
        self._enter("leading", cursor=mark.cursor)
        self.hooks.loaded(state)
        committer = Committer(self._client, self.partition, self.wiring, self.hooks)
        async with aclosing(self._batches(mark)) as reading:
            async for entries in reading:
                for part in parts(entries):
                    after = await self._work_off(committer, mark, state, part)
                    if after is None:
                        return
                    mark = after
                if not entries:
                    if await self._current_mark() != mark:
                        return
                    if missing := await missing_at_end(self._client, self.partition, self.wiring, mark):
                        raise Damaged(self.wiring.stage, self.partition.name, missing)
                    self.error = ""

    def fail(self, error: Exception) -> None:
        """Note that the stage has ended with ``error``, while the service goes on without it."""
        self.error, self.folding, self.phase = str(error) or repr(error), False, "failed"
        self.hooks.entered(self.phase)

    def _batches(self, mark: Mark) -> AsyncGenerator[list[Entry], None]:
        return batches(self._reader, self._reads, mark.cursor, self.stopping, self._reading)

    async def _work_off(self, committer: Committer, mark: Mark, state: StateT, part: Sequence[Entry]) -> Mark | None:
        """Fold and commit entries, as many at once as take ``TURN_S``; None when another worker was first.

        When the service is to stop, those are left that have not been begun.
        """
        if self.stopping.is_set():
            return mark
        self.hooks.read(len(part))
        self._note_ids(part[-1])
        while part and not self.stopping.is_set():
            after, folded = await self._fold_and_commit(committer, mark, state, part)
            if after is None:
                return None
            mark, part = after, part[folded:]
        return mark

    async def _fold_and_commit(
        self, committer: Committer, mark: Mark, state: StateT, part: Sequence[Entry]
    ) -> tuple[Mark | None, int]:
        """Fold the first entries and commit what follows; return the mark and how many.

        The mark is None when another worker was first. A function of its own so that the batch is freed before the next
        one is folded.
        """
        until = monotonic() + TURN_S
        self.folding = True
        batch = await self.apply(self.partition, state, part, lambda: monotonic() >= until)
        self.folding = False
        try:
            read = self._last_read(mark, part[: batch.folded])
        except Damaged:
            if await self._current_mark() != mark:
                # Not a gap: another worker was first, or the election begins anew, and these are its first entries.
                return None, batch.folded
            raise
        outcomes = self._outcomes.after(batch)
        self.hooks.folded(batch)
        after = await committer.commit(mark, part[batch.folded - 1].id, batch, read)
        if after is not None:
            self._known, self._attempts, self._outcomes, self.error = True, 0, outcomes, ""
        return after, batch.folded

    def _note_ids(self, last: Entry) -> None:
        """Log, once, that the ids on the stream are ahead of the clock. They decide nothing but the order."""
        ahead_s = (place(last.id.encode())[0] - last.read_ms) / 1e3
        if self.wiring.timed and ahead_s > AHEAD_MIN_S and not self._noted:
            self._noted = True
            log.warning(
                "stage.ids_ahead",
                stage=self.wiring.stage,
                election=self.partition.name,
                entry=last.id,
                ahead_s=round(ahead_s),
            )

    def _last_read(self, mark: Mark, folded: Sequence[Entry]) -> int | None:
        if self.wiring.numbered_by is None:
            return None
        return last_read(self.partition, self.wiring, mark.read, folded)

    async def _stand_by(self) -> None:
        """Watch the stream until entries lie uncommitted for longer than a living leader would leave them."""
        self._enter("standing by")
        self.error = ""
        cursor = (await self._current_mark()).cursor
        while not self.stopping.is_set():
            reading = read_entries(self._reader, self._reads, cursor, count=1)
            waiting = await unless_stopped(self.stopping, reading)
            if waiting:
                await pause(self.stopping, GRACE_S)
            # Asked also when nothing waits, because some servers close a connection that is not used.
            before, cursor = cursor, (await self._current_mark()).cursor
            if waiting and cursor == before:
                return

    async def _wait_out(self, error: Exception) -> None:
        """Wait before the next attempt, longer after each failure."""
        retry_in_s = RETRY_S[min(self._attempts, len(RETRY_S) - 1)]
        self._attempts += 1
        self._reading.after_error()
        self.error = str(error) or repr(error)
        self._enter("interrupted", error=self.error, retry_in_s=retry_in_s)
        # The traceback refers to the state, which may be gigabytes, and to a task that refers to the error.
        error.with_traceback(None)
        await pause(self.stopping, retry_in_s)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[None]:
        """Connect to the partition's server, twice, and close both connections at the end."""
        self._server = await self.servers.current(self._key)
        async with aclosing(self._server.client()) as self._client, aclosing(self._server.client()) as self._reader:
            await load_script(self._client)
            yield

    async def _load(self) -> tuple[Mark, StateT] | None:
        """Return mark and state of one moment; None when another worker moved them meanwhile, or when stopping."""
        mark = await self._current_mark()
        state = await load(self._client, self.partition, self.wiring, mark, self.stopping)
        return None if state is None else (mark, state)

    async def _current_mark(self) -> Mark:
        """Return how far the stage has come, whichever worker it was.

        Raises:
            Emptied: the server has no trace of what this worker had committed or seen.
            Damaged: the mark cannot be read.
            PartitionMoved: the partition is on another server by now.
        """
        if await self.servers.current(self._key) is not self._server:
            # A server that lost the partition may never say so by itself.
            raise PartitionMoved(f"{self.partition.name} is on another server now")
        mark = await mark_of(self._client, self.partition, self.wiring.stage)
        if mark == Mark() and self._known:
            raise Emptied(self.wiring.stage, self.partition.name)
        self._known = self._known or mark != Mark()
        return mark

    def _enter(self, phase: Phase, **facts: object) -> None:
        """Enter a phase, and log it: ``stage.leading``, ``stage.standing_by``, ``stage.interrupted``."""
        self.phase = phase
        self.hooks.entered(phase)
        said = {"stage": self.wiring.stage, "election": self.partition.name, **facts}
        if phase == "leading":
            log.info("stage.leading", **said)
        elif phase == "standing by":
            log.info("stage.standing_by", **said)
        else:
            log.warning("stage.interrupted", **said)

    @property
    def _key(self) -> str:
        return self.partition.key(self.wiring.stage)

    @property
    def _reads(self) -> str:
        return self.partition.key(self.wiring.reads)
