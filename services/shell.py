"""How a service lives: what the three thin shells share."""

import asyncio
import gc
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final, Protocol, TypeVar

import structlog
from faststream import FastStream
from redis.exceptions import RedisError

from schemas import RELEASE
from schemas.events import ParkedEvent
from schemas.parked import Parked
from schemas.reading import OfLaterRelease
from schemas.streams import LEDGER, PARKED
from streams.errors import Outdated
from streams.faststream_adapter import Broker
from streams.fold import Effects, Emission, Entry, Park
from streams.keys import Partition, alive_key
from streams.lag import measure
from streams.observing import NOBODY, Watching

ALIVE_EVERY_S: Final = 5
"""How often a service says that it lives."""

ALIVE_FOR_S: Final = 15
"""How long it is believed."""

AWAY_S: Final = 0.2
"""Between two looks whether a server that is away is there again."""

LAG_EVERY_S: Final = 5
"""How often a service that is watched asks how far behind it is."""

GARBAGE_AFTER: Final = 50_000
"""Objects made and not freed before Python looks for circular garbage, instead of 700: an election of 10,000 contests
keeps a million objects, and Python would look through them again and again."""

REASON_LENGTH_MAX: Final = 500
"""Characters of an error kept with a parked entry."""

log = structlog.get_logger()

Read = TypeVar("Read")


class Partitioned(Protocol):
    """A state that knows its election."""

    election: str


def known(election: str, read: Callable[[bytes], Read], ledger_entry: bytes) -> Read:
    """Return what ``read`` makes of a ledger entry.

    Raises:
        Outdated: it is of a later release, so that the stage must stop.
    """
    try:
        return read(ledger_entry)
    except OfLaterRelease as unknown:
        raise Outdated(LEDGER.name, election, str(unknown), RELEASE) from unknown


def parking(stage: str, reads: str) -> Park[Partitioned]:
    """Return what becomes of an entry that the stage's rule fails on: it is set aside, with its reason."""

    def park(state: Partitioned, entry: Entry, error: Exception) -> Effects:
        reason = f"{type(error).__name__}: {error}"[:REASON_LENGTH_MAX]
        log.error("entry.parked", stage=stage, partition=state.election, entry=entry.id, reason=reason)
        event = ParkedEvent(
            id=f"{state.election}:{reads}:{entry.id}:parked",
            source=f"/tallywire/{stage}",
            subject=entry.id,
            data=Parked(stage=stage, stream=reads, entry_id=entry.id, reason=reason),
        )
        return Effects(emissions=(Emission(PARKED[stage].name, event),))

    return park


def serve(broker: Broker, service: str, watching: Watching = NOBODY) -> None:
    """Run the service until SIGTERM or SIGINT; what it has in hand is committed first.

    Args:
        broker: the service as it is wired.
        service: its name.
        watching: told what it does.

    Raises:
        StageFailed: a stage stopped for good.
    """
    gc.set_threshold(GARBAGE_AFTER)
    broker.watching = watching

    @asynccontextmanager
    async def alive() -> AsyncIterator[None]:
        # Only now: whoever reads this may ask the service to end, and it ends in order.
        log.info("service.started", service=service)
        beside = [asyncio.create_task(_beat(broker, service)), asyncio.create_task(_measure(broker))]
        try:
            yield
        finally:
            for task in beside:
                task.cancel()

    async def run() -> None:
        app = FastStream(broker, logger=None, lifespan=alive)
        await app.run()

    asyncio.run(run())
    if broker.failure is not None:
        raise broker.failure
    log.info("service.stopped", service=service)


async def _beat(broker: Broker, service: str) -> None:
    """Say again and again that the service lives, for health checks and for whoever waits for it."""
    key = alive_key(service, socket.gethostname(), os.getpid())
    while True:
        try:
            await (await broker.reach(key)).set(key, 1, ex=ALIVE_FOR_S)
        except (RedisError, OSError):
            await asyncio.sleep(AWAY_S)
        else:
            await asyncio.sleep(ALIVE_EVERY_S)


async def _measure(broker: Broker) -> None:
    """Tell again and again how far behind the service is, if anybody wants to know."""
    while True:
        for stage, reads, name in broker.watching.opened():
            partition = Partition(name)
            with suppress(RedisError, OSError):
                client = await broker.reach(partition.key(stage))
                broker.watching.behind(stage, name, await measure(client, partition, stage, reads))
        await asyncio.sleep(LAG_EVERY_S)
