"""The service that sends webhooks. Of several workers one leads, and the others stand by.

Whoever leads holds a key that expires. One that was frozen looks at its own clock before it sends or writes, so that it
does neither once another may lead; what it had in hand is sent again, and has the same id.
"""

import asyncio
import os
import signal
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError, WatchError

from streams.client import connect
from streams.servers import Servers
from streams.status import ServiceStatus
from streams.troubles import why_away
from tallywire.client.errors import UnreadableError
from tallywire.operations.endpoint import Endpoint as Where
from tallywire.operations.traces import Traces, tracing
from tallywire.operations.web import measured
from tallywire.publishing.following import Election, Elections
from tallywire.webhooks.delivering import Delivery
from tallywire.webhooks.endpoints import ENDPOINTS, LEAD, Endpoint, progress_key, stored_endpoints
from tallywire.webhooks.metrics import WebhookMetrics
from tallywire.webhooks.sending import Sender

SERVICE: Final = "webhooks"

LEASE_S: Final = 10.0
"""How long a worker leads without saying so again. After a kill the next one begins so much later at most."""

LOOK_S: Final = 0.5
"""Between two looks at the endpoints, and whether this worker leads."""

AGAIN_S: Final = 1.0
"""Before an endpoint goes on whose progress could not be read or written."""

log = structlog.get_logger()


class Lease:
    """Whether this worker leads.

    Args:
        servers: where the key is.
    """

    def __init__(self, servers: "Servers[Redis]") -> None:
        self._servers = servers
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{os.urandom(8).hex()}"
        self._until = float("-inf")

    @property
    def held(self) -> bool:
        """Whether it leads now, by its own clock."""
        return monotonic() < self._until

    async def hold(self) -> bool:
        """Lead, or go on leading, if nobody else does; return whether it has led all the time since the last call.

        Raises:
            RedisError: that cannot be learnt.
        """
        client = await self._servers.current(LEAD)
        asked_at, milliseconds = monotonic(), int(LEASE_S * 1_000)
        if await client.set(LEAD, self._holder, nx=True, px=milliseconds):
            self._until = asked_at + LEASE_S
            return False
        async with client.pipeline(transaction=True) as pipeline:
            with suppress(WatchError):
                await pipeline.watch(LEAD)
                holder = await pipeline.get(LEAD)
                if holder == self._holder.encode():
                    pipeline.multi()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
                    pipeline.set(LEAD, self._holder, px=milliseconds)
                    await pipeline.execute()
                    went_on = self.held
                    self._until = asked_at + LEASE_S
                    return went_on
        self.lose()
        return False

    def lose(self) -> None:
        """Lead no more."""
        self._until = float("-inf")

    async def give_up(self) -> None:
        """Let another worker lead at once."""
        held, self._until = self.held, float("-inf")
        if held:
            with suppress(RedisError, OSError):
                client = await self._servers.current(LEAD)
                await client.delete(LEAD)


@dataclass(slots=True)
class Status(ServiceStatus):
    """How the worker is, for its heartbeat."""

    trouble: list[str] = field(default_factory=lambda: ["It has not looked at the endpoints yet."])
    """Why it is not at work."""

    followed: Elections | None = None
    """The elections, once they are followed."""
    leading: Callable[[], bool] = bool
    """Whether this worker leads."""

    def why_not_ready(self) -> list[str]:
        """Return why the service is not ready."""
        elections = self.followed.why_not_live() if self.followed else ()
        return [*ServiceStatus.why_not_ready(self), *self.trouble, *elections]

    def phases(self) -> dict[str, str]:
        """Return whether this worker leads or stands by: it does so for all elections."""
        phase = "leading" if self.leading() else "standing by"
        return dict.fromkeys(self.followed.known if self.followed else (), phase)


@dataclass(slots=True)
class _Running:
    endpoint: Endpoint
    delivery: Delivery
    task: "asyncio.Task[None]"


class Worker:
    """Sends webhooks while it leads.

    Args:
        servers: where everything is.
        status: is told how it is.
        traces: where traces go; None where nobody traces.
    """

    def __init__(self, servers: "Servers[Redis]", status: Status, traces: Traces | None = None) -> None:
        self._servers = servers
        self._status = status
        self._elections = status.followed = Elections(servers, self._moved)
        self._traces = traces
        self._elections.keep_contexts = traces is not None
        self._lease = Lease(servers)
        status.leading = lambda: self._lease.held
        self._trusted = ssl.create_default_context()
        self._running: dict[str, _Running] = {}

    def deliveries(self) -> dict[str, Delivery]:
        """Return what is delivered, by the endpoint's name."""
        return {name: one.delivery for name, one in tuple(self._running.items())}

    async def work(self) -> None:
        """Work until it is cancelled."""
        following = asyncio.create_task(self._elections.follow(), name="follow elections")
        try:
            while not following.done():
                await self._tend()
                await asyncio.sleep(LOOK_S)
            await following
        finally:
            await self._stop(*self._running)
            await self._lease.give_up()
            following.cancel()
            await asyncio.wait([following])

    def _moved(self, _election: Election) -> None:
        for one in self._running.values():
            one.delivery.woken.set()

    async def _tend(self) -> None:
        """Let each endpoint have its task while this worker leads, and none while it does not."""
        try:
            went_on = await self._lease.hold()
            if not went_on:
                # What others may have written meanwhile is read anew.
                await self._stop(*self._running)
            if self._lease.held:
                if not went_on:
                    log.info("webhooks.leading")
                client = await self._servers.current(ENDPOINTS)
                await self._compare(stored_endpoints(await client.hgetall(ENDPOINTS)))
            self._status.trouble = []
        except (RedisError, OSError) as error:
            self._status.trouble = [why_away(error)]
        except UnreadableError as error:
            if not self._status.trouble:
                log.error("webhooks.unreadable", reason=str(error))  # noqa: TRY400  # its text says it all
            self._status.trouble = [str(error)]
        if not self._lease.held:
            await self._stop(*self._running)

    async def _compare(self, endpoints: Mapping[str, Endpoint]) -> None:
        """Let the endpoints that run be those that there are."""
        changed = {name: one.endpoint for name, one in self._running.items() if endpoints.get(name) != one.endpoint}
        await self._stop(*changed)
        left = {endpoint.id for endpoint in endpoints.values()}
        for name, endpoint in changed.items():
            if name not in endpoints:
                # Removed by the operator, or lost with the server: of that the table says nothing.
                log.warning("webhook.gone", endpoint=name)
            if endpoint.id not in left:
                # It was removed; what its last delivery has written goes, too.
                key = progress_key(endpoint.id)
                await (await self._servers.current(key)).delete(key)
        for name, endpoint in endpoints.items():
            if name not in self._running:
                sender = Sender(endpoint.url, allow_private=endpoint.allow_private, context=self._trusted)
                delivery = Delivery(
                    endpoint, self._servers, self._elections.known, sender, may_send=lambda: self._lease.held
                )
                delivery.traces = self._traces
                task = asyncio.create_task(_keep_delivering(delivery, endpoint, sender), name=f"deliver {name}")
                self._running[name] = _Running(endpoint, delivery, task)

    async def _stop(self, *names: str) -> None:
        stopped = [self._running.pop(name).task for name in names]
        for task in stopped:
            task.cancel()
        if stopped:
            await asyncio.wait(stopped)


async def _keep_delivering(delivery: Delivery, endpoint: Endpoint, sender: Sender) -> None:
    """Deliver to an endpoint, whatever becomes of the server; what is wrong with one endpoint concerns no other."""
    try:
        while True:
            try:
                await delivery.run()
            except (RedisError, OSError) as error:
                log.warning("webhook.interrupted", endpoint=endpoint.name, reason=str(error))
            except Exception:
                log.exception("webhook.broken", endpoint=endpoint.name)
            else:
                return
            await asyncio.sleep(AGAIN_S)
    finally:
        await sender.close()


def serve(url: str, metrics: Where | None = None) -> None:
    """Send webhooks until SIGTERM or SIGINT.

    Args:
        url: the servers.
        metrics: where health and metrics are served; None for nowhere.

    Raises:
        NoServerError: nothing can be served there.
        UsageError: traces are on, and OpenTelemetry is not installed.
    """

    async def run(traces: Traces | None) -> None:
        status = Status(url, ())
        worker = Worker(Servers(url, connect), status, traces)
        working = asyncio.create_task(worker.work())
        turning = asyncio.create_task(status.keep_turning())
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, working.cancel)
        log.info("service.started", service=SERVICE)
        try:
            collector = WebhookMetrics(worker.deliveries, status.leading)
            with measured(SERVICE, status, metrics, (collector,), (SERVICE,)):
                await asyncio.wait([working])
        finally:
            turning.cancel()
            status.close()
        if not working.cancelled():
            # It never ends by itself.
            working.result()

    with tracing(SERVICE) as traces:
        asyncio.run(run(traces))
    log.info("service.stopped", service=SERVICE)
