"""Serving an ASGI application over HTTP until the process is told to stop."""

import asyncio
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Final

import structlog
import uvicorn
from prometheus_client.registry import Collector
from starlette.types import ASGIApp

from streams.status import ServiceStatus
from tallywire.operations.endpoint import Endpoint
from tallywire.operations.web import measured

IDLE_S: Final = 20
"""How long a connection may be idle between two requests."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Served:
    """An application, and how it is served."""

    service: str
    """Its name in logs and metrics."""
    app: ASGIApp
    connection: type[asyncio.Protocol]
    """uvicorn's protocol, or one of ours on top of it."""
    end_s: int
    """How long requests in hand may take when the service stops, in whole seconds: it must within 5."""
    stop: Callable[[], None]
    """Called when it is to end: lets go whoever waits."""
    status: ServiceStatus
    """How it is, for its heartbeat and its health."""
    heartbeats: tuple[str, ...]
    """The services that it is, by their heartbeats on the server; none where that takes no writes."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """How many it takes at once, for its log when it starts."""
    collectors: tuple[Collector, ...] = ()
    """What is measured of it when somebody asks for its metrics."""


class _Server(uvicorn.Server):
    """Says when it serves; told to end, it lets go whoever waits."""

    def __init__(self, config: uvicorn.Config, served: Served, endpoint: Endpoint) -> None:
        super().__init__(config)
        self._served = served
        self._endpoint = endpoint

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        log.info("http.served", service=self._served.service, url=f"http://{self._endpoint}", **self._served.limits)
        log.info("service.started", service=self._served.service)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002  # uvicorn's signature
        # Not the one above: it would send the signal once more at the end, and the process would die of it.
        self.should_exit = True
        self._served.stop()


def serve(  # noqa: PLR0913  # all of it differs between the services
    make: Callable[[], Served],
    listener: socket.socket,
    endpoint: Endpoint,
    proxies: Sequence[str],
    *,
    new_loop: Callable[[], asyncio.AbstractEventLoop] | None = None,
    metrics: Endpoint | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        make: returns what is served; called inside the event loop.
        listener: where it is served.
        endpoint: the same in words.
        proxies: addresses and networks whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed.
        new_loop: returns the event loop; asyncio's own when None.
        metrics: where health and metrics are served, never where the public asks; None for nowhere.
    """
    at = endpoint._replace(port=listener.getsockname()[1])

    async def run() -> str:
        served = make()
        config = uvicorn.Config(
            served.app,
            loop="none",
            http=served.connection,
            ws="none",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            # Said also where nobody is named: by itself it believes this machine, or what FORWARDED_ALLOW_IPS says.
            forwarded_allow_ips=list(proxies),
            timeout_keep_alive=IDLE_S,
            timeout_graceful_shutdown=served.end_s,
        )
        status = served.status
        turning = asyncio.create_task(status.keep_turning())
        try:
            with measured(served.service, status, metrics, served.collectors, served.heartbeats):
                await _Server(config, served, at).serve([listener])
        finally:
            turning.cancel()
            status.close()
        return served.service

    with asyncio.Runner(loop_factory=new_loop) as runner:
        service = runner.run(run())
    log.info("service.stopped", service=service)
