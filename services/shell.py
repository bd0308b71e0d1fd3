"""How a service runs: what the three thin shells share."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final, Protocol, TypeVar

import structlog
from faststream import FastStream
from jiter import from_json
from redis.exceptions import RedisError

from schemas import RELEASE
from schemas.events import ParkedEvent
from schemas.parked import Parked
from schemas.reading import OfLaterRelease
from schemas.streams import LEDGER, PARKED
from services.heartbeat import ANSWER_S, heartbeat
from streams.durability import MEANT, why_they_lose
from streams.errors import Outdated
from streams.faststream_adapter import Broker
from streams.fold import Effects, Emission, Entry, Park
from streams.servers import Servers, asker

GARBAGE_AFTER: Final = 50_000
"""Objects made and not freed before Python looks for circular garbage, instead of 700: an election of 10,000 contests
keeps a million objects, which each look goes through."""

REASON_LENGTH_MAX: Final = 500
"""Characters of an error kept with a parked entry."""

ID_LENGTH_MAX: Final = 200
"""Characters of an id that a sender has made which are written to the log."""

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


def ids_in(entry: Entry) -> dict[str, str]:
    """Return the ids of the event in an entry, for a log: its own, and the contest's. What cannot be read has none."""
    try:
        event = from_json(entry.fields.get(b"data", b""))
        found = {"event_id": event.get("id"), "ballot": event.get("subject")}
    except (ValueError, AttributeError):
        return {}
    return {name: value[:ID_LENGTH_MAX] for name, value in found.items() if isinstance(value, str)}


def parking(stage: str, reads: str) -> Park[Partitioned]:
    """Return what a stage does with an entry that its rule fails on: it parks the entry, with the reason."""

    def park(state: Partitioned, entry: Entry, error: Exception) -> Effects:
        reason = f"{type(error).__name__}: {error}"[:REASON_LENGTH_MAX]
        log.error("entry.parked", stage=stage, election=state.election, entry=entry.id, **ids_in(entry), reason=reason)
        event = ParkedEvent(
            id=f"{state.election}:{reads}:{entry.id}:parked",
            source=f"/tallywire/{stage}",
            subject=entry.id,
            data=Parked(stage=stage, stream=reads, entry_id=entry.id, reason=reason),
        )
        return Effects(emissions=(Emission(PARKED[stage].name, event),))

    return park


def _note_what_is_lost(url: str) -> None:
    """Log that the servers may lose what was accepted, unless that is meant. ``tallywire health`` says so later on."""
    if os.environ.get(MEANT):
        return
    servers = Servers(url, lambda one: asker(one, ANSWER_S))
    try:
        servers.look()
        reasons = why_they_lose(servers.everywhere())
    except RedisError:
        # That it is away is in the log of the stages.
        return
    finally:
        for client in servers.clients():
            client.close()
    if reasons:
        log.error("server.may_lose_data", reasons=reasons, where_that_is_meant=f"{MEANT}=1")


def serve(broker: Broker, service: str) -> None:
    """Run the service until SIGTERM or SIGINT; what it has folded by then is committed first.

    Args:
        broker: the service as it is wired.
        service: its name.

    Raises:
        StageFailed: a stage stopped for good.
    """
    gc.set_threshold(GARBAGE_AFTER)

    @asynccontextmanager
    async def alive() -> AsyncIterator[None]:
        # FastStream handles signals by now: whoever sees the heartbeat may stop the service, and it ends in order.
        log.info("service.started", service=service)
        await asyncio.to_thread(_note_what_is_lost, broker.status.url)
        turning = asyncio.create_task(broker.status.keep_turning())
        try:
            with heartbeat((service,), broker.status, broker.hooks):
                yield
        finally:
            turning.cancel()

    async def run() -> None:
        app = FastStream(broker, logger=None, lifespan=alive)
        broker.on_failure = app.exit
        await app.run()

    asyncio.run(run())
    if broker.failure is not None:
        raise broker.failure
    log.info("service.stopped", service=service)
