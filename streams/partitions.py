"""The stages of a service: one for each partition that the catalogue names, and none stops another."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from streams.entries import read_entries
from streams.errors import StageFailed
from streams.fold import START, Entry, Wiring
from streams.hooks import NO_HOOKS, ServiceHooks
from streams.keys import CATALOGUE, PARTITIONS_MAX, Partition
from streams.servers import Servers
from streams.stage import RETRY_S, Apply, Stage
from streams.troubles import why_not_in
from streams.waiting import pause, unless_stopped

CATALOGUE_READ_MAX: Final = 1_000
"""Entries of the catalogue read at once. It may be long, since it may hold anything that was ever written to it."""

NOT_READ: Final = "The catalogue has not been read yet"
"""Why a service that starts does not know its partitions."""

log = structlog.get_logger()


@dataclass(slots=True)
class Partitions:
    """Follows the catalogue, and runs the stage of every partition in it."""

    servers: Servers[Redis]
    wiring: Wiring[Any]
    apply: Apply[Any]
    hooks: ServiceHooks = NO_HOOKS
    stages: dict[str, Stage[Any]] = field(default_factory=dict)
    """By the name of the partition."""
    error: str = NOT_READ
    """Why it is not known which partitions there are; empty when it is."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set to stop: every stage commits what it has folded, and ends."""

    async def run(self) -> None:
        """Start the stage of every partition in the catalogue, and of each that is added, until ``stopping`` is set.

        Raises:
            BaseExceptionGroup: no stage is left that could go on; the last one's error is in it.
        """
        async with asyncio.TaskGroup() as tasks:
            after, attempts = START, 0
            while not self.stopping.is_set():
                try:
                    entries = await self._read(after)
                except (RedisError, OSError) as error:
                    await self._note(error)
                    await pause(self.stopping, RETRY_S[min(attempts, len(RETRY_S) - 1)])
                    attempts += 1
                    # A standby that was promoted may have given new entries ids below the last one read.
                    after = START
                    continue
                for entry in entries:
                    after = entry.id
                    if stage := self._new_stage(entry):
                        tasks.create_task(self._run_stage(stage))
                self.error, attempts = "", 0

    async def _run_stage(self, stage: Stage[Any]) -> None:
        """Run a stage. Where it fails, the others go on, and this one stands still until the service is started anew.

        Raises:
            Exception: it has failed, and there is nothing else to go on with.
        """
        try:
            await stage.run()
        except Exception as error:
            stage.fail(error)
            if await self._others_go_on():
                log.critical(
                    "stage.failed",
                    stage=self.wiring.stage,
                    election=stage.partition.name,
                    reason=stage.error,
                    **({} if isinstance(error, StageFailed) else {"exc_info": error}),
                )
                return
            raise

    async def _others_go_on(self) -> bool:
        """Whether a stage is left that has not failed, on a server that has not lost the catalogue."""
        if all(stage.phase == "failed" for stage in self.stages.values()):
            return False
        try:
            return bool(await (await self.servers.current(CATALOGUE)).exists(CATALOGUE))
        except (RedisError, OSError):
            # It is away, which the others wait out.
            return True

    async def _note(self, error: Exception) -> None:
        """Remember why the catalogue cannot be read, and log it when it is another reason than before."""
        # In a thread: it may ask the server whether it speaks TLS.
        why = await asyncio.to_thread(why_not_in, self.servers.named[0], error) or str(error) or repr(error)
        said = f"The catalogue cannot be read: {why}"
        if said != self.error:
            log.error("catalogue.unreadable", stage=self.wiring.stage, reason=why)
        self.error = said

    async def _read(self, after: str) -> list[Entry]:
        """Return the next entries of the catalogue; at first, and after an error, without waiting for one."""
        client = await self.servers.current(CATALOGUE)
        block_ms = 1 if self.error else None
        reading = read_entries(client, CATALOGUE, after, CATALOGUE_READ_MAX, block_ms=block_ms)
        return await unless_stopped(self.stopping, reading) or []

    def _new_stage(self, entry: Entry) -> Stage[Any] | None:
        """Return the stage for an entry of the catalogue; None when it has one, or can have none."""
        name = entry.fields.get(b"election", b"").decode("utf-8", "replace")
        if name in self.stages:
            return None
        try:
            partition = Partition(name)
        except ValueError as error:
            log.warning("catalogue.entry_ignored", entry=entry.id, reason=str(error))
            return None
        if len(self.stages) >= PARTITIONS_MAX:
            log.error("catalogue.full", entry=entry.id, election=name, limit=PARTITIONS_MAX)
            self.hooks.limit_reached("catalogue.full")
            return None
        hooks = self.hooks.stage(self.wiring.stage, name)
        stage = Stage(self.servers, partition, self.wiring, self.apply, self.stopping, hooks)
        self.stages[name] = stage
        return stage
